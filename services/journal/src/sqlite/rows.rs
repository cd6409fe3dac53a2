//! What the decisions look up and write, carried out at once inside the writer's transaction.

use super::error::WriteError;
use super::{sealed, sql};
use crate::stream_key::StreamKey;
use crate::write::sealed::FileRow;
use crate::write::{CommandRow, EntryRow, FoundCommand, Rows};
use crate::{Appended, KeyRow, Received, TextRow, number, sum};
use idesluss_proof::tree::FullTile;
use rusqlite::{Connection, OptionalExtension as _};
use std::sync::Arc;

/// The writer's connection, inside a transaction.
pub(super) struct SqliteRows<'a> {
    pub(super) conn: &'a Connection,
}

/// A batch of this store.
pub(super) type Batch<'a> = crate::write::Batch<'a, SqliteRows<'a>>;

/// Writes the head, if anything changed.
pub(super) fn write_head(batch: &Batch<'_>) -> Result<(), rusqlite::Error> {
    if !batch.is_moved() {
        return Ok(());
    }
    let (conn, head_state) = (batch.rows.conn, &batch.head_state);
    let peaks = head_state.compact_range.peaks();
    conn.prepare_cached(sql::HEAD_WRITE)?.execute((
        number::to(head_state.size),
        head_state.recorded,
        head_state.epoch,
        peaks.as_flattened(),
    ))?;
    Ok(())
}

