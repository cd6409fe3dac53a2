//! Reading what the writer knows by heart.

use super::compact_range::Tiles;
use super::sql;
use crate::check::{compare_peaks, read_peaks};
use crate::write::{HeadState, LastOf, Recent, Source, State};
use crate::{StoreError, number};
use idesluss_proof::tree::Hash;
use rusqlite::Connection;
use std::collections::HashSet;
use std::sync::Arc;

/// Reads the journal's name and head; compares the tree's edge, found anew from tiles and lines, with the peaks in it.
pub(super) fn read_head_state(conn: &Connection) -> Result<(String, HeadState), StoreError> {
    let (name, size, recorded, epoch, peaks): (String, i64, i64, i64, Vec<u8>) =
        conn.prepare_cached(sql::HEAD_READ)?.query_row([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
    let size = number::from(size);
    let (first, last): (Option<i64>, Option<i64>) = conn
        .prepare_cached(sql::ENTRIES_BOUNDS)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let there = match (first, last) {
        (None, None) => 0,
        (Some(0), Some(last)) => number::from(last) + 1,
        _ => return Err(StoreError::Damaged("its first entry is missing".into())),
    };
    if there != size {
        return Err(StoreError::Damaged(format!(
            "its head speaks of {size} entries, there are {there}"
        )));
    }
    let compact_range = Tiles {
        conn,
        size,
        nodes: None,
    }
    .compact_range()?;
    compare_peaks(size, &read_peaks(size, &peaks)?, &compact_range.peaks())?;
    let mut statement = conn.prepare_cached(sql::SOURCES_READ)?;
    let sources = statement
        .query_map([], |row| {
            let last = match (row.get::<_, Option<i64>>(3)?, row.get::<_, Option<i64>>(4)?) {
                (Some(epoch), Some(sequence)) => {
                    let (line, refused) = (row.get_ref(5)?.as_blob_or_null()?, row.get::<_, Option<i64>>(6)?);
                    let (epoch, sequence) = (number::epoch(epoch), number::from(sequence));
                    Some(LastOf::read(epoch, sequence, line, refused.map(number::from)))
                }
                _ => None,
            };
            let name = Arc::from(row.get::<_, String>(1)?);
            Ok(Source::at(row.get(0)?, name, row.get::<_, i64>(2)? != 0, last))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    Ok((
        name,
        HeadState {
            size,
            recorded,
            epoch: number::epoch(epoch),
            compact_range,
            sources,
        },
    ))
}

/// Reads how many entries the head speaks of, and the peaks in it.
pub(super) fn noted_peaks(conn: &Connection) -> Result<(u64, Vec<Hash>), StoreError> {
    let (size, peaks): (i64, Vec<u8>) = conn
        .prepare_cached(sql::HEAD_READ)?
        .query_row([], |row| Ok((row.get(1)?, row.get(4)?)))?;
    let size = number::from(size);
    Ok((size, read_peaks(size, &peaks)?))
}

/// Reads all that the writer keeps in memory.
pub(super) fn read_state(conn: &Connection) -> Result<State, StoreError> {
    let (name, head_state) = read_head_state(conn)?;
    let mut statement = conn.prepare_cached(sql::KINDS_ALL)?;
    let kinds = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<HashSet<String>, _>>()?;
    let mut statement = conn.prepare_cached(sql::ORGANISATIONS_ALL)?;
    let organisations = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(State {
        name,
        head_state,
        streams: Recent::default(),
        keys: Recent::default(),
        kinds,
        organisations,
    })
}
