//! A service's state in detail: for metrics, and as JSON for whoever checks a whole installation.

use crate::settings::Settings;
use futures_util::FutureExt as _;
use idesluss_engine::{Engine, ViewHandle};
use idesluss_journal::StoreError;
use idesluss_messaging::{Messaging, Status};
use idesluss_runtime::{Describe, ServiceHealth, Tls, describe_memory};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How many entries the journal has. Gauge.
pub(crate) const HEAD: &str = "idesluss_journal_head_position";
/// The epoch in force. Gauge.
pub(crate) const EPOCH: &str = "idesluss_journal_epoch";
/// 1 where the writer's lease is held. Gauge.
pub(crate) const LEASE: &str = "idesluss_lease_held";
/// Ideas that a reaction has left alone. Gauge.
pub(crate) const PARKED: &str = "idesluss_parked";
/// Received events that were refused. Gauge.
pub(crate) const QUARANTINED: &str = "idesluss_quarantined";
/// Received entries that a restore at their source has cut off, or that the log of a stopped source does not cover. Gauge.
pub(crate) const ORPHANED: &str = "idesluss_orphaned";
/// 1 while no commands are taken. Gauge.
pub(crate) const HALTED: &str = "idesluss_halted";
/// 1 while nothing is taken in of a source, by source. Gauge.
pub(crate) const CONTRADICTED: &str = "idesluss_source_contradicted";
/// How long ago all that was received of a source had last been looked up in its own log. Gauge, seconds, by source.
pub(crate) const UNCHECKED: &str = "idesluss_source_unchecked_seconds";
/// Time until the certificate in force runs out. Gauge, seconds.
pub(crate) const CERTIFICATE: &str = "idesluss_certificate_left_seconds";

/// How long the database may take when the state is told: whoever asks, asks most of all when it is away.
const ANSWER: Duration = Duration::from_secs(1);

/// What is known of the process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct State(Arc<Inner>);

struct Inner {
    data: PathBuf,
    health: ServiceHealth,
    tls: Option<Tls>,
    engine: OnceLock<Engine>,
    started: OnceLock<Started>,
}

struct Started {
    views: Vec<(&'static str, ViewHandle)>,
    messaging: Option<Arc<Messaging>>,
}

impl State {
    pub(crate) fn new(settings: &Settings, health: ServiceHealth, tls: Option<Tls>) -> Self {
        Self(Arc::new(Inner {
            data: settings.data.clone(),
            health,
            tls,
            engine: OnceLock::new(),
            started: OnceLock::new(),
        }))
    }

    /// From now on there is a journal to tell of.
    pub(crate) fn opened(&self, engine: Engine) {
        let _ = self.0.engine.set(engine);
    }

