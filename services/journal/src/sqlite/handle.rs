use super::checkpoint::Checkpoints;
use super::error::WriteError;
use super::open;
use super::options::SqliteOptions;
use super::readers::Readers;
use super::rows::Batch;
use super::work::task;
use super::writer::{Message, Writer};
use crate::cursors::CursorTable;
use crate::nodes::Nodes;
use crate::tail::Tail;
use crate::write::Clock;
use crate::{AppendError, Head, Lease, StoreError};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{oneshot, watch};

/// How many long reads may run at once.
const LONG_READERS: usize = 2;

/// A journal in one SQLite file.
///
/// Opened by one process at a time: a lock file beside it sees to that. Dropping it writes what waits; `close` does
/// so without blocking the runtime.
pub struct SqliteStore {
    pub(super) name: String,
    pub(super) head: watch::Receiver<Head>,
    /// Always held: the lock file keeps every other process out.
    pub(super) lease: watch::Sender<Lease>,
    pub(super) short: Readers,
    pub(super) long: Readers,
    pub(super) cursors: Arc<CursorTable>,
    /// The newest entries.
    pub(super) tail: Arc<Tail>,
    /// For proofs: what was found of tiles that are not full yet.
    pub(super) nodes: Arc<Nodes>,
    /// For signatures, the same.
    pub(super) root_nodes: Arc<Nodes>,
    pub(super) degraded: Arc<AtomicBool>,
    queue: SyncSender<Message>,
    closed: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the journal at `path`, and makes it if there is none.
    ///
    /// Blocks for as long as its end takes to verify. Errors: see [`StoreError`]; nothing is written then.
    pub fn open(path: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        let mut opened = open::open(path, &options)?;
        let beside = open::connect_beside(path)?;
        let checkpoints = Checkpoints::start(&mut opened.conn, beside, &options)?;
        let name = opened.state.name.clone();
        let cursors = Arc::new(opened.cursors);
        let tail = Arc::new(Tail::default());
        tail.learn(&opened.state.head_state);
        let degraded = Arc::new(AtomicBool::new(false));
        let (publish, head) = watch::channel(opened.state.head_state.head());
        let (queue, receiver) = sync_channel(options.queue.max(1));
        let now: Clock = options.now;
        let writer = Writer {
            conn: opened.conn,
            state: opened.state,
            now,
            head: publish,
            cursors: Arc::clone(&cursors),
            tail: Arc::clone(&tail),
            degraded: Arc::clone(&degraded),
            broken: None,
            line: Vec::with_capacity(4096),
            checkpoints: Some(checkpoints),
            lock: opened.lock,
        };
        let thread = std::thread::Builder::new()
            .name(format!("journal {}", options.service))
            .spawn(move || writer.run(&receiver))
            .map_err(|error| StoreError::Unavailable(format!("no thread for the journal's writer: {error}")))?;
        Ok(Self {
            name,
            head,
            lease: watch::Sender::new(Lease::Held),
            short: Readers::new(path, options.readers),
            long: Readers::new(path, LONG_READERS),
            cursors,
            tail,
            nodes: Arc::default(),
            root_nodes: Arc::default(),
            degraded,
            queue,
            closed: AtomicBool::new(false),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Hands `run` to the writer and waits until its transaction is durable.
    pub(super) async fn write<T, F>(&self, run: F) -> Result<T, AppendError>
    where
        T: Send + 'static,
        F: Fn(&mut Batch<'_>) -> Result<T, WriteError> + Send + 'static,
    {
        let (work, wait) = task(run);
        self.send(Message::Work(work))?;
        wait.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Has the writer empty its write-ahead log.
    pub(super) async fn truncate(&self) -> Result<(), AppendError> {
        let (answer, wait) = oneshot::channel();
        self.send(Message::Truncate(answer))?;
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
            TrySendError::Disconnected(_) => AppendError::Closed("its writer has stopped".into()),
        })
    }

    /// The writer's thread, to the first who asks; from then on no work is taken.
    fn take_thread(&self) -> Option<JoinHandle<()>> {
        self.closed.store(true, Ordering::Release);
        self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Writes what waits, closes the file and lets another process open it.
    pub(super) async fn shut(&self) {
        let thread = self.take_thread();
        self.short.close().await;
        self.long.close().await;
        if let Some(thread) = thread {
            let queue = self.queue.clone();
            let _ = tokio::task::spawn_blocking(move || end(&queue, thread)).await;
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if let Some(thread) = self.take_thread() {
            end(&self.queue, thread);
        }
    }
}

/// Tells the writer to end and waits until it has. Waits for room when the queue is full; the writer empties it.
fn end(queue: &SyncSender<Message>, thread: JoinHandle<()>) {
    let _ = queue.send(Message::Close);
    let _ = thread.join();
}

/// The writer went away with the work in its hands.
fn stopped() -> AppendError {
    AppendError::Unknown("the journal's writer has stopped".into())
}
