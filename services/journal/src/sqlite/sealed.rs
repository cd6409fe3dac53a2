//! Keys, sealed texts and files: what the writer does with them, and how rows are read.
//!
//! Rows are appended, and emptied in place when they must go, never deleted: a row that SQLite has never moved has
//! left no copy on another page.

use super::error::WriteError;
use super::rows::Batch;
use super::sql;
use crate::write::refuse;
use crate::write::sealed::FileRow;
use crate::{KeyRow, StagedFile, TextRow, sum};
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row};

pub(super) fn read_file(row: &Row<'_>) -> rusqlite::Result<FileRow> {
    Ok(FileRow {
        seq: row.get(0)?,
        upload: row.get(1)?,
        began: row.get(2)?,
        digest: row.get(3)?,
        key: row.get(4)?,
        plain_bytes: row.get(5)?,
        chunks: row.get(6)?,
        claimed: row.get(7)?,
        gone: row.get(8)?,
        sum: row.get(9)?,
    })
}

/// Writes whether a file is claimed, and whether it is gone.
pub(super) fn write_state(conn: &Connection, file: &FileRow) -> rusqlite::Result<()> {
    conn.prepare_cached(sql::FILE_STATE)?
        .execute((file.seq, file.claimed, file.gone, file.expected_sum()))?;
    Ok(())
}

pub(super) fn read_key(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow {
        id: row.get(0)?,
        organisation: row.get(1)?,
        scope: row.get(2)?,
        wrapped_by: row.get(3)?,
        wrapped: row.get(4)?,
    })
}

pub(super) fn read_text(row: &Row<'_>) -> rusqlite::Result<TextRow> {
    Ok(TextRow {
        digest: row.get(0)?,
        key: row.get(1)?,
        bound_to: row.get(2)?,
        ciphertext: Bytes::from(row.get::<_, Vec<u8>>(3)?),
    })
}

/// Finds a key; it is empty once it has been erased.
pub(super) fn find_key(conn: &Connection, id: &[u8; 16]) -> rusqlite::Result<Option<KeyRow>> {
    conn.prepare_cached(sql::KEY_FIND)?
        .query_row([id.as_slice()], read_key)
        .optional()
}

pub(super) fn find_file(conn: &Connection, digest: &[u8; 32]) -> rusqlite::Result<Option<FileRow>> {
    conn.prepare_cached(sql::FILE_FIND)?
        .query_row([digest.as_slice()], read_file)
        .optional()
}

/// What an upload's row says: its number, when it began, its digest once it has ended, whether it is gone.
type Upload = (i64, i64, Option<[u8; 32]>, bool);

/// Finds an upload's row.
fn find_upload(conn: &Connection, upload: &[u8; 16]) -> rusqlite::Result<Option<Upload>> {
    conn.prepare_cached(sql::FILE_OF_UPLOAD)?
        .query_row([upload.as_slice()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, i64>(3)? != 0))
        })
        .optional()
}

/// The number of an upload that still takes chunks.
pub(super) fn open_upload(conn: &Connection, upload: &[u8; 16]) -> Result<i64, WriteError> {
    match find_upload(conn, upload)? {
        Some((seq, _, None, false)) => Ok(seq),
        Some((_, _, Some(_), false)) => refuse("this upload has ended"),
        Some(_) => refuse("this upload was swept away: begin again"),
        None => refuse("there is no such upload"),
    }
}

/// Stages a chunk; the first one begins the upload.
pub(super) fn stage_chunk(batch: &Batch<'_>, upload: &[u8; 16], number: u32, bytes: &[u8]) -> Result<(), WriteError> {
    let conn = batch.rows.conn;
    if find_upload(conn, upload)?.is_none() {
        let row = FileRow::begun(*upload, batch.now);
        conn.prepare_cached(sql::FILE_BEGIN)?
            .execute((upload.as_slice(), row.began, row.expected_sum()))?;
    }
    let file = open_upload(conn, upload)?;
    conn.prepare_cached(sql::CHUNK_ADD)?.execute((file, number, bytes))?;
    Ok(())
}

