//! What the members of a process share: logs and traces, metrics, signals, the port of operators, and the word to systemd when all of them run.

use crate::error::LaunchError;
use crate::systemd::notify_systemd;
use crate::telemetry::{Flush, Traces, start_telemetry};
use idesluss_runtime::{Describe, Health, Ops, Telemetry, install_metrics, serve_ops};
use metrics_exporter_prometheus::PrometheusHandle;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A process with its members, begun. Cheap to clone.
#[derive(Clone)]
pub struct Process(Arc<Inner>);

struct Inner {
    stopping: CancellationToken,
    shutdown: CancellationToken,
    health: Health,
    metrics: PrometheusHandle,
    /// How many members do not run yet.
    starting: AtomicUsize,
    _flush: Flush,
}

impl Process {
    /// Begins to log and to measure, and ends at Ctrl-C or SIGTERM. `members` are what it runs, by name.
    pub fn begin(members: &[&str], telemetry: &Telemetry) -> Result<Self, LaunchError> {
        let traces = telemetry.otlp.clone().map(|endpoint| Traces {
            service: members.join("+"),
            endpoint,
            sampled: telemetry.sampled,
        });
        let flush = start_telemetry(telemetry.log, traces).map_err(|error| LaunchError::Traces(error.into()))?;
        let metrics = install_metrics().map_err(|error| LaunchError::Metrics(error.to_string()))?;
        let stopping = CancellationToken::new();
        idesluss_runtime::cancel_on_signal(stopping.clone()).map_err(LaunchError::Signals)?;
        Ok(Self(Arc::new(Inner {
            stopping,
            shutdown: CancellationToken::new(),
            health: Health::default(),
            metrics,
            starting: AtomicUsize::new(members.len()),
            _flush: flush,
        })))
    }

    /// Cancelled when it is to end: nothing new is begun, and whoever asks others ends first.
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// Cancelled when its services are to end, after whoever asks them.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    /// How the parts of its members are.
    pub fn health(&self) -> &Health {
        &self.0.health
    }

    /// Answers operators until `ended`. Errors: the port can't be had.
    pub async fn answer_operators(
        &self,
        address: SocketAddr,
        services: BTreeMap<&'static str, Describe>,
        ended: CancellationToken,
    ) -> Result<JoinHandle<()>, LaunchError> {
        let listener = listen("ops.listen", address).await?;
        let ops = Ops {
            health: self.0.health.clone(),
            services,
        };
        Ok(tokio::spawn(serve_ops(listener, ops, self.0.metrics.clone(), ended)))
    }

    /// One more member has started. With the last one, systemd is told where it waits for it.
    pub fn member_started(&self) {
        if self.0.starting.fetch_sub(1, Ordering::AcqRel) == 1 {
            notify_systemd(self.0.stopping.clone());
        }
    }
}

/// Listens on the address of a setting.
pub async fn listen(setting: &'static str, address: SocketAddr) -> Result<TcpListener, LaunchError> {
    TcpListener::bind(address).await.map_err(|reason| LaunchError::Port {
        setting,
        address,
        reason,
    })
}
