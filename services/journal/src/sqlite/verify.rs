//! Whether what is stored is what was written: line by line, row by row, up to the tree's peaks.

use super::{sealed, sql, state};
use crate::check::{Lines, Listed, ListedCommand, TAIL, check_refusal, check_tile, damaged};
use crate::write::{HeadState, State};
use crate::{StoreError, number, sum};
use idesluss_proof::tree::FullTile;
use rusqlite::{Connection, OptionalExtension as _, Row};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};

/// Verifies everything. Returns how many entries there are.
pub(super) fn whole(conn: &Connection) -> Result<u64, StoreError> {
    let found: String = conn.query_row(sql::INTEGRITY, [], |row| row.get(0))?;
    if found != "ok" {
        return damaged(format!("the file's own check says: {found}"));
    }
    let (name, head_state) = state::read_head_state(conn)?;
    let lines = read(conn, &name, 0)?;
    lines.compare_whole(&head_state)?;
    tables(conn, &lines)?;
    orphans(conn, &lines)?;
    quarantine(conn, &lines)?;
    rows(conn, &head_state)?;
    files(conn)?;
    Ok(head_state.size)
}

/// What is wrong with a journal whose lines and head do not fit: the first line that is wrong by itself, or else what was `found` before.
pub(super) fn first_wrong(conn: &Connection, found: StoreError) -> StoreError {
    let name = conn.query_row(sql::HEAD_READ, [], |row| row.get::<_, String>(0));
    match name.map(|name| read(conn, &name, 0)) {
        Ok(Err(wrong @ StoreError::Damaged(_))) => wrong,
        _ => found,
    }
}

/// Verifies the last lines and that the head speaks of them; `state` was compared with the tree when it was read.
pub(super) fn tail(conn: &Connection, state: &State) -> Result<(), StoreError> {
    read(conn, &state.name, state.head_state.size.saturating_sub(TAIL))?.compare_tail(&state.head_state)
}

/// Reads and checks the lines from an entry on.
fn read(conn: &Connection, name: &str, from: u64) -> Result<Lines, StoreError> {
    let mut lines = Lines::new(name, from);
    let mut statement = conn.prepare_cached(sql::ENTRIES_VERIFY)?;
    let mut rows = statement.query([number::to(from)])?;
    while let Some(row) = rows.next()? {
        entry(conn, &mut lines, row)?;
    }
    Ok(lines)
}

fn entry(conn: &Connection, lines: &mut Lines, row: &Row<'_>) -> Result<(), StoreError> {
    let (source, organisation): (Option<String>, Option<String>) = (row.get(4)?, row.get(9)?);
    let bytes = |column| row.get_ref(column)?.as_blob_or_null().map_err(rusqlite::Error::from);
    let (id, fingerprint, sum) = (bytes(8)?, bytes(10)?, row.get::<_, Option<i64>>(12)?);
    let is_listed = id.is_some() || fingerprint.is_some() || sum.is_some();
    let command = is_listed.then_some(ListedCommand {
        id: id.unwrap_or_default(),
        organisation: organisation.as_deref(),
        fingerprint: fingerprint.unwrap_or_default(),
        entries: row.get::<_, Option<i64>>(11)?.unwrap_or_default(),
        sum: sum.unwrap_or_default(),
    });
    let listed = Listed {
        position: number::from(row.get(0)?),
        line: row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?,
        stream: row.get_ref(2)?.as_blob_or_null().map_err(rusqlite::Error::from)?,
        version: row.get::<_, Option<i64>>(3)?.map(number::from),
        source: source.as_deref(),
        own: row.get(13)?,
        epoch: number::epoch(row.get(5)?),
        sequence: number::from(row.get(6)?),
        event_id: row.get_ref(7)?.as_blob_or_null().map_err(rusqlite::Error::from)?,
        command,
    };
    lines.entry(&listed, |FullTile { level, number, hashes }| {
        let stored: Option<Vec<u8>> = conn
            .prepare_cached(sql::TILE_FIND)?
            .query_row((level, number::to(number)), |row| row.get(0))
            .optional()?;
        check_tile(level, number, hashes.as_flattened(), &stored.unwrap_or_default())
    })
}

/// Compares the tables that follow from the lines.
fn tables(conn: &Connection, lines: &Lines) -> Result<(), StoreError> {
    if let Some(position) = conn
        .query_row(sql::STREAMS_VERIFY, [], |row| row.get::<_, i64>(0))
        .optional()?
    {
        return damaged(format!("the stream of entry {position} has a gap"));
    }
    let tiles: i64 = conn.query_row(sql::TILES_COUNT, [], |row| row.get(0))?;
    let mut statement = conn.prepare_cached(sql::KINDS_ALL)?;
    let kinds = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<HashSet<String>, _>>()?;
    lines.compare_tables(number::from(tiles), &kinds)
}

fn orphans(conn: &Connection, lines: &Lines) -> Result<(), StoreError> {
    let mut expected = HashMap::new();
    for (source, epoch, sequence) in lines.begun() {
        let mut statement = conn.prepare_cached(sql::ORPHANS_EXPECTED)?;
        let mut rows = statement.query((source, epoch, number::to(*sequence)))?;
        while let Some(row) = rows.next()? {
            expected.entry(row.get::<_, i64>(0)?).or_insert(i64::from(*epoch));
        }
    }
    let mut statement = conn.prepare_cached(sql::ORPHANS_ALL)?;
    let there = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(4)?)))?
        .collect::<Result<HashMap<i64, i64>, _>>()?;
    if there == expected {
        Ok(())
    } else {
        damaged("the list of orphaned entries is not what the epochs say")
    }
}

