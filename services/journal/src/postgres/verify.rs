//! Whether what is stored is what was written: line by line, row by row, in one snapshot and bounded memory.

use super::options::PostgresOptions;
use super::{cast, sql, state, tiles_check};
use crate::check::{Lines, Listed, ListedCommand, TAIL, check_refusal, damaged};
use crate::write::HeadState;
use crate::{StoreError, number, sum};
use futures_util::TryStreamExt as _;
use idesluss_proof::tree::FullTile;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnection, PgPool, PgRow, Postgres};
use sqlx::{Row as _, Transaction};
use std::collections::HashMap;

/// Everything is looked at as it stands at one moment.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// What has no bearing on anything else is looked at as each statement finds it.
const EACH_STATEMENT: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY";

/// How many entries are read before the tiles that they fill are compared.
const CHUNK: u64 = 8_192;

async fn snapshot(pool: &PgPool) -> Result<Transaction<'static, Postgres>, StoreError> {
    let mut tx = pool.begin_with(SNAPSHOT).await?;
    sqlx::query(sql::PLAN_FOR_WHOLE).execute(&mut *tx).await?;
    Ok(tx)
}

/// Looks whether the journal is this one, whether this binary knows what is in it, and whether its end is as written.
pub(super) async fn at_start(pool: &PgPool, name: &str, options: &PostgresOptions) -> Result<(), StoreError> {
    let mut tx = snapshot(pool).await?;
    let head = state::read_head(&mut tx).await?;
    if head.name != name {
        return Err(StoreError::Unavailable(format!(
            "the database is the journal of {}, not of {name}",
            head.name
        )));
    }
    let kinds = state::read_kinds(&mut tx).await?;
    if let Some(kind) = kinds.iter().find(|kind| !(options.knows)(kind)) {
        return Err(StoreError::Newer(format!(
            "this version does not know the event type {kind}"
        )));
    }
    let is_whole = head.head_state.size <= options.verify_whole_up_to;
    if is_whole {
        everything(&mut tx, name, &head.head_state).await?;
    } else {
        let from = head.head_state.size.saturating_sub(TAIL);
        read(&mut tx, name, from, head.head_state.size)
            .await?
            .compare_tail(&head.head_state)?;
    }
    tx.rollback().await?;
    if is_whole {
        keys(pool).await?;
    }
    Ok(())
}

/// Verifies everything. Returns how many entries there are.
pub(super) async fn whole(pool: &PgPool, name: &str) -> Result<u64, StoreError> {
    let mut tx = snapshot(pool).await?;
    let head = state::read_head(&mut tx).await?;
    everything(&mut tx, name, &head.head_state).await?;
    tx.rollback().await?;
    keys(pool).await?;
    Ok(head.head_state.size)
}

/// Checks keys, by a snapshot that is taken once their tables are locked: to an older one an erasure beside it would have emptied a part of them.
async fn keys(pool: &PgPool) -> Result<(), StoreError> {
    let mut tx = pool.begin_with(EACH_STATEMENT).await?;
    sqlx::query(sql::PLAN_FOR_WHOLE).execute(&mut *tx).await?;
    each(&mut tx, sql::KEYS_ALL, "a key", |row| {
        let Some(wrapped) = row.try_get(4)? else {
            return Ok(false);
        };
        let sum = sum::key(
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            wrapped,
        );
        Ok(sum == row.try_get::<i64, _>(5)?)
    })
    .await?;
    tx.rollback().await?;
    Ok(())
}

async fn everything(conn: &mut PgConnection, name: &str, head_state: &HeadState) -> Result<(), StoreError> {
    let lines = read(conn, name, 0, head_state.size).await?;
    lines.compare_whole(head_state)?;
    tables(conn, &lines).await?;
    orphans(conn, &lines).await?;
    quarantine(conn, &lines).await?;
    rows(conn, head_state).await?;
    files(conn).await
}

