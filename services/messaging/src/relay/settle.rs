//! Where to go on publishing: what was noted is held against what the stream says of itself.
//!
//! The stream may be another one than last time, may have lost its end or everything, and may hold more than this journal,
//! when the journal was restored from an older backup.

use crate::error::ExchangeError;
use crate::message;
use crate::names::Names;
use crate::shared::Shared;
use crate::source_position::SourcePosition;
use async_nats::jetstream::stream::{Info, RawMessageErrorKind, Stream};
use idesluss_journal::{Received, Relayed};
use idesluss_proof::line::{Body, parse};

/// How many events of a source are published anew into an empty stream; receivers get older ones from the source.
const BACK: u64 = 1_024;
/// How many messages that are not ours are passed over from the stream's end backwards.
const LOOK_BACK: u64 = 64;

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// Publish what comes after this place.
    After(SourcePosition),
    /// Publish nothing.
    Refused(Refusal),
}

/// Why nothing may be published, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) reason: String,
    /// Once the journal is in a later epoch than this, it has been decided what holds.
    pub(super) above_epoch: u32,
}

/// The end of a stream.
enum Last {
    /// No message is left.
    Nothing,
    /// This event of ours.
    Event(Box<Received>),
    /// Messages that are not ours, as far as was looked.
    Unknown,
}

/// Holds the stream, as `ensure` has found it, against what was noted and what the journal holds.
pub(super) async fn settle(
    shared: &Shared,
    source: &str,
    names: &Names,
    stream: &Stream<Info>,
    created: &str,
) -> Result<Start, ExchangeError> {
    let noted = shared.relays.relayed(source).await?;
    let noted = noted.filter(|noted| noted.stream_created == created);
    let state = &stream.cached_info().state;
    let ours = ours(shared, source);
    match last(stream, source, names).await? {
        Last::Event(event) => {
            let stored = stored(shared, &event).await?;
            Ok(after_event(ours, &event, stored.as_deref()))
        }
        Last::Nothing => match noted.and_then(|noted| after_note(ours, &noted, state.last_sequence)) {
            Some(start) => Ok(start),
            None => back(shared, source, ours).await,
        },
        Last::Unknown => match noted {
            // Something may be published twice; receivers know it.
            Some(noted) if noted.stream_sequence <= state.last_sequence => {
                Ok(Start::After(SourcePosition::new(noted.epoch, noted.sequence)))
            }
            _ => back(shared, source, ours).await,
        },
    }
}

/// Where the journal stands: its epoch, and the source's last sequence.
fn ours(shared: &Shared, source: &str) -> SourcePosition {
    let head = shared.store.head();
    let head = head.borrow();
    SourcePosition::new(head.epoch, head.own.get(source).copied().unwrap_or(0))
}

/// The stream's last surviving event of ours.
async fn last(stream: &Stream<Info>, source: &str, names: &Names) -> Result<Last, ExchangeError> {
    let state = &stream.cached_info().state;
    if state.messages == 0 {
        return Ok(Last::Nothing);
    }
    let mut answer = stream.get_last_raw_message_by_subject(&names.all()).await;
    let mut sequence = state.last_sequence;
    for _ in 0..LOOK_BACK {
        match answer {
            Ok(found) => {
                sequence = found.sequence;
                if let Ok(event) = message::read(source, Some(&found.headers), &found.payload) {
                    return Ok(Last::Event(Box::new(event)));
                }
            }
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => {}
            Err(error) => {
                return Err(ExchangeError::broker("the stream's last message could not be read")(
                    &error,
                ));
            }
        }
        sequence = sequence.saturating_sub(1);
        if sequence < state.first_sequence.max(1) {
            break;
        }
        answer = stream.get_raw_message(sequence).await;
    }
    Ok(Last::Unknown)
}

/// The bytes that the journal itself has at the event's place.
async fn stored(shared: &Shared, event: &Received) -> Result<Option<Vec<u8>>, ExchangeError> {
    let position = shared
        .store
        .position_of(
            event.announced().source,
            event.announced().epoch,
            event.announced().sequence,
        )
        .await?;
    let Some(position) = position else {
        return Ok(None);
    };
    let entries = shared.store.read(position, 1).await?;
    let entry = entries.first().ok_or(ExchangeError::Entry(position))?;
    match parse(&entry.line).map(|line| line.body) {
        Ok(Body::Own(own)) => Ok(Some(own.bytes.to_vec())),
        _ => Err(ExchangeError::Entry(position)),
    }
}

