//! Publishing: a window of events on the way, each fenced by the number of the one before it.

use crate::error::ExchangeError;
use crate::link::Link;
use crate::message;
use crate::metric_names;
use crate::names::Names;
use crate::shared::Shared;
use crate::source_position::SourcePosition;
use async_nats::HeaderValue;
use async_nats::jetstream::context::{PublishAckFuture, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;
use idesluss_journal::{AppendError, Entry, Relayed};
use idesluss_proof::line::{Body, parse};
use metrics::{Counter, counter};
use std::collections::VecDeque;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The most events on the way at once.
const WINDOW: usize = 256;
/// The most bytes on the way at once, one event more.
const WINDOW_BYTES: usize = 4 * 1024 * 1024;
/// How many entries are read at once: at most 4 MB.
const READ: usize = 64;
/// It is noted how far the stream is after so many events, or after this time.
const NOTE_EVENTS: u64 = 1_024;
const NOTE_AFTER: Duration = Duration::from_secs(1);

/// An event on the way.
struct Waiting {
    ack: PublishAckFuture,
    position: SourcePosition,
    stream_sequence: u64,
    bytes: usize,
}

/// A session with one stream, over one connection.
pub(super) struct Publisher<'a> {
    shared: &'a Shared,
    source: &'a str,
    names: &'a Names,
    link: &'a Link,
    created: String,
    with_ids: bool,
    published: Counter,
    entries: VecDeque<Entry>,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    /// The source's last sequence when the journal was last read to its end.
    read_up_to: Option<u64>,
    /// The last event sent, and the number that it must get.
    sent: (SourcePosition, u64),
    /// The last event that the stream has taken, and its number.
    taken: (SourcePosition, u64),
    /// Whether the stream has taken the first one. Before that nothing is sent behind it: were another publisher's events still coming in,
    /// the fence would refuse the first few of ours and let in those whose numbers come true meanwhile, and the stream would have a gap.
    follows: bool,
    not_noted: u64,
    noted_at: Instant,
}

impl<'a> Publisher<'a> {
    /// `created` is when the stream was; without ids the server is not told which events it may know already.
    pub(super) fn new(
        shared: &'a Shared,
        source: &'a str,
        names: &'a Names,
        link: &'a Link,
        created: String,
        with_ids: bool,
    ) -> Self {
        Self {
            shared,
            source,
            names,
            link,
            created,
            with_ids,
            published: counter!(metric_names::PUBLISHED, "service" => shared.service(), "source" => source.to_owned()),
            entries: VecDeque::new(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            read_up_to: None,
            sent: Default::default(),
            taken: Default::default(),
            follows: false,
            not_noted: 0,
            noted_at: Instant::now(),
        }
    }

    /// Publishes what comes after `start` into the stream, whose last number is `last_sequence`, until `stop`.
    pub(super) async fn run(
        &mut self,
        start: SourcePosition,
        last_sequence: u64,
        stop: &CancellationToken,
    ) -> Result<(), ExchangeError> {
        self.sent = (start, last_sequence);
        self.taken = self.sent;
        let down = self.link.down.clone();
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(()),
            () = down.cancelled() => Err(ExchangeError::Broker { doing: "publishing", why: "the connection was lost".into() }),
            error = self.publish() => error,
        };
        // Whatever happened: what was taken was taken.
        let noted = self.note().await;
        ended.and(noted)
    }

    /// Ends only with a fault.
    async fn publish(&mut self) -> Result<(), ExchangeError> {
        let mut head = self.shared.store.head();
        loop {
            let last = head.borrow_and_update().own.get(self.source).copied();
            self.fill(last).await?;
            let window = if self.follows { WINDOW } else { 1 };
            while !self.entries.is_empty() && self.waiting.len() < window && self.waiting_bytes < WINDOW_BYTES {
                self.send().await?;
            }
            if !self.waiting.is_empty() {
                self.take_ack().await?;
                continue;
            }
            let more = head.wait_for(|head| head.own.get(self.source).copied() != last);
            let note_due = async {
                match self.not_noted {
                    0 => std::future::pending().await,
                    _ => tokio::time::sleep_until(self.noted_at + NOTE_AFTER).await,
                }
            };
            let is_due = tokio::select! {
                more = more => match more {
                    Ok(_) => false,
                    Err(_) => return Err(AppendError::Closed("it has stopped".into()).into()),
                },
                () = note_due => true,
            };
            if is_due {
                self.note().await?;
            }
        }
    }

