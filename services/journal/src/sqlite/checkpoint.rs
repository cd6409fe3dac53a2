//! Moving the write-ahead log's pages into the file, beside the writer rather than in its way.
//!
//! A thread of its own does most of it while commits go on. What they have added meanwhile the writer moves itself: only
//! then is the log empty, and begins anew instead of growing.

use super::open::PATIENCE;
use super::options::SqliteOptions;
use super::sql;
use crate::StoreError;
use rusqlite::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Commits wait for the thread, and for short readers, when the log has so many times the pages at which it is asked.
const MOST: i32 = 8;
/// How long they wait for readers. One that reads for long is not waited out: it is tried again some pages later.
const READERS: Duration = Duration::from_millis(100);

/// The writer's side.
pub(super) struct Checkpoints {
    /// How many pages the log had after the last commit.
    pages: Arc<AtomicI32>,
    last: i32,
    /// How many are moved at a time, and at how many the thread is asked next.
    step: i32,
    due: i32,
    /// Whether the thread is at work.
    asked: bool,
    ask: Sender<()>,
    done: Receiver<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    /// Takes over from SQLite, which would otherwise move pages inside commits. `beside` is used by the new thread alone.
    pub(super) fn start(
        writer: &mut Connection,
        beside: Connection,
        options: &SqliteOptions,
    ) -> Result<Self, StoreError> {
        let pages = Arc::new(AtomicI32::new(0));
        let counted = Arc::clone(&pages);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            counted.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        let (ask, asked) = channel();
        let (tell, done) = channel();
        let thread = std::thread::Builder::new()
            .name(format!("checkpoint {}", options.service))
            .spawn(move || {
                while asked.recv().is_ok() {
                    move_pages(&beside);
                    if tell.send(()).is_err() {
                        return;
                    }
                }
            })
            .map_err(|error| StoreError::Unavailable(format!("no thread for the journal's checkpoints: {error}")))?;
        Ok(Self {
            pages,
            last: 0,
            step: options.checkpoint_pages,
            due: options.checkpoint_pages,
            asked: false,
            ask,
            done,
            thread,
        })
    }

    /// Looks after a commit whether it is time.
    pub(super) fn after_commit(&mut self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.last {
            self.due = self.step;
        }
        self.last = pages;
        if self.asked {
            let long = pages >= self.step.saturating_mul(MOST);
            let done = if long {
                self.done.recv().is_ok()
            } else {
                self.done.try_recv().is_ok()
            };
            if done {
                self.asked = false;
                if long {
                    begin_anew(writer);
                } else {
                    move_pages(writer);
                }
                // Where a reader of old pages kept the log from beginning anew, it is tried again later.
                self.due = pages.saturating_add(self.step);
            }
        } else if pages >= self.due {
            self.asked = self.ask.send(()).is_ok();
        }
    }

    /// Lets the thread end, and waits until its connection is closed.
    pub(super) fn end(self) {
        drop(self.ask);
        let _ = self.thread.join();
    }
}

/// Moves what no reader needs. Whatever goes wrong: the log still has the pages.
fn move_pages(conn: &Connection) {
    if let Err(error) = conn.query_row(sql::CHECKPOINT_BESIDE, [], |_| Ok(())) {
        tracing::warn!(%error, "pages of the write-ahead log could not be moved; trying again later");
    }
}

/// As [`move_pages`], and waits a little until nobody reads old pages any more. Where readers come with every commit, there
/// is one at every moment at which the log could begin anew by itself, and it would grow for as long as the rush lasts.
fn begin_anew(writer: &Connection) {
    let moved = writer
        .busy_timeout(READERS)
        .and_then(|()| writer.query_row(sql::CHECKPOINT_AND_BEGIN_ANEW, [], |row| row.get::<_, bool>(0)));
    match moved {
        Ok(false) => {}
        Ok(true) => tracing::debug!("somebody reads old pages for long; the write-ahead log grows meanwhile"),
        Err(error) => tracing::warn!(%error, "pages of the write-ahead log could not be moved; trying again later"),
    }
    if let Err(error) = writer.busy_timeout(PATIENCE) {
        tracing::warn!(%error, "the journal's connection kept its short patience");
    }
}
