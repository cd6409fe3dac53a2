//! Columns into the journal's types. A row that does not have the shape that was written is damage.

use crate::write::sealed::FileRow;
use crate::{Entry, KeyRow, StoreError, TextRow, number};
use bytes::Bytes;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use std::sync::Arc;

/// Bytes of a fixed length.
pub(super) fn array<const N: usize>(row: &PgRow, column: usize) -> Result<[u8; N], StoreError> {
    let bytes: &[u8] = row.try_get(column)?;
    <[u8; N]>::try_from(bytes).map_err(|_| StoreError::Damaged(format!("a column has {} bytes, not {N}", bytes.len())))
}

/// Bytes of a fixed length, or NULL.
pub(super) fn optional<const N: usize>(row: &PgRow, column: usize) -> Result<Option<[u8; N]>, StoreError> {
    match row.try_get::<Option<&[u8]>, _>(column)? {
        Some(_) => array(row, column).map(Some),
        None => Ok(None),
    }
}

/// A count, a position or a sequence.
pub(super) fn count(row: &PgRow, column: usize) -> Result<u64, StoreError> {
    Ok(number::from(row.try_get(column)?))
}

/// An epoch.
pub(super) fn epoch(row: &PgRow, column: usize) -> Result<u32, StoreError> {
    Ok(number::epoch(row.try_get(column)?))
}

/// An entry from (position, line).
pub(super) fn entry(row: &PgRow) -> Result<Entry, StoreError> {
    Ok(Entry {
        position: count(row, 0)?,
        line: Arc::from(row.try_get::<&[u8], _>(1)?),
    })
}

/// A key from (id, organisation, scope, wrapped_by, wrapped).
pub(super) fn key(row: &PgRow) -> Result<KeyRow, StoreError> {
    Ok(KeyRow {
        id: array(row, 0)?,
        organisation: row.try_get(1)?,
        scope: row.try_get(2)?,
        wrapped_by: optional(row, 3)?,
        wrapped: wrapped(row, 4)?,
    })
}

/// A wrapped key; empty: erased. Errors: one that was not erased is not there.
fn wrapped(row: &PgRow, column: usize) -> Result<Vec<u8>, StoreError> {
    let found: Option<Vec<u8>> = row.try_get(column)?;
    found.ok_or_else(|| StoreError::Damaged("a key that was not erased is gone".into()))
}

/// A text from (digest, key, bound_to, ciphertext).
pub(super) fn text(row: &PgRow) -> Result<TextRow, StoreError> {
    Ok(TextRow {
        digest: array(row, 0)?,
        key: array(row, 1)?,
        bound_to: row.try_get(2)?,
        ciphertext: Bytes::from(row.try_get::<Vec<u8>, _>(3)?),
    })
}

/// A file from all columns of its table.
pub(super) fn file(row: &PgRow) -> Result<FileRow, StoreError> {
    Ok(FileRow {
        seq: row.try_get(0)?,
        upload: array(row, 1)?,
        began: row.try_get(2)?,
        digest: optional(row, 3)?,
        key: optional(row, 4)?,
        plain_bytes: row.try_get(5)?,
        chunks: row.try_get(6)?,
        claimed: row.try_get(7)?,
        gone: row.try_get(8)?,
        sum: row.try_get(9)?,
    })
}
