//! The region's program: any set of the services and the web in one process, on PostgreSQL and NATS.
//!
//! `members` reads each one's settings and runs them beside one another; `web` is the gateway as a member.

mod members;
mod web;

use clap::{Parser, Subcommand};
use idesluss_domain::instance::RestoreReason;
use idesluss_domain::words::{OrganisationId, PersonId};
use idesluss_engine::{Engine, ExecuteError};
use idesluss_runtime::config::FILE_VARIABLE;
use idesluss_terminal::{print_error, print_line};
use members::{Member, ServerError};
use std::path::PathBuf;
use std::process::ExitCode;

/// Services of Idésluss and its web: one of them in a process of its own, or several in one.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    /// What it runs, or what a command is about: services, and `gateway` for the web, separated by commas.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', global = true)]
    services: Vec<Member>,
    /// The file with the settings, as TOML; every setting can also come from the environment, as IDESLUSS_TABLE__KEY. What only one of
    /// several members has stands in the table services.NAME, or in IDESLUSS_SERVICES__NAME__TABLE__KEY.
    #[arg(long, value_name = "FILE", env = FILE_VARIABLE, global = true)]
    config: Option<PathBuf>,
    /// Only read the settings and what they name, say what is wrong, and end.
    #[arg(long)]
    check_config: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs until Ctrl-C or SIGTERM; what happens without a command.
    Run,
    /// Makes the journals' tables, or brings them up to this version, as the databases' owner (`database.owner_url`).
    Migrate,
    /// Writes a new signing key into a file that nobody else may read.
    NewSigningKey {
        /// The file; there must be none of this name.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Prints the lines of a policy file (C2SP tlog-policy) with which others trust what the services sign.
    PublicKeys {
        /// The journals' epoch.
        #[arg(long, value_name = "EPOCH", default_value_t = 1)]
        epoch: u32,
    },
    /// While a master key is changed: waits until the service has wrapped its own key under the newest one in `keys.master_file`, so that the
    /// older one may go.
    AwaitNewMasterKey,
    /// Opens a new epoch after the database was restored from a backup. Stop the service's other processes first.
    Restored {
        /// Why the backup was needed: hardware-lost, database-damaged, mistake, moved or exercise.
        #[arg(long, value_name = "REASON")]
        reason: RestoreReason,
        /// The highest epoch that the broker or another service has heard of, where the backup is from before an earlier restore: the
        /// service says it when it refuses to publish.
        #[arg(long, value_name = "EPOCH", default_value_t = 0)]
        above: u32,
        /// Of identity: who administers an organisation from now on, and confirms in the web which roles count. Once for each organisation.
        #[arg(long, value_name = "ORG=PERSON", value_parser = administrator)]
        administrator: Vec<(OrganisationId, PersonId)>,
    },
}

/// Says who goes through the roles now, and in which organisations nobody can.
async fn tell_who_confirms(engine: &Engine) -> Result<(), ExecuteError> {
    print_line!(
        "No role counts until an administrator has gone through the people of the organisation in the web, and confirmed the roles there."
    );
    for (organisation, before) in idesluss_identity::without_administrator(engine).await? {
        let before: Vec<String> = before.iter().map(PersonId::to_string).collect();
        print_line!(
            "{organisation} has nobody for it: run this again with --administrator {organisation}=PERSON. Before it was {}.",
            if before.is_empty() {
                "nobody".to_owned()
            } else {
                before.join(", ")
            }
        );
    }
    Ok(())
}

/// An organisation's short name and a person's pseudonym.
fn administrator(text: &str) -> Result<(OrganisationId, PersonId), String> {
    let read = text
        .split_once('=')
        .and_then(|(organisation, person)| Some((organisation.parse().ok()?, person.parse().ok()?)));
    read.ok_or_else(|| "write an organisation's short name, =, and a person's pseudonym".to_owned())
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime could not be started: {error}")),
    };
    match runtime.block_on(run(Arguments::parse())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(sentence: &str) -> ExitCode {
    print_error!("idesluss-server: {sentence}");
    ExitCode::FAILURE
}

async fn run(arguments: Arguments) -> Result<(), ServerError> {
    let (members, file) = (arguments.services, arguments.config.as_deref());
    let command = match (arguments.command, arguments.check_config) {
        // Before there are any settings: they name it.
        (Some(Command::NewSigningKey { file }), _) => return Ok(idesluss_launch::new_signing_key(&file)?),
        (Some(_), true) => return Err(ServerError::OnlyChecks),
        (None, true) => {
            members::check(&members, file)?;
            print_line!("The settings are in order.");
            return Ok(());
        }
        (None | Some(Command::Run), false) => return members::run(&members, file).await,
        (Some(command), false) => command,
    };
    let mut services = members::of_services(&members, file)?;
    match command {
        Command::Migrate => {
            for (service, settings) in services {
                idesluss_launch::migrate(service, &settings).await?;
            }
        }
        Command::PublicKeys { epoch } => {
            for (service, settings) in services {
                idesluss_launch::print_keys(service, &settings, epoch)?;
            }
        }
        Command::AwaitNewMasterKey => {
            for (service, settings) in services {
                idesluss_launch::await_new_master_key(service, settings).await?;
            }
        }
        Command::Restored {
            reason,
            above,
            administrator,
        } => {
            // One at a time: each has its own backup, and epochs that others have heard of.
            let (Some((service, settings)), true) = (services.pop(), services.is_empty()) else {
                return Err(ServerError::One);
            };
            if !administrator.is_empty() && !idesluss_engine::suspends_roles(service) {
                return Err(ServerError::NotOfIdentity);
            }
            let check = async |engine: &Engine| {
                for (organisation, person) in &administrator {
                    idesluss_identity::check_administrator(engine, organisation, *person).await?;
                }
                Ok(())
            };
            let name = async |engine: &Engine| {
                for (organisation, person) in &administrator {
                    idesluss_identity::name_administrator(engine, organisation.clone(), *person).await?;
                }
                if idesluss_engine::suspends_roles(service) {
                    tell_who_confirms(engine).await?;
                }
                Ok(())
            };
            idesluss_launch::restored(service, settings, (reason, above), check, name).await?;
        }
        Command::Run | Command::NewSigningKey { .. } => {}
    }
    Ok(())
}
