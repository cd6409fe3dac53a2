//! The three services in this process, speaking gRPC to each other over loopback.

use crate::home::{Home, HomeError};
use idesluss_domain::words::OrganisationId;
use idesluss_engine::{Engine, ViewHandle};
use idesluss_journal::{SqliteOptions, SqliteStore, Store, StoreError};
use idesluss_notary::{FolderGuard, GuardError, KeysError, Notary, SigningKeys, attach};
use idesluss_proto::DESCRIPTORS;
use idesluss_runtime::{Clock, DialError, Directory, GrpcError, Peer, Reach, SystemClock, dial, serve_grpc, traced};
use idesluss_vault::{Ledger, MasterKey, Vault, VaultError};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::layer::util::Identity;

/// How long it is waited until each journal was held against what was signed of it; a journal of any size takes milliseconds.
const LOOKING: Duration = Duration::from_secs(5);

/// Why the services can't start, or had to stop. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    /// The data folder can't be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// A journal can't be used.
    #[error("the journal of {service} can't be used: {reason}")]
    Journal {
        /// Which.
        service: &'static str,
        /// Why, and what to do.
        reason: StoreError,
    },
    /// Keys or sealed texts can't be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Evaluation can't start.
    #[error(transparent)]
    Evaluation(#[from] idesluss_evaluation::StartError),
    /// There is nothing to sign with.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What was signed last can't be remembered.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// Submission can't start.
    #[error(transparent)]
    Submission(#[from] idesluss_submission::StartError),
    /// Sharing can't start.
    #[error(transparent)]
    Sharing(#[from] idesluss_sharing::StartError),
    /// A service can't listen or has stopped.
    #[error(transparent)]
    Grpc(#[from] GrpcError),
    /// A service's own address is none: a mistake in the program.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// There is no free port.
    #[error("no port on 127.0.0.1 could be had for a service: {0}")]
    Port(std::io::Error),
    /// A task ended in a way that it should not.
    #[error("a task of the program has failed: {0}; please report it")]
    Task(#[from] tokio::task::JoinError),
}

/// The services, running.
pub(crate) struct Node {
    /// Where they listen.
    pub(crate) ports: Ports,
    /// The engines, by service.
    pub(crate) engines: Vec<Engine>,
    /// Every view with its service and name.
    pub(crate) views: Vec<(&'static str, &'static str, ViewHandle)>,
    /// What signs each journal, by service.
    pub(crate) notaries: Vec<(&'static str, Notary)>,
    servers: JoinSet<Result<(), GrpcError>>,
}

/// Where the services listen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    /// The submission service's gRPC.
    pub(crate) submission: SocketAddr,
    /// The evaluation service's gRPC.
    pub(crate) evaluation: SocketAddr,
    /// The sharing service's gRPC.
    pub(crate) sharing: SocketAddr,
}

/// A port with a way to it.
struct PanelMember {
    listener: TcpListener,
    address: SocketAddr,
    channel: Peer,
}

impl PanelMember {
    async fn take() -> Result<Self, NodeError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(NodeError::Port)?;
        let address = listener.local_addr().map_err(NodeError::Port)?;
        let channel = traced(dial(&[format!("http://{address}")], None)?);
        Ok(Self {
            listener,
            address,
            channel,
        })
    }
}

impl Node {
    /// Starts the services on a data folder until `shutdown`.
    pub(crate) async fn start(
        home: &Home,
        directory: Arc<Directory>,
        shutdown: CancellationToken,
    ) -> Result<Self, NodeError> {
        Self::start_at(home, directory, shutdown, Arc::new(SystemClock)).await
    }

    /// The same by another clock.
    pub(crate) async fn start_at(
        home: &Home,
        directory: Arc<Directory>,
        shutdown: CancellationToken,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NodeError> {
        let instance = directory.instance.clone();
        let master = Arc::new(home.keys().join("master.key"));
        // A new key can't open what another has sealed, so one is made only before there is any journal.
        let fresh = ["submission", "evaluation", "sharing"]
            .iter()
            .all(|service| !home.root().join(service).join("journal.db").exists());
        MasterKey::load_or_create(&master, fresh)?;

        let [submission, evaluation, sharing] = [
            PanelMember::take().await?,
            PanelMember::take().await?,
            PanelMember::take().await?,
        ];
        let open = |service| open(home, &instance, service, clock.clone(), shutdown.clone());
        let ideas = open(idesluss_submission::SERVICE).await?;
        let evaluations = open(idesluss_evaluation::SERVICE).await?;
        let solutions = open(idesluss_sharing::SERVICE).await?;

        let mut notaries = Vec::new();
        for engine in [&ideas, &evaluations, &solutions] {
            let keys = SigningKeys::load(&home.keys().join("signing.key"), true)?;
            let guard = Arc::new(FolderGuard::open(&home.signed(engine.service()))?);
            notaries.push((engine.service(), attach(engine, keys, guard, Vec::new())));
        }
        // Before anything of the services begins: no command of theirs need be sent again.
        for (_, notary) in &notaries {
            let _ = tokio::time::timeout(LOOKING, notary.has_looked()).await;
        }
        let started_submission = idesluss_submission::start(idesluss_submission::Config {
            folder: home.service(idesluss_submission::SERVICE)?,
            engine: ideas.clone(),
            directory: directory.clone(),
        })
        .await?;
        let started_evaluation = idesluss_evaluation::start(idesluss_evaluation::Config {
            folder: home.service(idesluss_evaluation::SERVICE)?,
            engine: evaluations.clone(),
            directory: directory.clone(),
            submission: submission.channel.clone(),
        })
        .await?;
        let started_sharing = idesluss_sharing::start(idesluss_sharing::Config {
            folder: home.service(idesluss_sharing::SERVICE)?,
            engine: solutions.clone(),
            directory,
        })
        .await?;

        // Who answers whom: an evaluation's decisions come back to its idea; sharing hears of what was carried out.
        let inner_source = |service: &str| format!("/{instance}/{service}/house");
        ideas.follow(evaluation.channel.clone(), inner_source(idesluss_evaluation::SERVICE));
        evaluations.follow(submission.channel.clone(), inner_source(idesluss_submission::SERVICE));
        solutions.follow(submission.channel.clone(), inner_source(idesluss_submission::SERVICE));

        let mut views = Vec::new();
        for (service, found) in [
            (idesluss_submission::SERVICE, started_submission.views),
            (idesluss_evaluation::SERVICE, started_evaluation.views),
            (idesluss_sharing::SERVICE, started_sharing.views),
        ] {
            views.extend(found.into_iter().map(|(name, view)| (service, name, view)));
        }
        let ports = Ports {
            submission: submission.address,
            evaluation: evaluation.address,
            sharing: sharing.address,
        };
        let mut servers = JoinSet::new();
        for (member, routes) in [
            (submission, started_submission.routes),
            (evaluation, started_evaluation.routes),
            (sharing, started_sharing.routes),
        ] {
            servers.spawn(serve_grpc(
                member.listener,
                routes,
                DESCRIPTORS,
                Reach::default(),
                Identity::new(),
                shutdown.clone(),
            ));
        }
        Ok(Self {
            ports,
            engines: vec![ideas, evaluations, solutions],
            views,
            notaries,
            servers,
        })
    }

    /// Lets what is under way end, then closes the journals.
    pub(crate) async fn stop(mut self) -> Result<(), NodeError> {
        let mut failed = Ok(());
        while let Some(ended) = self.servers.join_next().await {
            failed = failed.and(ended.map_err(NodeError::from).and_then(|served| Ok(served?)));
        }
        for engine in &self.engines {
            engine.close().await;
        }
        failed
    }
}

/// Opens a service's journal and vault.
async fn open(
    home: &Home,
    instance: &OrganisationId,
    service: &'static str,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> Result<Engine, NodeError> {
    let path = home.service(service)?.join("journal.db");
    let now = clock.clone();
    let options = SqliteOptions::new(instance.as_str(), service, Arc::new(move || now.now().as_micros()));
    let opened = tokio::task::spawn_blocking(move || SqliteStore::open(&path, options)).await?;
    let store: Arc<dyn Store> = Arc::new(opened.map_err(|reason| NodeError::Journal { service, reason })?);
    let master = MasterKey::load_or_create(&home.keys().join("master.key"), false)?;
    let ledger = Arc::new(Ledger::open(&home.keys().join(format!("{service}.erased")))?);
    let vault = Vault::open(store.clone(), master, ledger).await?;
    Ok(Engine::new(service, store, vault, clock, shutdown))
}
