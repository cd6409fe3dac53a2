//! `idesluss audit …`: what an auditor asks a folder, or services that run elsewhere. One file a subcommand; `words` and its like tell.
//!
//! With a server running on the folder it is asked; otherwise the services are started for the duration.

mod cut;
mod diff;
mod dossier;
mod events;
mod events_of;
mod export;
mod history;
mod instance_text;
mod keys;
mod print;
mod replay;
mod which;
mod who;
mod words;

pub(crate) use cut::read_cut;
pub(crate) use replay::idea as replay_idea;
pub(crate) use which::{Which, read_which};

use crate::session::{Session, SessionError};
use clap::{Args, Subcommand};
use idesluss_auditor::command::{Verify, run_verify};
use idesluss_auditor::{DossierError, MergeError, ReplayError};
use idesluss_domain::words::{OrganisationId, PersonId};
use idesluss_evidence::EvidenceError;
use idesluss_mining::MiningError;
use idesluss_terminal::print_error;
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
    /// Tells which roles somebody held at a moment, since when, and who gave them.
    Who(who::Arguments),
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
    #[command(flatten)]
    folder: Folder,
}

/// Reads a pseudonym, as people give it.
pub(crate) fn read_person(text: &str) -> Result<PersonId, String> {
    text.parse().map_err(|_| {
        "write the pseudonym, which the person's page shows, and `audit replay` beside the name".to_owned()
    })
}

/// Which services are asked.
#[derive(Debug, Args)]
pub(crate) struct Folder {
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Instead of a folder, services that run as processes of their own: they are reached as the gateway with these settings reaches them.
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    gateway: Option<PathBuf>,
}

impl Folder {
    /// The services there.
    pub(crate) async fn open(&self) -> Result<Session, SessionError> {
        match &self.gateway {
            // Over the gateway's certificate journals are an auditor's to read; at the machine they are, in nobody's name.
            Some(settings) => Ok(Session::beyond(settings).await?.into_auditor()),
            None => Session::open(&self.data, false).await,
        }
    }
}

/// Why nothing can be told. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(transparent)]
    Dossier(#[from] DossierError),
    #[error(transparent)]
    Merge(#[from] MergeError),
    #[error(transparent)]
    Mining(#[from] MiningError),
    #[error("nobody may read this as an auditor: an administrator of the organisation gives somebody that role")]
    NoAuditor,
    #[error(
        "the journal of {1} knew nobody of the pseudonym {0} then: `audit replay` shows the pseudonym beside each name"
    )]
    NoSuchPerson(PersonId, &'static str),
    #[error("{0} may not read it as an auditor. Give to --as the pseudonym of one of these: {1}")]
    NotAnAuditor(PersonId, String),
    #[error("there is no decision {0} here: give the id of a decision's event, or of an evaluation that was decided")]
    NoSuchDecision(Uuid),
    #[error(
        "no idea here has the reference {0}: give the idea's id, with which the address of its page ends (/ideer/…)"
    )]
    NoSuchReference(String),
    #[error(
        "{1} ideas have the reference {0}: give the id of the one that is meant, with which the address of its page ends (/ideer/…)"
    )]
    ManyReferences(String, usize),
    #[error("there is no organisation {0} here. There are: {1}")]
    Organisation(OrganisationId, String),
    #[error("nothing lies between {0} and {1}: give the earlier moment to --from")]
    Backwards(String, String),
    #[error("{0} can't be written: choose another place with --out")]
    NoFolder(PathBuf),
    #[error("{0} can't be written: {1}. Choose another file with --out, or make room")]
    Out(PathBuf, std::io::Error),
    #[error("texts are handed out of an organisation or an idea only: add --organisation or --idea")]
    WhoseTexts,
    #[error("{0} is there already: choose another file with --out")]
    Exists(PathBuf),
    #[error("the answer can't be written: {0}")]
    Output(#[from] std::io::Error),
    #[error("the answer can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a task of the program has failed: {0}; please report it")]
    Task(#[from] tokio::task::JoinError),
}

/// Runs a subcommand, and says on the error stream why it could not.
pub(crate) async fn run(arguments: Arguments) -> ExitCode {
    let out = match arguments.command {
        Command::Replay(arguments) => replay::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Who(arguments) => who::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Diff(arguments) => diff::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Dossier(arguments) => dossier::run(arguments).await,
        Command::Events(arguments) => events::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Export(arguments) => export::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Verify(arguments) => Ok(run_verify("idesluss audit", &arguments)),
        Command::Keys(arguments) => keys::run(&arguments).await.map(|()| ExitCode::SUCCESS),
    };
    out.unwrap_or_else(|error| {
        print_error!("idesluss: {error}");
        ExitCode::from(UNTOLD)
    })
}
