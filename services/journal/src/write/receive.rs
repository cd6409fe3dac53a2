//! Receiving events that other journals wrote.

use super::{Batch, Rows, Source, WriteError, refuse};
use crate::{AppendError, ReceiveReport, Received};
use idesluss_proof::line::{Body, EventLine, Refused, check_event, parse, write_received, write_refused};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The end of the type name of the event that opens an epoch.
const EPOCH_OPENED: &str = ".EpochOpened";

/// Longest stored reason of a refusal, in bytes.
const REASON_BYTES: usize = 300;

/// Longest subject or id of a received event, in bytes.
const NAME_BYTES: usize = 1_000;

/// What is to become of one received event.
enum Verdict {
    /// Known already, or of an epoch that a restore at its source has ended.
    Known,
    /// It comes next.
    Store {
        id: Vec<u8>,
        subject: String,
        cuts_off: bool,
    },
    /// It comes next, and breaks the form.
    Refuse { reason: String, cuts_off: bool },
    /// Its place holds other bytes.
    Contradicts,
}

/// Writes the events that come next, in the order given; a gap refuses the whole batch before anything is written.
pub(crate) fn receive<R: Rows>(
    batch: &mut Batch<'_, R>,
    events: &[Received],
) -> Result<ReceiveReport, WriteError<R::Error>> {
    let verdicts = judge_all(batch, events)?;
    if verdicts
        .iter()
        .any(|verdict| matches!(verdict, Verdict::Store { .. } | Verdict::Refuse { .. }))
    {
        batch.check_clock()?;
    }
    let mut report = ReceiveReport::default();
    for (event, verdict) in events.iter().zip(verdicts) {
        match verdict {
            Verdict::Known => report.duplicates += 1,
            Verdict::Store { id, subject, cuts_off } => {
                store(batch, event, &id, &subject, cuts_off)?;
                report.stored += 1;
            }
            Verdict::Refuse { reason, cuts_off } => {
                store_refused(batch, event, &reason, cuts_off)?;
                report.refused += 1;
            }
            Verdict::Contradicts => {
                let reason = "its place in the source holds other bytes";
                batch.rows.quarantine(None, event, reason)?;
                report.refused += 1;
            }
        }
    }
    Ok(report)
}

/// Judges each event as if those before it had been written.
fn judge_all<R: Rows>(batch: &mut Batch<'_, R>, events: &[Received]) -> Result<Vec<Verdict>, WriteError<R::Error>> {
    let mut places: HashMap<&str, (u32, u64)> = HashMap::new();
    let mut ids: HashSet<Vec<u8>> = HashSet::new();
    let mut written: HashMap<(&str, u32, u64), &[u8]> = HashMap::new();
    let mut verdicts = Vec::with_capacity(events.len());
    for event in events {
        if event
            .source
            .strip_prefix(batch.name())
            .is_some_and(|rest| rest.starts_with('/'))
        {
            return refuse("these are this journal's own events");
        }
        let known = places.get(event.source.as_str()).copied().unwrap_or_else(|| {
            let source = batch
                .find_source(&event.source)
                .map(|index| &batch.head_state.sources[index]);
            source.map_or((0, 0), |source| (source.epoch, source.sequence))
        });
        let source_position = (event.source.as_str(), event.epoch, event.sequence);
        let verdict = match written.get(&source_position) {
            Some(bytes) if **bytes == *event.event => Verdict::Known,
            Some(_) => Verdict::Contradicts,
            None => judge(batch, event, known, &ids)?,
        };
        if let Verdict::Store { id, .. } = &verdict {
            ids.insert(id.clone());
        }
        if matches!(verdict, Verdict::Store { .. } | Verdict::Refuse { .. }) {
            places.insert(&event.source, (event.epoch, event.sequence));
            written.insert(source_position, &event.event);
        }
        verdicts.push(verdict);
    }
    Ok(verdicts)
}

fn judge<R: Rows>(
    batch: &mut Batch<'_, R>,
    event: &Received,
    (epoch, sequence): (u32, u64),
    ids: &HashSet<Vec<u8>>,
) -> Result<Verdict, WriteError<R::Error>> {
    let next = sequence + 1;
    let gap = || {
        let (source_name, got) = (event.source.clone(), event.sequence);
        Err(WriteError::Refused(AppendError::Gap {
            source_name,
            expected: next,
            got,
        }))
    };
    if event.epoch < epoch || (event.epoch == epoch && event.sequence < next) {
        return Ok(match stored_event(batch, event)? {
            Some(bytes) if bytes != event.event => Verdict::Contradicts,
            _ => Verdict::Known,
        });
    }
    if event.sequence > next || event.sequence == 0 || event.epoch == 0 {
        return gap();
    }
    let checked = check(event);
    let begins = event.epoch > epoch && event.epoch > 1;
    if begins && checked.as_ref().is_ok_and(|line| !line.kind.ends_with(EPOCH_OPENED)) {
        return gap();
    }
    Ok(match checked {
        Err(reason) => Verdict::Refuse {
            reason,
            cuts_off: begins,
        },
        Ok(line) => {
            let id = id_bytes(&line.id);
            let taken = ids.contains(&id) || batch.rows.has_event_id(&id)?;
            if taken {
                Verdict::Refuse {
                    reason: "another event has this id".into(),
                    cuts_off: begins,
                }
            } else {
                Verdict::Store {
                    id,
                    subject: line.subject.to_string(),
                    cuts_off: begins,
                }
            }
        }
    })
}

