//! Following another service's journal over gRPC: the direct feed.

use crate::Engine;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use idesluss_journal::{Announced, AppendError, Received, StoreError};
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{FollowRequest, PullGapRequest, SourceEvent};
use idesluss_runtime::Peer;
use std::time::Duration;

/// How long is waited before the next attempt; up to as long again by chance, so that many do not come at the same moment.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(50))
    .with_max_delay(LONGEST_PAUSE)
    .with_jitter()
    .without_max_times();
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
enum FollowError {
    #[error("the other service: {0}")]
    Status(#[from] tonic::Status),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Contradicted(String),
}

/// An event as a source's own service gives it out.
pub fn received(source: &str, event: SourceEvent) -> Received {
    let announced = Announced {
        from_position: event.position,
        from_recorded_micros: event.recorded_micros,
        source,
        epoch: event.epoch,
        sequence: event.sequence,
    };
    Received::new(announced, event.event.into())
}

async fn keep_following(engine: Engine, channel: Peer, source: String) {
    let mut client = JournalServiceClient::new(channel);
    let mut pauses = PAUSES.build();
    loop {
        let before = engine.received(&source);
        if let Err(error) = engine.follow_once(&mut client, &source).await {
            tracing::debug!(source, %error, "following again in a moment");
        }
        if engine.received(&source) != before {
            pauses = PAUSES.build();
        }
        tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
    }
}

impl Engine {
    /// Receives everything that `source` has written and will write, from wherever this journal has come to.
    pub fn follow(&self, channel: Peer, source: String) {
        self.check_source(channel.clone(), source.clone());
        let engine = self.clone();
        self.spawn_writing(move || keep_following(engine.clone(), channel.clone(), source.clone()));
    }

    /// The epoch and sequence that were received last; zeroes before the first.
    fn received(&self, source: &str) -> (u32, u64) {
        let head = self.0.store.head();
        let head = head.borrow();
        head.received
            .get(source)
            .map_or((0, 0), |state| (state.epoch, state.sequence))
    }

    async fn follow_once(&self, client: &mut JournalServiceClient<Peer>, source: &str) -> Result<(), FollowError> {
        let (after_epoch, after_sequence) = self.received(source);
        let request = FollowRequest {
            source: source.to_owned(),
            after_epoch,
            after_sequence,
            checkpoint: self.kept_checkpoint(source).await?,
        };
        let mut stream = client.follow(request).await?.into_inner();
        while let Some(message) = stream.message().await? {
            self.goes_on(source)?;
            match self.take_in(source, message.events).await {
                Err(AppendError::Gap { .. }) => self.fill(client, source).await?,
                other => other?,
            }
        }
        Ok(())
    }

    /// Pulls what is missing until there is nothing newer.
    async fn fill(&self, client: &mut JournalServiceClient<Peer>, source: &str) -> Result<(), FollowError> {
        loop {
            let (after_epoch, after_sequence) = self.received(source);
            let request = PullGapRequest {
                source: source.to_owned(),
                after_epoch,
                after_sequence,
                limit: 0,
                checkpoint: self.kept_checkpoint(source).await?,
            };
            let events = client.pull_gap(request).await?.into_inner().events;
            if events.is_empty() {
                return Ok(());
            }
            self.goes_on(source)?;
            self.take_in(source, events).await?;
        }
    }

    /// Errors: nothing more is to be taken in of this source.
    fn goes_on(&self, source: &str) -> Result<(), FollowError> {
        let contradicted = self.contradicted(source);
        contradicted.map_or(Ok(()), |why| Err(FollowError::Contradicted(why)))
    }

    async fn take_in(&self, source: &str, events: Vec<SourceEvent>) -> Result<(), AppendError> {
        if events.is_empty() {
            return Ok(());
        }
        let received = events.into_iter().map(|event| received(source, event));
        let report = self.0.store.receive(received.collect()).await?;
        if report.refused > 0 {
            tracing::warn!(
                source,
                refused = report.refused,
                "events were refused and put into quarantine"
            );
        }
        Ok(())
    }
}