    /// From now on there is a service to tell of.
    pub(crate) fn started(&self, views: Vec<(&'static str, ViewHandle)>, messaging: Option<Arc<Messaging>>) {
        let _ = self.0.started.set(Started { views, messaging });
    }

    /// Tells everything as JSON.
    pub(crate) fn describe(&self) -> Describe {
        let state = self.clone();
        Arc::new(move || {
            let state = state.clone();
            async move { state.to_json().await }.boxed()
        })
    }

    async fn to_json(&self) -> Value {
        let inner = &self.0;
        let mut told = json!({
            "service": inner.health.service(),
            "version": env!("CARGO_PKG_VERSION"),
            "now_micros": micros(),
            "parts": inner.health.parts(),
            "certificate_left_seconds": inner.tls.as_ref().map(left_seconds),
            "disk": disk(&inner.data),
            "memory": describe_memory(),
        });
        let Some(told_of) = told.as_object_mut() else {
            return told;
        };
        if let Some(engine) = inner.engine.get() {
            told_of.insert("journal".into(), journal(engine).await);
            told_of.insert("building".into(), building(engine));
            if let Some(Started { views: each, messaging }) = inner.started.get() {
                told_of.insert("views".into(), views(engine, each));
                told_of.insert(
                    "messaging".into(),
                    messaging
                        .as_ref()
                        .map_or(Value::Null, |messaging| exchange(&messaging.status())),
                );
            }
        }
        told
    }

    /// Brings the metrics up to date that nothing else keeps.
    pub(crate) async fn measure(&self, engine: &Engine) {
        let service = self.0.health.service();
        let gauge = |name: &'static str| metrics::gauge!(name, "service" => service);
        let store = engine.store();
        let head = store.head().borrow().clone();
        gauge(HEAD).set(head.size as f64);
        gauge(EPOCH).set(f64::from(head.epoch));
        let writes = store.lease().borrow().is_held();
        gauge(LEASE).set(f64::from(u8::from(writes)));
        // A replica that does not write has nothing to take commands for, and calls nobody.
        let halted = writes && engine.write_block().borrow().is_some();
        gauge(HALTED).set(f64::from(u8::from(halted)));
        let mut uncovered = 0;
        for source in head.received.keys() {
            uncovered += engine.uncovered(source).await.unwrap_or(0);
            let of_source =
                |name: &'static str| metrics::gauge!(name, "service" => service, "source" => source.clone());
            let contradicted = engine.contradicted(source).is_some();
            of_source(CONTRADICTED).set(f64::from(u8::from(contradicted)));
            // Only who may write looks anything up.
            let unchecked = engine.unchecked_for(source).filter(|_| writes);
            of_source(UNCHECKED).set(unchecked.unwrap_or_default().as_secs_f64());
        }
        if let Ok(parked) = store.parked().await {
            gauge(PARKED).set(parked.len() as f64);
        }
        if let Ok(tally) = store.tally().await {
            gauge(QUARANTINED).set(tally.quarantined as f64);
            gauge(ORPHANED).set((tally.orphaned + uncovered) as f64);
        }
        if let Some(tls) = &self.0.tls {
            gauge(CERTIFICATE).set(left_seconds(tls) as f64);
        }
    }
}

fn micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn left_seconds(tls: &Tls) -> i64 {
    tls.not_after() - micros() / 1_000_000
}

/// Free and all bytes of the disk under the data folder.
fn disk(folder: &std::path::Path) -> Value {
    match rustix::fs::statvfs(folder) {
        Ok(about) => json!({
            "free_bytes": about.f_bavail.saturating_mul(about.f_frsize),
            "all_bytes": about.f_blocks.saturating_mul(about.f_frsize),
        }),
        Err(_) => Value::Null,
    }
}

async fn journal(engine: &Engine) -> Value {
    let store = engine.store();
    let head = store.head().borrow().clone();
    let mut received = serde_json::Map::new();
    for (source, state) in &head.received {
        let told = json!({
            "epoch": state.epoch,
            "sequence": state.sequence,
            "from_position": state.from_position,
            "checked": engine.checked(source),
            "contradicted": engine.contradicted(source),
            "uncovered": asked(engine.uncovered(source)).await,
        });
        received.insert(source.clone(), told);
    }
    let hex = |root: [u8; 32]| root.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let lease = store.lease().borrow().clone();
    let (root, parked, tally) = tokio::join!(
        asked(store.root(head.size)),
        asked(store.parked()),
        asked(store.tally()),
    );
    let parked = parked.map(|parked| {
        let each = parked.iter().map(|parked| {
            json!({
                "reaction": parked.reaction,
                "position": parked.position,
                "reason": parked.reason,
            })
        });
        each.collect::<Vec<_>>()
    });
    json!({
        "name": store.name(),
        "size": head.size,
        "epoch": head.epoch,
        "recorded_micros": head.recorded_micros,
        "root": root.map(hex),
        "own": head.own,
        "received": received,
        "lease_held": lease.is_held(),
        "lease_holder": match lease {
            idesluss_journal::Lease::Held => None,
            idesluss_journal::Lease::Elsewhere { address } => address,
        },
        "halted": *engine.write_block().borrow(),
        "parked": parked,
        "quarantined": tally.map(|tally| tally.quarantined),
        "orphaned": tally.map(|tally| tally.orphaned),
    })
}

/// What the database answers; None when it does not, or not in time: the rest of the state is told all the same.
async fn asked<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    tokio::time::timeout(ANSWER, answer).await.ok()?.ok()
}

/// The views that are being built, and how far each is.
fn building(engine: &Engine) -> Value {
    let each = engine.views_being_built().into_iter().map(|(view, progress)| {
        json!({
            "view": view,
            "done": progress.done,
            "of": progress.of,
            "seconds_left": progress.left.map(|left| left.as_secs()),
        })
    });
    each.collect()
}

fn views(engine: &Engine, views: &[(&'static str, ViewHandle)]) -> Value {
    let size = engine.store().head().borrow().size;
    let each = views
        .iter()
        .map(|(name, view)| json!({ "view": name, "position": view.position(), "lag_events": size.saturating_sub(view.position()) }));
    each.collect()
}

fn exchange(status: &Status) -> Value {
    let relays = status.relays.iter().map(|(source, relay)| {
        json!({
            "source": source,
            "stream": relay.stream,
            "stream_created": relay.stream_created,
            "epoch": relay.published.epoch,
            "sequence": relay.published.sequence,
            "lag_events": relay.lag_events,
            "refused": relay.refused,
            "problem": relay.problem,
        })
    });
    let receivers = status.receivers.iter().map(|(source, receiver)| {
        json!({
            "source": source,
            "epoch": receiver.received.epoch,
            "sequence": receiver.received.sequence,
            "pending": receiver.pending,
            "gaps_filled": receiver.gaps_filled,
            "duplicates": receiver.duplicates,
            "unreadable": receiver.unreadable,
            "problem": receiver.problem,
            "origin_problem": receiver.origin_problem,
        })
    });
    json!({
        "broker": {
            "connected": status.broker.connected,
            "server_version": status.broker.server_version,
            "refused": status.broker.refused,
            "problem": status.broker.problem,
        },
        "relays": relays.collect::<Vec<_>>(),
        "receivers": receivers.collect::<Vec<_>>(),
    })
}
