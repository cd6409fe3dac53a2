//! Reading what the writer knows by heart.

use super::{cast, sql, tiles};
use crate::check::{compare_peaks, read_peaks};
use crate::write::{HeadState, LastOf, Recent, Source, State};
use crate::{StoreError, number};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use std::collections::HashSet;
use std::sync::Arc;

/// All that the writer keeps in memory between batches.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) state: State,
    /// Where the head's row lies.
    pub(super) row: String,
    /// How many batches were written.
    pub(super) batch: i64,
    /// The lease's number.
    pub(super) lease: i64,
}

/// The head's row, with what follows from it.
pub(super) struct HeadRow {
    pub(super) name: String,
    pub(super) head_state: HeadState,
    row: String,
    batch: i64,
    lease: i64,
}

/// Reads the head; compares the tree's edge, found anew from tiles and lines, with the peaks in it.
///
/// Consistent only while nobody writes: under the lease, or in one snapshot.
pub(super) async fn read_head(conn: &mut PgConnection) -> Result<HeadRow, StoreError> {
    let row = sqlx::query(sql::HEAD_READ).fetch_one(&mut *conn).await?;
    let size = cast::count(&row, 1)?;
    let bounds = sqlx::query(sql::ENTRIES_BOUNDS).fetch_one(&mut *conn).await?;
    let there = match (bounds.try_get(0)?, bounds.try_get(1)?) {
        (None::<i64>, None::<i64>) => 0,
        (Some(0), Some(last)) => number::from(last) + 1,
        _ => return Err(StoreError::Damaged("its first entry is missing".into())),
    };
    if there != size {
        return Err(StoreError::Damaged(format!(
            "its head speaks of {size} entries, there are {there}"
        )));
    }
    let compact_range = tiles::compact_range(conn, size).await?;
    compare_peaks(size, &read_peaks(size, row.try_get(4)?)?, &compact_range.peaks())?;
    let sources = sqlx::query(sql::SOURCES_READ).fetch_all(conn).await?;
    Ok(HeadRow {
        name: row.try_get(0)?,
        head_state: HeadState {
            size,
            recorded: row.try_get(2)?,
            epoch: cast::epoch(&row, 3)?,
            compact_range,
            sources: sources.iter().map(|row| source(row, 0)).collect::<Result<_, _>>()?,
        },
        row: row.try_get(7)?,
        batch: row.try_get(5)?,
        lease: row.try_get(6)?,
    })
}

/// A source with its last entry, as `sources_read` has it from the column `at` on.
pub(super) fn source(row: &PgRow, at: usize) -> Result<Source, StoreError> {
    let last = match row.try_get::<Option<i64>, _>(at + 4)? {
        Some(sequence) => {
            let refused = row.try_get::<Option<i64>, _>(at + 6)?.map(number::from);
            let (epoch, sequence) = (cast::epoch(row, at + 3)?, number::from(sequence));
            Some(LastOf::read(epoch, sequence, row.try_get(at + 5)?, refused))
        }
        None => None,
    };
    let name = Arc::from(row.try_get::<&str, _>(at + 1)?);
    let id = i64::from(row.try_get::<i32, _>(at)?);
    Ok(Source::at(id, name, row.try_get(at + 2)?, last))
}

/// The event types written here.
pub(super) async fn read_kinds(conn: &mut PgConnection) -> Result<HashSet<String>, StoreError> {
    let kinds: Vec<String> = sqlx::query_scalar(sql::KINDS_ALL).fetch_all(conn).await?;
    Ok(kinds.into_iter().collect())
}

/// Reads everything that the writer keeps in memory, under the lease.
pub(super) async fn read(conn: &mut PgConnection) -> Result<Known, StoreError> {
    let head = read_head(conn).await?;
    let kinds = read_kinds(conn).await?;
    let organisations = sqlx::query(sql::ORGANISATIONS_ALL).fetch_all(conn).await?;
    let organisations = (organisations.iter()).map(|row| Ok((row.try_get(0)?, i64::from(row.try_get::<i32, _>(1)?))));
    Ok(Known {
        state: State {
            name: head.name,
            head_state: head.head_state,
            streams: Recent::default(),
            keys: Recent::default(),
            kinds,
            organisations: organisations.collect::<Result<_, sqlx::Error>>()?,
        },
        row: head.row,
        batch: head.batch,
        lease: head.lease,
    })
}
