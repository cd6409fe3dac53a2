//! One own source: settle with its stream, publish, and begin again after every fault.

use super::publish::Publisher;
use super::settle::{Refusal, Start, settle};
use crate::error::ExchangeError;
use crate::link::Link;
use crate::names::Names;
use crate::shared::Shared;
use crate::source_position::SourcePosition;
use crate::{metric_names, stream};
use backon::{BackoffBuilder as _, ExponentialBuilder};
use metrics::gauge;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long is waited before the next attempt; up to as long again by chance, so that many do not come at the same moment.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(50))
    .with_max_delay(LONGEST_PAUSE)
    .with_jitter()
    .without_max_times();
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Publishes `source` until `stop`, or until the task is dropped because the lease was lost.
pub(super) async fn run(shared: Arc<Shared>, source: String, stop: CancellationToken) {
    let Some(names) = Names::of(&source) else {
        tracing::error!(
            source,
            "this source can't be published: its name has not three plain parts"
        );
        return;
    };
    let relay = Relay {
        shared,
        source,
        names,
        stop,
    };
    relay.begin().await;
    relay.run().await;
}

struct Relay {
    shared: Arc<Shared>,
    source: String,
    names: Names,
    stop: CancellationToken,
}

/// How a session with the broker ended.
enum End {
    Stopped,
    Refused(Refusal),
}

impl Relay {
    /// Says what is known before the broker is reached.
    async fn begin(&self) {
        let noted = self.shared.relays.relayed(&self.source).await.ok().flatten();
        self.shared.board.relay(&self.source, |relay| {
            relay.stream = self.names.stream.clone();
            relay.published = noted.map_or_else(SourcePosition::default, |noted| {
                SourcePosition::new(noted.epoch, noted.sequence)
            });
        });
    }

    async fn run(&self) {
        let mut pauses = PAUSES.build();
        let mut with_ids = true;
        loop {
            let link = tokio::select! {
                () = self.stop.cancelled() => return,
                link = self.shared.broker.linked() => link,
            };
            let before = self.published();
            match self.session(&link, with_ids).await {
                Ok(End::Stopped) => return,
                Ok(End::Refused(refusal)) => {
                    if !self.wait_for_epoch(refusal).await {
                        return;
                    }
                    continue;
                }
                Err(error) => {
                    // The server's memory of ids is only a help; the fence is what keeps the order.
                    with_ids = !matches!(error, ExchangeError::FalseRepetition);
                    self.report(&error);
                }
            }
            if self.published() != before {
                pauses = PAUSES.build();
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)) => {}
            }
        }
    }

    async fn session(&self, link: &Arc<Link>, with_ids: bool) -> Result<End, ExchangeError> {
        let stream = stream::ensure(link, &self.names, &self.shared.config).await?;
        let info = stream.cached_info();
        let created = info.created.to_string();
        // A time before 1970 or after the year 200,000,000 would not be exact.
        let seconds = info.created.unix_timestamp() as f64;
        gauge!(metric_names::BROKER_INCARNATION, "service" => self.shared.service(), "stream" => self.names.stream.clone()).set(seconds);
        let start = settle(&self.shared, &self.source, &self.names, &stream, &created).await?;
        // All at once, and only now: whoever waits for the verdict must not see the stream found and the refusal not yet.
        self.shared.board.relay(&self.source, |relay| {
            relay.stream_created = Some(created.clone());
            relay.problem = None;
            match &start {
                Start::After(position) => relay.published = *position,
                Start::Refused(refusal) => relay.refused = Some(refusal.reason.clone()),
            }
        });
        let start = match start {
            Start::After(position) => position,
            Start::Refused(refusal) => return Ok(End::Refused(refusal)),
        };
        let mut publisher = Publisher::new(&self.shared, &self.source, &self.names, link, created, with_ids);
        publisher.run(start, info.state.last_sequence, &self.stop).await?;
        Ok(End::Stopped)
    }

    /// Publishes nothing until an operator has opened an epoch above the stream's. False: stopped meanwhile.
    async fn wait_for_epoch(&self, refusal: Refusal) -> bool {
        let Refusal { reason, above_epoch } = refusal;
        tracing::error!(source = self.source, reason, "publishing is refused");
        let mut head = self.shared.store.head();
        let opened = tokio::select! {
            () = self.stop.cancelled() => return false,
            opened = head.wait_for(|head| head.epoch > above_epoch) => opened.is_ok(),
        };
        if opened {
            tracing::info!(source = self.source, "a new epoch is open: publishing goes on");
            self.shared.board.relay(&self.source, |relay| relay.refused = None);
        }
        opened
    }

    fn published(&self) -> SourcePosition {
        self.shared.board.published(&self.source)
    }

    /// Notes what stands in the way; says it aloud only when it is something new.
    fn report(&self, error: &ExchangeError) {
        let problem = error.to_string();
        let mut is_new = false;
        self.shared.board.relay(&self.source, |relay| {
            is_new = relay.problem.as_ref() != Some(&problem);
            relay.problem = Some(problem.clone());
        });
        if is_new {
            tracing::warn!(source = self.source, problem, "publishing goes on in a moment");
        }
    }
}
