//! What operators and their tools ask a process over HTTP: is it alive, is it ready, its metrics, its state in detail.

use crate::{Health, HttpLimits, serve_http};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::future::{BoxFuture, join_all};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Where the steps of a histogram of seconds lie.
const SECONDS: [f64; 14] = [
    0.000_5, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];
/// Where the steps of a histogram of events in a batch lie.
const EVENTS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// Operators' tools are few.
const LIMITS: HttpLimits = HttpLimits {
    connections: 256,
    connections_a_peer: 32,
};

/// How often metrics that were counted are gathered, so that histograms stay small while nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

/// Tells a service's state in detail, as one JSON object.
pub type Describe = Arc<dyn Fn() -> BoxFuture<'static, serde_json::Value> + Send + Sync>;

/// What is answered: of the whole process at `/livez`, `/readyz`, `/status` and `/metrics`, and of each service that it runs at
/// `/<service>/readyz` and `/<service>/status`.
#[derive(Clone, Default)]
pub struct Ops {
    /// How each part is.
    pub health: Health,
    /// Each service, with its state in detail.
    pub services: BTreeMap<&'static str, Describe>,
}

/// The process's metrics. Called often, it is always the same.
///
/// Errors: another recorder was there first.
pub fn install_metrics() -> Result<PrometheusHandle, metrics_exporter_prometheus::BuildError> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_batch_events".into()), &EVENTS)?
        .install_recorder()?;
    Ok(RECORDER.get_or_init(|| handle).clone())
}

/// Serves until `shutdown`.
pub async fn serve_ops(listener: TcpListener, ops: Ops, metrics: PrometheusHandle, shutdown: CancellationToken) {
    let upkeep = metrics.clone();
    let ended = shutdown.clone();
    tokio::spawn(async move {
        let turns = async {
            loop {
                tokio::time::sleep(UPKEEP).await;
                upkeep.run_upkeep();
            }
        };
        ended.run_until_cancelled(turns).await
    });
    let app = Router::new()
        // That it answers is all that there is to say: the loop that answers is the one that works.
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/status", get(status))
        .route("/{service}/readyz", get(service_ready))
        .route("/{service}/status", get(service_status))
        .with_state(ops)
        .route("/metrics", get(async move || metrics.render()));
    serve_http(listener, app, LIMITS, shutdown).await;
}

async fn ready(State(ops): State<Ops>) -> Response {
    said(ops.health.is_ready(), ops.health.lines())
}

async fn service_ready(State(ops): State<Ops>, Path(service): Path<String>) -> Response {
    let Some((service, _)) = ops.services.get_key_value(service.as_str()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let health = ops.health.of(service);
    let parts = health.parts();
    let lines = parts.iter().map(|(part, condition)| format!("{part}: {condition}\n"));
    said(health.is_ready(), lines.collect())
}

fn said(is_ready: bool, text: String) -> Response {
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, text).into_response()
}

async fn status(State(ops): State<Ops>) -> Response {
    let described = ops
        .services
        .iter()
        .map(|(service, describe)| async move { (*service, describe().await) });
    let services: BTreeMap<_, _> = join_all(described).await.into_iter().collect();
    json(&serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "services": services }))
}

async fn service_status(State(ops): State<Ops>, Path(service): Path<String>) -> Response {
    match ops.services.get(service.as_str()) {
        Some(describe) => json(&describe().await),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn json(told: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], told.to_string()).into_response()
}
