//! `idesluss audit`: what an auditor asks of a data folder, and what an auditor does with the answer anywhere.

mod export;
mod journal;
mod keys;

use crate::session::SessionError;
use clap::Subcommand;
use idesluss_auditor::bundle::WriteError;
use idesluss_auditor::command::{Verify, run_verify};
use idesluss_domain::words::IdeaId;
use idesluss_notary::KeysError;
use idesluss_proof::tree::TreeError;
use std::path::PathBuf;
use std::process::ExitCode;
use tonic::Status;

/// What an auditor asks.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Writes journals, or parts of them, into one file that can be verified with nothing else at hand.
    Export(export::Arguments),
    /// Verifies such a file offline: 0, nothing is broken; 1, something is; 2, it could not be checked.
    Verify(Verify),
    /// Prints the lines of a policy file with which others trust what this folder's journals sign.
    Keys(keys::Arguments),
}

/// Why it can't be done. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuditError {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the journal of {service} can't be read: {status}")]
    Journal { service: &'static str, status: Box<Status> },
    #[error(
        "the journal of {0} is not signed as far as it goes: is the folder's disk full, or does the program say that it contradicts what was signed? Run `idesluss doctor`"
    )]
    Unsigned(&'static str),
    #[error("the tree of {0} can't be read: {1}")]
    Tree(&'static str, TreeError),
    #[error("the checkpoint of {0} is not understood: {1}")]
    Checkpoint(&'static str, String),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{0} can't be written: {1}. Choose another file with --out, or make room")]
    Out(PathBuf, std::io::Error),
    #[error("{0} is there already: choose another file with --out")]
    Exists(PathBuf),
    #[error("there is no such idea here: {0}")]
    NoSuchIdea(IdeaId),
    #[error("nothing was recorded between these times: check --from and --to, which are in UTC")]
    Nothing,
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("an entry of {0} is not understood: {1}")]
    Line(&'static str, String),
}

/// Does what is asked.
pub(crate) async fn run(command: Command) -> Result<ExitCode, AuditError> {
    match command {
        Command::Export(arguments) => export::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Verify(arguments) => Ok(run_verify("idesluss audit", &arguments)),
        Command::Keys(arguments) => keys::run(&arguments).await.map(|()| ExitCode::SUCCESS),
    }
}
