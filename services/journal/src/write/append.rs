//! Appending own events, and opening an epoch.

use super::{Batch, CommandRow, EntryColumns, Rows, WriteError, refuse};
use crate::store::service_of;
use crate::stream_key::StreamKey;
use crate::{Append, AppendError, Appended, Outcome};
use idesluss_domain::instance::EpochOpened;
use idesluss_domain::is_written_by;
use idesluss_domain::words::{Audience, StreamName};
use idesluss_proof::line::{Assigned, Draft, write_own};
use uuid::Uuid;

/// Writes everything in `append`, or nothing: all checks come before the first write.
pub(crate) fn append<R: Rows>(batch: &mut Batch<'_, R>, append: &Append) -> Result<Outcome, WriteError<R::Error>> {
    if let Some(command) = &append.command
        && let Some((fingerprint, first)) = batch.find_command(command)?
    {
        return if fingerprint == command.fingerprint {
            Ok(Outcome::Repeated(first))
        } else {
            Err(WriteError::Refused(AppendError::CommandReused))
        };
    }
    batch.check_clock()?;
    let name = batch.name();
    let parts = (append.streams.iter()).map(|part| (StreamKey::in_instance(name, &part.stream), part));
    let parts: Vec<_> = parts.collect();
    for (key, part) in &parts {
        let actual = batch.stream(*key)?;
        if actual != part.expected {
            let (stream, expected) = (part.stream.clone(), part.expected);
            return Err(WriteError::Refused(AppendError::Conflict {
                stream,
                expected,
                actual,
            }));
        }
    }
    batch.check_sealed(&append.keys, &append.texts)?;
    let files = batch.check_claims(&append.claimed)?;

    batch.add_sealed(&append.keys, &append.texts)?;
    batch.claim(files)?;
    let command = match &append.command {
        Some(command) => Some(CommandRow {
            id: &command.id,
            organisation: (&command.organisation, batch.organisation(&command.organisation)?),
            fingerprint: &command.fingerprint,
            entries: append.streams.iter().map(|part| part.events.len()).sum(),
        }),
        None => None,
    };
    let (mut last, mut beside_first) = (None, command);
    for (key, part) in parts.into_iter().filter(|(_, part)| !part.events.is_empty()) {
        let mut version = part.expected;
        for event in &part.events {
            version += 1;
            let stream = (key, version);
            last = Some(write_event(batch, event, &part.stream, stream, beside_first.take())?);
        }
        batch.move_stream(key, version);
    }
    let appended = match last {
        Some(index) => result(batch, index),
        None => nothing_new(batch)?,
    };
    if let Some(command) = command {
        if last.is_none() {
            let source = batch
                .find_source(&appended.source)
                .map_or(0, |index| batch.head_state.sources[index].id);
            batch.rows.add_empty_command(command, source, &appended)?;
        }
        batch.note_command(
            *command.id,
            command.organisation.1,
            (*command.fingerprint, appended.clone()),
        );
    }
    Ok(Outcome::Written(appended))
}

/// The stream of what a journal says of itself.
pub(crate) fn journal_stream(name: &str) -> String {
    StreamName::journal(service_of(name)).to_string()
}