fn quarantine(conn: &Connection, lines: &Lines) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(sql::QUARANTINE_ALL)?;
    let mut rows = statement.query([])?;
    let mut placed = 0;
    while let Some(row) = rows.next()? {
        let event = row.get_ref(6)?.as_blob().map_err(rusqlite::Error::from)?;
        if sum::digest(event) != row.get::<_, [u8; 32]>(5)? {
            return damaged("a refused event's bytes are not those that came");
        }
        let numbers = [row.get(2)?, row.get(3)?, row.get(7)?];
        let source = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        if sum::refused(source, numbers, &sum::digest(event)) != row.get::<_, i64>(8)? {
            return damaged("what is kept of a refused event is not as it was written");
        }
        let Some(position) = row.get::<_, Option<i64>>(0)? else {
            continue;
        };
        placed += 1;
        let source_position = (row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?);
        let line: Option<Vec<u8>> = conn
            .prepare_cached(sql::ENTRY_BY_SOURCE)?
            .query_row(source_position, |row| row.get(1))
            .optional()?;
        let reason: String = row.get(4)?;
        check_refusal(line.as_deref(), number::from(position), &reason)?;
    }
    lines.compare_refused(placed)
}

/// Checks the rows that carry a checksum of their own.
fn rows(conn: &Connection, head_state: &HeadState) -> Result<(), StoreError> {
    each(conn, sql::EMPTY_COMMANDS_ALL, "a command", |row| {
        let id = row.get_ref(0)?.as_blob()?;
        let Some(organisation) = row.get_ref(1)?.as_str_or_null()? else {
            return Ok(false);
        };
        let fingerprint = row.get_ref(2)?.as_blob()?;
        let stands: [i64; 4] = [row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?];
        let within = number::from(stands[3]) < head_state.size.max(1);
        let sum = sum::command(id, organisation, fingerprint, &stands);
        Ok(within && sum == row.get::<_, i64>(7)?)
    })?;
    each(conn, sql::KEYS_ALL, "a key", |row| {
        let sum = sum::key(
            row.get_ref(0)?.as_blob()?,
            row.get_ref(1)?.as_str()?,
            row.get_ref(2)?.as_str()?,
            row.get_ref(3)?.as_blob_or_null()?,
            row.get_ref(4)?.as_blob()?,
        );
        Ok(sum == row.get::<_, i64>(5)?)
    })?;
    each(conn, sql::TEXTS_ALL, "a sealed text", |row| {
        let (digest, ciphertext) = (row.get_ref(0)?.as_blob()?, row.get_ref(3)?.as_blob()?);
        let sum = sum::text(digest, row.get_ref(1)?.as_blob()?, row.get_ref(2)?.as_str()?);
        Ok(sum == row.get::<_, i64>(4)? && (ciphertext.is_empty() || sum::digest(ciphertext) == digest))
    })?;
    each(conn, sql::CURSORS_ALL, "a cursor", |row| {
        Ok(sum::cursor(row.get_ref(0)?.as_str()?, row.get(1)?) == row.get::<_, i64>(2)?)
    })?;
    each(conn, sql::PARKED_ALL, "a parked idea", |row| {
        let sum = sum::parked(
            row.get_ref(0)?.as_str()?,
            row.get_ref(1)?.as_str()?,
            row.get(2)?,
            row.get_ref(3)?.as_str()?,
        );
        Ok(sum == row.get::<_, i64>(4)?)
    })?;
    each(conn, sql::SOURCE_CHECKPOINTS_ALL, "a source's checkpoint", |row| {
        let sum = sum::source_checkpoint(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
        Ok(sum == row.get::<_, i64>(2)?)
    })?;
    each(conn, sql::CREDENTIALS_ALL, "a credential", |row| {
        let sum = sum::credential(
            row.get_ref(0)?.as_blob()?,
            row.get_ref(1)?.as_str()?,
            row.get_ref(2)?.as_str()?,
            row.get(3)?,
            row.get_ref(4)?.as_blob()?,
        );
        Ok(sum == row.get::<_, i64>(5)?)
    })
}

fn each(
    conn: &Connection,
    statement: &str,
    what: &str,
    is_right: impl Fn(&Row<'_>) -> rusqlite::Result<bool>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(statement)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if !is_right(row)? {
            return damaged(format!("the row of {what} is not as it was written"));
        }
    }
    Ok(())
}

/// Checks uploads, and for those that are known by their digest that their chunks have it.
fn files(conn: &Connection) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(sql::FILES_ALL)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let file = sealed::read_file(row)?;
        if file.sum != file.expected_sum() {
            return damaged("the row of a file is not as it was written");
        }
        let Some(digest) = file.digest.filter(|_| file.gone == 0) else {
            continue;
        };
        let mut hash = Sha256::new();
        let mut chunks = conn.prepare_cached(sql::CHUNKS_OF_FILE)?;
        let mut chunks = chunks.query([file.seq])?;
        while let Some(chunk) = chunks.next()? {
            hash.update(chunk.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?);
        }
        if <[u8; 32]>::from(hash.finalize()) != digest {
            return damaged("a file's chunks do not have its digest");
        }
    }
    Ok(())
}
