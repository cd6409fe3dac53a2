//! How far relays to a message broker have come.

use super::handle::PostgresStore;
use super::work::MaintenanceJob;
use super::{cast, sql};
use crate::{AppendError, Relayed, Relays, StoreError, number};
use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

struct SetRelayed {
    source: String,
    relayed: Relayed,
}

#[async_trait]
impl MaintenanceJob for SetRelayed {
    type Answer = ();

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<(), AppendError>, StoreError> {
        let query = sqlx::query(sql::RELAY_SET)
            .bind(&self.source)
            .bind(&self.relayed.stream_created)
            .bind(i64::from(self.relayed.epoch))
            .bind(number::to(self.relayed.sequence))
            .bind(number::to(self.relayed.stream_sequence));
        query.execute(conn).await?;
        Ok(Ok(()))
    }
}

#[async_trait]
impl Relays for PostgresStore {
    async fn relayed(&self, source: &str) -> Result<Option<Relayed>, StoreError> {
        let query = sqlx::query(sql::RELAY_FIND).bind(source);
        let Some(row) = query.fetch_optional(self.readers()).await? else {
            return Ok(None);
        };
        Ok(Some(Relayed {
            stream_created: row.try_get(0)?,
            epoch: cast::epoch(&row, 1)?,
            sequence: cast::count(&row, 2)?,
            stream_sequence: cast::count(&row, 3)?,
        }))
    }

    async fn set_relayed(&self, source: &str, relayed: Relayed) -> Result<(), AppendError> {
        let source = source.to_owned();
        self.carry_out(SetRelayed { source, relayed }).await
    }
}