/// Reads and checks the lines in `from..to`.
async fn read(conn: &mut PgConnection, name: &str, from: u64, to: u64) -> Result<Lines, StoreError> {
    let mut lines = Lines::new(name, from);
    let mut next = from;
    while next < to {
        let end = to.min(next.saturating_add(CHUNK));
        let mut filled = Vec::new();
        {
            let query = sqlx::query(sql::ENTRIES_VERIFY)
                .bind(number::to(next))
                .bind(number::to(end));
            let mut rows = query.fetch(&mut *conn);
            while let Some(row) = rows.try_next().await? {
                entry(&mut lines, &row, &mut filled)?;
            }
        }
        tiles_check::compare(conn, filled).await?;
        next = end;
    }
    Ok(lines)
}

fn entry(lines: &mut Lines, row: &PgRow, filled: &mut Vec<tiles_check::Filled>) -> Result<(), StoreError> {
    let (id, fingerprint) = (
        row.try_get::<Option<&[u8]>, _>(8)?,
        row.try_get::<Option<&[u8]>, _>(10)?,
    );
    let sum = row.try_get::<Option<i64>, _>(12)?;
    let is_listed = id.is_some() || fingerprint.is_some() || sum.is_some();
    let command = is_listed.then_some(ListedCommand {
        id: id.unwrap_or_default(),
        organisation: row.try_get(9)?,
        fingerprint: fingerprint.unwrap_or_default(),
        entries: row.try_get::<Option<i16>, _>(11)?.unwrap_or_default().into(),
        sum: sum.unwrap_or_default(),
    });
    let listed = Listed {
        position: cast::count(row, 0)?,
        line: row.try_get(1)?,
        stream: row.try_get(2)?,
        version: row.try_get::<Option<i64>, _>(3)?.map(number::from),
        source: row.try_get(4)?,
        own: row.try_get(13)?,
        epoch: cast::epoch(row, 5)?,
        sequence: cast::count(row, 6)?,
        event_id: row.try_get(7)?,
        command,
    };
    lines.entry(&listed, |FullTile { level, number, hashes }| {
        filled.push((level, number, hashes.as_flattened().to_vec()));
        Ok(())
    })
}

/// Compares the tables that follow from the lines.
async fn tables(conn: &mut PgConnection, lines: &Lines) -> Result<(), StoreError> {
    let broken: Option<i64> = sqlx::query_scalar(sql::STREAMS_VERIFY)
        .fetch_optional(&mut *conn)
        .await?;
    if let Some(position) = broken {
        return damaged(format!("the stream of entry {position} has a gap"));
    }
    let counts = sqlx::query(sql::TABLES_COUNT).fetch_one(&mut *conn).await?;
    let kinds = state::read_kinds(conn).await?;
    lines.compare_tables(cast::count(&counts, 0)?, &kinds)
}

async fn orphans(conn: &mut PgConnection, lines: &Lines) -> Result<(), StoreError> {
    let mut expected = HashMap::new();
    for (source, epoch, sequence) in lines.begun() {
        let query = sqlx::query_scalar(sql::ORPHANS_EXPECTED)
            .bind(source)
            .bind(i64::from(*epoch))
            .bind(number::to(*sequence));
        let positions: Vec<i64> = query.fetch_all(&mut *conn).await?;
        for position in positions {
            expected.entry(position).or_insert(i64::from(*epoch));
        }
    }
    let rows = sqlx::query(sql::ORPHANS_ALL).fetch_all(conn).await?;
    let there = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(4)?)));
    if there.collect::<Result<HashMap<i64, i64>, sqlx::Error>>()? == expected {
        Ok(())
    } else {
        damaged("the list of orphaned entries is not what the epochs say")
    }
}

