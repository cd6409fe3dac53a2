//! The way out: own events are published from the journal, in order, for as long as this process may write it.

mod publish;
mod settle;
mod source;

use crate::lease;
use crate::metric_names;
use crate::shared::Shared;
use idesluss_journal::published_sources;
use metrics::gauge;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often the lag is measured.
const FIGURES: Duration = Duration::from_secs(1);

/// Publishes every own source that leaves this service until `stop`, whenever the lease is held.
pub(crate) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let mut lease = shared.store.lease();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = lease::held(&mut lease) => {}
        }
        // Tasks that are dropped end at once: another replica may publish already.
        let mut relays = JoinSet::new();
        tokio::select! {
            () = lease::lost(&mut lease) => {}
            () = all_sources(&shared, &stop, &mut relays) => {}
        }
        if stop.is_cancelled() {
            while relays.join_next().await.is_some() {}
            return;
        }
        relays.shutdown().await;
        for source in shared.board.no_relays() {
            // What another replica does is for its own metrics to say.
            gauge!(metric_names::PUBLISH_REFUSED, "service" => shared.service(), "source" => source.clone()).set(0.0);
            gauge!(metric_names::PUBLISH_LAG, "service" => shared.service(), "source" => source).set(0.0);
        }
        tracing::info!("another replica publishes now");
    }
}

/// Begins to publish each source, those that nobody expected as they appear. Returns at `stop`.
async fn all_sources(shared: &Arc<Shared>, stop: &CancellationToken, relays: &mut JoinSet<()>) {
    let mut head = shared.store.head();
    let mut known: BTreeSet<String> = published_sources(shared.store.name()).collect();
    for source in &known {
        relays.spawn(source::run(shared.clone(), source.clone(), stop.clone()));
    }
    let mut metrics = tokio::time::interval(FIGURES);
    loop {
        let new: Vec<String> = {
            let head = head.borrow_and_update();
            head.published()
                .filter(|source| !known.contains(*source))
                .map(str::to_owned)
                .collect()
        };
        for source in new {
            relays.spawn(source::run(shared.clone(), source.clone(), stop.clone()));
            known.insert(source);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = head.changed() => if changed.is_err() {
                // The journal is closed.
                return stop.cancelled().await;
            },
            _ = metrics.tick() => record_metrics(shared),
        }
    }
}

fn record_metrics(shared: &Shared) {
    for (source, relay) in shared.status().relays {
        let refused = f64::from(u8::from(relay.refused.is_some()));
        gauge!(metric_names::PUBLISH_REFUSED, "service" => shared.service(), "source" => source.clone()).set(refused);
        // Exact up to 2^53 events.
        gauge!(metric_names::PUBLISH_LAG, "service" => shared.service(), "source" => source)
            .set(relay.lag_events as f64);
    }
}
