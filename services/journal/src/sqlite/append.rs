//! Appending own events, and opening an epoch.

use super::batch::{Batch, refuse};
use super::fault::Fault;
use super::{number, sealed, sql, sum};
use crate::{Append, AppendError, Appended, CommandKey, Outcome};
use idesluss_domain::instance::EpochOpened;
use idesluss_proof::line::{Assigned, Draft, write_own};
use rusqlite::{Connection, OptionalExtension as _};
use uuid::Uuid;

/// Writes everything in `append`, or nothing: all checks come before the first write.
pub(super) fn append(batch: &mut Batch<'_>, append: &Append) -> Result<Outcome, Fault> {
    if let Some(command) = &append.command
        && let Some((fingerprint, first)) = find_command(batch.conn, &command.organisation, &command.id)?
    {
        return if fingerprint == command.fingerprint {
            Ok(Outcome::Repeated(first))
        } else {
            Err(Fault::Refused(AppendError::CommandReused))
        };
    }
    batch.check_clock()?;
    for part in &append.streams {
        let actual = batch.stream(&part.stream)?.version;
        if actual != part.expected {
            let (stream, expected) = (part.stream.clone(), part.expected);
            return Err(Fault::Refused(AppendError::Conflict {
                stream,
                expected,
                actual,
            }));
        }
    }
    sealed::check_new(batch.conn, &append.keys, &append.texts)?;
    let files = sealed::check_claims(batch.conn, &append.claimed)?;

    sealed::add_keys(batch.conn, &append.keys)?;
    sealed::add_texts(batch.conn, &append.texts)?;
    sealed::claim(batch.conn, files)?;
    let mut last = None;
    for part in append.streams.iter().filter(|part| !part.events.is_empty()) {
        let stream = batch.stream_id(&part.stream)?;
        let mut version = part.expected;
        for event in &part.events {
            version += 1;
            last = Some(write_event(batch, event, &part.stream, stream, version)?);
        }
        batch.move_stream(&part.stream, stream, version);
    }
    let appended = match last {
        Some(index) => result(batch, index),
        None => nothing_new(batch)?,
    };
    if let Some(command) = &append.command {
        add_command(batch, command, &appended)?;
    }
    Ok(Outcome::Written(appended))
}

/// Opens the next epoch: one event in every source that has entries, so that none changes its epoch silently.
pub(super) fn open_epoch(batch: &mut Batch<'_>, event: &Draft) -> Result<Outcome, Fault> {
    let Ok(data) = serde_json::from_str::<EpochOpened>(&event.data) else {
        return refuse("the data is not that of an opened epoch");
    };
    let Ok(id) = Uuid::parse_str(&event.id) else {
        return refuse("the event's id is no UUID");
    };
    if data.epoch != batch.place.epoch + 1 {
        return refuse(format!(
            "the next epoch is {}, not {}",
            batch.place.epoch + 1,
            data.epoch
        ));
    }
    if data.size != batch.place.size {
        return refuse(format!(
            "the journal has {} entries, not {}: read its head again",
            batch.place.size, data.size
        ));
    }
    let own = batch
        .place
        .sources
        .iter()
        .filter(|source| source.own && source.sequence > 0);
    let kept: Vec<_> = own.map(|source| (source.name.clone(), source.sequence)).collect();
    for (name, sequence) in &kept {
        if data.kept.get(&**name) != Some(sequence) {
            return refuse(format!("the event does not say that {name} is kept up to {sequence}"));
        }
    }
    batch.check_clock()?;
    batch.place.epoch = data.epoch;
    let service = batch.name().rsplit('/').next().unwrap_or_default();
    let subject = format!("journal/{service}");
    let stream = batch.stream_id(&subject)?;
    let mut version = batch.stream(&subject)?.version;
    for (name, _) in &kept {
        let audience = name.rsplit('/').next().unwrap_or_default();
        if audience != event.audience {
            version += 1;
            let id = Uuid::new_v5(&id, audience.as_bytes()).to_string();
            let copy = Draft {
                id,
                audience: audience.to_owned(),
                ..event.clone()
            };
            write_event(batch, &copy, &subject, stream, version)?;
        }
    }
    version += 1;
    let index = write_event(batch, event, &subject, stream, version)?;
    batch.move_stream(&subject, stream, version);
    Ok(Outcome::Written(result(batch, index)))
}

/// Writes one event as the next entry. Returns the index of its source.
fn write_event(
    batch: &mut Batch<'_>,
    event: &Draft,
    subject: &str,
    stream: i64,
    version: u64,
) -> Result<usize, rusqlite::Error> {
    let index = match batch.find_audience(&event.audience) {
        Some(index) => index,
        None => batch.add_source(&format!("{}/{}", batch.name(), event.audience), true)?,
    };
    batch.note_kind(&event.kind)?;
    let recorded = batch.next_recorded();
    let source = batch.place.sources[index].clone();
    let (epoch, sequence) = (batch.place.epoch, source.sequence + 1);
    let assigned = Assigned {
        position: batch.place.size,
        recorded_micros: recorded,
        source: &source.name,
        sequence,
        epoch,
        stream_version: version,
    };
    batch.line.clear();
    write_own(event, subject, &assigned, &mut batch.line);
    batch.add_entry(recorded, Some((stream, version)), source.id, epoch, sequence)?;
    batch.move_source(index, epoch, sequence, 0);
    Ok(index)
}

/// The result that speaks of the entry just written.
fn result(batch: &Batch<'_>, index: usize) -> Appended {
    let source = &batch.place.sources[index];
    Appended {
        source: source.name.to_string(),
        epoch: source.epoch,
        sequence: source.sequence,
        position: batch.place.size - 1,
    }
}

/// The result of a command that had nothing to write: whoever has come as far as the house's last entry has seen all.
fn nothing_new(batch: &mut Batch<'_>) -> Result<Appended, rusqlite::Error> {
    let index = match batch.find_audience("house") {
        Some(index) => index,
        None => batch.add_source(&format!("{}/house", batch.name()), true)?,
    };
    let source = &batch.place.sources[index];
    Ok(Appended {
        source: source.name.to_string(),
        epoch: source.epoch.max(1),
        sequence: source.sequence,
        position: batch.place.size.saturating_sub(1),
    })
}

fn add_command(batch: &Batch<'_>, command: &CommandKey, first: &Appended) -> Result<(), rusqlite::Error> {
    let source = batch
        .find_source(&first.source)
        .map_or(0, |index| batch.place.sources[index].id);
    let place = [
        source,
        i64::from(first.epoch),
        number::to(first.sequence),
        number::to(first.position),
    ];
    let sum = sum::command(&command.id, &command.organisation, &command.fingerprint, place);
    batch.conn.prepare_cached(sql::COMMAND_ADD)?.execute((
        command.id.as_slice(),
        &command.organisation,
        command.fingerprint.as_slice(),
        place[0],
        place[1],
        place[2],
        place[3],
        sum,
    ))?;
    Ok(())
}

/// Looks a command up: its fingerprint and first result.
pub(super) fn find_command(
    conn: &Connection,
    organisation: &str,
    id: &[u8; 16],
) -> Result<Option<([u8; 32], Appended)>, rusqlite::Error> {
    conn.prepare_cached(sql::COMMAND_FIND)?
        .query_row((id.as_slice(), organisation), |row| {
            let first = Appended {
                source: row.get(1)?,
                epoch: number::epoch(row.get(2)?),
                sequence: number::from(row.get(3)?),
                position: number::from(row.get(4)?),
            };
            Ok((row.get(0)?, first))
        })
        .optional()
}
