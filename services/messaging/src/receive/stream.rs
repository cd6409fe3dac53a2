//! What the stream brings: fetched in batches, written, and only then acknowledged.

use super::source::Receiver;
use crate::error::ExchangeError;
use crate::link::Link;
use crate::{durable, message, metric_names};
use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::{Consumer, pull};
use futures_util::StreamExt as _;
use metrics::gauge;
use std::time::Duration;
use tokio::time::Instant;

/// The most messages in one batch; with events of 60,000 bytes that is 15 MB.
const BATCH: usize = 256;
/// The least time between two writes: what comes in quick succession is written together.
const BETWEEN: Duration = Duration::from_millis(5);
/// How long a batch waits for its first message.
const EXPIRES: Duration = Duration::from_secs(2);
/// How often the consumer is asked how much waits for it.
const LOOK_EVERY: Duration = Duration::from_secs(5);

impl Receiver {
    /// Reads the stream until something stands in the way.
    pub(super) async fn read_stream(&self, link: &Link) -> ExchangeError {
        let consumer = match durable::ensure(link, &self.names.stream, &self.durable).await {
            Ok(consumer) => consumer,
            Err(error) => return error,
        };
        self.delivers.send_replace(true);
        self.shared
            .board
            .receiver(&self.source, |receiver| receiver.problem = None);
        self.record_pending(consumer.cached_info().num_pending);
        let mut look = Instant::now() + LOOK_EVERY;
        loop {
            if let Err(error) = self.read_batch(&consumer).await {
                return error;
            }
            if Instant::now() >= look {
                look = Instant::now() + LOOK_EVERY;
                match consumer.get_info().await {
                    Ok(info) => self.record_pending(info.num_pending),
                    Err(error) => return ExchangeError::broker("the consumer could not be asked for")(&error),
                }
            }
        }
    }

    async fn read_batch(&self, consumer: &Consumer<pull::Config>) -> Result<(), ExchangeError> {
        let batch = consumer.batch().max_messages(BATCH).expires(EXPIRES).messages().await;
        let batch = batch.map_err(|error| ExchangeError::broker("a batch could not be asked for")(&error))?;
        // What has come is written at once; the batch goes on filling meanwhile.
        let mut chunks = batch.ready_chunks(BATCH);
        while let Some(chunk) = chunks.next().await {
            let next = Instant::now() + BETWEEN;
            let mut messages = Vec::with_capacity(chunk.len());
            let mut end = Ok(());
            for message in chunk {
                match message {
                    Ok(message) => messages.push(message),
                    Err(error) => end = Err(ExchangeError::broker("the batch ended")(error.as_ref())),
                }
            }
            self.take(&messages).await?;
            end?;
            tokio::time::sleep_until(next).await;
        }
        Ok(())
    }

    /// Writes messages, then acknowledges them.
    async fn take(&self, messages: &[Message]) -> Result<(), ExchangeError> {
        let Some(last) = messages.last() else {
            return Ok(());
        };
        let mut events = Vec::with_capacity(messages.len());
        for message in messages {
            match message::read(&self.source, message.headers.as_ref(), &message.payload) {
                Ok(event) => events.push(event),
                Err(why) => self.pass_over(message, &why),
            }
        }
        if events.len() < messages.len() {
            self.missing.notify_one();
        }
        self.write(events).await?;
        // A lost acknowledgement brings the messages again, and nothing else.
        last.ack()
            .await
            .map_err(|error| ExchangeError::broker("messages could not be acknowledged")(error.as_ref()))?;
        if let Ok(info) = last.info() {
            self.record_pending(info.pending);
        }
        Ok(())
    }

    /// What is no event is acknowledged like the others, so that it never comes again: the source fills its place.
    fn pass_over(&self, message: &Message, why: &str) {
        let number = message.info().map_or(0, |info| info.stream_sequence);
        tracing::warn!(
            stream = self.names.stream,
            number,
            why,
            "a message is no event of this source"
        );
        self.shared
            .board
            .receiver(&self.source, |receiver| receiver.unreadable += 1);
    }

    fn record_pending(&self, pending: u64) {
        // Exact up to 2^53 messages.
        gauge!(metric_names::PENDING, "service" => self.shared.service(), "source" => self.source.clone())
            .set(pending as f64);
        self.shared
            .board
            .receiver(&self.source, |receiver| receiver.pending = Some(pending));
    }
}