async fn quarantine(conn: &mut PgConnection, lines: &Lines) -> Result<(), StoreError> {
    let mut placed = 0;
    let mut rows = sqlx::query(sql::QUARANTINE_VERIFY).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        if sum::digest(row.try_get(3)?) != cast::array::<32>(&row, 2)? {
            return damaged("a refused event's bytes are not those that came");
        }
        let numbers = [row.try_get(6)?, row.try_get(7)?, row.try_get(8)?];
        if sum::refused(row.try_get(5)?, numbers, row.try_get(2)?) != row.try_get::<i64, _>(9)? {
            return damaged("what is kept of a refused event is not as it was written");
        }
        let Some(position) = row.try_get::<Option<i64>, _>(0)? else {
            continue;
        };
        placed += 1;
        check_refusal(row.try_get(4)?, number::from(position), row.try_get(1)?)?;
    }
    lines.compare_refused(placed)
}

/// Checks the rows that carry a checksum of their own.
async fn rows(conn: &mut PgConnection, head_state: &HeadState) -> Result<(), StoreError> {
    each(conn, sql::EMPTY_COMMANDS_ALL, "a command", |row| {
        let Some(organisation) = row.try_get(1)? else {
            return Ok(false);
        };
        let stands = [
            i64::from(row.try_get::<i32, _>(3)?),
            row.try_get(4)?,
            row.try_get(5)?,
            row.try_get(6)?,
        ];
        let within = number::from(stands[3]) < head_state.size.max(1);
        let sum = sum::command(row.try_get(0)?, organisation, row.try_get(2)?, &stands);
        Ok(within && sum == row.try_get::<i64, _>(7)?)
    })
    .await?;
    each(conn, sql::TEXTS_ALL, "a sealed text", |row| {
        let (digest, ciphertext): (&[u8], &[u8]) = (row.try_get(0)?, row.try_get(3)?);
        let sum = sum::text(digest, row.try_get(1)?, row.try_get(2)?);
        Ok(sum == row.try_get::<i64, _>(4)? && (ciphertext.is_empty() || sum::digest(ciphertext) == digest))
    })
    .await?;
    each(conn, sql::CURSORS_ALL, "a cursor", |row| {
        Ok(sum::cursor(row.try_get(0)?, row.try_get(1)?) == row.try_get::<i64, _>(2)?)
    })
    .await?;
    each(conn, sql::PARKED_ALL, "a parked idea", |row| {
        let sum = sum::parked(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        Ok(sum == row.try_get::<i64, _>(4)?)
    })
    .await?;
    each(conn, sql::SOURCE_CHECKPOINTS_ALL, "a source's checkpoint", |row| {
        let sum = sum::source_checkpoint(row.try_get(0)?, row.try_get(1)?);
        Ok(sum == row.try_get::<i64, _>(2)?)
    })
    .await?;
    each(conn, sql::CREDENTIALS_ALL, "a credential", |row| {
        let sum = sum::credential(
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
            row.try_get(3)?,
            row.try_get(4)?,
        );
        Ok(sum == row.try_get::<i64, _>(5)?)
    })
    .await
}

async fn each(
    conn: &mut PgConnection,
    statement: &'static str,
    what: &str,
    is_right: impl Fn(&PgRow) -> Result<bool, sqlx::Error>,
) -> Result<(), StoreError> {
    let mut rows = sqlx::query(statement).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        if !is_right(&row)? {
            return damaged(format!("the row of {what} is not as it was written"));
        }
    }
    Ok(())
}

/// Checks uploads, and for those that are known by their digest that their chunks have it.
async fn files(conn: &mut PgConnection) -> Result<(), StoreError> {
    let rows = sqlx::query(sql::FILES_ALL).fetch_all(&mut *conn).await?;
    for row in rows {
        let file = cast::file(&row)?;
        if file.sum != file.expected_sum() {
            return damaged("the row of a file is not as it was written");
        }
        let Some(digest) = file.digest.filter(|_| file.gone == 0) else {
            continue;
        };
        let mut hash = Sha256::new();
        let mut chunks = sqlx::query(sql::CHUNKS_OF_FILE).bind(file.seq).fetch(&mut *conn);
        while let Some(chunk) = chunks.try_next().await? {
            hash.update(chunk.try_get::<&[u8], _>(1)?);
        }
        if <[u8; 32]>::from(hash.finalize()) != digest {
            return damaged("a file's chunks do not have its digest");
        }
    }
    Ok(())
}
