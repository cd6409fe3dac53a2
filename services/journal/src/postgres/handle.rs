use super::address::DatabaseAddress;
use super::options::PostgresOptions;
use super::shared::{Message, Shared};
use super::work::{Job, MaintenanceJob, maintenance, task};
use super::writer::Writer;
use super::{follow, migrate, session, sql, verify};
use crate::cursors::CursorTable;
use crate::nodes::Nodes;
use crate::tail::Tail;
use crate::{AppendError, Lease, StoreError, limits};
use sqlx::postgres::PgPool;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use uuid::Uuid;

/// A journal in a PostgreSQL database of its own.
///
/// Any number of processes may open it; one of them holds the lease and writes. Dropping it gives the lease up in the
/// background; `close` writes what waits and says when it is done.
pub struct PostgresStore {
    pub(super) name: String,
    pub(super) shared: Arc<Shared>,
    readers: PgPool,
    queue: mpsc::Sender<Message>,
    closed: AtomicBool,
    stop: watch::Sender<bool>,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Brings a database's tables to this version, as their owner, and gives `service_role` what the service needs.
    ///
    /// Repeatable; several processes may do it at once. Errors: `Newer` when a newer version has been here already.
    pub async fn migrate(owner: &DatabaseAddress, service_role: &str) -> Result<(), StoreError> {
        migrate::migrate(owner, service_role).await
    }

    /// Opens the journal, and takes its lease if that is free; otherwise it follows the one who has it.
    ///
    /// Takes as long as its end takes to verify. Errors: see [`StoreError`]; nothing is written then.
    pub async fn open(options: PostgresOptions) -> Result<Self, StoreError> {
        let name = limits::journal_name(&options.instance, &options.service)?;
        let base = options.database.options().clone();
        let mut conn = session::connect_writer(&base, &options).await?;
        let readers = session::readers(&base, &options);
        migrate::check(&readers).await?;
        sqlx::query(sql::HEAD_CREATE).bind(&name).execute(&mut conn).await?;
        verify::at_start(&readers, &name, &options).await?;
        let followed = follow::read(&readers).await?;
        let shared = Arc::new(Shared {
            head: watch::Sender::new(followed.head),
            lease: watch::Sender::new(Lease::Elsewhere { address: None }),
            cursors: CursorTable::default(),
            tail: Tail::default(),
            nodes: Nodes::default(),
            root_nodes: Nodes::default(),
            degraded: AtomicBool::new(false),
            committed: Notify::new(),
            heard: Notify::new(),
        });
        let (queue, receiver) = mpsc::channel(options.queue.max(1));
        let (stop, stopped) = watch::channel(false);
        let holder = Uuid::new_v4().to_string();
        let own = follow::Own {
            holder: holder.clone(),
            address: options.address.clone(),
        };
        let (tried, first) = oneshot::channel();
        tokio::spawn(follow::run(
            readers.clone(),
            session::listener(&base, &options),
            Arc::clone(&shared),
            own.clone(),
            options.renew,
            stopped.clone(),
        ));
        tokio::spawn(follow::notify(readers.clone(), Arc::clone(&shared), stopped));
        let writer = Writer {
            options,
            base,
            holder,
            queue: receiver,
            shared: Arc::clone(&shared),
            held_over: None,
            unsettled: None,
            line: Vec::with_capacity(4096),
        };
        tokio::spawn(writer.run(conn, tried));
        let _ = first.await;
        if !shared.is_held()
            && let Ok(followed) = follow::read(&readers).await
        {
            follow::publish(&shared, followed, &own);
        }
        Ok(Self {
            name,
            shared,
            readers,
            queue,
            closed: AtomicBool::new(false),
            stop,
        })
    }

    /// The connections that only read.
    pub(super) fn readers(&self) -> &PgPool {
        &self.readers
    }

    /// Hands a job to the writer and waits until its batch is durable.
    pub(super) async fn write<J: Job>(&self, job: J) -> Result<J::Answer, AppendError> {
        let (work, wait) = task(job);
        self.send(Message::Work(work))?;
        wait.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Hands rare work to the writer and waits until its transaction is durable.
    pub(super) async fn carry_out<J: MaintenanceJob>(&self, job: J) -> Result<J::Answer, AppendError> {
        let (work, wait) = maintenance(job);
        self.send(Message::MaintenanceJob(work))?;
        wait.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Whether it still takes work.
    pub(super) fn check_open(&self) -> Result<(), AppendError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(AppendError::Closed("it is shutting down".into()));
        }
        Ok(())
    }

    fn send(&self, message: Message) -> Result<(), AppendError> {
        self.check_open()?;
        self.queue.try_send(message).map_err(|error| match error {
            TrySendError::Full(_) => AppendError::Full("too many appends are waiting: try again".into()),
            TrySendError::Closed(_) => AppendError::Closed("its writer has stopped".into()),
        })
    }

    /// Writes what waits, gives the lease up and lets go of every connection.
    pub(super) async fn shut(&self) {
        self.closed.store(true, Ordering::Release);
        let (answer, done) = oneshot::channel();
        if self.queue.send(Message::Close(answer)).await.is_ok() {
            let _ = done.await;
        }
        self.stop.send_replace(true);
        self.readers.close().await;
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        // The writer ends when nobody can send to it any more.
        self.stop.send_replace(true);
    }
}

/// The writer went away with the work in its hands.
fn stopped() -> AppendError {
    AppendError::Unknown("the journal's writer has stopped".into())
}
