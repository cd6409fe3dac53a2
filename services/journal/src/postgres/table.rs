//! Keys, sealed texts, files and cursors: what anyone may read, and the way to the writer.

use super::erase::{Erase, RewrapKey};
use super::files::{self, StageChunk, StageDone, Sweep};
use super::handle::PostgresStore;
use super::work::MaintenanceJob;
use super::{cast, sql};
use crate::write::sealed::FileRow;
use crate::{AppendError, Cursors, KeyRow, Parked, SealedTable, StagedFile, StoreError, TextRow, limits, number, sum};
use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgPool};
use std::collections::HashMap;

#[async_trait]
impl SealedTable for PostgresStore {
    async fn texts(&self, digests: &[[u8; 32]]) -> Result<Vec<Option<TextRow>>, StoreError> {
        let query = sqlx::query(sql::TEXTS_FIND).bind(digests);
        let mut texts = HashMap::new();
        for row in query.fetch_all(self.readers()).await? {
            let text = cast::text(&row)?;
            texts.insert(text.digest, text);
        }
        Ok(digests.iter().map(|digest| texts.get(digest).cloned()).collect())
    }

    async fn keys(&self, ids: &[[u8; 16]]) -> Result<Vec<Option<KeyRow>>, StoreError> {
        let query = sqlx::query(sql::KEYS_FIND).bind(ids);
        let mut keys = HashMap::new();
        for row in query.fetch_all(self.readers()).await? {
            let key = cast::key(&row)?;
            keys.insert(key.id, key);
        }
        Ok(ids.iter().map(|id| keys.get(id).cloned()).collect())
    }

    async fn keys_of(&self, organisation: &str, scope: &str) -> Result<Vec<KeyRow>, StoreError> {
        let query = sqlx::query(sql::KEYS_OF_SCOPE).bind(organisation).bind(scope);
        let rows = query.fetch_all(self.readers()).await?;
        rows.iter().map(cast::key).collect()
    }

    async fn erased_keys(&self) -> Result<Vec<[u8; 16]>, StoreError> {
        let rows = sqlx::query(sql::KEYS_ERASED).fetch_all(self.readers()).await?;
        rows.iter().map(|row| cast::array(row, 0)).collect()
    }

    async fn add_keys(&self, keys: Vec<KeyRow>) -> Result<(), AppendError> {
        limits::check_keys(&keys)?;
        self.write(keys).await
    }

    async fn rewrap_key(&self, key: KeyRow) -> Result<(), AppendError> {
        self.carry_out(RewrapKey(key)).await
    }

    async fn erase(&self, keys: Vec<[u8; 16]>) -> Result<Vec<[u8; 32]>, AppendError> {
        self.carry_out(Erase(keys)).await
    }

    async fn stage_chunk(&self, upload: [u8; 16], number: u32, ciphertext: Vec<u8>) -> Result<(), AppendError> {
        limits::check_chunk(number, &ciphertext)?;
        self.carry_out(StageChunk {
            upload,
            number,
            ciphertext,
        })
        .await
    }

    async fn stage_done(&self, upload: [u8; 16], file: StagedFile, key: Option<KeyRow>) -> Result<(), AppendError> {
        limits::check_keys(key.as_slice())?;
        // Its chunks are hashed beside the writer: only ended uploads are claimed, and chunks are never altered.
        let read = upload_digest(self.readers(), upload).await;
        match read.map_err(|error| AppendError::Refused(error.to_string()))? {
            (there, found) if there == file.chunks && found == file.digest => {}
            _ => {
                return Err(AppendError::Refused(
                    "the chunks are not those that the digest speaks of".into(),
                ));
            }
        }
        self.carry_out(StageDone { upload, file, key }).await
    }

    async fn file(&self, digest: [u8; 32]) -> Result<Option<StagedFile>, StoreError> {
        let mut conn = self.readers().acquire().await?;
        Ok(files::find(&mut conn, digest).await?.as_ref().and_then(FileRow::staged))
    }

