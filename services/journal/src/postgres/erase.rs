//! Erasing: keys and everything under them, in one transaction. What remains where is said at `journal.rewrite_wrapped_keys`.

use super::work::MaintenanceJob;
use super::{cast, files, sql};
use crate::{AppendError, StoreError, sum};
use async_trait::async_trait;
use sqlx::postgres::PgConnection;

/// Empties keys and every text and file under them. Answers the digests of all that they ever sealed.
pub(super) struct Erase(pub(super) Vec<[u8; 16]>);

#[async_trait]
impl MaintenanceJob for Erase {
    type Answer = Vec<[u8; 32]>;
    const ERASES: bool = true;

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<Self::Answer, AppendError>, StoreError> {
        let rows = sqlx::query(sql::KEYS_FIND).bind(&self.0).fetch_all(&mut *conn).await?;
        let keys = rows.iter().map(cast::key).collect::<Result<Vec<_>, _>>()?;
        let ids: Vec<[u8; 16]> = keys.iter().map(|key| key.id).collect();
        let emptied = |key: &crate::KeyRow| {
            let wrapped_by = key.wrapped_by.as_ref().map(<[u8; 16]>::as_slice);
            sum::key(&key.id, &key.organisation, &key.scope, wrapped_by, &[])
        };
        let sums: Vec<i64> = keys.iter().map(emptied).collect();
        sqlx::query(sql::TEXTS_EMPTY).bind(&ids).execute(&mut *conn).await?;
        let rows = sqlx::query(sql::FILES_OF_KEYS).bind(&ids).fetch_all(&mut *conn).await?;
        let under = rows.iter().map(cast::file).collect::<Result<Vec<_>, _>>()?;
        files::empty(conn, under).await?;
        let rows = sqlx::query(sql::DIGESTS_OF_KEYS)
            .bind(&ids)
            .fetch_all(&mut *conn)
            .await?;
        let digests = rows.iter().map(|row| cast::array(row, 0)).collect::<Result<_, _>>()?;
        // Last, for it keeps readers of keys waiting until the commit.
        sqlx::query(sql::KEYS_ERASE).bind(ids).bind(sums).execute(conn).await?;
        Ok(Ok(digests))
    }
}

/// Another wrapping of the instance's own key.
pub(super) struct RewrapKey(pub(super) crate::KeyRow);

#[async_trait]
impl MaintenanceJob for RewrapKey {
    type Answer = ();

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<(), AppendError>, StoreError> {
        let key = &self.0;
        let query = sqlx::query_scalar(sql::KEY_REWRAP)
            .bind(key.id)
            .bind(&key.scope)
            .bind(&key.wrapped)
            .bind(sum::key(&key.id, &key.organisation, &key.scope, None, &key.wrapped));
        Ok(match query.fetch_one(conn).await? {
            true => Ok(()),
            false => Err(AppendError::Refused("this is no key of the instance's own".into())),
        })
    }
}
