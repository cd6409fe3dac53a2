use super::derived::{Derived, miscounted};
use super::file;
use super::plans::Plans;
use crate::wait::PATIENCE;
use crate::{Engine, QueryError, ViewError};
use arc_swap::ArcSwap;
use idesluss_proto::pb::command::Token;
use idesluss_runtime::MemoryBounds;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

/// Asks a view. Cheap to clone.
#[derive(Clone)]
pub struct ViewHandle(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) engine: Engine,
    /// The file in use with its idle connections.
    pub(super) readers: ArcSwap<Readers>,
    pub(super) position: watch::Receiver<u64>,
    pub(super) rebuild: mpsc::Sender<oneshot::Sender<Result<(), ViewError>>>,
    pub(super) turns: Semaphore,
    pub(super) derived: &'static [Derived],
}

pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Reader>>,
}

/// One of its connections.
struct Reader {
    conn: Connection,
    plans: Plans,
}

impl Reader {
    fn connect(path: &Path) -> rusqlite::Result<Self> {
        let mut conn = file::connect_reader(path)?;
        let plans = Plans::watch(&mut conn)?;
        Ok(Self { conn, plans })
    }
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::default(),
        }
    }

    fn take(&self) -> rusqlite::Result<Reader> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| Reader::connect(&self.path), Ok)
    }

    fn give_back(&self, reader: Reader) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
    }
}

/// So many queries run at once; the rest wait.
pub(super) fn turns() -> Semaphore {
    Semaphore::new(usize::try_from(MemoryBounds::in_force().readers).unwrap_or(1))
}

impl ViewHandle {
    /// The position that the view looks at next: it shows everything before it.
    pub fn position(&self) -> u64 {
        *self.0.position.borrow()
    }

    /// Runs `ask` on one snapshot of the view, once it shows what `after` speaks of.
    ///
    /// Returns the answer and the position from which it was drawn: everything before it is in the answer, nothing after.
    /// Errors: `Stale` when the view does not come that far within two seconds.
    pub async fn query<T: Send + 'static>(
        &self,
        after: Option<&Token>,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<(T, u64), QueryError> {
        self.ask(after, ask, true).await
    }

    /// The same, for what reads a view whole: everybody at once, or all of its rows.
    pub async fn query_whole<T: Send + 'static>(
        &self,
        after: Option<&Token>,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<(T, u64), QueryError> {
        self.ask(after, ask, false).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        after: Option<&Token>,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
        is_bounded: bool,
    ) -> Result<(T, u64), QueryError> {
        if let Some(after) = after {
            self.wait_for(after).await?;
        }
        let _turn = self.0.turns.acquire().await.map_err(|_| QueryError::Closed)?;
        let shared = Arc::clone(&self.0);
        let answered = tokio::task::spawn_blocking(move || {
            let mut readers = shared.readers.load_full();
            let mut taken = readers.take();
            if taken.is_err() {
                // Another file may have been put into use in between, and this one be gone.
                readers = shared.readers.load_full();
                taken = readers.take();
            }
            let reader = taken?;
            let tx = reader.conn.unchecked_transaction()?;
            let next: i64 = tx
                .prepare_cached("SELECT next FROM progress")?
                .query_row([], |row| row.get(0))?;
            let answer = ask(&tx)?;
            drop(tx);
            reader.plans.check(&reader.conn, is_bounded);
            readers.give_back(reader);
            Ok::<_, QueryError>((answer, next.cast_unsigned()))
        });
        answered.await.map_err(|_| QueryError::Closed)?
    }

    async fn wait_for(&self, after: &Token) -> Result<(), QueryError> {
        match self.0.engine.arrived(after).await? {
            Some(position) => self.show(position + 1).await,
            None => Ok(()),
        }
    }

    /// Waits until the view shows all that the journal holds now.
    ///
    /// Errors: `Stale` when it does not come that far within two seconds.
    pub async fn catch_up(&self) -> Result<(), QueryError> {
        let size = self.0.engine.store().head().borrow().size;
        self.show(size).await
    }

    /// Waits until the view shows everything before a position.
    async fn show(&self, position: u64) -> Result<(), QueryError> {
        let mut shown = self.0.position.clone();
        match tokio::time::timeout(PATIENCE, shown.wait_for(|next| *next >= position)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(QueryError::Closed),
            Err(_) => Err(QueryError::Stale),
        }
    }

    /// Builds the view anew beside the one in use, and swaps it in.
    pub async fn rebuild(&self) -> Result<(), ViewError> {
        let (done, wait) = oneshot::channel();
        self.0.rebuild.send(done).await.map_err(|_| ViewError::Stopped)?;
        wait.await.map_err(|_| ViewError::Stopped)?
    }

    /// The name of the first thing that is kept and is not what it follows from.
    pub async fn miscounted(&self) -> Result<Option<&'static str>, QueryError> {
        let derived = self.0.derived;
        Ok(self.query_whole(None, move |conn| miscounted(conn, derived)).await?.0)
    }

    /// SHA-256 over every row of every table: two builds of the same view over the same entries have the same.
    pub async fn fingerprint(&self) -> Result<([u8; 32], u64), QueryError> {
        self.query_whole(None, |conn| {
            let mut names = conn.prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            )?;
            let names = names
                .query_map([], |row| row.get(0))?
                .collect::<Result<Vec<String>, _>>()?;
            let mut hash = Sha256::new();
            for name in names {
                hash.update(name.as_bytes());
                let columns = conn
                    .prepare(&format!("SELECT * FROM \"{name}\" LIMIT 0"))?
                    .column_count();
                let order: Vec<String> = (1..=columns).map(|column| column.to_string()).collect();
                let mut rows = conn.prepare(&format!("SELECT * FROM \"{name}\" ORDER BY {}", order.join(",")))?;
                let mut rows = rows.query([])?;
                while let Some(row) = rows.next()? {
                    for column in 0..columns {
                        hash.update(format!("{:?}|", row.get::<_, rusqlite::types::Value>(column)?));
                    }
                }
            }
            Ok(hash.finalize().into())
        })
        .await
    }
}
