//! What the sources of received events have signed.

use super::handle::PostgresStore;
use super::sql;
use super::work::MaintenanceJob;
use crate::{AppendError, SourceCheckpoints, StoreError, sum};
use async_trait::async_trait;
use sqlx::postgres::PgConnection;

struct Keep {
    source: String,
    note: String,
}

#[async_trait]
impl MaintenanceJob for Keep {
    type Answer = ();

    async fn run(&self, conn: &mut PgConnection, _now: i64) -> Result<Result<(), AppendError>, StoreError> {
        let query = sqlx::query(sql::SOURCE_CHECKPOINT_SET)
            .bind(&self.source)
            .bind(&self.note)
            .bind(sum::source_checkpoint(&self.source, &self.note));
        query.execute(conn).await?;
        Ok(Ok(()))
    }
}

#[async_trait]
impl SourceCheckpoints for PostgresStore {
    async fn source_checkpoint(&self, source: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar(sql::SOURCE_CHECKPOINT_FIND).bind(source);
        Ok(query.fetch_optional(self.readers()).await?)
    }

    async fn keep_source_checkpoint(&self, source: &str, note: &str) -> Result<(), AppendError> {
        let (source, note) = (source.to_owned(), note.to_owned());
        self.carry_out(Keep { source, note }).await
    }
}
