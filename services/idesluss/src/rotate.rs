//! Another key for everything that a folder has sealed: `idesluss rotate-master-key`, and what a running program does about it.
//!
//! While the key is changed its file has two lines, the new one first. Whoever runs on the folder wraps each service's own key under the new
//! one and takes the old line away: the program that runs, the next one that starts after a crash, or the command itself where nothing runs.

use crate::home::HomeError;
use crate::resting::{Resting, RestingError};
use clap::Args;
use idesluss_engine::Engine;
use idesluss_terminal::print_line;
use idesluss_vault::{MasterKey, VaultError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a running program looks whether a change was begun.
const LOOK: Duration = Duration::from_secs(1);

/// How long the command waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Puts a new master key in the place of the folder's, also while `idesluss up` runs on it.
///
/// A backup from before opens with the key of its day alone: if you have not kept keys/master.key with your backups, copy it first.
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
    #[error(
        "what runs on {0} has not taken the new key yet. Nothing is lost: the next `idesluss up` on it goes on with the change"
    )]
    NotTaken(PathBuf),
}

/// Changes it. One that was cut off half-way is gone on with.
pub(crate) async fn run(arguments: Arguments) -> Result<(), RotateError> {
    match Resting::take(&arguments.data) {
        Ok(folder) => {
            let file = folder.home.master_key();
            MasterKey::begin_rotation(&file)?;
            let awake = folder.wake().await?;
            let finished = finish(&file, &awake.node.engines).await;
            awake.stop().await?;
            finished?;
        }
        Err(RestingError::Home(HomeError::Taken(root))) => {
            let file = crate::home::master_key(&root);
            MasterKey::begin_rotation(&file)?;
            let taken = async {
                while MasterKey::is_rotating(&file)? {
                    tokio::time::sleep(LOOK / 4).await;
                }
                Ok::<_, VaultError>(())
            };
            let taken = tokio::time::timeout(PATIENCE, taken).await;
            taken.map_err(|_| RotateError::NotTaken(root))??;
        }
        Err(error) => return Err(error.into()),
    }
    print_line!("What is sealed opens with the new key alone. Backups from before need the one from before.");
    Ok(())
}

/// Finishes every change that is begun, or was cut off, for as long as the services run.
pub(crate) async fn watch(file: PathBuf, engines: Vec<Engine>) {
    let mut said: Option<String> = None;
    loop {
        let finished = match MasterKey::is_rotating(&file) {
            Ok(false) => Ok(false),
            Ok(true) => finish(&file, &engines).await.map(|()| true),
            Err(error) => Err(error),
        };
        let news = match finished {
            Ok(false) => None,
            Ok(true) => Some("The master key was changed: what is sealed opens with the new one alone.".to_owned()),
            Err(error) => Some(format!("The master key's file can't be used: {error}")),
        };
        // Said when it begins, not every second.
        if news != said {
            news.iter().for_each(|news| print_line!("{news}"));
            said = news;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Wraps everything under the new key, then takes the old one away.
async fn finish(file: &Path, engines: &[Engine]) -> Result<(), VaultError> {
    for engine in engines {
        engine.vault().wrap_anew().await?;
    }
    MasterKey::end_rotation(file)
}