    /// Reads the next entries while others are on the way; `last` is the source's last sequence just before.
    async fn fill(&mut self, last: Option<u64>) -> Result<(), ExchangeError> {
        let is_read = last.is_none() || self.read_up_to == last;
        if is_read || !self.entries.is_empty() || self.waiting.len() >= WINDOW / 2 {
            return Ok(());
        }
        let SourcePosition { epoch, sequence } = self.sent.0;
        let entries = self.shared.store.feed(self.source, epoch, sequence, READ).await?;
        if entries.len() < READ {
            self.read_up_to = last;
        }
        self.entries = entries.into();
        Ok(())
    }

    async fn send(&mut self) -> Result<(), ExchangeError> {
        let Some(entry) = self.entries.pop_front() else {
            return Ok(());
        };
        let position = entry.position;
        let line = Bytes::from_owner(entry.line);
        let read = parse(&line).map_err(|_| ExchangeError::Entry(position))?;
        let Body::Own(event) = read.body else {
            return Err(ExchangeError::Entry(position));
        };
        let mut headers = message::headers(&event, position, read.recorded_micros);
        if self.with_ids
            && let Ok(id) = HeaderValue::from_str(&event.id)
        {
            headers.insert(async_nats::header::NATS_MESSAGE_ID, id);
        }
        let (_, before) = self.sent;
        let publish = PublishMessage::build()
            .headers(headers)
            // The event's bytes as they lie in the line, not a copy.
            .payload(line.slice_ref(event.bytes))
            .expected_stream(&self.names.stream)
            .expected_last_sequence(before);
        let ack = self
            .link
            .jetstream
            .send_publish(self.names.subject(&event.subject), publish)
            .await;
        let position = SourcePosition::new(event.epoch, event.sequence);
        let bytes = event.bytes.len();
        self.sent = (position, before + 1);
        self.waiting_bytes += bytes;
        self.waiting.push_back(Waiting {
            ack: ack.map_err(|error| ExchangeError::broker("an event could not be sent")(&error))?,
            position,
            stream_sequence: before + 1,
            bytes,
        });
        Ok(())
    }

    /// Waits for the answer to the oldest event on the way.
    async fn take_ack(&mut self) -> Result<(), ExchangeError> {
        let Some(oldest) = self.waiting.pop_front() else {
            return Ok(());
        };
        self.waiting_bytes -= oldest.bytes;
        let ack = oldest.ack.await.map_err(|error| match error.kind() {
            PublishErrorKind::WrongLastSequence => ExchangeError::Moved,
            _ => ExchangeError::broker("an event was not taken")(&error),
        })?;
        if ack.duplicate {
            return Err(ExchangeError::FalseRepetition);
        }
        if ack.stream != self.names.stream || ack.sequence != oldest.stream_sequence {
            return Err(ExchangeError::Moved);
        }
        self.taken = (oldest.position, oldest.stream_sequence);
        self.follows = true;
        self.published.increment(1);
        self.not_noted += 1;
        self.shared
            .board
            .relay(self.source, |relay| relay.published = oldest.position);
        if self.not_noted >= NOTE_EVENTS {
            self.note().await?;
        }
        Ok(())
    }

    async fn note(&mut self) -> Result<(), ExchangeError> {
        if self.not_noted == 0 {
            return Ok(());
        }
        let (position, stream_sequence) = self.taken;
        let relayed = Relayed {
            stream_created: self.created.clone(),
            epoch: position.epoch,
            sequence: position.sequence,
            stream_sequence,
        };
        self.shared.relays.set_relayed(self.source, relayed).await?;
        self.not_noted = 0;
        self.noted_at = Instant::now();
        Ok(())
    }
}