/// Ends an upload whose chunks were found to have `file.digest`.
pub(super) fn stage_done(
    batch: &mut Batch<'_>,
    upload: &[u8; 16],
    file: &StagedFile,
    key: Option<&KeyRow>,
) -> Result<(), WriteError> {
    let conn = batch.rows.conn;
    if find_file(conn, &file.digest)?.is_some_and(|known| known.upload == *upload) {
        return Ok(());
    }
    let seq = open_upload(conn, upload)?;
    let keys = key.map(std::slice::from_ref).unwrap_or_default();
    batch.check_sealed(keys, &[])?;
    if key.is_none_or(|key| key.id != file.key) && find_key(conn, &file.key)?.is_none_or(|key| key.wrapped.is_empty()) {
        return refuse("the file's key has been erased or was never here");
    }
    if find_file(conn, &file.digest)?.is_some() {
        return refuse("a file with these bytes is here already");
    }
    let Some((_, began, ..)) = find_upload(conn, upload)? else {
        return refuse("there is no such upload");
    };
    batch.add_sealed(keys, &[])?;
    let row = FileRow::ended(seq, *upload, began, file);
    conn.prepare_cached(sql::FILE_DONE)?.execute((
        seq,
        file.digest.as_slice(),
        file.key.as_slice(),
        row.plain_bytes,
        row.chunks,
        row.expected_sum(),
    ))?;
    Ok(())
}

/// Puts another wrapping of the instance's own key in the place of the one before.
pub(super) fn rewrap(conn: &Connection, key: &KeyRow) -> Result<(), WriteError> {
    let sum = sum::key(&key.id, &key.organisation, &key.scope, None, &key.wrapped);
    let changed =
        conn.prepare_cached(sql::KEY_REWRAP)?
            .execute((key.id.as_slice(), &key.scope, key.wrapped.as_slice(), sum))?;
    match changed {
        1 => Ok(()),
        _ => refuse("this is no key of the instance's own"),
    }
}

/// Empties keys and everything under them. Returns the digests of all that they ever sealed.
pub(super) fn erase(batch: &mut Batch<'_>, keys: &[[u8; 16]]) -> Result<Vec<[u8; 32]>, WriteError> {
    batch.forget_keys();
    let conn = batch.rows.conn;
    let mut gone = Vec::new();
    for key in keys {
        let about: Option<(String, String, Option<Vec<u8>>)> = conn
            .prepare_cached(sql::KEY_SCOPE)?
            .query_row([key.as_slice()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((organisation, scope, wrapped_by)) = about else {
            continue;
        };
        let sum = sum::key(key, &organisation, &scope, wrapped_by.as_deref(), &[]);
        conn.prepare_cached(sql::KEY_EMPTY)?.execute((key.as_slice(), sum))?;
        conn.prepare_cached(sql::TEXTS_EMPTY)?.execute([key.as_slice()])?;
        let digests: Vec<[u8; 32]> = conn
            .prepare_cached(sql::DIGESTS_OF_KEY)?
            .query_map([key.as_slice()], |row| row.get(0))?
            .collect::<Result<Vec<_>, _>>()?;
        gone.extend(digests);
        let files = conn
            .prepare_cached(sql::FILES_OF_KEY)?
            .query_map([key.as_slice()], read_file)?
            .collect::<Result<Vec<_>, _>>()?;
        files.into_iter().try_for_each(|file| drop_file(conn, file))?;
    }
    Ok(gone)
}

/// Removes uploads that no event claims and that began before `before`.
pub(super) fn sweep(conn: &Connection, before: i64) -> Result<u64, WriteError> {
    let files = conn
        .prepare_cached(sql::FILES_STALE)?
        .query_map([before], read_file)?
        .collect::<Result<Vec<_>, _>>()?;
    let swept = files.len() as u64;
    files.into_iter().try_for_each(|file| drop_file(conn, file))?;
    Ok(swept)
}

fn drop_file(conn: &Connection, file: FileRow) -> Result<(), rusqlite::Error> {
    conn.prepare_cached(sql::CHUNKS_EMPTY)?.execute([file.seq])?;
    write_state(conn, &FileRow { gone: 1, ..file })
}
