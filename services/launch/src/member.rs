//! Putting a service together on its journal, and taking it apart in order.

use crate::error::LaunchError;
use crate::exchange::exchange;
use crate::forward::Forward;
use crate::process::{Process, listen};
use crate::settings::Settings;
use crate::signing::Prepared;
use crate::state::State;
use crate::watch::{COMMANDS, JOURNAL, RIGHTS};
use crate::{journal, signing, watch};
use idesluss_engine::{BlockedBy, CHECKING, Dependencies, Service};
use idesluss_proto::DESCRIPTORS;
use idesluss_runtime::{
    Clock, Condition, Describe, Directory, InMemoryListener, Peers, Reach, ServiceHealth, SystemClock, Tls,
    make_private_folder, serve_grpc,
};
use std::sync::Arc;
use tokio::net::TcpListener;

/// The part that says whether the service itself is there.
const SERVICE: &str = "service";

/// A service of a process: its settings read, its ports taken.
pub struct Member {
    service: Service,
    settings: Settings,
    process: Process,
    directory: Arc<Directory>,
    tls: Option<Tls>,
    peers: Peers,
    inside: Option<InMemoryListener>,
    signing: Option<Prepared>,
    grpc: TcpListener,
    log: Option<TcpListener>,
    health: ServiceHealth,
    state: State,
}

impl Member {
    /// Reads what the settings name and takes the ports. `beside` are ways to services of the same process, which go before those of the
    /// settings; `inside` is the end of the way to this one.
    pub async fn prepare(
        service: Service,
        settings: Settings,
        process: &Process,
        beside: &Peers,
        inside: Option<InMemoryListener>,
    ) -> Result<Self, LaunchError> {
        let directory = Arc::new(Directory::load(&settings.directory)?);
        let tls = settings.tls.clone();
        let tls = tls
            .map(|files| Tls::load(files, process.shutdown().clone()))
            .transpose()?;
        let peers = Peers::dial(&settings.peers, tls.as_ref())?.overridden_by(beside);
        let grpc = listen("grpc.listen", settings.grpc.listen).await?;
        let signing = signing::prepare(&settings)?;
        let log = signing::listen(settings.signing.as_ref()).await?;
        make_private_folder(&settings.data).map_err(|error| LaunchError::Folder(settings.data.clone(), error))?;
        let health = process
            .health()
            .of(service.name)
            .starting(&[JOURNAL, SERVICE, COMMANDS, RIGHTS]);
        let state = State::new(&settings, health.clone(), tls.clone());
        Ok(Self {
            service,
            settings,
            process: process.clone(),
            directory,
            tls,
            peers,
            inside,
            signing,
            grpc,
            log,
            health,
            state,
        })
    }

    /// Tells its state; already while its database is waited for.
    pub fn describe(&self) -> Describe {
        self.state.describe()
    }

    /// Runs until the process is to end, then lets what is under way end and gives the lease up.
    pub async fn run(self) -> Result<(), LaunchError> {
        let Self {
            service,
            settings,
            process,
            directory,
            tls,
            peers,
            inside,
            signing,
            grpc,
            log,
            health,
            state,
        } = self;
        let shutdown = process.shutdown().clone();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let opening = journal::open(service.name, &settings, &directory, &clock, &health, shutdown.clone());
        let Some(opened) = shutdown.run_until_cancelled(opening).await else {
            return Ok(());
        };
        let (engine, relays) = opened?;
        state.opened(engine.clone());
        if settings.broker.is_some() {
            // Before anything of the service begins: the first command waits for the broker's verdict.
            engine.block_writes(BlockedBy::Exchange, Some(CHECKING.into()));
        }
        let started = async {
            let dependencies = Dependencies {
                engine: engine.clone(),
                directory: directory.clone(),
                folder: settings.data.clone(),
                peers: peers.clone(),
            };
            let started = service.start(dependencies).await?;
            let messaging = exchange(&service, &settings, &directory, &engine, relays, &peers)?;
            Ok::<_, LaunchError>((started, messaging))
        };
        let (started, messaging) = match started.await {
            Ok(started) => started,
            Err(error) => {
                // Another replica need not wait for the lease to run out.
                engine.close().await;
                return Err(error);
            }
        };
        state.started(started.views, messaging.clone());
        watch::start(&engine, &health, messaging.clone(), state.clone());
        let instance = directory.instance.clone();
        engine.spawn(engine.clone().report_rights(health.clone(), RIGHTS, instance));
        if let Some(signing) = signing {
            signing::start(&engine, &health, signing, log, tls.clone());
        }
        health.set(SERVICE, Condition::Well);
        process.member_started();
        tracing::info!(service = service.name, grpc = %settings.grpc.listen, ops = %settings.ops.listen, "running");

        let (stopping, asked) = (health.clone(), process.stopping().clone());
        tokio::spawn(async move {
            asked.cancelled().await;
            stopping.set(SERVICE, Condition::Unready("it is stopping".into()));
        });
        let reach = Reach {
            tls: tls.clone(),
            health: Some(health),
            service: service.name,
            inside,
        };
        let forward = Forward::new(engine.clone(), tls);
        let served = serve_grpc(grpc, started.routes, DESCRIPTORS, reach, forward, shutdown.clone()).await;
        // Whatever ended it, the rest ends too: what is under way first, the lease last.
        shutdown.cancel();
        if let Some(messaging) = messaging {
            messaging.stop().await;
        }
        engine.close().await;
        Ok(served?)
    }
}