/// Opens the next epoch: one event in every source that `kept` names, those without entries too, so that none changes its epoch silently: what a restore
/// has taken back may be all that a source ever had.
pub(crate) fn open_epoch<R: Rows>(batch: &mut Batch<'_, R>, event: &Draft) -> Result<Outcome, WriteError<R::Error>> {
    let Ok(data) = serde_json::from_str::<EpochOpened>(&event.data) else {
        return refuse("the data is not that of an opened epoch");
    };
    let Ok(id) = Uuid::parse_str(&event.id) else {
        return refuse("the event's id is no UUID");
    };
    // Not only the next one: what was opened after the backup that is restored now has been seen elsewhere.
    if data.epoch <= batch.head_state.epoch {
        return refuse(format!(
            "the next epoch is {} or a later one, not {}",
            batch.head_state.epoch + 1,
            data.epoch
        ));
    }
    if data.size != batch.head_state.size {
        return refuse(format!(
            "the journal has {} entries, not {}: read its head again",
            batch.head_state.size, data.size
        ));
    }
    let own = batch
        .head_state
        .sources
        .iter()
        .filter(|source| source.own && source.sequence > 0);
    for (name, sequence) in own.map(|source| (&source.name, source.sequence)) {
        if data.kept.get(&**name) != Some(&sequence) {
            return refuse(format!("the event does not say that {name} is kept up to {sequence}"));
        }
    }
    if let Some(name) = data.kept.keys().find(|name| !is_written_by(name, batch.name())) {
        return refuse(format!("{name} is no source of this journal"));
    }
    batch.check_clock()?;
    batch.head_state.epoch = data.epoch;
    let subject = journal_stream(batch.name());
    let key = StreamKey::in_instance(batch.name(), &subject);
    let mut version = batch.stream(key)?;
    for name in data.kept.keys() {
        let audience = name.rsplit('/').next().unwrap_or_default();
        if audience != event.audience {
            version += 1;
            let id = Uuid::new_v5(&id, audience.as_bytes()).to_string();
            let copy = Draft {
                id,
                audience: audience.to_owned(),
                ..event.clone()
            };
            write_event(batch, &copy, &subject, (key, version), None)?;
        }
    }
    version += 1;
    let index = write_event(batch, event, &subject, (key, version), None)?;
    batch.move_stream(key, version);
    Ok(Outcome::Written(result(batch, index)))
}

/// Writes one event as the next entry. Returns the index of its source.
fn write_event<R: Rows>(
    batch: &mut Batch<'_, R>,
    event: &Draft,
    subject: &str,
    stream: (StreamKey, u64),
    command: Option<CommandRow<'_>>,
) -> Result<usize, WriteError<R::Error>> {
    let index = match batch.find_audience(&event.audience) {
        Some(index) => index,
        None => batch.add_source(&format!("{}/{}", batch.name(), event.audience), true)?,
    };
    batch.note_kind(&event.kind)?;
    let recorded = batch.next_recorded();
    let source = batch.head_state.sources[index].clone();
    let (epoch, sequence) = (batch.head_state.epoch, source.sequence + 1);
    let assigned = Assigned {
        position: batch.head_state.size,
        recorded_micros: recorded,
        source: &source.name,
        sequence,
        epoch,
        stream_version: stream.1,
    };
    batch.line.clear();
    write_own(event, subject, &assigned, &mut batch.line);
    let columns = EntryColumns {
        stream: Some(stream),
        source: source.id,
        epoch,
        sequence,
        event_id: None,
        command,
    };
    batch.add_entry(recorded, &columns)?;
    batch.move_source(index, epoch, sequence, 0);
    Ok(index)
}

/// The result that speaks of the entry just written.
fn result<R: Rows>(batch: &Batch<'_, R>, index: usize) -> Appended {
    let source = &batch.head_state.sources[index];
    Appended {
        source: source.name.to_string(),
        epoch: source.epoch,
        sequence: source.sequence,
        position: batch.head_state.size - 1,
    }
}

/// The result of a command that had nothing to write: here whoever has come as far as its position has seen all.
fn nothing_new<R: Rows>(batch: &mut Batch<'_, R>) -> Result<Appended, WriteError<R::Error>> {
    let house = Audience::House.as_str();
    let index = match batch.find_audience(house) {
        Some(index) => index,
        None => batch.add_source(&format!("{}/{house}", batch.name()), true)?,
    };
    let source = &batch.head_state.sources[index];
    Ok(Appended {
        source: source.name.to_string(),
        epoch: source.epoch.max(1),
        sequence: source.sequence,
        position: batch.head_state.size.saturating_sub(1),
    })
}
