//! Showing every line to someone who may block, without holding more than a part of them.

use super::{cast, sql};
use crate::{StoreError, number};
use futures_util::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::postgres::{PgPool, PgRow};
use std::ops::ControlFlow;
use tokio::runtime::Handle;

/// How many entries are read in one snapshot: a long one would keep the head's old rows from being cleared away.
const CHUNK: u64 = 16_384;

/// How many rows are taken from the wire before they are shown, and at most how many bytes of lines.
const PART: usize = 1_024;
const PART_BYTES: usize = 1024 * 1024;

/// Who is shown the lines.
type Visit = Box<dyn for<'a> FnMut(u64, &'a [u8]) -> ControlFlow<()> + Send>;

/// Shows the entries in `from..to` to `visit` on a thread that may block, until it breaks.
pub(super) async fn scan(pool: &PgPool, from: u64, to: u64, mut visit: Visit) -> Result<(), StoreError> {
    let (pool, handle) = (pool.clone(), Handle::current());
    let scanning = tokio::task::spawn_blocking(move || {
        let mut next = from;
        while next < to {
            let end = to.min(next.saturating_add(CHUNK));
            match chunk(&handle, &pool, next, end, &mut visit)? {
                Some(after) => next = after,
                None => return Ok(()),
            }
        }
        Ok(())
    });
    scanning
        .await
        .map_err(|error| StoreError::Database(format!("a reader failed: {error}")))?
}

/// Shows one chunk. Returns where the next one begins; None at the end, or when `visit` broke off.
fn chunk(handle: &Handle, pool: &PgPool, from: u64, to: u64, visit: &mut Visit) -> Result<Option<u64>, StoreError> {
    let mut conn = handle.block_on(pool.acquire())?;
    let query = sqlx::query(sql::ENTRIES_SCAN)
        .bind(number::to(from))
        .bind(number::to(to));
    let mut rows = query.fetch(&mut *conn);
    let mut after = None;
    loop {
        // `visit` is called outside of `block_on`: it may block on something itself.
        let part = handle.block_on(async {
            let (mut part, mut bytes) = (Vec::with_capacity(PART), 0);
            while part.len() < PART && bytes < PART_BYTES {
                let Some(row) = rows.try_next().await? else { break };
                bytes += row.try_get::<&[u8], _>(1)?.len();
                part.push(row);
            }
            Ok::<Vec<PgRow>, sqlx::Error>(part)
        })?;
        if part.is_empty() {
            return Ok(after);
        }
        for row in &part {
            let position = cast::count(row, 0)?;
            if visit(position, row.try_get(1)?).is_break() {
                return Ok(None);
            }
            after = Some(position + 1);
        }
    }
}
