//! Putting a service together, and taking it apart in order.

use crate::forward::Forward;
use crate::ops::{Ops, install_metrics, serve_ops};
use crate::origin;
use crate::settings::Settings;
use crate::signing;
use crate::state::State;
use crate::systemd::notify_systemd;
use crate::telemetry::{Traces, TracesError, start_telemetry};
use crate::watch;
use idesluss_engine::{BlockedBy, CHECKING, Engine, ExecuteError, ViewHandle};
use idesluss_journal::{PostgresOptions, PostgresStore, Relays, Store, StoreError};
use idesluss_messaging::{BrokerConfig, Messaging, Origin};
use idesluss_notary::{AuthoritiesError, GuardError, KeysError};
use idesluss_proto::DESCRIPTORS;
use idesluss_runtime::config::ConfigError;
use idesluss_runtime::{
    Clock, Condition, DialError, Directory, DirectoryError, GrpcError, Health, Peer, Reach, SystemClock, Tls, TlsError,
    dial, serve_grpc, traced,
};
use idesluss_vault::{Ledger, MasterKey, Vault, VaultError};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

/// How long a database that can't be reached at the start is waited for before it is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Which service a process runs, and whose events it is interested in.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// The service's name.
    pub service: &'static str,
    /// The services whose events it receives.
    pub follows: &'static [&'static str],
}

/// What a service is built on.
pub struct ServiceContext {
    /// Where views and search lie.
    pub folder: PathBuf,
    /// The engine over the journal.
    pub engine: Engine,
    /// Who may act in which role.
    pub directory: Arc<Directory>,
    /// Ways to the other services.
    pub peers: Peers,
}

