//! What is kept of secrets that were handed out.

use super::handle::SqliteStore;
use super::sql;
use crate::{AppendError, Credential, Credentials, StoreError, limits, sum};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension as _};

/// Forgets one. Returns whether it was there.
fn forget(conn: &Connection, hash: &[u8; 32]) -> rusqlite::Result<bool> {
    let gone = conn
        .prepare_cached(sql::CREDENTIAL_FORGET)?
        .execute([hash.as_slice()])?;
    Ok(gone > 0)
}

#[async_trait]
impl Credentials for SqliteStore {
    async fn credential(&self, hash: [u8; 32]) -> Result<Option<Credential>, StoreError> {
        self.short
            .read(move |conn| {
                let mut statement = conn.prepare_cached(sql::CREDENTIAL_FIND)?;
                let found = statement.query_row([hash.as_slice()], |row| {
                    Ok(Credential {
                        hash,
                        kind: row.get(0)?,
                        owner: row.get(1)?,
                        expires_micros: row.get(2)?,
                        value: row.get(3)?,
                    })
                });
                Ok(found.optional()?)
            })
            .await
    }

    async fn credentials_of(&self, kind: &str, owner: &str, most: u32) -> Result<Vec<Credential>, StoreError> {
        let (kind, owner) = (kind.to_owned(), owner.to_owned());
        self.short
            .read(move |conn| {
                let mut statement = conn.prepare_cached(sql::CREDENTIALS_OF)?;
                let found = statement.query_map((&kind, &owner, most), |row| {
                    Ok(Credential {
                        hash: row.get(0)?,
                        kind: kind.clone(),
                        owner: owner.clone(),
                        expires_micros: row.get(1)?,
                        value: row.get(2)?,
                    })
                })?;
                Ok(found.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn keep_credential(&self, credential: Credential, replaces: Option<[u8; 32]>) -> Result<bool, AppendError> {
        limits::check_credential(&credential)?;
        self.write(move |batch| {
            let conn = batch.rows.conn;
            // Before anything is written: what shares the transaction is committed whatever comes of this.
            if let Some(replaced) = &replaces
                && !forget(conn, replaced)?
            {
                return Ok(false);
            }
            let Credential {
                hash,
                kind,
                owner,
                expires_micros,
                value,
            } = &credential;
            conn.prepare_cached(sql::CREDENTIAL_SET)?.execute((
                hash.as_slice(),
                kind,
                owner,
                expires_micros,
                value.as_slice(),
                sum::credential(hash, kind, owner, *expires_micros, value),
            ))?;
            Ok(true)
        })
        .await
    }

    async fn forget_credential(&self, hash: [u8; 32]) -> Result<bool, AppendError> {
        self.write(move |batch| Ok(forget(batch.rows.conn, &hash)?)).await
    }

    async fn sweep_credentials(&self, before_micros: i64) -> Result<u64, AppendError> {
        self.write(move |batch| {
            let mut statement = batch.rows.conn.prepare_cached(sql::CREDENTIALS_SWEEP)?;
            Ok(statement.execute([before_micros])? as u64)
        })
        .await
    }
}