/// The strict checks, and that the event is the one that the feed announced.
pub(crate) fn check(event: &Received) -> Result<EventLine<'_>, String> {
    let line = check_event(&event.event).map_err(|refusal| refusal.to_string())?;
    if line.source != event.source || line.epoch != event.epoch || line.sequence != event.sequence {
        return Err("the event names another place than its feed".into());
    }
    // Both become keys of indexes, and some databases' text has no NUL.
    if line.subject.len() > NAME_BYTES || line.id.len() > NAME_BYTES || line.subject.contains('\0') {
        return Err("the event's subject or id is too long, or holds a NUL".into());
    }
    Ok(line)
}

/// The event's bytes that stand at a place already, unless it was refused.
fn stored_event<R: Rows>(batch: &mut Batch<'_, R>, event: &Received) -> Result<Option<Vec<u8>>, WriteError<R::Error>> {
    let Some(index) = batch.find_source(&event.source) else {
        return Ok(None);
    };
    let line = batch.rows.find_line(batch.head_state.sources[index].id, event)?;
    Ok(line.and_then(|line| match parse(&line).map(|line| line.body) {
        Ok(Body::Received { event, .. }) => Some(event.bytes.to_vec()),
        _ => None,
    }))
}

/// How a received event's id is kept: 16 bytes of a UUID, or its text.
pub(crate) fn id_bytes(id: &str) -> Vec<u8> {
    Uuid::parse_str(id).map_or_else(|_| id.as_bytes().to_vec(), |uuid| uuid.as_bytes().to_vec())
}

fn store<R: Rows>(
    batch: &mut Batch<'_, R>,
    event: &Received,
    id: &[u8],
    subject: &str,
    cuts_off: bool,
) -> Result<(), WriteError<R::Error>> {
    // Listed under its subject, so that a decision can be appended on "nothing new about this idea has come".
    let stream = batch.stream_id(subject)?;
    let version = batch.stream(subject)?.version + 1;
    batch.move_stream(subject, stream, version);
    let recorded = batch.next_recorded();
    batch.line.clear();
    let (position, line) = (batch.head_state.size, &mut batch.line);
    write_received(
        position,
        recorded,
        event.from_position,
        event.from_recorded_micros,
        &event.event,
        line,
    );
    batch.rows.add_event_id(id, position)?;
    add(batch, event, recorded, Some((stream, version)), cuts_off)
}

fn store_refused<R: Rows>(
    batch: &mut Batch<'_, R>,
    event: &Received,
    reason: &str,
    cuts_off: bool,
) -> Result<(), WriteError<R::Error>> {
    let recorded = batch.next_recorded();
    let reason = shortened(reason);
    batch.rows.quarantine(Some(batch.head_state.size), event, reason)?;
    batch.line.clear();
    let refused = Refused {
        source: event.source.as_str().into(),
        epoch: event.epoch,
        sequence: event.sequence,
        reason: reason.into(),
    };
    write_refused(batch.head_state.size, recorded, &refused, &mut batch.line);
    add(batch, event, recorded, None, cuts_off)
}

/// Writes `batch.line` as the entry of a foreign source.
fn add<R: Rows>(
    batch: &mut Batch<'_, R>,
    event: &Received,
    recorded: i64,
    stream: Option<(i64, u64)>,
    cuts_off: bool,
) -> Result<(), WriteError<R::Error>> {
    let index = match batch.find_source(&event.source) {
        Some(index) => index,
        None => batch.add_source(&event.source, false)?,
    };
    let Source { id, .. } = batch.head_state.sources[index];
    if cuts_off {
        batch.rows.mark_orphans(id, event.epoch, event.sequence)?;
    }
    batch.add_entry(recorded, stream, id, event.epoch, event.sequence)?;
    batch.move_source(index, event.epoch, event.sequence, event.from_position);
    Ok(())
}

/// A reason that may quote what came, cut so that the line stays small.
fn shortened(reason: &str) -> &str {
    let mut end = reason.len().min(REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason[..end]
}
