//! Keys, sealed texts, files and cursors: what anyone may read, and the way to the writer.

use super::handle::SqliteStore;
use super::{sealed, sql};
use crate::write::sealed::FileRow;
use crate::{AppendError, Cursors, KeyRow, Parked, SealedTable, StagedFile, StoreError, TextRow, limits, number, sum};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

#[async_trait]
impl SealedTable for SqliteStore {
    async fn texts(&self, digests: &[[u8; 32]]) -> Result<Vec<Option<TextRow>>, StoreError> {
        let digests = digests.to_vec();
        self.short
            .read(move |conn| {
                let mut statement = conn.prepare_cached(sql::TEXT_FIND)?;
                let find = |digest: &[u8; 32]| statement.query_row([digest.as_slice()], sealed::read_text).optional();
                Ok(digests.iter().map(find).collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn keys(&self, ids: &[[u8; 16]]) -> Result<Vec<Option<KeyRow>>, StoreError> {
        let ids = ids.to_vec();
        self.short
            .read(move |conn| {
                Ok(ids
                    .iter()
                    .map(|id| sealed::find_key(conn, id))
                    .collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn keys_of(&self, organisation: &str, scope: &str) -> Result<Vec<KeyRow>, StoreError> {
        let of = (organisation.to_owned(), scope.to_owned());
        self.short
            .read(move |conn| {
                let mut statement = conn.prepare_cached(sql::KEYS_OF_SCOPE)?;
                Ok(statement.query_map(of, sealed::read_key)?.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn erased_keys(&self) -> Result<Vec<[u8; 16]>, StoreError> {
        self.short
            .read(|conn| {
                let mut statement = conn.prepare_cached(sql::KEYS_ERASED)?;
                Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn add_keys(&self, keys: Vec<KeyRow>) -> Result<(), AppendError> {
        limits::check_keys(&keys)?;
        self.write(move |batch| {
            batch.check_sealed(&keys, &[])?;
            batch.add_sealed(&keys, &[])
        })
        .await
    }

    async fn rewrap_key(&self, key: KeyRow) -> Result<(), AppendError> {
        self.write(move |batch| sealed::rewrap(batch.rows.conn, &key)).await?;
        // The older wrapping stands in older copies of its page, which go with the log.
        self.truncate().await
    }

    async fn erase(&self, keys: Vec<[u8; 16]>) -> Result<Vec<[u8; 32]>, AppendError> {
        let gone = self.write(move |batch| sealed::erase(batch, &keys)).await?;
        // The rows are empty in the newest pages; older copies of those pages go with the log.
        self.truncate().await?;
        Ok(gone)
    }

    async fn stage_chunk(&self, upload: [u8; 16], number: u32, ciphertext: Vec<u8>) -> Result<(), AppendError> {
        limits::check_chunk(number, &ciphertext)?;
        self.write(move |batch| sealed::stage_chunk(batch, &upload, number, &ciphertext))
            .await
    }

    async fn stage_done(&self, upload: [u8; 16], file: StagedFile, key: Option<KeyRow>) -> Result<(), AppendError> {
        limits::check_keys(key.as_slice())?;
        let (digest, chunks) = (file.digest, file.chunks);
        let read = self.short.read(move |conn| upload_digest(conn, &upload)).await;
        match read.map_err(|error| AppendError::Refused(error.to_string()))? {
            (there, found) if there == chunks && found == digest => {}
            _ => {
                return Err(AppendError::Refused(
                    "the chunks are not those that the digest speaks of".into(),
                ));
            }
        }
        self.write(move |batch| sealed::stage_done(batch, &upload, &file, key.as_ref()))
            .await
    }

    async fn file(&self, digest: [u8; 32]) -> Result<Option<StagedFile>, StoreError> {
        self.short
            .read(move |conn| Ok(sealed::find_file(conn, &digest)?.as_ref().and_then(FileRow::staged)))
            .await
    }

    async fn file_chunk(&self, digest: [u8; 32], number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        self.short
            .read(move |conn| {
                let Some(file) = sealed::find_file(conn, &digest)? else {
                    return Ok(None);
                };
                let mut statement = conn.prepare_cached(sql::CHUNK_FIND)?;
                Ok(statement.query_row((file.seq, number), |row| row.get(0)).optional()?)
            })
            .await
    }

    async fn sweep(&self, before_micros: i64) -> Result<u64, AppendError> {
        self.write(move |batch| sealed::sweep(batch.rows.conn, before_micros))
            .await
    }
}

/// How many chunks an upload has, from 0 without a gap, and the SHA-256 over them all.
fn upload_digest(conn: &Connection, upload: &[u8; 16]) -> Result<(u32, [u8; 32]), StoreError> {
    let seq: Option<i64> = conn
        .prepare_cached(sql::FILE_OF_UPLOAD)?
        .query_row([upload.as_slice()], |row| row.get(0))
        .optional()?;
    let mut hash = Sha256::new();
    let mut count = 0u32;
    if let Some(seq) = seq {
        let mut statement = conn.prepare_cached(sql::CHUNKS_OF_FILE)?;
        let mut rows = statement.query([seq])?;
        while let Some(row) = rows.next()? {
            if row.get::<_, u32>(0)? != count {
                break;
            }
            hash.update(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?);
            count += 1;
        }
    }
    Ok((count, hash.finalize().into()))
}

#[async_trait]
impl Cursors for SqliteStore {
    async fn cursor(&self, reaction: &str) -> Result<u64, StoreError> {
        Ok(self.cursors.get(reaction))
    }

    async fn set_cursor(&self, reaction: &str, next: u64) -> Result<(), AppendError> {
        self.check_open()?;
        self.cursors.set(reaction, next);
        Ok(())
    }

    async fn park(&self, parked: Parked) -> Result<(), AppendError> {
        self.write(move |batch| {
            let Parked {
                reaction,
                correlation,
                position,
                reason,
            } = &parked;
            let position = number::to(*position);
            let sum = sum::parked(reaction, correlation, position, reason);
            batch
                .rows
                .conn
                .prepare_cached(sql::PARK)?
                .execute((reaction, correlation, position, reason, sum))?;
            Ok(())
        })
        .await
    }

    async fn parked(&self) -> Result<Vec<Parked>, StoreError> {
        self.short
            .read(|conn| {
                let mut statement = conn.prepare_cached(sql::PARKED_ALL)?;
                let rows = statement.query_map([], |row| {
                    Ok(Parked {
                        reaction: row.get(0)?,
                        correlation: row.get(1)?,
                        position: number::from(row.get(2)?),
                        reason: row.get(3)?,
                    })
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn unpark(&self, reaction: &str, correlation: &str) -> Result<(), AppendError> {
        let (reaction, correlation) = (reaction.to_owned(), correlation.to_owned());
        self.write(move |batch| {
            batch
                .rows
                .conn
                .prepare_cached(sql::UNPARK)?
                .execute((&reaction, &correlation))?;
            Ok(())
        })
        .await
    }
}