/// Ways to the other services.
#[derive(Clone)]
pub struct Peers(Vec<(&'static str, Peer)>);

impl Peers {
    fn dial(settings: &Settings, tls: Option<&Tls>) -> Result<Self, LaunchError> {
        let mut peers = Vec::new();
        for (service, _, addresses) in settings.peers.named() {
            if !addresses.is_empty() {
                peers.push((service, traced(dial(addresses, tls)?)));
            }
        }
        Ok(Self(peers))
    }

    /// The way to a service. Errors: the settings do not name it.
    pub fn to(&self, service: &'static str) -> Result<Peer, LaunchError> {
        let found = self.0.iter().find(|(name, _)| *name == service);
        found.map(|(_, peer)| peer.clone()).ok_or(LaunchError::NoPeer(service))
    }
}

/// A service that was built.
pub struct Running {
    /// What is served over gRPC.
    pub routes: Routes,
    /// Its views, by name.
    pub views: Vec<(&'static str, ViewHandle)>,
}

/// Why a process can't start, or had to stop. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The directory of organisations and people.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// An address of another service.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// Another service is not named.
    #[error("the settings do not say where {0} is: set peers.{0}")]
    NoPeer(&'static str),
    /// The collector of traces.
    #[error(transparent)]
    Traces(#[from] TracesError),
    /// Another recorder of metrics.
    #[error("metrics can't be kept: {0}")]
    Metrics(String),
    /// The journal.
    #[error("the journal can't be used: {0}")]
    Journal(#[from] StoreError),
    /// Keys or the ledger.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A port.
    #[error("{setting} is {address}, which can't be listened on: {reason}. Stop what uses it, or choose another")]
    Port {
        /// The setting.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        reason: std::io::Error,
    },
    /// Nothing to sign with.
    #[error("the settings name no signing key: set signing.key_file and signing.guard")]
    NoSigning,
    /// What signs.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What remembers what was signed.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// Authorities of witnesses.
    #[error(transparent)]
    Authorities(#[from] AuthoritiesError),
    /// A policy file.
    #[error("the policy {0} can't be used: {1}")]
    Policy(PathBuf, String),
    /// A folder.
    #[error("{0} can't be used: {1}")]
    Folder(PathBuf, std::io::Error),
    /// The service itself.
    #[error("the service can't start: {0}")]
    Start(Box<dyn std::error::Error + Send + Sync>),
    /// Its gRPC.
    #[error(transparent)]
    Grpc(#[from] GrpcError),
    /// Signals.
    #[error("signals can't be listened to: {0}")]
    Signals(std::io::Error),
    /// No owner to make tables as.
    #[error("database.owner_url is not set: only the owner may make tables")]
    NoOwner,
    /// Nobody may open an epoch.
    #[error("the directory names no operator: give somebody the role operator")]
    NoOperator,
    /// The reason is too short or too long.
    #[error("the reason must have 3 to 200 characters")]
    Reason,
    /// Another process writes the journal.
    #[error("another process still writes this journal: stop every replica of the service, then try again")]
    StillWritten,
    /// The epoch could not be opened.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

/// The parts of the process that say how they are.
pub(crate) const JOURNAL: &str = "journal";
pub(crate) const SERVICE: &str = "service";

/// Runs a service until Ctrl-C or SIGTERM, then lets what is under way end and gives the lease up.
pub(crate) async fn run<F>(
    program: Program,
    settings: Settings,
    start: impl FnOnce(ServiceContext) -> F,
) -> Result<(), LaunchError>
where
    F: Future<Output = Result<Running, Box<dyn std::error::Error + Send + Sync>>>,
{
    let traces = settings.telemetry.otlp.clone().map(|endpoint| Traces {
        service: program.service,
        endpoint,
        sampled: settings.telemetry.sampled,
    });
    let _flush = start_telemetry(settings.telemetry.log, traces)?;
    let metrics = install_metrics().map_err(|error| LaunchError::Metrics(error.to_string()))?;
    let shutdown = CancellationToken::new();
    idesluss_runtime::cancel_on_signal(shutdown.clone()).map_err(LaunchError::Signals)?;
    let directory = Arc::new(Directory::load(&settings.directory)?);
    let tls = settings
        .tls
        .clone()
        .map(|files| Tls::load(files, shutdown.clone()))
        .transpose()?;
    let peers = Peers::dial(&settings, tls.as_ref())?;
    let ops = listen("ops.listen", settings.ops.listen).await?;
    let grpc = listen("grpc.listen", settings.grpc.listen).await?;
    let signing = signing::prepare(&settings)?;
    let log = signing::listen(settings.signing.as_ref()).await?;
    std::fs::create_dir_all(&settings.data).map_err(|error| LaunchError::Folder(settings.data.clone(), error))?;

    // Operators can ask from here on, also while the database is waited for. It ends after everything else.
    let health = Health::starting(&[JOURNAL, SERVICE, watch::COMMANDS]);
    let state = State::new(program, &settings, health.clone(), tls.clone());
    let ended = CancellationToken::new();
    let answering = Ops {
        health: health.clone(),
        describe: state.describe(),
    };
    let answering = tokio::spawn(serve_ops(ops, answering, metrics, ended.clone()));

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let opened = shutdown
        .run_until_cancelled(open(program, &settings, &directory, &clock, &health, shutdown.clone()))
        .await;
    let Some(opened) = opened else { return Ok(()) };
    let (engine, relays) = opened?;
    let context = ServiceContext {
        folder: settings.data.clone(),
        engine: engine.clone(),
        directory: directory.clone(),
        peers: peers.clone(),
    };
    if settings.broker.is_some() {
        // Before anything of the service begins: the first command waits for the broker's verdict.
        engine.block_writes(BlockedBy::Exchange, Some(CHECKING.into()));
    }
    let running = start(context).await.map_err(LaunchError::Start)?;
    let messaging = exchange(program, &settings, &directory, &engine, relays, &peers)?;
    state.started(engine.clone(), running.views, messaging.clone());
    watch::start(&engine, &health, messaging.clone(), state.clone());
    if let Some(signing) = signing {
        signing::start(&engine, &health, signing, log, tls.clone());
    }
    health.set(SERVICE, Condition::Well);
    notify_systemd(shutdown.clone());
    tracing::info!(service = program.service, grpc = %settings.grpc.listen, ops = %settings.ops.listen, "running");

    let stopping = health.clone();
    let asked = shutdown.clone();
    tokio::spawn(async move {
        asked.cancelled().await;
        stopping.set(SERVICE, Condition::Unready("it is stopping".into()));
    });
    let reach = Reach {
        tls: tls.clone(),
        health: Some(health),
    };
    let forward = Forward::new(engine.clone(), tls);
    let served = serve_grpc(grpc, running.routes, DESCRIPTORS, reach, forward, shutdown.clone()).await;
    // Whatever ended it, the rest ends too: what is under way first, the lease last.
    shutdown.cancel();
    if let Some(messaging) = messaging {
        messaging.stop().await;
    }
    engine.close().await;
    ended.cancel();
    let _ = answering.await;
    Ok(served?)
}

async fn listen(setting: &'static str, address: SocketAddr) -> Result<TcpListener, LaunchError> {
    TcpListener::bind(address).await.map_err(|reason| LaunchError::Port {
        setting,
        address,
        reason,
    })
}

/// Makes the tables as their owner.
pub(crate) async fn migrate(settings: &Settings) -> Result<(), LaunchError> {
    let owner = settings.owner()?.ok_or(LaunchError::NoOwner)?;
    PostgresStore::migrate(&owner, settings.database()?.role()).await?;
    println!("The tables are those of this version.");
    Ok(())
}

fn options(
    program: Program,
    settings: &Settings,
    directory: &Directory,
    clock: &Arc<dyn Clock>,
) -> Result<PostgresOptions, LaunchError> {
    let clock = clock.clone();
    let mut options = PostgresOptions::new(
        settings.database()?,
        directory.instance.as_str(),
        program.service,
        &settings.advertised(),
        Arc::new(move || clock.now().as_micros()),
    );
    options.lease = Duration::from_secs(settings.database.lease_seconds.into());
    Ok(options)
}

/// Opens journal and vault, waiting for a database that can't be reached yet.
async fn open(
    program: Program,
    settings: &Settings,
    directory: &Directory,
    clock: &Arc<dyn Clock>,
    health: &Health,
    shutdown: CancellationToken,
) -> Result<(Engine, Arc<dyn Relays>), LaunchError> {
    let owner = settings.owner()?;
    let options = options(program, settings, directory, clock)?;
    let store = loop {
        let opened = async {
            if let Some(owner) = &owner {
                PostgresStore::migrate(owner, options.database.role()).await?;
            }
            PostgresStore::open(options.clone()).await
        };
        match opened.await {
            Ok(store) => break Arc::new(store),
            Err(StoreError::Unavailable(why)) => {
                health.set(JOURNAL, Condition::Unready(why));
                tokio::time::sleep(RETRY).await;
            }
            Err(error) => return Err(error.into()),
        }
    };
    let relays: Arc<dyn Relays> = store.clone();
    let store: Arc<dyn Store> = store;
    let master = MasterKey::load_or_create(&settings.keys.master_file, false)?;
    if !settings.keys.ledger_file.exists() && store.head().borrow().size > 0 {
        tracing::warn!(
            "there is no ledger of erasures though the journal has entries: right for a new replica; after a restore put it back first"
        );
    }
    let ledger = Arc::new(Ledger::open(&settings.keys.ledger_file)?);
    let vault = Vault::open(store.clone(), master, ledger).await?;
    Ok((
        Engine::new(program.service, store, vault, clock.clone(), shutdown),
        relays,
    ))
}

/// Begins to give events out and to take them in: over the broker where there is one, otherwise from the other services themselves.
fn exchange(
    program: Program,
    settings: &Settings,
    directory: &Directory,
    engine: &Engine,
    relays: Arc<dyn Relays>,
    peers: &Peers,
) -> Result<Option<Arc<Messaging>>, LaunchError> {
    let sources = program.follows.iter().map(|service| {
        let source = format!("/{}/{service}/house", directory.instance);
        peers.to(service).map(|peer| (source, peer))
    });
    let sources = sources.collect::<Result<Vec<_>, _>>()?;
    let Some(broker) = &settings.broker else {
        for (source, peer) in sources {
            engine.follow(peer, source);
        }
        return Ok(None);
    };
    // Shown only to a broker that is spoken to over TLS; naming one would ask every broker for it.
    let is_private = broker.urls.iter().any(|url| url.starts_with("tls://"));
    let own = settings.tls.as_ref().filter(|_| is_private);
    let config = BrokerConfig {
        credentials_file: broker.credentials_file.clone(),
        user: broker.user.clone(),
        password_file: broker.password_file.clone(),
        ca_file: broker.ca_file.clone().or_else(|| own.map(|own| own.ca_file.clone())),
        cert_file: own.map(|own| own.cert_file.clone()),
        key_file: own.map(|own| own.key_file.clone()),
        stream_replicas: broker.replicas,
        max_age: Duration::from_secs(u64::from(broker.max_age_days) * 86_400),
        max_bytes: i64::from(broker.max_mib) * 1024 * 1024,
        ..BrokerConfig::new(broker.urls.clone())
    };
    let receive = sources
        .into_iter()
        .map(|(source, peer)| (source, Arc::new(origin::Service::at(peer)) as Arc<dyn Origin>));
    let messaging = Messaging::start(
        engine.store().clone(),
        relays,
        config,
        receive.collect(),
        engine.shutdown().clone(),
    );
    Ok(Some(Arc::new(messaging)))
}

/// Opens the next epoch, with nobody else writing.
pub(crate) async fn restored(
    program: Program,
    settings: Settings,
    reason: &str,
    above: u32,
) -> Result<(), LaunchError> {
    let reason = reason.trim();
    if !(3..=200).contains(&reason.chars().count()) {
        return Err(LaunchError::Reason);
    }
    idesluss_runtime::start_logs(settings.telemetry.log);
    let directory = Directory::load(&settings.directory)?;
    let operator = directory.operator().ok_or(LaunchError::NoOperator)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = PostgresStore::open(options(program, &settings, &directory, &clock)?).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let mut lease = store.lease();
    // A holder that was killed is waited for; one that goes on writing never lets go.
    let patience = Duration::from_secs(u64::from(settings.database.lease_seconds) + 5);
    // Nothing of what is waited for may be kept: it would keep the lease from moving.
    let waited = tokio::time::timeout(patience, lease.wait_for(idesluss_journal::Lease::is_held));
    let held = matches!(waited.await, Ok(Ok(_)));
    if !held {
        store.close().await;
        return Err(LaunchError::StillWritten);
    }
    let master = MasterKey::load_or_create(&settings.keys.master_file, false)?;
    let ledger = Arc::new(Ledger::open(&settings.keys.ledger_file)?);
    let vault = Vault::open(store.clone(), master, ledger).await?;
    let engine = Engine::new(program.service, store, vault, clock, CancellationToken::new());
    let opened = engine.open_epoch(&operator, reason, above).await;
    engine.close().await;
    let token = opened?;
    println!(
        "{}: epoch {} begins at position {}",
        program.service, token.epoch, token.position
    );
    Ok(())
}
