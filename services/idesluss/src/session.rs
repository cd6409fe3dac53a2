//! The services for one command: those that run on the folder already, or ones started for the duration.

use crate::beginning;
use crate::home::{self, Home, HomeError};
use crate::node::{Node, NodeError, Ports};
use idesluss_runtime::{Directory, DirectoryError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

/// Why the services can't be reached.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error("there is no idésluss in {0}: start one with `idesluss up --data {0}`, or name another folder with --data")]
    Nothing(PathBuf),
    #[error("the services on this machine can't be reached: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// The services, running.
pub(crate) struct Session {
    /// Who is who.
    pub(crate) directory: Arc<Directory>,
    /// To the submission service.
    pub(crate) submission: Channel,
    /// To the evaluation service.
    pub(crate) evaluation: Channel,
    /// To the sharing service.
    pub(crate) sharing: Channel,
    own: Option<(Home, Node, CancellationToken)>,
}

impl Session {
    /// Connects to what runs on the folder; otherwise starts the services on it until [`Session::close`].
    ///
    /// Errors: `Nothing` when the folder holds no instance and `may_begin` does not allow to make one.
    pub(crate) async fn open(data: &Path, may_begin: bool) -> Result<Self, SessionError> {
        let file = data.join("instance.toml");
        if let Some(addresses) = home::running(data).await {
            return Ok(Self {
                directory: Arc::new(Directory::load(&file)?),
                submission: connect(addresses.submission)?,
                evaluation: connect(addresses.evaluation)?,
                sharing: connect(addresses.sharing)?,
                own: None,
            });
        }
        if !file.exists() && !may_begin {
            return Err(SessionError::Nothing(data.to_owned()));
        }
        let home = Home::take(data)?;
        let directory = Arc::new(beginning::load_or_begin(&home, beginning::one_organisation)?);
        let shutdown = CancellationToken::new();
        let node = Node::start(&home, directory.clone(), shutdown.clone()).await?;
        let ports = node.ports;
        Ok(Self {
            directory,
            submission: connect(ports.submission)?,
            evaluation: connect(ports.evaluation)?,
            sharing: connect(ports.sharing)?,
            own: Some((home, node, shutdown)),
        })
    }

    /// A session with services that run in this process already.
    pub(crate) fn with(directory: Arc<Directory>, ports: Ports) -> Result<Self, SessionError> {
        Ok(Self {
            directory,
            submission: connect(ports.submission)?,
            evaluation: connect(ports.evaluation)?,
            sharing: connect(ports.sharing)?,
            own: None,
        })
    }

    /// Ends what was started for the duration.
    pub(crate) async fn close(self) -> Result<(), SessionError> {
        if let Some((_home, node, shutdown)) = self.own {
            shutdown.cancel();
            node.stop().await?;
        }
        Ok(())
    }
}

pub(crate) fn connect(address: SocketAddr) -> Result<Channel, SessionError> {
    Ok(Endpoint::from_shared(format!("http://{address}"))?.connect_lazy())
}
