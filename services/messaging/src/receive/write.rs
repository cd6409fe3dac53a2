//! Into the journal: in order, without a gap, and what is missing from the source.

use super::source::Receiver;
use crate::error::ExchangeError;
use crate::source_position::SourcePosition;
use idesluss_journal::limits::MAX_RECEIVED;
use idesluss_journal::{AppendError, ReceiveReport, Received};
use std::sync::Arc;
use std::time::Duration;

/// How long the source may take for an answer.
const ANSWER: Duration = Duration::from_secs(20);

impl Receiver {
    /// Writes events that the stream has brought. What only the stream has, and not the source, is left out.
    pub(super) async fn write(&self, events: Vec<Received>) -> Result<(), ExchangeError> {
        self.go_on()?;
        // That a source has opened an epoch it says itself: what came before could be cut off by anybody who may publish in its name.
        let known = self.received().epoch.max(1);
        let of_known = |event: &Received| event.announced().epoch <= known;
        if !events.iter().all(of_known) {
            let asked = self.pull(None).await;
            self.report_origin(asked.as_ref().err());
            asked?;
        }
        let known = self.received().epoch.max(1);
        let mut events: Arc<[Received]> = events
            .into_iter()
            .filter(|event| event.announced().epoch <= known)
            .collect();
        while !events.is_empty() {
            let got = match self.shared.store.receive(events.clone()).await {
                Ok(report) => {
                    self.account(&report);
                    return Ok(());
                }
                Err(AppendError::Gap { got, .. }) => got,
                Err(other) => return Err(other.into()),
            };
            let before = self.received();
            let filled = self.pull(Some(got.saturating_sub(1))).await;
            self.report_origin(filled.as_ref().err());
            filled?;
            let now = self.received();
            if now == before {
                // The source knows no more than this journal, so these events are not its own: it has been restored, or never wrote
                // them. Held back, they would stand in the way of everything; should it write them yet, it is asked for them.
                tracing::warn!(
                    source = self.source,
                    got,
                    "the stream is ahead of its source: that is left out"
                );
                let known = |event: &&Received| {
                    let announced = event.announced();
                    SourcePosition::new(announced.epoch, announced.sequence) <= now
                };
                events = events.iter().filter(known).cloned().collect();
            } else {
                self.counters.gaps.increment(1);
                self.shared
                    .board
                    .receiver(&self.source, |receiver| receiver.gaps_filled += 1);
            }
        }
        Ok(())
    }

    /// Asks the source, until it has nothing newer, or until a sequence is reached. It is asked once at least.
    pub(super) async fn pull(&self, until: Option<u64>) -> Result<(), ExchangeError> {
        self.go_on()?;
        loop {
            let before = self.received();
            let answer = self.origin.pull(&self.source, before.epoch, before.sequence);
            let events = tokio::time::timeout(ANSWER, answer)
                .await
                .map_err(|_| super::OriginError("it takes too long".to_owned()))??;
            if events.is_empty() {
                return Ok(());
            }
            self.go_on()?;
            let mut events = events.into_iter().peekable();
            while events.peek().is_some() {
                let report = self
                    .shared
                    .store
                    .receive(events.by_ref().take(MAX_RECEIVED).collect())
                    .await?;
                self.account(&report);
            }
            let now = self.received();
            // One that sends only what is known would be asked for ever.
            if now == before || until.is_some_and(|until| now.sequence >= until) {
                return Ok(());
            }
        }
    }

    /// Errors: nothing more is to be taken in of this source.
    fn go_on(&self) -> Result<(), ExchangeError> {
        let stopped = self.origin.stopped(&self.source);
        stopped.map_or(Ok(()), |why| Err(ExchangeError::Stopped(why)))
    }

    fn account(&self, report: &ReceiveReport) {
        self.counters.received.increment(report.stored + report.refused);
        self.counters.duplicates.increment(report.duplicates);
        self.shared
            .board
            .receiver(&self.source, |receiver| receiver.duplicates += report.duplicates);
        if report.refused > 0 {
            tracing::warn!(
                source = self.source,
                refused = report.refused,
                "events were refused and put into quarantine"
            );
        }
    }
}
