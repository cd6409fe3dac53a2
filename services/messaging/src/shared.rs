use crate::broker::Broker;
use crate::config::BrokerConfig;
use crate::status::{Board, Status};
use idesluss_journal::{Relays, Store};
use std::sync::Arc;

/// What relays and receivers have in common.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) relays: Arc<dyn Relays>,
    pub(crate) broker: Broker,
    pub(crate) config: BrokerConfig,
    pub(crate) board: Board,
}

impl Shared {
    /// Whose journal it is, as metrics are labelled.
    pub(crate) fn service(&self) -> String {
        self.store.service().to_owned()
    }

    /// How everything is just now.
    pub(crate) fn status(&self) -> Status {
        let mut status = self.board.read(self.broker.status().borrow().clone());
        let head = self.store.head();
        let head = head.borrow();
        for (source, relay) in &mut status.relays {
            let last = head.own.get(source).copied().unwrap_or(0);
            relay.lag_events = last.saturating_sub(relay.published.sequence);
        }
        for (source, receiver) in &mut status.receivers {
            let received = head.received.get(source).copied().unwrap_or_default();
            receiver.received = crate::SourcePosition::new(received.epoch, received.sequence);
        }
        status
    }
}