/// The stream ends with an event: it must be one that the journal has, unless a later epoch has been opened since.
fn after_event(ours: SourcePosition, last: &Received, stored: Option<&[u8]>) -> Start {
    let position = SourcePosition::new(last.announced().epoch, last.announced().sequence);
    if stored == Some(&**last.bytes()) || ours.epoch > last.announced().epoch {
        return Start::After(position);
    }
    let what = match stored {
        Some(_) => format!("the broker holds another event as {position} than this journal"),
        None => format!("the broker holds {position}, and this journal ends at {ours}"),
    };
    Start::Refused(restored(&what, last.announced().epoch))
}

/// The stream of the note is empty. All messages may have grown old; None: it has been cut back behind the note.
fn after_note(ours: SourcePosition, noted: &Relayed, last_sequence: u64) -> Option<Start> {
    let position = SourcePosition::new(noted.epoch, noted.sequence);
    // Every number in the stream was an event: so many were published after the note, and the journal must have as many.
    let published = last_sequence.checked_sub(noted.stream_sequence)?;
    if published > ours.sequence.saturating_sub(noted.sequence) && ours.epoch <= noted.epoch {
        let what = format!("the broker has taken {published} events after {position}, and this journal ends at {ours}");
        return Some(Start::Refused(restored(&what, noted.epoch)));
    }
    Some(Start::After(position))
}

fn restored(what: &str, above_epoch: u32) -> Refusal {
    Refusal {
        reason: format!(
            "{what}: the journal was restored from an older backup. Nothing is published until an epoch above {above_epoch} is opened"
        ),
        above_epoch,
    }
}

/// A bounded way back from the journal's end.
async fn back(shared: &Shared, source: &str, ours: SourcePosition) -> Result<Start, ExchangeError> {
    let sequence = ours.sequence.saturating_sub(BACK);
    if sequence == 0 {
        return Ok(Start::After(SourcePosition::default()));
    }
    // Sequences go on over epochs: the latest epoch that has this one.
    for epoch in (1..=ours.epoch).rev() {
        if shared.store.position_of(source, epoch, sequence).await?.is_some() {
            return Ok(Start::After(SourcePosition::new(epoch, sequence)));
        }
    }
    Ok(Start::After(SourcePosition::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_journal::Announced;

    fn event(epoch: u32, sequence: u64) -> Received {
        let announced = Announced {
            from_position: 0,
            from_recorded_micros: 0,
            source: "/fyrbodal/submission/house",
            epoch,
            sequence,
        };
        Received::new(announced, "bytes".into())
    }

    fn noted(sequence: u64, stream_sequence: u64) -> Relayed {
        Relayed {
            stream_created: "then".into(),
            epoch: 1,
            sequence,
            stream_sequence,
        }
    }

    fn refused_above(start: &Start) -> Option<u32> {
        match start {
            Start::Refused(refusal) => Some(refusal.above_epoch),
            Start::After(_) => None,
        }
    }

    #[test]
    fn publishing_goes_on_after_the_streams_last_event() {
        let start = after_event(SourcePosition::new(1, 9), &event(1, 5), Some(b"bytes"));
        assert_eq!(start, Start::After(SourcePosition::new(1, 5)));
    }

    #[test]
    fn an_event_that_the_journal_lacks_or_has_otherwise_refuses_until_a_later_epoch() {
        for stored in [None, Some(b"other".as_slice())] {
            assert_eq!(
                refused_above(&after_event(SourcePosition::new(1, 4), &event(1, 5), stored)),
                Some(1)
            );
            assert_eq!(
                refused_above(&after_event(SourcePosition::new(1, 4), &event(2, 5), stored)),
                Some(2)
            );
            assert_eq!(
                refused_above(&after_event(SourcePosition::new(2, 4), &event(2, 5), stored)),
                Some(2)
            );
            let opened = after_event(SourcePosition::new(2, 5), &event(1, 5), stored);
            assert_eq!(opened, Start::After(SourcePosition::new(1, 5)));
        }
    }

    #[test]
    fn an_empty_stream_goes_on_from_the_note_unless_it_was_cut_behind_it() {
        assert_eq!(after_note(SourcePosition::new(1, 9), &noted(5, 50), 49), None);
        for last in [50, 54] {
            let start = after_note(SourcePosition::new(1, 9), &noted(5, 50), last);
            assert_eq!(start, Some(Start::After(SourcePosition::new(1, 5))));
        }
        let start = after_note(SourcePosition::new(1, 9), &noted(5, 50), 55).expect("decided");
        assert_eq!(refused_above(&start), Some(1));
        let opened = after_note(SourcePosition::new(2, 9), &noted(5, 50), 55);
        assert_eq!(opened, Some(Start::After(SourcePosition::new(1, 5))));
    }
}
