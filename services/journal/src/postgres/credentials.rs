//! What is kept of secrets that were handed out.

use super::handle::PostgresStore;
use super::sql;
use super::work::MaintenanceJob;
use crate::{AppendError, Credential, Credentials, StoreError, limits, sum};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

/// Forgets one. Returns whether it was there.
async fn forget(conn: &mut PgConnection, hash: [u8; 32]) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query(sql::CREDENTIAL_FORGET).bind(hash).execute(conn).await?;
    Ok(gone.rows_affected() > 0)
}

struct Keep {
    credential: Credential,
    replaces: Option<[u8; 32]>,
}

#[async_trait]
impl MaintenanceJob for Keep {
    type Answer = bool;

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<bool, AppendError>, StoreError> {
        if let Some(replaced) = self.replaces
            && !forget(conn, replaced).await?
        {
            return Ok(Ok(false));
        }
        let Credential {
            hash,
            kind,
            owner,
            expires_micros,
            value,
        } = &self.credential;
        let query = sqlx::query(sql::CREDENTIAL_SET)
            .bind(hash)
            .bind(kind)
            .bind(owner)
            .bind(expires_micros)
            .bind(value)
            .bind(sum::credential(hash, kind, owner, *expires_micros, value));
        query.execute(conn).await?;
        Ok(Ok(true))
    }
}

struct Forget([u8; 32]);

#[async_trait]
impl MaintenanceJob for Forget {
    type Answer = bool;

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<bool, AppendError>, StoreError> {
        Ok(Ok(forget(conn, self.0).await?))
    }
}

struct Sweep(i64);

#[async_trait]
impl MaintenanceJob for Sweep {
    type Answer = u64;

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<u64, AppendError>, StoreError> {
        let swept = sqlx::query(sql::CREDENTIALS_SWEEP).bind(self.0).execute(conn).await?;
        Ok(Ok(swept.rows_affected()))
    }
}

#[async_trait]
impl Credentials for PostgresStore {
    async fn credential(&self, hash: [u8; 32]) -> Result<Option<Credential>, StoreError> {
        let query = sqlx::query(sql::CREDENTIAL_FIND).bind(hash);
        let Some(row) = query.fetch_optional(self.readers()).await? else {
            return Ok(None);
        };
        Ok(Some(Credential {
            hash,
            kind: row.try_get(0)?,
            owner: row.try_get(1)?,
            expires_micros: row.try_get(2)?,
            value: row.try_get(3)?,
        }))
    }

    async fn credentials_of(&self, kind: &str, owner: &str, most: u32) -> Result<Vec<Credential>, StoreError> {
        let query = sqlx::query(sql::CREDENTIALS_OF)
            .bind(kind)
            .bind(owner)
            .bind(i64::from(most));
        let rows = query.fetch_all(self.readers()).await?;
        let found = rows.iter().map(|row| {
            Ok(Credential {
                hash: row.try_get(0)?,
                kind: kind.to_owned(),
                owner: owner.to_owned(),
                expires_micros: row.try_get(1)?,
                value: row.try_get(2)?,
            })
        });
        found.collect()
    }

    async fn keep_credential(&self, credential: Credential, replaces: Option<[u8; 32]>) -> Result<bool, AppendError> {
        limits::check_credential(&credential)?;
        self.carry_out(Keep { credential, replaces }).await
    }

    async fn forget_credential(&self, hash: [u8; 32]) -> Result<bool, AppendError> {
        self.carry_out(Forget(hash)).await
    }

    async fn sweep_credentials(&self, before_micros: i64) -> Result<u64, AppendError> {
        self.carry_out(Sweep(before_micros)).await
    }
}
