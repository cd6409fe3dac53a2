//! The one binary: the whole idésluss on a laptop, and its commands.

mod administer;
mod audit;
mod beginning;
mod demo;
mod doctor;
mod home;
mod import;
mod links;
mod memory;
mod node;
mod ops;
mod progress;
mod replay;
mod resting;
mod restored;
mod rotate;
mod session;
mod up;

use clap::{Parser, Subcommand};
use idesluss_runtime::LogForm;
use idesluss_terminal::print_error;
use std::process::ExitCode;

/// Idésluss: takes in ideas, judges them fairly, and shares what works.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the services and the web in one process, on this machine only.
    Up(up::Arguments),
    /// Takes over an older idea box from CSV files.
    Import(import::Arguments),
    /// Opens new epochs after a folder was restored from a backup.
    Restored(restored::Arguments),
    /// Puts a new master key in the place of a folder's.
    RotateMasterKey(rotate::Arguments),
    /// Lets identity assert who asks under a new key; what the one before has signed holds for some minutes more.
    RotateSigningKey(administer::Folder),
    /// Checks a data folder, every line, tree and view of it, or a running installation of several processes; says what to do.
    Doctor(doctor::Arguments),
    /// Prints an idea's life across the services, from its submission to now or to an earlier moment.
    Replay(replay::Arguments),
    /// Lists the organisations of the instance, or lets one more take part.
    #[command(subcommand)]
    Organisation(administer::OrganisationCommand),
    /// Registers people. Administrators do so in the web; this is for the first of them.
    #[command(subcommand)]
    User(administer::UserCommand),
    /// Names administrators, who grant all other roles in the web.
    #[command(subcommand)]
    Role(administer::RoleCommand),
    /// What an auditor asks: decision history, what changed, what a decider knew; files for other tools, and files that can be verified anywhere.
    Audit(audit::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    idesluss_runtime::start_logs(LogForm::Plain);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime could not be started: {error}")),
    };
    let ended = runtime.block_on(async {
        match arguments.command {
            Command::Up(arguments) => up::run(arguments).await.map(done).map_err(|error| error.to_string()),
            Command::Import(arguments) => import::run(arguments).await.map_err(|error| error.to_string()),
            Command::Restored(arguments) => restored::run(arguments)
                .await
                .map(done)
                .map_err(|error| error.to_string()),
            Command::RotateMasterKey(arguments) => rotate::run(arguments)
                .await
                .map(done)
                .map_err(|error| error.to_string()),
            Command::RotateSigningKey(folder) => administer::rotate_signing_key(&folder)
                .await
                .map(done)
                .map_err(|error| error.to_string()),
            Command::Doctor(arguments) => doctor::run(arguments).await.map_err(|error| error.to_string()),
            Command::Organisation(command) => administer::organisation(command)
                .await
                .map(done)
                .map_err(|error| error.to_string()),
            Command::User(command) => administer::user(command)
                .await
                .map(done)
                .map_err(|error| error.to_string()),
            Command::Role(command) => administer::role(command)
                .await
                .map(done)
                .map_err(|error| error.to_string()),
            Command::Audit(arguments) => Ok(audit::run(arguments).await),
            Command::Replay(arguments) => replay::run(arguments)
                .await
                .map(done)
                .map_err(|error| error.to_string()),
        }
    });
    ended.unwrap_or_else(|sentence| fail(&sentence))
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

fn fail(sentence: &str) -> ExitCode {
    print_error!("idesluss: {sentence}");
    ExitCode::FAILURE
}
