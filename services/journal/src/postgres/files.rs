//! Uploads: staged chunk by chunk, ended with a digest, swept when no event claims them.

use super::work::MaintenanceJob;
use super::{cast, sql};
use crate::write::sealed::FileRow;
use crate::{AppendError, KeyRow, StagedFile, StoreError, sum};
use async_trait::async_trait;
use sqlx::postgres::PgConnection;

fn refuse<T>(why: &str) -> Result<Result<T, AppendError>, StoreError> {
    Ok(Err(AppendError::Refused(why.into())))
}

async fn find_upload(conn: &mut PgConnection, upload: [u8; 16]) -> Result<Option<FileRow>, StoreError> {
    let query = sqlx::query(sql::FILE_OF_UPLOAD).bind(upload);
    query.fetch_optional(conn).await?.as_ref().map(cast::file).transpose()
}

/// Finds a file by digest.
pub(super) async fn find(conn: &mut PgConnection, digest: [u8; 32]) -> Result<Option<FileRow>, StoreError> {
    let query = sqlx::query(sql::FILE_FIND).bind(vec![digest]);
    query.fetch_optional(conn).await?.as_ref().map(cast::file).transpose()
}

/// The upload if it still takes chunks, else why not.
fn open(upload: Option<FileRow>) -> Result<FileRow, &'static str> {
    match upload {
        Some(file) if file.gone != 0 => Err("this upload was swept away: begin again"),
        Some(file) if file.digest.is_some() => Err("this upload has ended"),
        Some(file) => Ok(file),
        None => Err("there is no such upload"),
    }
}

/// Stages a chunk; the first one begins the upload.
pub(super) struct StageChunk {
    pub(super) upload: [u8; 16],
    pub(super) number: u32,
    pub(super) ciphertext: Vec<u8>,
}

#[async_trait]
impl MaintenanceJob for StageChunk {
    type Answer = ();

    async fn run(&self, conn: &mut PgConnection, now: i64) -> Result<Result<(), AppendError>, StoreError> {
        let mut file = find_upload(conn, self.upload).await?;
        if file.is_none() {
            let begun = FileRow::begun(self.upload, now);
            let query = sqlx::query(sql::FILE_BEGIN)
                .bind(begun.upload)
                .bind(begun.began)
                .bind(begun.expected_sum());
            query.execute(&mut *conn).await?;
            file = find_upload(conn, self.upload).await?;
        }
        let file = match open(file) {
            Ok(file) => file,
            Err(why) => return refuse(why),
        };
        let query = sqlx::query(sql::CHUNK_ADD)
            .bind(file.seq)
            .bind(i32::try_from(self.number).unwrap_or(i32::MAX))
            .bind(&self.ciphertext);
        query.execute(conn).await?;
        Ok(Ok(()))
    }
}

/// Ends an upload whose chunks were found to have `file.digest`.
pub(super) struct StageDone {
    pub(super) upload: [u8; 16],
    pub(super) file: StagedFile,
    pub(super) key: Option<KeyRow>,
}

#[async_trait]
impl MaintenanceJob for StageDone {
    type Answer = ();

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<(), AppendError>, StoreError> {
        let known = find(conn, self.file.digest).await?;
        if known.as_ref().is_some_and(|known| known.upload == self.upload) {
            return Ok(Ok(()));
        }
        let open = match open(find_upload(conn, self.upload).await?) {
            Ok(open) => open,
            Err(why) => return refuse(why),
        };
        let ids: Vec<[u8; 16]> = self.key.iter().map(|key| key.id).chain([self.file.key]).collect();
        let rows = sqlx::query(sql::KEYS_FIND).bind(ids).fetch_all(&mut *conn).await?;
        let keys = rows.iter().map(cast::key).collect::<Result<Vec<_>, _>>()?;
        if keys.iter().any(|key| key.wrapped.is_empty()) {
            return refuse("the file's key has been erased: seal under a new one");
        }
        let is_new = self.key.as_ref().is_some_and(|key| key.id == self.file.key);
        if !is_new && keys.iter().all(|key| key.id != self.file.key) {
            return refuse("the file's key has been erased or was never here");
        }
        if known.is_some() {
            return refuse("a file with these bytes is here already");
        }
        if let Some(key) = &self.key {
            let wrapped_by = key.wrapped_by.as_ref().map(<[u8; 16]>::as_slice);
            let query = sqlx::query(sql::KEY_ADD)
                .bind(key.id)
                .bind(&key.organisation)
                .bind(&key.scope)
                .bind(wrapped_by)
                .bind(&key.wrapped)
                .bind(sum::key(
                    &key.id,
                    &key.organisation,
                    &key.scope,
                    wrapped_by,
                    &key.wrapped,
                ));
            query.execute(&mut *conn).await?;
        }
        let row = FileRow::ended(open.seq, self.upload, open.began, &self.file);
        let query = sqlx::query(sql::FILE_DONE)
            .bind(row.seq)
            .bind(self.file.digest)
            .bind(self.file.key)
            .bind(row.plain_bytes)
            .bind(row.chunks)
            .bind(row.expected_sum());
        query.execute(conn).await?;
        Ok(Ok(()))
    }
}

/// Removes uploads that no event claims and that began before this moment. UTC microseconds.
pub(super) struct Sweep(pub(super) i64);

#[async_trait]
impl MaintenanceJob for Sweep {
    type Answer = u64;

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<u64, AppendError>, StoreError> {
        let rows = sqlx::query(sql::FILES_STALE).bind(self.0).fetch_all(&mut *conn).await?;
        let files = rows.iter().map(cast::file).collect::<Result<Vec<_>, _>>()?;
        let swept = files.len() as u64;
        empty(conn, files).await?;
        Ok(Ok(swept))
    }
}

/// Empties the chunks of files and marks them as gone.
pub(super) async fn empty(conn: &mut PgConnection, files: Vec<FileRow>) -> Result<(), StoreError> {
    if files.is_empty() {
        return Ok(());
    }
    let seqs: Vec<i64> = files.iter().map(|file| file.seq).collect();
    let sums: Vec<i64> = files
        .into_iter()
        .map(|file| FileRow { gone: 1, ..file }.expected_sum())
        .collect();
    sqlx::query(sql::CHUNKS_EMPTY).bind(&seqs).execute(&mut *conn).await?;
    sqlx::query(sql::FILES_GONE).bind(seqs).bind(sums).execute(conn).await?;
    Ok(())
}
