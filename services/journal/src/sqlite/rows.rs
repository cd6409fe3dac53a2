//! What the decisions look up and write, carried out at once inside the writer's transaction.

use super::error::WriteError;
use super::{sealed, sql};
use crate::write::sealed::FileRow;
use crate::write::{EntryRow, FoundCommand, Rows, Stream};
use crate::{Appended, CommandKey, KeyRow, Received, TextRow, number, sum};
use idesluss_proof::tree::FullTile;
use rusqlite::{Connection, OptionalExtension as _};
use std::sync::Arc;

/// The writer's connection, inside a transaction.
pub(super) struct SqliteRows<'a> {
    pub(super) conn: &'a Connection,
}

/// A batch of this store.
pub(super) type Batch<'a> = crate::write::Batch<'a, SqliteRows<'a>>;

/// Writes the head and the moved sources, if anything changed.
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
    for source in head_state.sources.iter().filter(|source| source.moved) {
        conn.prepare_cached(sql::SOURCE_MOVE)?.execute((
            source.id,
            source.epoch,
            number::to(source.sequence),
            number::to(source.from_position),
        ))?;
    }
    Ok(())
}

/// Looks a command up: its fingerprint and first result.
pub(super) fn find_command(
    conn: &Connection,
    organisation: &str,
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

impl Rows for SqliteRows<'_> {
    type Error = rusqlite::Error;

    fn find_command(&mut self, organisation: &str, id: &[u8; 16]) -> Result<Option<FoundCommand>, WriteError> {
        Ok(find_command(self.conn, organisation, id)?)
    }

    fn find_stream(&mut self, name: &str) -> Result<Option<Stream>, WriteError> {
        let mut statement = self.conn.prepare_cached(sql::STREAM_FIND)?;
        let found = statement.query_row([name], |row| {
            let version: Option<i64> = row.get(1)?;
            Ok(Stream {
                id: Some(row.get(0)?),
                version: version.map_or(0, number::from),
            })
        });
        Ok(found.optional()?)
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

    fn add_stream(&mut self, name: &str) -> Result<i64, WriteError> {
        Ok(self.conn.prepare_cached(sql::STREAM_ADD)?.insert([name])?)
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
        self.conn.prepare_cached(sql::ENTRY_ADD)?.execute((
            number::to(entry.position),
            entry.stream.map(|(id, _)| id),
            entry.stream.map(|(_, version)| number::to(version)),
            entry.source,
            entry.epoch,
            number::to(entry.sequence),
            &**entry.line,
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

    fn add_command(&mut self, command: &CommandKey, source: i64, first: &Appended) -> Result<(), WriteError> {
        let first_event = [
            source,
            i64::from(first.epoch),
            number::to(first.sequence),
            number::to(first.position),
        ];
        let sum = sum::command(&command.id, &command.organisation, &command.fingerprint, first_event);
        self.conn.prepare_cached(sql::COMMAND_ADD)?.execute((
            command.id.as_slice(),
            &command.organisation,
            command.fingerprint.as_slice(),
            first_event[0],
            first_event[1],
            first_event[2],
            first_event[3],
            sum,
        ))?;
        Ok(())
    }

    fn add_event_id(&mut self, id: &[u8], position: u64) -> Result<(), WriteError> {
        self.conn
            .prepare_cached(sql::EVENT_ID_ADD)?
            .execute((id, number::to(position)))?;
        Ok(())
    }

    fn mark_orphans(&mut self, source: i64, epoch: u32, sequence: u64) -> Result<(), WriteError> {
        let first = (source, epoch, number::to(sequence));
        self.conn.prepare_cached(sql::ORPHANS_MARK)?.execute(first)?;
        Ok(())
    }

    fn quarantine(&mut self, position: Option<u64>, event: &Received, reason: &str) -> Result<(), WriteError> {
        self.conn.prepare_cached(sql::QUARANTINE_ADD)?.execute((
            position.map(number::to),
            &event.source,
            event.epoch,
            number::to(event.sequence),
            reason,
            sum::digest(&event.event).as_slice(),
            &*event.event,
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
