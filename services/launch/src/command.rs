//! The command line that all services have.

use crate::error::LaunchError;
use crate::program::{Program, Running, ServiceContext};
use crate::settings::Settings;
use crate::{files, journal, process, signing};
use clap::{Parser, Subcommand};
use idesluss_domain::instance::RestoreReason;
use idesluss_runtime::config::FILE_VARIABLE;
use idesluss_terminal::{print_error, print_line};
use std::path::PathBuf;
use std::process::ExitCode;

/// A service of Idésluss, as a process of its own.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    /// The file with the settings, as TOML; every setting can also come from the environment, as IDESLUSS_TABLE__KEY.
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
    /// Makes the journal's tables, or brings them up to this version, as the database's owner (`database.owner_url`).
    Migrate,
    /// Writes a new signing key into a file that nobody else may read.
    NewSigningKey {
        /// The file; there must be none of this name.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Prints the lines of a policy file (C2SP tlog-policy) with which others trust what this service signs.
    PublicKeys {
        /// The journal's epoch.
        #[arg(long, value_name = "EPOCH", default_value_t = 1)]
        epoch: u32,
    },
    /// Opens a new epoch after the database was restored from a backup. Stop the service's other processes first.
    Restored {
        /// Why the backup was needed: hardware-lost, database-damaged, mistake, moved or exercise.
        #[arg(long, value_name = "REASON")]
        reason: RestoreReason,
        /// The highest epoch that the broker or another service has heard of, where the backup is from before an earlier restore: the
        /// service says it when it refuses to publish.
        #[arg(long, value_name = "EPOCH", default_value_t = 0)]
        above: u32,
    },
}

/// Runs a service's command line to its end. `start` builds the service on what was put together for it.
pub fn main<F>(program: Program, start: impl FnOnce(ServiceContext) -> F) -> ExitCode
where
    F: Future<Output = Result<Running, Box<dyn std::error::Error + Send + Sync>>>,
{
    let arguments = Arguments::parse();
    // Before there are any settings: they name it.
    if let Some(Command::NewSigningKey { file }) = &arguments.command {
        return match idesluss_notary::SigningKeys::write_new(file) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(program, &error.to_string()),
        };
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(program, &format!("the runtime could not be started: {error}")),
    };
    let ended = runtime.block_on(async {
        let settings = Settings::load(arguments.config.as_deref())?;
        if arguments.check_config {
            files::check(&settings)?;
            print_line!("The settings are in order.");
            return Ok(());
        }
        match arguments.command.unwrap_or(Command::Run) {
            Command::Run => process::run(program, settings, start).await,
            Command::Migrate => journal::migrate(&settings).await,
            Command::NewSigningKey { .. } => Ok(()),
            Command::PublicKeys { epoch } => signing::print_keys(program, &settings, epoch),
            Command::Restored { reason, above } => journal::restored(program, settings, reason, above).await,
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(program, &sentence(&error)),
    }
}

fn sentence(error: &LaunchError) -> String {
    error.to_string()
}

fn fail(program: Program, sentence: &str) -> ExitCode {
    print_error!("{}-service: {sentence}", program.service);
    ExitCode::FAILURE
}
