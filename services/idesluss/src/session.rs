//! The services for one command: those that run on the folder already, ones started for the duration, or those that a gateway's settings name.

use crate::beginning;
use crate::home::{self, Home, HomeError};
use crate::node::{Node, NodeError};
use idesluss_domain::words::{Actor, OrganisationId, Role};
use idesluss_evidence::Services;
use idesluss_gateway::{Settings, Voices};
use idesluss_roster::SERVICES;
use idesluss_runtime::config::ConfigError;
use idesluss_runtime::{DialError, Directory, DirectoryError, NoPeer, Peers, SystemClock, Tls, TlsError, dial_socket};
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
    /// Ways to the services, in nobody's name.
    pub(crate) services: Services,
    /// In whose names they are asked.
    pub(crate) voices: Arc<Voices>,
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
        // Through sockets as well: whoever gives a command sits at the machine, whether the program runs already or not.
        let node = Node::listen(&home, directory.clone(), shutdown.clone(), Arc::new(SystemClock)).await?;
        let session = Self::with(&directory.instance, Services::of(&connect(data))?).await?;
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
            voices: Arc::new(Voices::new(services.identity.clone())),
            services,
            own: None,
        })
    }

    /// Everybody who is an auditor somewhere, as such.
    pub(crate) fn auditors(&self) -> impl Iterator<Item = Actor> {
        self.directory.people.iter().flat_map(|person| {
            let held = person.roles.iter().filter(|held| held.role == Role::Auditor);
            held.map(|held| Actor {
                person: person.id,
                organisation: held.organisation.clone(),
                role: Role::Auditor,
            })
        })
    }

    /// From now on in the name of an auditor, wherever it does not say otherwise; where there is none, in nobody's.
    pub(crate) fn into_auditor(mut self) -> Self {
        let first = self.auditors().next();
        if let Some(auditor) = first {
            self.services = self.speaking(&auditor);
        }
        self
    }

    /// The services in somebody's name.
    pub(crate) fn speaking(&self, actor: &Actor) -> Services {
        self.services.speaking(self.voices.of(actor))
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
        peers.insert(service.name, dial_socket(&home::socket(data, service.name)));
    }
    peers
}
