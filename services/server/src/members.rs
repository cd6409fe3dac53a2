//! What a process runs: each member's settings, and all of them beside one another.

use crate::web::{self, Web, WebError};
use idesluss_engine::Service;
use idesluss_gateway::Settings as WebSettings;
use idesluss_launch::{LaunchError, Process, Settings};
use idesluss_runtime::config::{ConfigError, GATEWAY};
use idesluss_runtime::{Describe, Listen, Peers, Telemetry, in_memory, traced};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
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
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error(transparent)]
    Web(#[from] WebError),
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
    fn shared(&self) -> (Listen, Telemetry) {
        match self {
            Self::Service(_, settings) => (settings.ops.clone(), settings.telemetry.clone()),
            Self::Gateway(settings) => (settings.ops.clone(), settings.telemetry.clone()),
        }
    }
}

/// Every member's settings, and what they share.
fn load(members: &[Member], file: Option<&Path>) -> Result<(Vec<Own>, Listen, Telemetry), ServerError> {
    let mut names = BTreeSet::new();
    if let Some(twice) = members.iter().find(|member| !names.insert(member.name())) {
        return Err(ServerError::Twice(twice.name()));
    }
    let mut all: Vec<Own> = Vec::new();
    for member in members {
        let own = Own::load(*member, file);
        all.push(own.map_err(|reason| ServerError::Settings {
            member: member.name(),
            reason,
            is_alone: members.len() == 1,
        })?);
    }
    let first = all.first().ok_or(ServerError::Nothing)?;
    let (ops, telemetry) = first.shared();
    for own in &all {
        let (other_ops, other_telemetry) = own.shared();
        for (setting, differs) in [("ops", other_ops != ops), ("telemetry", other_telemetry != telemetry)] {
            if differs {
                return Err(ServerError::Shared {
                    setting,
                    one: first.name(),
                    other: own.name(),
                });
            }
        }
    }
    Ok((all, ops, telemetry))
}

/// Reads the settings of all and everything that they name, and makes nothing.
pub(crate) fn check(members: &[Member], file: Option<&Path>) -> Result<(), ServerError> {
    let (all, _, _) = load(members, file)?;
    let beside: Vec<&str> = all.iter().map(Own::name).collect();
    for own in &all {
        match own {
            Own::Service(service, settings) => idesluss_launch::check(service, settings, &beside)?,
            Own::Gateway(settings) => web::check(settings, &beside)?,
        }
    }
    Ok(())
}

/// Runs all until Ctrl-C or SIGTERM, or until one of them can't go on: then the others end too.
pub(crate) async fn run(members: &[Member], file: Option<&Path>) -> Result<(), ServerError> {
    let (all, operators, telemetry) = load(members, file)?;
    let names: Vec<&str> = all.iter().map(Own::name).collect();
    let process = Process::begin(&names, &telemetry)?;
    // Within the process nobody takes the way over the network.
    let (mut beside, mut insides) = (Peers::default(), BTreeMap::new());
    for name in names {
        let (way, inside) = in_memory();
        beside.insert(name, traced(way));
        insides.insert(name, inside);
    }
    let mut described: BTreeMap<&'static str, Describe> = BTreeMap::new();
    let (mut services, mut web) = (Vec::new(), None);
    for own in all {
        let name = own.name();
        match own {
            Own::Service(service, settings) => {
                let inside = insides.remove(name);
                let member = idesluss_launch::Member::prepare(service, *settings, &process, &beside, inside).await?;
                described.insert(name, member.describe());
                services.push(member);
            }
            Own::Gateway(settings) => {
                let member = Web::prepare(*settings, &process, &beside).await?;
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
    for member in services {
        running.spawn(async move { Ok(member.run().await?) });
    }
    if let Some(web) = web {
        running.spawn(async move { Ok(web.run().await?) });
    }
    let mut outcome = Ok(());
    while let Some(one) = running.join_next().await {
        process.shutdown().cancel();
        outcome = outcome.and(one.map_err(ServerError::from).and_then(|ended| ended));
    }
    ended.cancel();
    let _ = answering.await;
    outcome
}
