//! `idesluss audit …`: what an auditor asks a folder. One file a subcommand; `journal` and `journals` read, `life` gathers, `words` tells.
//!
//! With a server running on the folder it is asked; otherwise the services are started for the duration.

mod cut;
mod diff;
mod dossier;
mod dossier_text;
mod events;
mod export;
mod instance_text;
mod journal;
mod journals;
mod keys;
mod life;
mod picks;
mod print;
mod replay;
mod words;

pub(crate) use cut::read_cut;
pub(crate) use replay::idea as replay_idea;

use crate::session::SessionError;
use clap::{Args, Subcommand};
use idesluss_auditor::bundle::WriteError;
use idesluss_auditor::command::{Verify, run_verify};
use idesluss_auditor::mining::MiningError;
use idesluss_auditor::{DossierError, ReplayError};
use idesluss_domain::words::IdeaId;
use idesluss_notary::KeysError;
use std::path::PathBuf;
use std::process::ExitCode;
use uuid::Uuid;

/// Something was told, and does not fit together.
const DOUBTFUL: u8 = 1;
/// Nothing could be told. The command line's own complaints have the same code.
const UNTOLD: u8 = 2;

/// Replays decision history, hands it to an auditor's own tools, and packs journals into files that can be verified anywhere.
///
/// The exit code is 0 when what was asked for was told, 1 when it was told and something in it does not fit together, 2 when it could not be told.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tells where the whole instance stood, or an idea's life, or the way to a decision.
    Replay(replay::Arguments),
    /// Tells what changed between two moments: what, from which state to which, by whom.
    Diff(diff::Arguments),
    /// Tells what a decider had received and seen, what had not arrived, who was allowed to, and what came after.
    Dossier(dossier::Arguments),
    /// Writes the history for process-mining tools: pseudonymous, without texts.
    Events(events::Arguments),
    /// Writes journals, or parts of them, into one file that can be verified with nothing else at hand.
    Export(export::Arguments),
    /// Verifies such a file offline: 0, nothing is broken; 1, something is; 2, it could not be checked.
    Verify(Verify),
    /// Prints the lines of a policy file with which others trust what this folder's journals sign.
    Keys(keys::Arguments),
}

/// Where to look, and whether to show how far it is.
#[derive(Debug, Args)]
struct Look {
    /// No progress bar.
    #[arg(long)]
    quiet: bool,
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// Why nothing can be told. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    Dossier(#[from] DossierError),
    #[error(transparent)]
    Events(#[from] MiningError),
    #[error(
        "instance.toml names no auditor who may read this idea: give somebody the role auditor in its organisation"
    )]
    NoAuditor,
    #[error("there is no such idea here: {0}")]
    NoSuchIdea(IdeaId),
    #[error("there is no decision {0} here: give the id of a decision's event, or of an evaluation that was decided")]
    NoSuchDecision(Uuid),
    #[error("the journal of {service} has no position {position} yet: it has {size} entries, the first one is 0")]
    NoSuchPosition {
        service: &'static str,
        position: u64,
        size: u64,
    },
    #[error("nothing lies between {0} and {1}: give the earlier moment to --from")]
    Backwards(String, String),
    #[error("the journal of {service} can't be read: {reason}")]
    Journal { service: &'static str, reason: String },
    #[error("{0} can't be written: choose another place with --out")]
    NoFolder(PathBuf),
    #[error(
        "the journal of {0} is not signed as far as it goes: is the folder's disk full, or does the program say that it contradicts what was signed? Run `idesluss doctor`"
    )]
    Unsigned(&'static str),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{0} can't be written: {1}. Choose another file with --out, or make room")]
    Out(PathBuf, std::io::Error),
    #[error("{0} is there already: choose another file with --out")]
    Exists(PathBuf),
    #[error("nothing was recorded between these times: check --from and --to, which are in UTC")]
    Nothing,
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("the services refused: {0}")]
    Refused(String),
    #[error("the answer can't be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("the answer can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a task of the program has failed: {0}; please report it")]
    Task(#[from] tokio::task::JoinError),
}

/// Runs a subcommand, and says on the error stream why it could not.
pub(crate) async fn run(arguments: Arguments) -> ExitCode {
    let told = match arguments.command {
        Command::Replay(arguments) => replay::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Diff(arguments) => diff::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Dossier(arguments) => dossier::run(arguments).await,
        Command::Events(arguments) => events::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Export(arguments) => export::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Verify(arguments) => Ok(run_verify("idesluss audit", &arguments)),
        Command::Keys(arguments) => keys::run(&arguments).await.map(|()| ExitCode::SUCCESS),
    };
    told.unwrap_or_else(|error| {
        eprintln!("idesluss: {error}");
        ExitCode::from(UNTOLD)
    })
}
