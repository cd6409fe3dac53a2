//! `idesluss rotate-master-key`: another key for everything that a folder has sealed.

use crate::beginning;
use crate::home::{self, Home, HomeError};
use crate::node::{Node, NodeError};
use clap::Args;
use idesluss_runtime::DirectoryError;
use idesluss_terminal::print_line;
use idesluss_vault::{MasterKey, VaultError};
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Puts a new master key in the place of the folder's. Nothing else may run on it.
///
/// Backups from before open with the key from before: keep that one as long as you keep them.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// Why the key could not be changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RotateError {
    #[error("there is no idésluss in {0}: name another folder with --data")]
    Nothing(PathBuf),
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Changes it. One that was cut off half-way is gone on with.
pub(crate) async fn run(arguments: Arguments) -> Result<(), RotateError> {
    home::check(&arguments.data)?;
    if !arguments.data.join("instance.toml").exists() {
        return Err(RotateError::Nothing(arguments.data));
    }
    let home = Home::take(&arguments.data)?;
    let directory = Arc::new(beginning::load_or_begin(&home, beginning::one_organisation)?);
    MasterKey::begin_rotation(&home.master_key())?;
    let shutdown = CancellationToken::new();
    let node = Node::start(&home, directory, shutdown.clone()).await?;
    for engine in &node.engines {
        engine.vault().wrap_anew().await?;
    }
    shutdown.cancel();
    node.stop().await?;
    MasterKey::end_rotation(&home.master_key())?;
    print_line!("What is sealed opens with the new key alone. Backups from before need the one from before.");
    Ok(())
}
