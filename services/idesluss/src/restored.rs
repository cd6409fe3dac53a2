//! `idesluss restored`: what to do after a folder came back from a backup.

use crate::beginning;
use crate::home::{self, Home, HomeError};
use crate::node::{Node, NodeError};
use clap::Args;
use idesluss_domain::instance::RestoreReason;
use idesluss_engine::ExecuteError;
use idesluss_runtime::DirectoryError;
use idesluss_terminal::print_line;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Opens a new epoch in every journal of a folder that was restored from a backup.
///
/// Run it once, before the folder is used again: whoever holds entries that the backup did not have is told that they are orphans.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Why the backup was needed: hardware-lost, database-damaged, mistake, moved or exercise.
    #[arg(long, value_name = "REASON")]
    reason: RestoreReason,
    /// The highest epoch that anybody else has heard of, where the backup is from before an earlier restore.
    #[arg(long, value_name = "EPOCH", default_value_t = 0)]
    above: u32,
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// Why no epoch could be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoredError {
    #[error("there is no idésluss in {0}: name another folder with --data")]
    Nothing(PathBuf),
    #[error("instance.toml names no operator: give somebody the role operator")]
    NoOperator,
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

/// Opens the epochs.
pub(crate) async fn run(arguments: Arguments) -> Result<(), RestoredError> {
    home::check(&arguments.data)?;
    if !arguments.data.join("instance.toml").exists() {
        return Err(RestoredError::Nothing(arguments.data));
    }
    let home = Home::take(&arguments.data)?;
    let directory = Arc::new(beginning::load_or_begin(&home, beginning::one_organisation)?);
    let operator = directory.operator().ok_or(RestoredError::NoOperator)?;
    let shutdown = CancellationToken::new();
    let node = Node::start(&home, directory, shutdown.clone()).await?;
    for engine in &node.engines {
        let token = engine.open_epoch(&operator, arguments.reason, arguments.above).await?;
        print_line!(
            "{}: epoch {} begins at position {}",
            engine.service(),
            token.epoch,
            token.position
        );
    }
    shutdown.cancel();
    node.stop().await?;
    Ok(())
}
