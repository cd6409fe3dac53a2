//! The services for one command: those that run on the folder already, ones started for the duration, or those that a gateway's settings name.

use crate::beginning;
use crate::home::{self, Home, HomeError};
use crate::node::{Node, NodeError};
use idesluss_domain::words::OrganisationId;
use idesluss_evidence::Services;
use idesluss_gateway::Settings;
use idesluss_roster::SERVICES;
use idesluss_runtime::config::ConfigError;
use idesluss_runtime::{DialError, Directory, DirectoryError, NoPeer, Peers, Tls, TlsError, dial_socket, traced};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

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
    #[error(transparent)]
    Settings(#[from] ConfigError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error(transparent)]
    Peer(#[from] NoPeer),
    #[error("identity does not tell who is who: {0}")]
    Unknown(String),
}

/// The services, running.
pub(crate) struct Session {
    /// Who is who.
    pub(crate) directory: Arc<Directory>,
    /// Ways to the services.
    pub(crate) services: Services,
    own: Option<(Home, Node, CancellationToken)>,
}

impl Session {
    /// Connects to what runs on the folder; otherwise starts the services on it until [`Session::close`].
    ///
    /// Errors: `Nothing` when the folder holds no instance and `may_begin` does not allow to make one.
    pub(crate) async fn open(data: &Path, may_begin: bool) -> Result<Self, SessionError> {
        home::check(data)?;
        let file = data.join("instance.toml");
        if home::is_running(data).await {
            return Self::with(&Directory::load(&file)?.instance, Services::of(&connect(data))?).await;
        }
        if !file.exists() && !may_begin {
            return Err(SessionError::Nothing(data.to_owned()));
        }
        let home = Home::take(data)?;
        let directory = Arc::new(beginning::load_or_begin(&home, beginning::one_organisation)?);
        let shutdown = CancellationToken::new();
        let node = Node::start(&home, directory.clone(), shutdown.clone()).await?;
        let session = Self::with(&directory.instance, Services::of(&node.peers)?).await?;
        Ok(Self {
            own: Some((home, node, shutdown)),
            ..session
        })
    }

    /// Reaches the services as a gateway with these settings does: processes of their own, wherever they run.
    pub(crate) async fn beyond(settings: &Path) -> Result<Self, SessionError> {
        let settings = Settings::load(Some(settings))?;
        // Ends with the program: certificates are not read anew for one command.
        let tls = settings
            .tls
            .map(|files| Tls::load(files, CancellationToken::new()))
            .transpose()?;
        let peers = Peers::dial(&settings.peers, tls.as_ref())?;
        Self::with(&Directory::load(&settings.directory)?.instance, Services::of(&peers)?).await
    }

    /// A session with services that run already.
    pub(crate) async fn with(instance: &OrganisationId, services: Services) -> Result<Self, SessionError> {
        let directory = idesluss_gateway::who_is_who(&services.identity, instance).await;
        Ok(Self {
            directory: Arc::new(directory.map_err(|status| SessionError::Unknown(status.message().to_owned()))?),
            services,
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

/// Ways through the sockets of the process that runs on the folder.
fn connect(data: &Path) -> Peers {
    let mut peers = Peers::default();
    for service in SERVICES {
        peers.insert(service.name, traced(dial_socket(&home::socket(data, service.name))));
    }
    peers
}
