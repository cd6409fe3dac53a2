//! The one thread that writes. It gathers what waits into one transaction, and answers only after the commit.

use super::checkpoint::Checkpoints;
use super::error::{is_fatal, is_full, rolled_back};
use super::rows::{Batch, SqliteRows, write_head};
use super::work::Work;
use super::{sql, state};
use crate::cursors::{self, CursorTable};
use crate::tail::Tail;
use crate::write::{CLOCK_DEGRADED_MICROS, Clock, State};
use crate::{AppendError, Head, metric_names, number, sum};
use rusqlite::Connection;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// The most pieces of work in one transaction.
const BATCH: usize = 512;

/// How long nothing comes until moved cursors are written by themselves.
const CURSOR_WAIT: Duration = cursors::EVERY;

/// How long an erasure waits for readers that still look at old pages.
const TRUNCATE_WAIT: Duration = Duration::from_secs(30);

/// What the writer is asked to do.
pub(super) enum Message {
    /// Something in a transaction.
    Work(Box<dyn Work>),
    /// Empty the write-ahead log, so that it holds no erased page.
    Truncate(oneshot::Sender<Result<(), AppendError>>),
    /// Write what waits, then end.
    Close,
}

/// The writer's side of the store.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) state: State,
    pub(super) now: Clock,
    pub(super) head: watch::Sender<Head>,
    pub(super) cursors: Arc<CursorTable>,
    pub(super) tail: Arc<Tail>,
    pub(super) degraded: Arc<AtomicBool>,
    /// Why it has stopped writing, if it has.
    pub(super) broken: Option<String>,
    pub(super) line: Vec<u8>,
    pub(super) checkpoints: Option<Checkpoints>,
    /// Held as long as this thread lives: no other process opens the journal.
    pub(super) lock: File,
}

/// Why a transaction did not end well.
enum Failure {
    /// It was rolled back before its commit began.
    Before(rusqlite::Error),
    /// The commit itself failed.
    Commit(rusqlite::Error),
}

