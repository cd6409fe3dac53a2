//! Keys, sealed texts and files: what the writer does with them, and how rows are read.
//!
//! Rows are appended, and emptied in place when they must go, never deleted: a row that SQLite has never moved has
//! left no copy on another page.

use super::batch::{Batch, refuse};
use super::fault::Fault;
use super::{number, sql, sum};
use crate::{KeyRow, StagedFile, TextRow};
use rusqlite::{Connection, OptionalExtension as _, Row};

/// A row of `files`.
#[derive(Debug, Clone)]
pub(super) struct FileRow {
    pub(super) seq: i64,
    pub(super) upload: [u8; 16],
    pub(super) began: i64,
    pub(super) digest: Option<[u8; 32]>,
    pub(super) key: Option<[u8; 16]>,
    pub(super) plain_bytes: Option<i64>,
    pub(super) chunks: Option<i64>,
    pub(super) claimed: i64,
    pub(super) gone: i64,
    pub(super) sum: i64,
}

impl FileRow {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
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

    /// What the row's checksum must be.
    pub(super) fn expected_sum(&self) -> i64 {
        let numbers = [
            self.began,
            self.plain_bytes.unwrap_or(-1),
            self.chunks.unwrap_or(-1),
            self.claimed,
            self.gone,
        ];
        sum::sum(&[
            &self.upload,
            self.digest.as_ref().map_or(&[][..], |digest| digest),
            self.key.as_ref().map_or(&[][..], |key| key),
            &numbers.map(i64::to_be_bytes).concat(),
        ])
    }

    pub(super) fn staged(&self) -> Option<StagedFile> {
        Some(StagedFile {
            digest: self.digest?,
            key: self.key?,
            plain_bytes: number::from(self.plain_bytes?),
            chunks: u32::try_from(self.chunks?).ok()?,
            claimed: self.claimed != 0,
        })
    }

    fn write_state(&self, conn: &Connection) -> rusqlite::Result<()> {
        conn.prepare_cached(sql::FILE_STATE)?
            .execute((self.seq, self.claimed, self.gone, self.expected_sum()))?;
        Ok(())
    }
}

pub(super) fn read_key(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow {
        id: row.get(0)?,
        scope: row.get(1)?,
        wrapped_by: row.get(2)?,
        wrapped: row.get(3)?,
    })
}

pub(super) fn read_text(row: &Row<'_>) -> rusqlite::Result<TextRow> {
    Ok(TextRow {
        digest: row.get(0)?,
        key: row.get(1)?,
        bound_to: row.get(2)?,
        ciphertext: row.get(3)?,
    })
}

/// Finds a key; it is empty once it has been erased.
pub(super) fn find_key(conn: &Connection, id: &[u8; 16]) -> rusqlite::Result<Option<KeyRow>> {
    conn.prepare_cached(sql::KEY_FIND)?
        .query_row([id.as_slice()], read_key)
        .optional()
}

/// Whether a key was here and has been erased.
fn is_erased(conn: &Connection, id: &[u8; 16]) -> rusqlite::Result<bool> {
    Ok(find_key(conn, id)?.is_some_and(|key| key.wrapped.is_empty()))
}

/// Refuses texts under a key that is not here or was erased: nobody could read them, nobody could erase them.
pub(super) fn check_new(conn: &Connection, keys: &[KeyRow], texts: &[TextRow]) -> Result<(), Fault> {
    for key in keys {
        if is_erased(conn, &key.id)? {
            return refuse(format!("a key of {} has been erased: seal under a new one", key.scope));
        }
    }
    let mut last = None;
    for text in texts {
        if last == Some(&text.key) || keys.iter().any(|key| key.id == text.key) {
            continue;
        }
        if find_key(conn, &text.key)?.is_none_or(|key| key.wrapped.is_empty()) {
            return refuse("a text's key has been erased or was never here: seal it again");
        }
        last = Some(&text.key);
    }
    Ok(())
}

pub(super) fn add_keys(conn: &Connection, keys: &[KeyRow]) -> Result<(), rusqlite::Error> {
    for key in keys {
        let wrapped_by = key.wrapped_by.as_ref().map(<[u8; 16]>::as_slice);
        let sum = sum::key(&key.id, &key.scope, wrapped_by, &key.wrapped);
        conn.prepare_cached(sql::KEY_ADD)?.execute((
            key.id.as_slice(),
            &key.scope,
            wrapped_by,
            key.wrapped.as_slice(),
            sum,
        ))?;
    }
    Ok(())
}

pub(super) fn add_texts(conn: &Connection, texts: &[TextRow]) -> Result<(), rusqlite::Error> {
    for text in texts {
        let sum = sum::text(&text.digest, &text.key, &text.bound_to);
        conn.prepare_cached(sql::TEXT_ADD)?.execute((
            text.digest.as_slice(),
            text.key.as_slice(),
            &text.bound_to,
            text.ciphertext.as_slice(),
            sum,
        ))?;
    }
    Ok(())
}

/// Finds the files that an append claims.
pub(super) fn check_claims(conn: &Connection, claimed: &[[u8; 32]]) -> Result<Vec<FileRow>, Fault> {
    let mut files = Vec::new();
    for digest in claimed {
        match find_file(conn, digest)? {
            Some(file) => files.push(file),
            None => return refuse("an attachment is not here any more: upload it again"),
        }
    }
    Ok(files)
}

