//! Events between services by NATS JetStream: the only place that knows the broker.
//!
//! The broker is a quick path and nothing more. What it holds can be lost at any moment, all of it: the journals are the truth, a
//! relay publishes from the journal, and a receiver that misses something asks the source itself.

mod broker;
mod config;
mod durable;
mod error;
mod lease;
mod link;
mod message;
mod metric_names;
mod names;
mod receive;
mod relay;
mod shared;
mod source_position;
mod status;
mod stream;
mod version;

pub use broker::{Broker, BrokerStatus};
pub use config::BrokerConfig;
pub use receive::{Origin, OriginError};
pub use source_position::SourcePosition;
pub use status::{ReceiverStatus, RelayStatus, Status};

use idesluss_journal::{Relays, Store};
use shared::Shared;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A service's messaging: its own sources go out, the sources that it is interested in come in.
pub struct Messaging {
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Messaging {
    /// Begins, and goes on until [`Messaging::stop`] or `shutdown`. The broker need not be there.
    ///
    /// All own sources of `store` that leave the service are published, and those in `receive` written into it, while its lease is held. How far the own ones
    /// are is kept in `relays`, which must be restored and lost together with the journal.
    pub fn start(
        store: Arc<dyn Store>,
        relays: Arc<dyn Relays>,
        broker: BrokerConfig,
        receive: Vec<(String, Arc<dyn Origin>)>,
        shutdown: CancellationToken,
    ) -> Self {
        metric_names::describe();
        let stop = shutdown.child_token();
        let shared = Arc::new(Shared {
            broker: Broker::start(broker.clone(), store.name(), stop.clone()),
            store,
            relays,
            config: broker,
            board: status::Board::new(),
        });
        let tasks = TaskTracker::new();
        tasks.spawn(relay::run(shared.clone(), stop.clone()));
        tasks.spawn(receive::run(shared.clone(), receive, stop.clone()));
        tasks.close();
        Self { shared, stop, tasks }
    }

    /// How everything is just now.
    pub fn status(&self) -> Status {
        self.shared.status()
    }

    /// Why nothing is published since the journal was restored from an older backup; None: nothing stands in the way.
    ///
    /// While it says something, commands must not be taken: they would write other events under numbers that are known elsewhere.
    pub fn refused(&self) -> watch::Receiver<Option<String>> {
        self.shared.board.refused()
    }

    /// How the broker is, and a wake-up at every change.
    pub fn broker(&self) -> watch::Receiver<BrokerStatus> {
        self.shared.broker.status()
    }

    /// Ends everything, and notes how far it has come.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Messaging {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
