//! What the sources of received events have signed.

use super::handle::SqliteStore;
use super::sql;
use crate::{AppendError, SourceCheckpoints, StoreError, sum};
use async_trait::async_trait;
use rusqlite::OptionalExtension as _;

#[async_trait]
impl SourceCheckpoints for SqliteStore {
    async fn source_checkpoint(&self, source: &str) -> Result<Option<String>, StoreError> {
        let source = source.to_owned();
        self.short
            .read(move |conn| {
                let mut statement = conn.prepare_cached(sql::SOURCE_CHECKPOINT_FIND)?;
                Ok(statement.query_row([&source], |row| row.get(0)).optional()?)
            })
            .await
    }

    async fn keep_source_checkpoint(&self, source: &str, note: &str) -> Result<(), AppendError> {
        let (source, note) = (source.to_owned(), note.to_owned());
        self.write(move |batch| {
            batch.rows.conn.prepare_cached(sql::SOURCE_CHECKPOINT_SET)?.execute((
                &source,
                &note,
                sum::source_checkpoint(&source, &note),
            ))?;
            Ok(())
        })
        .await
    }
}
