//! Receiving events that other journals wrote.

use super::{Batch, EntryColumns, Rows, WriteError, refuse};
use crate::received::Form;
use crate::stream_key::StreamKey;
use crate::{AppendError, ReceiveReport, Received};
use idesluss_domain::is_written_by;
use idesluss_proof::line::{Body, Refused, parse, write_received, write_refused};
use std::collections::{HashMap, HashSet};

/// Longest stored reason of a refusal, in bytes.
const REASON_BYTES: usize = 300;

/// What is to become of one received event.
enum Verdict<'a> {
    /// Known already, or of an epoch that a restore at its source has ended.
    Known,
    /// It comes next.
    Store { form: &'a Form, cuts_off: bool },
    /// It comes next, and breaks the form.
    Refuse { reason: &'a str, cuts_off: bool },
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
            Verdict::Store { form, cuts_off } => {
                store(batch, event, form, cuts_off)?;
                report.stored += 1;
            }
            Verdict::Refuse { reason, cuts_off } => {
                store_refused(batch, event, reason, cuts_off)?;
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
fn judge_all<'a, R: Rows>(
    batch: &mut Batch<'_, R>,
    events: &'a [Received],
) -> Result<Vec<Verdict<'a>>, WriteError<R::Error>> {
    let mut places: HashMap<&str, (u32, u64)> = HashMap::new();
    let mut ids: HashSet<&[u8]> = HashSet::new();
    let mut written: HashMap<(&str, u32, u64), &[u8]> = HashMap::new();
    let mut verdicts = Vec::with_capacity(events.len());
    for event in events {
        if is_written_by(&event.source, batch.name()) {
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
        if let Verdict::Store { form, .. } = &verdict {
            ids.insert(&form.id);
        }
        if matches!(verdict, Verdict::Store { .. } | Verdict::Refuse { .. }) {
            places.insert(&event.source, (event.epoch, event.sequence));
            written.insert(source_position, &event.event);
        }
        verdicts.push(verdict);
    }
    Ok(verdicts)
}

fn judge<'a, R: Rows>(
    batch: &mut Batch<'_, R>,
    event: &'a Received,
    (epoch, sequence): (u32, u64),
    ids: &HashSet<&[u8]>,
) -> Result<Verdict<'a>, WriteError<R::Error>> {
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
    // Sequences go on over epochs: of a source that begins now nothing can have been cut off, in whichever epoch it begins.
    let begins = epoch > 0 && event.epoch > epoch;
    let refused = |reason| Verdict::Refuse {
        reason,
        cuts_off: begins,
    };
    let form = match &event.form {
        Ok(form) if begins && !form.opens_epoch => return gap(),
        Ok(form) => form,
        Err(reason) => return Ok(refused(reason)),
    };
    if ids.contains(&*form.id) || batch.rows.has_event_id(&form.id)? {
        return Ok(refused("another event has this id"));
    }
    Ok(Verdict::Store { form, cuts_off: begins })
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

fn store<R: Rows>(
    batch: &mut Batch<'_, R>,
    event: &Received,
    Form { id, subject, .. }: &Form,
    cuts_off: bool,
) -> Result<(), WriteError<R::Error>> {
    // Listed under its subject, so that a decision can be appended on "nothing new about this idea has come". Its version is where it stands here,
    // so that nobody needs to know how many came before; from 1, as 0 is the version of a stream that has none.
    let key = StreamKey::in_source(&event.source, subject);
    let version = batch.head_state.size + 1;
    batch.move_stream(key, version);
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
    add(batch, event, recorded, Some(((key, version), id)), cuts_off)
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
    stored: Option<((StreamKey, u64), &[u8])>,
    cuts_off: bool,
) -> Result<(), WriteError<R::Error>> {
    let index = match batch.find_source(&event.source) {
        Some(index) => index,
        None => batch.add_source(&event.source, false)?,
    };
    let columns = EntryColumns {
        stream: stored.map(|(stream, _)| stream),
        source: batch.head_state.sources[index].id,
        epoch: event.epoch,
        sequence: event.sequence,
        event_id: stored.map(|(_, id)| id),
        command: None,
    };
    if cuts_off {
        batch.rows.mark_orphans(columns.source, event.epoch, event.sequence)?;
    }
    batch.add_entry(recorded, &columns)?;
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
