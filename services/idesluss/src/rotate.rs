//! `idesluss rotate-master-key`: another key for everything that a folder has sealed.

use crate::resting::{Resting, RestingError};
use clap::Args;
use idesluss_terminal::print_line;
use idesluss_vault::{MasterKey, VaultError};
use std::path::PathBuf;

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
    #[error(transparent)]
    Folder(#[from] RestingError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Changes it. One that was cut off half-way is gone on with.
pub(crate) async fn run(arguments: Arguments) -> Result<(), RotateError> {
    let folder = Resting::take(&arguments.data)?;
    let file = folder.home.master_key();
    MasterKey::begin_rotation(&file)?;
    let awake = folder.wake().await?;
    for engine in &awake.node.engines {
        engine.vault().wrap_anew().await?;
    }
    awake.stop().await?;
    MasterKey::end_rotation(&file)?;
    print_line!("What is sealed opens with the new key alone. Backups from before need the one from before.");
    Ok(())
}
