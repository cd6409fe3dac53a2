//! What a process runs: each member's settings, and all of them beside one another.

use crate::web::{self, Web};
use idesluss_engine::Service;
use idesluss_gateway::Settings as WebSettings;
use idesluss_launch::{LaunchError, Process, Settings};
use idesluss_runtime::config::{ConfigError, GATEWAY};
use idesluss_runtime::{Describe, Listen, MemoryBounds, Peers, Telemetry, in_memory_channel};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A member of a process.
#[derive(Clone, Copy)]
pub(crate) enum Member {
    Service(Service),
    /// The web.
    Gateway,
}

/// What is no member.
#[derive(Debug, thiserror::Error)]
#[error("there is no service {0}: write {known} or {GATEWAY}, several with commas between them", known = known())]
pub(crate) struct UnknownMember(String);

fn known() -> String {
    idesluss_roster::SERVICES.map(|service| service.name).join(", ")
}

impl Member {
    fn name(&self) -> &'static str {
        match self {
            Self::Service(service) => service.name,
            Self::Gateway => GATEWAY,
        }
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.name())
    }
}

impl FromStr for Member {
    type Err = UnknownMember;

    fn from_str(name: &str) -> Result<Self, UnknownMember> {
        if name == GATEWAY {
            return Ok(Self::Gateway);
        }
        let service = idesluss_roster::named(name).ok_or_else(|| UnknownMember(name.to_owned()))?;
        Ok(Self::Service(service))
    }
}

/// Why the program can't start, or had to stop. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    #[error("say what it runs, such as --services submission, or --services submission,evaluation,sharing,gateway")]
    Nothing,
    #[error("--services names {0} twice: a process runs one of each")]
    Twice(&'static str),
    #[error("this is about one service: name it alone with --services")]
    One,
    #[error("administrators are named with identity, after whose restore no role counts: leave --administrator out")]
    NotOfIdentity,
    #[error("this is about services: {GATEWAY} keeps nothing, leave it out of --services")]
    NoService,
    #[error("--check-config reads the settings and does nothing else: leave the command out, or --check-config")]
    OnlyChecks,
    #[error("{setting} of {one} is also that of {other}: each service needs its own, in the table services.NAME")]
    NotItsOwn {
        setting: &'static str,
        one: &'static str,
        other: &'static str,
    },
    #[error("{address} is both {one} and {other}: give each a port of its own")]
    OneAddress {
        address: SocketAddr,
        one: String,
        other: String,
    },
    #[error(
        "{setting} is said in two ways for {one} and {other}: it is the whole process's, so say it once, outside of services"
    )]
    Shared {
        setting: &'static str,
        one: &'static str,
        other: &'static str,
    },
    #[error("{member}: {reason}{hint}", hint = hint(.is_alone))]
    Settings {
        member: &'static str,
        reason: ConfigError,
        is_alone: bool,
    },
    #[error("{member}: {reason}")]
    Member {
        member: &'static str,
        reason: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error("a task of the program has failed: {0}; please report it")]
    Task(#[from] tokio::task::JoinError),
}

fn hint(is_alone: &bool) -> &'static str {
    match is_alone {
        true => "",
        false => ". What only some of them have stands in their own tables, services.NAME",
    }
}

/// A member's settings.
enum Own {
    Service(Service, Box<Settings>),
    Gateway(Box<WebSettings>),
}

