//! A few read-only connections for threads that may block.

use crate::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// A pool of connections that only read.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    connections: usize,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: &Path, connections: usize) -> Self {
        Self {
            path: path.to_owned(),
            connections,
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(connections)),
        }
    }

    /// Runs `read` inside one snapshot of the file.
    pub(super) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.with(move |conn| {
            let snapshot = conn.unchecked_transaction()?;
            let result = read(&snapshot);
            snapshot.finish()?;
            result
        })
        .await
    }

    /// Runs `read` with a connection, outside any transaction.
    pub(super) async fn with<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let closed = || StoreError::Unavailable("the journal is closed".into());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| closed())?;
        let (idle, path) = (Arc::clone(&self.idle), self.path.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let waiting = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let conn = match waiting {
                Some(conn) => conn,
                None => open(&path)?,
            };
            let result = read(&conn);
            // A connection that met an error is not trusted with the next reader.
            if result.is_ok() {
                idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
            }
            result
        });
        reading
            .await
            .map_err(|error| StoreError::Database(format!("a reader failed: {error}")))?
    }

    /// Waits for those who read, then closes every connection.
    pub(super) async fn close(&self) {
        let all = u32::try_from(self.connections).unwrap_or(u32::MAX);
        if let Ok(permits) = self.permits.acquire_many(all).await {
            self.permits.close();
            drop(permits);
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Opens a connection that can't write.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.set_prepared_statement_cache_capacity(64);
    super::open::keep_plans(&conn)?;
    conn.pragma_update(None, "cache_size", -4096)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(conn)
}
