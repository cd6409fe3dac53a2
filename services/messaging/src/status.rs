//! What messaging tells health pages and the doctor: a board on which the relays and receivers write how they are.

use crate::broker::BrokerStatus;
use crate::source_position::SourcePosition;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// How everything is at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The broker.
    pub broker: BrokerStatus,
    /// Own sources, by name. Empty where another replica holds the writer's lease.
    pub relays: BTreeMap<String, RelayStatus>,
    /// Foreign sources, by name.
    pub receivers: BTreeMap<String, ReceiverStatus>,
}

/// How far an own source is published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RelayStatus {
    /// The stream's name.
    pub stream: String,
    /// When the stream was created, as the broker tells it; None before the journal was held against it.
    pub stream_created: Option<String>,
    /// The last event that the broker has taken.
    pub published: SourcePosition,
    /// How many events it has not taken yet.
    pub lag_events: u64,
    /// Why nothing is published until an operator opens the next epoch.
    pub refused: Option<String>,
    /// What stands in the way just now: the broker's absence, a setting that differs.
    pub problem: Option<String>,
}

/// How far a foreign source is received.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiverStatus {
    /// The last event that was received.
    pub received: SourcePosition,
    /// How many messages in the stream have not been delivered yet; None while the stream is not reached.
    pub pending: Option<u64>,
    /// How many gaps were filled from the source since the start.
    pub gaps_filled: u64,
    /// How many events came again since the start.
    pub duplicates: u64,
    /// How many messages of the stream could not be read since the start.
    pub unreadable: u64,
    /// What stands in the way of the stream just now.
    pub problem: Option<String>,
    /// What stands in the way of asking the source itself.
    pub origin_problem: Option<String>,
}

/// Where relays and receivers write, and anyone reads.
#[derive(Debug)]
pub(crate) struct Board {
    now: Mutex<Status>,
    refused: watch::Sender<Option<String>>,
}

impl Board {
    pub(crate) fn new() -> Self {
        Self {
            now: Mutex::new(Status::default()),
            refused: watch::Sender::new(None),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Status> {
        // Whoever panicked while writing has left whole values behind.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read(&self, broker: BrokerStatus) -> Status {
        Status {
            broker,
            ..self.lock().clone()
        }
    }

    pub(crate) fn refused(&self) -> watch::Receiver<Option<String>> {
        self.refused.subscribe()
    }

    /// Changes how a relay is, and tells when the first refusal comes or the last one goes.
    pub(crate) fn relay(&self, source: &str, change: impl FnOnce(&mut RelayStatus)) {
        let mut now = self.lock();
        change(now.relays.entry(source.to_owned()).or_default());
        self.publish(&now);
    }

    /// Forgets the relays, and says which there were: this process does not publish.
    pub(crate) fn no_relays(&self) -> impl Iterator<Item = String> + use<> {
        let mut now = self.lock();
        let relays = std::mem::take(&mut now.relays);
        self.publish(&now);
        relays.into_keys()
    }

    /// The last event of an own source that the broker has taken.
    pub(crate) fn published(&self, source: &str) -> SourcePosition {
        let now = self.lock();
        now.relays
            .get(source)
            .map_or_else(SourcePosition::default, |relay| relay.published)
    }

    fn publish(&self, now: &Status) {
        let refused = now.relays.values().find_map(|relay| relay.refused.clone());
        self.refused.send_if_modified(|told| {
            let changed = *told != refused;
            *told = refused;
            changed
        });
    }

    /// Changes how a receiver is.
    pub(crate) fn receiver(&self, source: &str, change: impl FnOnce(&mut ReceiverStatus)) {
        change(self.lock().receivers.entry(source.to_owned()).or_default());
    }
}