impl Own {
    fn load(member: Member, file: Option<&Path>) -> Result<Self, ConfigError> {
        Ok(match member {
            Member::Service(service) => Self::Service(service, Box::new(Settings::load(file, service.name)?)),
            Member::Gateway => Self::Gateway(Box::new(WebSettings::load(file)?)),
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Service(service, _) => service.name,
            Self::Gateway(_) => GATEWAY,
        }
    }

    /// What is the whole process's.
    fn shared(&self) -> (Listen, Telemetry, MemoryBounds) {
        match self {
            Self::Service(_, settings) => (settings.ops.clone(), settings.telemetry.clone(), settings.memory),
            Self::Gateway(settings) => (settings.ops.clone(), settings.telemetry.clone(), settings.memory),
        }
    }
}

fn of(member: &'static str) -> impl Fn(Box<dyn std::error::Error + Send + Sync>) -> ServerError {
    move |reason| ServerError::Member { member, reason }
}

/// Every member's settings. Errors: one is named twice, or two share what must be each one's own.
fn load(members: &[Member], file: Option<&Path>) -> Result<Vec<Own>, ServerError> {
    if members.is_empty() {
        return Err(ServerError::Nothing);
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = members.iter().find(|member| !names.insert(member.name())) {
        return Err(ServerError::Twice(twice.name()));
    }
    let own = |member: &Member| {
        Own::load(*member, file).map_err(|reason| ServerError::Settings {
            member: member.name(),
            reason,
            is_alone: members.len() == 1,
        })
    };
    let all = members.iter().map(own).collect::<Result<Vec<_>, _>>()?;
    let mut taken: BTreeMap<(&str, String), &'static str> = BTreeMap::new();
    for own in &all {
        let Own::Service(service, settings) = own else { continue };
        let path = |path: &Path| path.canonicalize().unwrap_or(path.to_owned()).display().to_string();
        let guard = settings
            .signing
            .as_ref()
            .map(|signing| ("signing.guard", path(&signing.guard)));
        for (setting, value) in [
            ("data", path(&settings.data)),
            ("keys.master_file", path(&settings.keys.master_file)),
            ("keys.ledger_file", path(&settings.keys.ledger_file)),
            ("database.url", settings.database.url.clone()),
        ]
        .into_iter()
        .chain(guard)
        {
            if let Some(other) = taken.insert((setting, value), service.name) {
                return Err(ServerError::NotItsOwn {
                    setting,
                    one: service.name,
                    other,
                });
            }
        }
    }
    distinct_addresses(&all)?;
    Ok(all)
}

/// Nobody listens where another does; port 0 is any that is free.
fn distinct_addresses(all: &[Own]) -> Result<(), ServerError> {
    let mut taken: BTreeMap<SocketAddr, String> = BTreeMap::new();
    let ops = all.first().map(|own| ("ops.listen".to_owned(), own.shared().0.listen));
    let own = all.iter().flat_map(|own| {
        let addresses = match own {
            Own::Service(_, settings) => {
                let signed = settings.signing.as_ref().and_then(|signing| signing.listen);
                vec![("grpc.listen", Some(settings.grpc.listen)), ("signing.listen", signed)]
            }
            Own::Gateway(settings) => vec![("web.listen", Some(settings.web.listen))],
        };
        let name = own.name();
        let named =
            move |(setting, address): (&str, Option<SocketAddr>)| Some((format!("{setting} of {name}"), address?));
        addresses.into_iter().filter_map(named)
    });
    for (what, address) in ops.into_iter().chain(own).filter(|(_, address)| address.port() != 0) {
        if let Some(other) = taken.insert(address, what.clone()) {
            return Err(ServerError::OneAddress {
                address,
                one: other,
                other: what,
            });
        }
    }
    Ok(())
}

/// What is the whole process's: said once, or by all in the same way.
fn shared(all: &[Own]) -> Result<(Listen, Telemetry, MemoryBounds), ServerError> {
    let first = all.first().ok_or(ServerError::Nothing)?;
    let (ops, telemetry, memory) = first.shared();
    for own in all {
        let (other_ops, other_telemetry, other_memory) = own.shared();
        let differing = [
            ("ops", other_ops != ops),
            ("telemetry", other_telemetry != telemetry),
            ("memory", other_memory != memory),
        ];
        for (setting, differs) in differing {
            if differs {
                return Err(ServerError::Shared {
                    setting,
                    one: first.name(),
                    other: own.name(),
                });
            }
        }
    }
    Ok((ops, telemetry, memory))
}

/// The services among the members, each with its settings. Errors: the web is among them.
pub(crate) fn of_services(
    members: &[Member],
    file: Option<&Path>,
) -> Result<Vec<(&'static str, Settings)>, ServerError> {
    let service = |own| match own {
        Own::Service(service, settings) => Ok((service.name, *settings)),
        Own::Gateway(_) => Err(ServerError::NoService),
    };
    if members.iter().any(|member| matches!(member, Member::Gateway)) {
        return Err(ServerError::NoService);
    }
    load(members, file)?.into_iter().map(service).collect()
}

/// Reads the settings of all and everything that they name, and makes nothing.
pub(crate) fn check(members: &[Member], file: Option<&Path>) -> Result<(), ServerError> {
    let all = load(members, file)?;
    shared(&all)?;
    let beside: Vec<&str> = all.iter().map(Own::name).collect();
    for own in &all {
        let checked = match own {
            Own::Service(service, settings) => idesluss_launch::check(service, settings, &beside).map_err(Into::into),
            Own::Gateway(settings) => web::check(settings, &beside).map_err(Into::into),
        };
        checked.map_err(of(own.name()))?;
    }
    Ok(())
}

/// Runs all until Ctrl-C or SIGTERM, or until one of them can't go on: then the others end too, the web first.
pub(crate) async fn run(members: &[Member], file: Option<&Path>) -> Result<(), ServerError> {
    let all = load(members, file)?;
    let (operators, telemetry, memory) = shared(&all)?;
    let names: Vec<&str> = all.iter().map(Own::name).collect();
    memory.put_in_force().map_err(|error| of("the process")(error.into()))?;
    let process = Process::begin(&names, &telemetry)?;
    // Within the process nobody takes the way over the network.
    let (mut beside, mut listeners) = (Peers::default(), BTreeMap::new());
    for own in &all {
        if let Own::Service(service, _) = own {
            let (channel, listener) = in_memory_channel();
            beside.insert(service.name, channel);
            listeners.insert(service.name, listener);
        }
    }
    let mut described: BTreeMap<&'static str, Describe> = BTreeMap::new();
    let (mut services, mut web) = (Vec::new(), None);
    for own in all {
        let name = own.name();
        match own {
            Own::Service(service, settings) => {
                let listener = listeners.remove(name);
                let member = idesluss_launch::Member::prepare(service, *settings, &process, &beside, listener).await;
                let member = member.map_err(|error| of(name)(error.into()))?;
                described.insert(name, member.describe());
                services.push((name, member));
            }
            Own::Gateway(settings) => {
                let member = Web::prepare(*settings, &process, &beside).await;
                let member = member.map_err(|error| of(name)(error.into()))?;
                described.insert(name, member.describe());
                web = Some(member);
            }
        }
    }
    // Operators can ask from here on, also while a database is waited for. It ends after everything else.
    let ended = CancellationToken::new();
    let answering = process
        .answer_operators(operators.listen, described, ended.clone())
        .await?;
    let mut running: JoinSet<Result<(), ServerError>> = JoinSet::new();
    let stopping = process.clone();
    running.spawn(async move {
        match web {
            // What pages ask of the services beside them is answered until the last page is.
            Some(web) => web.run().await.map_err(|error| of(GATEWAY)(error.into()))?,
            None => stopping.stopping().cancelled().await,
        }
        stopping.shutdown().cancel();
        Ok(())
    });
    for (name, member) in services {
        running.spawn(async move { member.run().await.map_err(|error| of(name)(error.into())) });
    }
    let mut outcome = Ok(());
    while let Some(one) = running.join_next().await {
        process.stopping().cancel();
        let one = one.map_err(ServerError::from).and_then(|ended| ended);
        if let Err(error) = &one {
            tracing::error!(%error, "a part of the process has ended, so all of it does");
        }
        outcome = outcome.and(one);
    }
    ended.cancel();
    let _ = answering.await;
    outcome
}
