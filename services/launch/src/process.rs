//! Putting a service together, and taking it apart in order.

use crate::error::LaunchError;
use crate::exchange::exchange;
use crate::forward::Forward;
use crate::program::{Peers, Program, Running, ServiceContext};
use crate::settings::Settings;
use crate::state::State;
use crate::systemd::notify_systemd;
use crate::telemetry::{Traces, start_telemetry};
use crate::watch::{COMMANDS, JOURNAL};
use crate::{journal, signing, watch};
use idesluss_engine::{BlockedBy, CHECKING};
use idesluss_proto::DESCRIPTORS;
use idesluss_runtime::{Clock, Condition, Directory, Health, Reach, SystemClock, Tls, serve_grpc};
use idesluss_runtime::{Ops, install_metrics, serve_ops};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The part that says whether the service itself is there.
const SERVICE: &str = "service";

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
    let health = Health::starting(&[JOURNAL, SERVICE, COMMANDS]);
    let state = State::new(program, &settings, health.clone(), tls.clone());
    let ended = CancellationToken::new();
    let answering = Ops {
        health: health.clone(),
        describe: state.describe(),
    };
    let answering = tokio::spawn(serve_ops(ops, answering, metrics, ended.clone()));

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let opened = shutdown
        .run_until_cancelled(journal::open(
            program,
            &settings,
            &directory,
            &clock,
            &health,
            shutdown.clone(),
        ))
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
