//! A folder on which nothing runs, with its services started for as long as a command takes.

use crate::beginning;
use crate::home::{self, Home, HomeError};
use crate::node::{Node, NodeError};
use idesluss_runtime::{Directory, DirectoryError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Why a folder can't be used by itself.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestingError {
    #[error("there is no idésluss in {0}: name another folder with --data")]
    Nothing(PathBuf),
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Node(#[from] NodeError),
}

/// A folder that holds an instance and is this process's alone.
pub(crate) struct Resting {
    pub(crate) home: Home,
    pub(crate) directory: Arc<Directory>,
}

impl Resting {
    /// Takes the folder. Errors: it holds no instance, or something runs on it.
    pub(crate) fn take(data: &Path) -> Result<Self, RestingError> {
        home::check(data)?;
        if !data.join("instance.toml").exists() {
            return Err(RestingError::Nothing(data.to_owned()));
        }
        let home = Home::take(data)?;
        let directory = Arc::new(beginning::load_or_begin(&home, beginning::one_organisation)?);
        Ok(Self { home, directory })
    }

    /// Starts its services, until [`Awake::stop`].
    pub(crate) async fn wake(&self) -> Result<Awake, RestingError> {
        let shutdown = CancellationToken::new();
        let node = Node::start(&self.home, self.directory.clone(), shutdown.clone()).await?;
        Ok(Awake { node, shutdown })
    }
}

/// Its services, running.
pub(crate) struct Awake {
    pub(crate) node: Node,
    shutdown: CancellationToken,
}

impl Awake {
    /// Lets what is under way end.
    pub(crate) async fn stop(self) -> Result<(), RestingError> {
        self.shutdown.cancel();
        Ok(self.node.stop().await?)
    }
}