impl Writer {
    /// Works until it is closed or everyone who could send has gone.
    pub(super) fn run(mut self, queue: &Receiver<Message>) {
        loop {
            let first = match queue.recv_timeout(CURSOR_WAIT) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    if self.cursors.is_dirty() {
                        self.commit(Vec::new());
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut work = Vec::new();
            let mut next = Some(first);
            while let Some(Message::Work(one)) = next {
                work.push(one);
                next = if work.len() < BATCH {
                    queue.try_recv().ok()
                } else {
                    None
                };
            }
            if !work.is_empty() {
                self.commit(work);
            }
            match next {
                Some(Message::Truncate(answer)) => drop(answer.send(self.truncate())),
                Some(Message::Close) => break,
                Some(Message::Work(_)) | None => {}
            }
        }
        self.end(queue);
    }

    /// Writes what is left and answers those who came too late.
    fn end(mut self, queue: &Receiver<Message>) {
        if self.cursors.is_dirty() {
            self.commit(Vec::new());
        }
        while let Ok(message) = queue.try_recv() {
            let closed = AppendError::Closed("it is shutting down".into());
            match message {
                Message::Work(work) => work.finish(Err(closed)),
                Message::Truncate(answer) => drop(answer.send(Err(closed))),
                Message::Close => {}
            }
        }
        if let Some(checkpoints) = self.checkpoints.take() {
            checkpoints.end();
        }
        if let Err((_, error)) = self.conn.close() {
            tracing::warn!(%error, "the journal's file did not close cleanly; nothing is lost");
        }
        drop(self.lock);
    }

    /// Carries out all of `work` in one transaction and answers each.
    fn commit(&mut self, mut work: Vec<Box<dyn Work>>) {
        if let Some(why) = &self.broken {
            let closed = AppendError::Closed(why.clone());
            work.into_iter().for_each(|one| one.finish(Err(closed.clone())));
            return;
        }
        let error = match self.attempt(&mut work) {
            Ok(()) => {
                work.into_iter().for_each(|one| one.finish(Ok(())));
                if let Some(checkpoints) = &mut self.checkpoints {
                    checkpoints.after_commit(&self.conn);
                }
                return;
            }
            Err(Failure::Before(error)) => {
                self.roll_back();
                if is_fatal(&error) {
                    self.stop(&format!("its file is damaged ({error})"));
                } else if work.len() > 1 && !is_full(&error) {
                    tracing::warn!(%error, pieces = work.len(), "a batch was rolled back; trying its pieces one by one");
                    work.into_iter().for_each(|one| self.commit(vec![one]));
                    return;
                }
                tracing::error!(%error, "a write to the journal was rolled back");
                rolled_back(&error)
            }
            Err(Failure::Commit(error)) => {
                tracing::error!(%error, "a commit of the journal failed; reading its head again");
                self.after_failed_commit(&error)
            }
        };
        work.into_iter().for_each(|one| one.finish(Err(error.clone())));
    }

    fn attempt(&mut self, work: &mut [Box<dyn Work>]) -> Result<(), Failure> {
        let now = (self.now)();
        let behind = self.state.head_state.recorded.saturating_sub(now) > CLOCK_DEGRADED_MICROS;
        if self.degraded.swap(behind, Ordering::Relaxed) != behind {
            tracing::warn!(
                behind,
                "this machine's clock is more than 5 s behind the journal's last entry, or no longer"
            );
        }
        self.execute("BEGIN IMMEDIATE").map_err(Failure::Before)?;
        let rows = SqliteRows { conn: &self.conn };
        let mut batch = Batch::new(rows, &self.state, now, std::mem::take(&mut self.line));
        for one in work.iter_mut() {
            one.run(&mut batch).map_err(Failure::Before)?;
        }
        let cursors = self.cursors.due(work.is_empty());
        self.write_cursors(&cursors).map_err(Failure::Before)?;
        write_head(&batch).map_err(Failure::Before)?;
        let (mut settled, _) = batch.settle();
        let (kept, sources) = (settled.take_kept(), self.state.head_state.sources.len());
        self.execute("COMMIT").map_err(Failure::Commit)?;
        let size = self.state.head_state.size;
        self.line = settled.merge(&mut self.state);
        self.cursors.written(&cursors);
        metric_names::committed(&self.state.name, size, self.state.head_state.size);
        if self.state.head_state.sources.len() != sources {
            self.tail.learn(&self.state.head_state);
        }
        if self.state.head_state.size != size {
            // Before the head: whoever is woken by it finds them.
            self.tail.add(self.state.head_state.size, kept);
            self.head.send_replace(self.state.head_state.head());
        }
        Ok(())
    }

    fn write_cursors(&self, moved: &[(String, u64)]) -> rusqlite::Result<()> {
        for (reaction, next) in moved {
            let next = number::to(*next);
            self.conn
                .prepare_cached(sql::CURSOR_SET)?
                .execute((reaction, next, sum::cursor(reaction, next)))?;
        }
        Ok(())
    }

    fn execute(&self, statement: &str) -> rusqlite::Result<()> {
        self.conn.prepare_cached(statement)?.execute([])?;
        Ok(())
    }

    fn roll_back(&mut self) {
        // SQLite rolls back by itself after some errors.
        if !self.conn.is_autocommit()
            && let Err(error) = self.execute("ROLLBACK")
        {
            self.stop(&format!("a rollback failed ({error})"));
        }
    }

    /// Finds out where the file stands, so that writing may go on; decides what can honestly be answered.
    fn after_failed_commit(&mut self, error: &rusqlite::Error) -> AppendError {
        self.roll_back();
        let before = self.state.head_state.size;
        match state::read_state(&self.conn) {
            Ok(state) => {
                self.state = state;
                // What was not told of, and stands all the same, is read from the file.
                self.tail.learn(&self.state.head_state);
                self.head.send_replace(self.state.head_state.head());
            }
            Err(reading) => self.stop(&format!("after a failed commit its head could not be read: {reading}")),
        }
        // No room means that the commit's last frame was never written, so nothing can bring the batch back.
        if is_full(error) && self.broken.is_none() && self.state.head_state.size == before {
            return rolled_back(error);
        }
        AppendError::Unknown(format!("the commit failed ({error})"))
    }

    fn stop(&mut self, why: &str) {
        tracing::error!(why, "the journal's writer stops; nothing more is written");
        self.state.streams.clear();
        self.broken.get_or_insert_with(|| why.to_owned());
    }

    /// Moves every page of the write-ahead log into the file and cuts the log to nothing.
    fn truncate(&mut self) -> Result<(), AppendError> {
        let until = Instant::now() + TRUNCATE_WAIT;
        loop {
            let busy: rusqlite::Result<i64> = self.conn.query_row(sql::CHECKPOINT, [], |row| row.get(0));
            match busy {
                Ok(0) => return Ok(()),
                Ok(_) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
                Ok(_) => {
                    let why = "done, but a reader kept old pages from being overwritten: do it again";
                    return Err(AppendError::Unknown(why.into()));
                }
                Err(error) => {
                    return Err(AppendError::Unknown(format!(
                        "erased, but old pages remain ({error}): repeat"
                    )));
                }
            }
        }
    }
}