/// Looks a command up: its fingerprint and first result.
pub(super) fn find_command(
    conn: &Connection,
    organisation: i64,
    id: &[u8; 16],
) -> Result<Option<FoundCommand>, rusqlite::Error> {
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

/// A stream's version; 0: it has no entry.
pub(super) fn stream_version(conn: &Connection, key: StreamKey) -> Result<u64, rusqlite::Error> {
    let mut statement = conn.prepare_cached(sql::STREAM_VERSION)?;
    statement.query_row([key.0.as_slice()], |row| Ok(number::from(row.get(0)?)))
}

impl Rows for SqliteRows<'_> {
    type Error = rusqlite::Error;

    fn find_command(&mut self, organisation: i64, id: &[u8; 16]) -> Result<Option<FoundCommand>, WriteError> {
        Ok(find_command(self.conn, organisation, id)?)
    }

    fn find_stream(&mut self, key: StreamKey) -> Result<u64, WriteError> {
        Ok(stream_version(self.conn, key)?)
    }

    fn has_event_id(&mut self, id: &[u8]) -> Result<bool, WriteError> {
        Ok(self.conn.prepare_cached(sql::EVENT_ID_FIND)?.exists([id])?)
    }

    fn find_line(&mut self, _source: i64, event: &Received) -> Result<Option<Vec<u8>>, WriteError> {
        let source_position = (&event.source, event.epoch, number::to(event.sequence));
        let mut statement = self.conn.prepare_cached(sql::ENTRY_BY_SOURCE)?;
        Ok(statement.query_row(source_position, |row| row.get(1)).optional()?)
    }

    fn find_key(&mut self, id: &[u8; 16]) -> Result<Option<bool>, WriteError> {
        Ok(sealed::find_key(self.conn, id)?.map(|key| key.wrapped.is_empty()))
    }

    fn find_file(&mut self, digest: &[u8; 32]) -> Result<Option<FileRow>, WriteError> {
        Ok(sealed::find_file(self.conn, digest)?)
    }

    fn add_organisation(&mut self, id: i64, name: &str) -> Result<(), WriteError> {
        self.conn.prepare_cached(sql::ORGANISATION_ADD)?.execute((id, name))?;
        Ok(())
    }

    fn add_source(&mut self, id: i64, name: &Arc<str>, own: bool) -> Result<(), WriteError> {
        self.conn
            .prepare_cached(sql::SOURCE_ADD)?
            .execute((id, &**name, i64::from(own)))?;
        Ok(())
    }

    fn add_kind(&mut self, kind: &str, position: u64) -> Result<(), WriteError> {
        self.conn
            .prepare_cached(sql::KIND_ADD)?
            .execute((kind, number::to(position)))?;
        Ok(())
    }

    fn add_entry(&mut self, entry: EntryRow<'_>) -> Result<(), WriteError> {
        let EntryRow {
            position,
            columns,
            line,
        } = entry;
        self.conn.prepare_cached(sql::ENTRY_ADD)?.execute((
            number::to(position),
            columns.stream.as_ref().map(|(key, _)| key.0.as_slice()),
            columns.stream.map(|(_, version)| number::to(version)),
            columns.source,
            columns.epoch,
            number::to(columns.sequence),
            columns.event_id,
            columns.command.map(|command| command.id.as_slice()),
            columns.command.map(|command| command.organisation.1),
            columns.command.map(|command| command.fingerprint.as_slice()),
            columns.command.map(|command| command.count()),
            columns.command.map(|command| command.sum(position)),
            &**line,
        ))?;
        Ok(())
    }

    fn add_tile(&mut self, tile: FullTile<'_>) -> Result<(), WriteError> {
        self.conn.prepare_cached(sql::TILE_ADD)?.execute((
            tile.level,
            number::to(tile.number),
            tile.hashes.as_flattened(),
        ))?;
        Ok(())
    }

    fn add_empty_command(&mut self, command: CommandRow<'_>, source: i64, first: &Appended) -> Result<(), WriteError> {
        let stands = [
            source,
            i64::from(first.epoch),
            number::to(first.sequence),
            number::to(first.position),
        ];
        let sum = sum::command(command.id, command.organisation.0, command.fingerprint, &stands);
        self.conn.prepare_cached(sql::EMPTY_COMMAND_ADD)?.execute((
            command.id.as_slice(),
            command.organisation.1,
            command.fingerprint.as_slice(),
            stands[0],
            stands[1],
            stands[2],
            stands[3],
            sum,
        ))?;
        Ok(())
    }

    fn mark_orphans(&mut self, source: i64, epoch: u32, sequence: u64) -> Result<(), WriteError> {
        let first = (source, epoch, number::to(sequence));
        self.conn.prepare_cached(sql::ORPHANS_MARK)?.execute(first)?;
        Ok(())
    }

    fn quarantine(&mut self, position: Option<u64>, event: &Received, reason: &str) -> Result<(), WriteError> {
        let digest = sum::digest(&event.event);
        self.conn.prepare_cached(sql::QUARANTINE_ADD)?.execute((
            position.map(number::to),
            &event.source,
            event.epoch,
            number::to(event.sequence),
            number::to(event.from_position),
            reason,
            digest.as_slice(),
            &*event.event,
            event.refused_sum(&digest),
        ))?;
        Ok(())
    }

    fn add_key(&mut self, key: &KeyRow) -> Result<(), WriteError> {
        let wrapped_by = key.wrapped_by.as_ref().map(<[u8; 16]>::as_slice);
        self.conn.prepare_cached(sql::KEY_ADD)?.execute((
            key.id.as_slice(),
            &key.organisation,
            &key.scope,
            wrapped_by,
            key.wrapped.as_slice(),
            sum::key(&key.id, &key.organisation, &key.scope, wrapped_by, &key.wrapped),
        ))?;
        Ok(())
    }

    fn add_text(&mut self, text: &TextRow) -> Result<(), WriteError> {
        self.conn.prepare_cached(sql::TEXT_ADD)?.execute((
            text.digest.as_slice(),
            text.key.as_slice(),
            &text.bound_to,
            &*text.ciphertext,
            sum::text(&text.digest, &text.key, &text.bound_to),
        ))?;
        Ok(())
    }

    fn claim_file(&mut self, file: &FileRow) -> Result<(), WriteError> {
        Ok(sealed::write_state(self.conn, file)?)
    }
}
