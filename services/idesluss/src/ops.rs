//! What operators and their tools ask of `up`, where a port was given for it: health and metrics of the one process.

use crate::up::UpError;
use futures_util::FutureExt as _;
use idesluss_engine::Engine;
use idesluss_runtime::{Ops, ServiceHealth, describe_memory, install_metrics, serve_ops};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The part that says whether commands are taken.
const COMMANDS: &str = "commands";

/// A port that was taken before anything was written.
pub(crate) struct Operators {
    listener: TcpListener,
    address: SocketAddr,
    metrics: PrometheusHandle,
}

impl Operators {
    /// Takes the port; from now on metrics are kept.
    pub(crate) async fn listen(address: SocketAddr) -> Result<Self, UpError> {
        let failed = |error| UpError::Ops(address, error);
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let metrics = install_metrics().map_err(|error| UpError::Metrics(error.to_string()))?;
        Ok(Self {
            listener,
            address,
            metrics,
        })
    }

    /// Answers until `shutdown`. Returns where.
    pub(crate) fn serve(self, engines: &[Engine], shutdown: CancellationToken) -> SocketAddr {
        let mut ops = Ops::default();
        for engine in engines {
            let health = ops.health.of(engine.service()).starting(&[COMMANDS]);
            let reporting = engine.clone().report_commands(health.clone(), COMMANDS);
            tokio::spawn(shutdown.clone().run_until_cancelled_owned(reporting));
            let (name, engine) = (engine.service(), engine.clone());
            let describe = move || {
                let told = describe(&health, &engine);
                async move { told }.boxed()
            };
            ops.services.insert(name, Arc::new(describe));
        }
        tokio::spawn(serve_ops(self.listener, ops, self.metrics, shutdown));
        self.address
    }
}

fn describe(health: &ServiceHealth, engine: &Engine) -> Value {
    let head = engine.store().head().borrow().clone();
    json!({
        "service": engine.service(),
        "version": env!("CARGO_PKG_VERSION"),
        "parts": health.parts(),
        "journal": { "size": head.size, "epoch": head.epoch },
        "memory": describe_memory(),
    })
}