pub(super) fn claim(conn: &Connection, files: Vec<FileRow>) -> Result<(), rusqlite::Error> {
    for file in files.into_iter().filter(|file| file.claimed == 0) {
        FileRow { claimed: 1, ..file }.write_state(conn)?;
    }
    Ok(())
}

pub(super) fn find_file(conn: &Connection, digest: &[u8; 32]) -> rusqlite::Result<Option<FileRow>> {
    conn.prepare_cached(sql::FILE_FIND)?
        .query_row([digest.as_slice()], FileRow::read)
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
pub(super) fn open_upload(conn: &Connection, upload: &[u8; 16]) -> Result<i64, Fault> {
    match find_upload(conn, upload)? {
        Some((seq, _, None, false)) => Ok(seq),
        Some((_, _, Some(_), false)) => refuse("this upload has ended"),
        Some(_) => refuse("this upload was swept away: begin again"),
        None => refuse("there is no such upload"),
    }
}

/// Stages a chunk; the first one begins the upload.
pub(super) fn stage_chunk(batch: &Batch<'_>, upload: &[u8; 16], number: u32, bytes: &[u8]) -> Result<(), Fault> {
    if find_upload(batch.conn, upload)?.is_none() {
        let row = FileRow {
            seq: 0,
            upload: *upload,
            began: batch.now,
            digest: None,
            key: None,
            plain_bytes: None,
            chunks: None,
            claimed: 0,
            gone: 0,
            sum: 0,
        };
        batch
            .conn
            .prepare_cached(sql::FILE_BEGIN)?
            .execute((upload.as_slice(), row.began, row.expected_sum()))?;
    }
    let file = open_upload(batch.conn, upload)?;
    batch
        .conn
        .prepare_cached(sql::CHUNK_ADD)?
        .execute((file, number, bytes))?;
    Ok(())
}

/// Ends an upload whose chunks were found to have `file.digest`.
pub(super) fn stage_done(
    conn: &Connection,
    upload: &[u8; 16],
    file: &StagedFile,
    key: Option<&KeyRow>,
) -> Result<(), Fault> {
    if find_file(conn, &file.digest)?.is_some_and(|known| known.upload == *upload) {
        return Ok(());
    }
    let seq = open_upload(conn, upload)?;
    check_new(conn, key.map(std::slice::from_ref).unwrap_or_default(), &[])?;
    if key.is_none_or(|key| key.id != file.key) && find_key(conn, &file.key)?.is_none_or(|key| key.wrapped.is_empty()) {
        return refuse("the file's key has been erased or was never here");
    }
    if find_file(conn, &file.digest)?.is_some() {
        return refuse("a file with these bytes is here already");
    }
    let Some((_, began, ..)) = find_upload(conn, upload)? else {
        return refuse("there is no such upload");
    };
    add_keys(conn, key.map(std::slice::from_ref).unwrap_or_default())?;
    let row = FileRow {
        seq,
        upload: *upload,
        began,
        digest: Some(file.digest),
        key: Some(file.key),
        plain_bytes: Some(number::to(file.plain_bytes)),
        chunks: Some(i64::from(file.chunks)),
        claimed: 0,
        gone: 0,
        sum: 0,
    };
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

/// Empties keys and everything under them. Returns the digests of all that they ever sealed.
pub(super) fn erase(conn: &Connection, keys: &[[u8; 16]]) -> Result<Vec<[u8; 32]>, Fault> {
    let mut gone = Vec::new();
    for key in keys {
        let about: Option<(String, Option<Vec<u8>>)> = conn
            .prepare_cached(sql::KEY_SCOPE)?
            .query_row([key.as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((scope, wrapped_by)) = about else { continue };
        let sum = sum::key(key, &scope, wrapped_by.as_deref(), &[]);
        conn.prepare_cached(sql::KEY_EMPTY)?.execute((key.as_slice(), sum))?;
        conn.prepare_cached(sql::TEXTS_EMPTY)?.execute([key.as_slice()])?;
        let digests: Vec<[u8; 32]> = conn
            .prepare_cached(sql::DIGESTS_OF_KEY)?
            .query_map([key.as_slice()], |row| row.get(0))?
            .collect::<Result<Vec<_>, _>>()?;
        gone.extend(digests);
        let files = conn
            .prepare_cached(sql::FILES_OF_KEY)?
            .query_map([key.as_slice()], FileRow::read)?
            .collect::<Result<Vec<_>, _>>()?;
        files.into_iter().try_for_each(|file| drop_file(conn, file))?;
    }
    Ok(gone)
}

/// Removes uploads that no event claims and that began before `before`.
pub(super) fn sweep(conn: &Connection, before: i64) -> Result<u64, Fault> {
    let files = conn
        .prepare_cached(sql::FILES_STALE)?
        .query_map([before], FileRow::read)?
        .collect::<Result<Vec<_>, _>>()?;
    let swept = files.len() as u64;
    files.into_iter().try_for_each(|file| drop_file(conn, file))?;
    Ok(swept)
}

fn drop_file(conn: &Connection, file: FileRow) -> Result<(), rusqlite::Error> {
    conn.prepare_cached(sql::CHUNKS_EMPTY)?.execute([file.seq])?;
    FileRow { gone: 1, ..file }.write_state(conn)
}