    async fn file_chunk(&self, digest: [u8; 32], number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        let Ok(number) = i32::try_from(number) else {
            return Ok(None);
        };
        let query = sqlx::query_scalar(sql::CHUNK_FIND).bind(digest).bind(number);
        Ok(query.fetch_optional(self.readers()).await?)
    }

    async fn sweep(&self, before_micros: i64) -> Result<u64, AppendError> {
        self.carry_out(Sweep(before_micros)).await
    }
}

/// How many chunks an upload has, from 0 without a gap, and the SHA-256 over them all.
async fn upload_digest(pool: &PgPool, upload: [u8; 16]) -> Result<(u32, [u8; 32]), StoreError> {
    let row = sqlx::query(sql::FILE_OF_UPLOAD)
        .bind(upload)
        .fetch_optional(pool)
        .await?;
    let mut hash = Sha256::new();
    let mut count = 0u32;
    if let Some(row) = row {
        let mut chunks = sqlx::query(sql::CHUNKS_OF_FILE)
            .bind(row.try_get::<i64, _>(0)?)
            .fetch(pool);
        while let Some(chunk) = chunks.try_next().await? {
            if i64::from(chunk.try_get::<i32, _>(0)?) != i64::from(count) {
                break;
            }
            hash.update(chunk.try_get::<&[u8], _>(1)?);
            count += 1;
        }
    }
    Ok((count, hash.finalize().into()))
}

struct Park(Parked);

#[async_trait]
impl MaintenanceJob for Park {
    type Answer = ();

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<(), AppendError>, StoreError> {
        let Parked {
            reaction,
            correlation,
            position,
            reason,
        } = &self.0;
        let position = number::to(*position);
        let query = sqlx::query(sql::PARK)
            .bind(reaction)
            .bind(correlation)
            .bind(position)
            .bind(reason)
            .bind(sum::parked(reaction, correlation, position, reason));
        query.execute(conn).await?;
        Ok(Ok(()))
    }
}

struct Unpark {
    reaction: String,
    correlation: String,
}

#[async_trait]
impl MaintenanceJob for Unpark {
    type Answer = ();

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<(), AppendError>, StoreError> {
        let query = sqlx::query(sql::UNPARK).bind(&self.reaction).bind(&self.correlation);
        query.execute(conn).await?;
        Ok(Ok(()))
    }
}

#[async_trait]
impl Cursors for PostgresStore {
    async fn cursor(&self, reaction: &str) -> Result<u64, StoreError> {
        if self.shared.is_held() {
            return Ok(self.shared.cursors.get(reaction));
        }
        let query = sqlx::query_scalar(sql::CURSOR_FIND).bind(reaction);
        let next: Option<i64> = query.fetch_optional(self.readers()).await?;
        Ok(next.map_or(0, number::from))
    }

    async fn set_cursor(&self, reaction: &str, next: u64) -> Result<(), AppendError> {
        self.check_open()?;
        if !self.shared.is_held() {
            return Err(AppendError::Elsewhere);
        }
        self.shared.cursors.set(reaction, next);
        Ok(())
    }

    async fn park(&self, parked: Parked) -> Result<(), AppendError> {
        self.carry_out(Park(parked)).await
    }

    async fn parked(&self) -> Result<Vec<Parked>, StoreError> {
        let rows = sqlx::query(sql::PARKED_ALL).fetch_all(self.readers()).await?;
        let parked = |row: &sqlx::postgres::PgRow| {
            Ok(Parked {
                reaction: row.try_get(0)?,
                correlation: row.try_get(1)?,
                position: cast::count(row, 2)?,
                reason: row.try_get(3)?,
            })
        };
        rows.iter().map(parked).collect()
    }

    async fn unpark(&self, reaction: &str, correlation: &str) -> Result<(), AppendError> {
        let (reaction, correlation) = (reaction.to_owned(), correlation.to_owned());
        self.carry_out(Unpark { reaction, correlation }).await
    }
}
