//! The services in this process: a journal in a file each, and ways to one another without a socket. Other commands of this user find them at
//! sockets in the data folder; no port leads to them.

use crate::home::{Home, HomeError};
use futures_util::future::try_join_all;
use idesluss_domain::words::OrganisationId;
use idesluss_engine::{Dependencies, Engine, Service, StartError, ViewHandle};
use idesluss_journal::{SqliteOptions, SqliteStore, Store, StoreError};
use idesluss_notary::{FolderGuard, GuardError, KeysError, Notary, SigningKeys, attach};
use idesluss_proto::DESCRIPTORS;
use idesluss_roster::SERVICES;
use idesluss_runtime::{
    Clock, Directory, GrpcError, GrpcListener, MemoryBounds, NoPeer, Peers, Reach, SystemClock, in_memory_channel,
    serve_grpc,
};
use idesluss_vault::{Ledger, MasterKey, Vault, VaultError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::layer::util::Identity;

/// How long it is waited until each journal was held against what was signed of it; a journal of any size takes milliseconds.
const LOOKING: Duration = Duration::from_secs(5);

/// How long it is waited until each service has heard who may do what; twenty thousand people take some seconds.
const LISTENING: Duration = Duration::from_secs(60);

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
    /// A service can't start.
    #[error("the service {service} can't start: {reason}")]
    Start {
        /// Which.
        service: &'static str,
        /// Why.
        reason: StartError,
    },
    /// A way to a service.
    #[error(transparent)]
    Peer(#[from] NoPeer),
    /// There is nothing to sign with.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What was signed last can't be remembered.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// A service can't listen or has stopped.
    #[error(transparent)]
    Grpc(#[from] GrpcError),
    /// A service's socket.
    #[error(
        "other commands can't reach a service through {socket}: {reason}. Choose a data folder on a local disk, whose path has at most 80 letters"
    )]
    Socket {
        /// Its file.
        socket: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A task ended in a way that it should not.
    #[error("a task of the program has failed: {0}; please report it")]
    Task(#[from] tokio::task::JoinError),
}

/// The services, running.
pub(crate) struct Node {
    /// Ways to them from within.
    pub(crate) peers: Peers,
    /// The engines, by service.
    pub(crate) engines: Vec<Engine>,
    /// Every view with its service and name.
    pub(crate) views: Vec<(&'static str, &'static str, ViewHandle)>,
    /// What signs each journal, by service.
    pub(crate) notaries: Vec<(&'static str, Notary)>,
    servers: JoinSet<Result<(), GrpcError>>,
}

impl Node {
    /// Starts the services on a data folder until `shutdown`, for this process alone.
    pub(crate) async fn start(
        home: &Home,
        directory: Arc<Directory>,
        shutdown: CancellationToken,
    ) -> Result<Self, NodeError> {
        let nowhere = |_: &str| Ok(GrpcListener::none());
        Self::start_all(&SERVICES, home, directory, shutdown, Arc::new(SystemClock), nowhere).await
    }

    /// The same by another clock, for other commands of this user too.
    pub(crate) async fn listen(
        home: &Home,
        directory: Arc<Directory>,
        shutdown: CancellationToken,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NodeError> {
        let at_socket = |service: &str| {
            let socket = home.socket(service);
            GrpcListener::socket(&socket).map_err(|reason| NodeError::Socket { socket, reason })
        };
        Self::start_all(&SERVICES, home, directory, shutdown, clock, at_socket).await
    }

    async fn start_all(
        services: &[Service],
        home: &Home,
        directory: Arc<Directory>,
        shutdown: CancellationToken,
        clock: Arc<dyn Clock>,
        listen: impl Fn(&str) -> Result<GrpcListener, NodeError>,
    ) -> Result<Self, NodeError> {
        let instance = directory.instance.clone();
        // A new key can't open what another has sealed, so one is made only before there is any journal.
        let is_new = |service: &Service| !home.journal(service.name).exists();
        let fresh = services.iter().all(is_new);
        if fresh && !home.master_key().exists() {
            MasterKey::create(&home.master_key())?;
        }

        let (mut peers, mut reached, mut engines) = (Peers::default(), Vec::new(), Vec::new());
        for service in services {
            let listener = listen(service.name)?;
            let (way, inside) = in_memory_channel();
            peers.insert(service.name, way);
            reached.push((listener, inside));
            engines.push(open(home, &instance, service.name, clock.clone(), shutdown.clone()).await?);
        }
        let mut notaries = Vec::new();
        for engine in &engines {
            let keys = SigningKeys::load(&home.keys().join("signing.key"), true)?;
            let guard = Arc::new(FolderGuard::open(&home.signed(engine.service()))?);
            notaries.push((engine.service(), attach(engine, keys, guard, Vec::new())));
        }
        // Before anything of the services begins: no command of theirs need be sent again.
        for (_, notary) in &notaries {
            let _ = tokio::time::timeout(LOOKING, notary.has_looked()).await;
        }
        let mut node = Self {
            peers,
            engines,
            views: Vec::new(),
            notaries,
            servers: JoinSet::new(),
        };
        // All at once: while one of them builds a view anew, the others build theirs. They are served when all of them stand.
        let starting = services.iter().zip(&node.engines).map(async |(service, engine)| {
            let dependencies = Dependencies {
                engine: engine.clone(),
                directory: directory.clone(),
                folder: home.service(service.name)?,
                peers: node.peers.clone(),
            };
            let started = service.start(dependencies).await;
            started.map_err(|reason| NodeError::Start {
                service: service.name,
                reason,
            })
        });
        let started = try_join_all(starting).await?;
        let beside = services.iter().zip(&node.engines).zip(reached).zip(started);
        for (((service, engine), (listener, inside)), started) in beside {
            let name = service.name;
            for (source, peer) in service.followed(&instance, &node.peers)? {
                engine.follow(peer, source);
            }
            let views = started.views.into_iter();
            node.views.extend(views.map(|(view, handle)| (name, view, handle)));
            let reach = Reach {
                service: name,
                inside: Some(inside),
                ..Reach::default()
            };
            node.servers.spawn(serve_grpc(
                listener,
                started.routes,
                DESCRIPTORS,
                reach,
                Identity::new(),
                shutdown.clone(),
            ));
        }
        for engine in &node.engines {
            // Until a service has heard who may do what, nobody may do anything there.
            let _ = tokio::time::timeout(LISTENING, has_heard(engine, &instance)).await;
        }
        Ok(node)
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

/// Waits until a service's journal knows who may do what.
async fn has_heard(engine: &Engine, instance: &OrganisationId) {
    let mut head = engine.store().head();
    loop {
        head.borrow_and_update();
        if engine.knows_who_may(instance).await.unwrap_or(true) || head.changed().await.is_err() {
            return;
        }
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
    let options = SqliteOptions {
        readers: usize::try_from(MemoryBounds::in_force().readers).unwrap_or(1),
        ..SqliteOptions::new(instance.as_str(), service, Arc::new(move || now.now().as_micros()))
    };
    let opened = tokio::task::spawn_blocking(move || SqliteStore::open(&path, options)).await?;
    let store: Arc<dyn Store> = Arc::new(opened.map_err(|reason| NodeError::Journal { service, reason })?);
    let master = MasterKey::load_for(&home.master_key(), service)?;
    let ledger = Arc::new(Ledger::open(&home.keys().join(format!("{service}.erased")))?);
    let vault = Vault::open(store.clone(), master, ledger).await?;
    Ok(Engine::new(service, store, vault, clock, shutdown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beginning::one_organisation;
    use idesluss_domain::identity::terms::USUAL_TERMS;
    use idesluss_domain::words::{Actor, CommandId, Role};
    use idesluss_gateway::Voices;
    use idesluss_proto::pb::journal::GetHeadRequest;
    use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
    use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
    use idesluss_proto::pb::submission::{IdeaOwner, SubmitIdeaRequest};
    use idesluss_proto::write_command;
    use uuid::Uuid;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_service_that_is_only_declared_runs_beside_the_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::take(folder.path()).expect("taken");
        let directory = Arc::new(one_organisation());
        let shutdown = CancellationToken::new();
        let services: Vec<Service> = SERVICES.into_iter().chain([idesluss_example::SERVICE]).collect();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let nowhere = |_: &str| Ok(GrpcListener::none());
        let node = Node::start_all(&services, &home, directory.clone(), shutdown.clone(), clock, nowhere);
        let node = node.await.expect("it starts");

        let person = &directory.people[0];
        let submitter = Actor {
            person: person.id,
            organisation: directory.instance.clone(),
            role: Role::Submitter,
        };
        let submitted = SubmitIdeaRequest {
            command: Some(write_command(CommandId(Uuid::new_v4()))),
            idea: Uuid::new_v4().to_string(),
            title: "Sällskap åt fler äldre".to_owned(),
            problem: "Många talar inte med någon under veckan.".to_owned(),
            terms: USUAL_TERMS.to_owned(),
            owner: IdeaOwner::Organisation.into(),
            ..SubmitIdeaRequest::default()
        };
        let way = |service: &str| node.peers.to(service).expect("a way");
        let submitter = Voices::new(way("identity")).of(&submitter);
        let sent = SubmissionCommandServiceClient::new(way("submission").speaking(submitter))
            .submit_idea(submitted)
            .await;
        sent.expect("an idea is submitted");

        let (_, _, ideas) = (node.views.iter())
            .find(|(service, view, _)| (*service, *view) == ("example", "ideas"))
            .expect("its view");
        let heard = async {
            let count =
                |conn: &rusqlite::Connection| conn.query_row("SELECT count(*) FROM ideas", [], |row| row.get(0));
            while ideas.query_whole::<i64>(None, count).await.expect("an answer").0 == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(30), heard).await;
        heard.expect("it hears of the idea");
        // Its own journal holds what it has heard, and is served as every other.
        let head = JournalServiceClient::new(way("example"))
            .get_head(GetHeadRequest {})
            .await;
        assert!(head.expect("a head").into_inner().size > 0);
        shutdown.cancel();
        node.stop().await.expect("it stops");
    }
}
