//! The way in: foreign events are written into the journal, from the broker quickly, from their source surely.

mod origin;
mod source;
mod stream;
mod write;

pub use origin::{Origin, OriginError};

use crate::shared::Shared;
use crate::{lease, metric_names};
use metrics::gauge;
use source::Receiver;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Receives every source of the list until `stop`, whenever the lease is held.
pub(crate) async fn run(shared: Arc<Shared>, sources: Vec<(String, Arc<dyn Origin>)>, stop: CancellationToken) {
    let mut lease = shared.store.lease();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = lease::held(&mut lease) => {}
        }
        let mut receivers = JoinSet::new();
        for (source, origin) in &sources {
            match Receiver::new(shared.clone(), source, origin.clone()) {
                Some(receiver) => {
                    receivers.spawn(async move { receiver.run().await });
                }
                None => tracing::error!(
                    source,
                    "this source can't be received: its name has not three plain parts"
                ),
            }
        }
        tokio::select! {
            // What is dropped while it is being written is written, or not; its message comes again.
            () = stop.cancelled() => return,
            () = lease::lost(&mut lease) => {}
        }
        receivers.shutdown().await;
        for (source, _) in &sources {
            // What waits for another replica is for its own metrics to say.
            gauge!(metric_names::PENDING, "service" => shared.service(), "source" => source.clone()).set(0.0);
        }
        tracing::info!("another replica receives now");
    }
}
