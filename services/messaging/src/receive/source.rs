//! One foreign source: the stream and the source itself, side by side.

use super::Origin;
use crate::error::ExchangeError;
use crate::metric_names;
use crate::names::{Names, durable};
use crate::shared::Shared;
use crate::source_position::SourcePosition;
use backon::{BackoffBuilder as _, ConstantBuilder};
use metrics::Counter;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// How often the source is asked while the stream does not deliver.
const WHILE_AWAY: Duration = Duration::from_secs(1);
/// What the stream is given at the start before the source is asked.
const AT_FIRST: Duration = Duration::from_millis(200);

/// The same and up to as long again, by chance, so that many do not ask at the same moment.
fn spread(pause: Duration) -> Duration {
    let pauses = ConstantBuilder::new().with_delay(pause).with_jitter();
    pauses.build().next().unwrap_or(pause)
}

/// Receives one source.
pub(super) struct Receiver {
    pub(super) shared: Arc<Shared>,
    pub(super) source: String,
    pub(super) origin: Arc<dyn Origin>,
    pub(super) names: Names,
    pub(super) durable: String,
    /// Whether the stream is being read.
    pub(super) delivers: watch::Sender<bool>,
    /// Something is missing that only the source has.
    pub(super) missing: Notify,
    pub(super) counters: Counters,
}

/// What is counted, once looked up.
pub(super) struct Counters {
    pub(super) received: Counter,
    pub(super) duplicates: Counter,
    pub(super) gaps: Counter,
}

impl Receiver {
    /// None when `source` is no `/<instance>/<service>/<audience>`.
    pub(super) fn new(shared: Arc<Shared>, source: &str, origin: Arc<dyn Origin>) -> Option<Self> {
        let names = Names::of(source)?;
        let durable = durable(shared.store.name());
        let counter =
            |name: &'static str| metrics::counter!(name, "service" => shared.service(), "source" => source.to_owned());
        let counters = Counters {
            received: counter(metric_names::RECEIVED),
            duplicates: counter(metric_names::DUPLICATES),
            gaps: counter(metric_names::GAPS),
        };
        Some(Self {
            shared,
            source: source.to_owned(),
            origin,
            names,
            durable,
            delivers: watch::Sender::new(false),
            missing: Notify::new(),
            counters,
        })
    }

    /// Receives until it is dropped.
    pub(super) async fn run(&self) {
        self.shared.board.receiver(&self.source, |_| {});
        tokio::join!(self.follow_stream(), self.ask_again_and_again());
    }

    /// How far the journal has come with the source.
    pub(super) fn received(&self) -> SourcePosition {
        let head = self.shared.store.head();
        let head = head.borrow();
        let state = head.received.get(&self.source).copied().unwrap_or_default();
        SourcePosition::new(state.epoch, state.sequence)
    }

    /// Reads the stream whenever there is a way to it.
    async fn follow_stream(&self) {
        loop {
            let link = self.shared.broker.linked().await;
            let error = tokio::select! {
                error = self.read_stream(&link) => error,
                () = link.down.cancelled() => ExchangeError::Broker { doing: "receiving", why: "the connection was lost".into() },
            };
            self.delivers.send_replace(false);
            self.report(&error);
            self.missing.notify_one();
            tokio::time::sleep(spread(WHILE_AWAY)).await;
        }
    }

    /// Asks the source for what the stream did not bring: a lost end shows by nothing else.
    async fn ask_again_and_again(&self) {
        let mut delivers = self.delivers.subscribe();
        let mut before = self.received();
        let mut due = Instant::now() + AT_FIRST;
        loop {
            let is_missing = tokio::select! {
                () = self.missing.notified() => true,
                () = tokio::time::sleep_until(due) => false,
                _ = delivers.changed() => {
                    before = self.received();
                    due = Instant::now() + self.pause(*delivers.borrow_and_update());
                    continue;
                }
            };
            let is_delivering = *delivers.borrow();
            due = Instant::now() + self.pause(is_delivering);
            // While the stream moves on, there is no lost end yet.
            if is_missing || !is_delivering || self.received() == before {
                let asked = self.pull(None).await;
                self.report_origin(asked.as_ref().err());
            }
            before = self.received();
        }
    }

    fn pause(&self, is_delivering: bool) -> Duration {
        spread(if is_delivering {
            self.shared.config.pull_every
        } else {
            WHILE_AWAY
        })
    }

    fn report(&self, error: &ExchangeError) {
        let problem = error.to_string();
        let mut is_new = false;
        self.shared.board.receiver(&self.source, |receiver| {
            is_new = receiver.problem.as_ref() != Some(&problem);
            receiver.problem = Some(problem.clone());
            receiver.pending = None;
        });
        if is_new {
            tracing::warn!(
                source = self.source,
                problem,
                "the source is asked instead of the stream"
            );
        }
    }

    pub(super) fn report_origin(&self, error: Option<&ExchangeError>) {
        let problem = error.map(ExchangeError::to_string);
        let mut is_new = false;
        self.shared.board.receiver(&self.source, |receiver| {
            is_new = receiver.origin_problem != problem;
            receiver.origin_problem.clone_from(&problem);
        });
        if let Some(problem) = problem.filter(|_| is_new) {
            tracing::warn!(source = self.source, problem, "the source could not be asked");
        }
    }
}
