//! Committing batches under the lease, and what is answered when that fails.

use super::error::{is_broken, is_full, is_moved_on, is_taken, rolled_back};
use super::hold::{Holding, Lost};
use super::prefetch::Wanted;
use super::rows::Gathered;
use super::shared::Message;
use super::work::Work;
use super::writer::{Unsettled, Writer};
use super::{batch, state};
use crate::write::{Batch, CLOCK_DEGRADED_MICROS};
use crate::{AppendError, StoreError, metric_names};
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use tokio::time::{Instant, timeout_at};

/// The most pieces of work in one batch, and about how many bytes it may write.
const BATCH: usize = 512;
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Why a batch did not take place.
enum Failure {
    /// The connection broke before anything was written.
    Unsent(String),
    /// What it needs to know could not be read; nothing was written.
    Undecided(StoreError),
    /// The connection broke, or stayed silent, while it was being written.
    Broken(String),
    /// The database refused it, and rolled it back.
    RolledBack(sqlx::Error),
}

impl Holding {
    /// Carries out all of `work` in one batch and answers each; piece by piece if the database refuses the batch.
    pub(super) async fn commit(&mut self, writer: &mut Writer, work: Vec<Box<dyn Work>>) -> Result<(), Lost> {
        let mut batches = VecDeque::from([work]);
        while let Some(mut work) = batches.pop_front() {
            let error = match self.attempt(writer, &mut work).await {
                Ok(()) => {
                    work.into_iter().for_each(|one| one.finish(Ok(())));
                    continue;
                }
                Err(Failure::RolledBack(error)) => error,
                Err(Failure::Undecided(error)) => {
                    tracing::error!(%error, pieces = work.len(), "what a batch needs to know could not be read");
                    if work.len() > 1 {
                        work.into_iter().rev().for_each(|one| batches.push_front(vec![one]));
                    } else {
                        let closed = AppendError::Closed(format!("nothing was written: {error}"));
                        work.into_iter().for_each(|one| one.finish(Err(closed.clone())));
                    }
                    continue;
                }
                Err(Failure::Unsent(why)) => {
                    let closed = AppendError::Closed(format!("nothing was written: {why}"));
                    let all = work.into_iter().chain(batches.into_iter().flatten());
                    all.for_each(|one| one.finish(Err(closed.clone())));
                    return Err(Lost::Connection);
                }
                Err(Failure::Broken(why)) => {
                    tracing::warn!(
                        why,
                        "the connection broke during a commit; its fate will be read from the head"
                    );
                    let closed = AppendError::Closed(why);
                    batches
                        .into_iter()
                        .flatten()
                        .for_each(|one| one.finish(Err(closed.clone())));
                    writer.unsettled = Some(Unsettled {
                        work,
                        lease: self.known.lease,
                        batch: self.known.batch,
                        since: Instant::now(),
                    });
                    return Err(Lost::Connection);
                }
            };
            if is_moved_on(&error) {
                let all = work.into_iter().chain(batches.into_iter().flatten());
                all.for_each(|one| one.finish(Err(AppendError::Elsewhere)));
                return Err(Lost::Lease);
            }
            let reread = timeout_at(self.until, state::read(&mut self.conn)).await;
            let is_read = match reread {
                Ok(Ok(known)) => {
                    self.known = known;
                    true
                }
                _ => false,
            };
            if is_read && work.len() > 1 && !is_full(&error) {
                tracing::warn!(%error, pieces = work.len(), "a batch was rolled back; trying its pieces one by one");
                work.into_iter().rev().for_each(|one| batches.push_front(vec![one]));
                continue;
            }
            tracing::error!(%error, "a write to the journal was rolled back");
            let fate = rolled_back(&error);
            work.into_iter().for_each(|one| one.finish(Err(fate.clone())));
            if !is_read {
                batches
                    .into_iter()
                    .flatten()
                    .for_each(|one| one.finish(Err(fate.clone())));
                return Err(Lost::Connection);
            }
        }
        Ok(())
    }

    /// Most work is new, and is written without a look at what may be there; a refusal is never given without one.
    async fn attempt(&mut self, writer: &mut Writer, work: &mut [Box<dyn Work>]) -> Result<(), Failure> {
        if !self.decide_and_write(writer, work, false).await? {
            self.decide_and_write(writer, work, true).await?;
        }
        Ok(())
    }

    /// Returns false, with nothing written, when something that was taken to be new without a look may not be.
    async fn decide_and_write(
        &mut self,
        writer: &mut Writer,
        work: &mut [Box<dyn Work>],
        thorough: bool,
    ) -> Result<bool, Failure> {
        let silent = || "the database has not answered".to_owned();
        let now = (writer.options.now)();
        let behind = self.known.state.head_state.recorded.saturating_sub(now) > CLOCK_DEGRADED_MICROS;
        if writer.shared.degraded.swap(behind, Ordering::Relaxed) != behind {
            tracing::warn!(
                behind,
                "this machine's clock is more than 5 s behind the journal's last entry, or no longer"
            );
        }
        let mut wanted = Wanted {
            thorough,
            ..Wanted::default()
        };
        for one in work.iter() {
            one.wants(&self.known.state, &mut wanted);
        }
        let presumed = wanted.presumed;
        let found = match timeout_at(self.until, wanted.look_up(&mut self.conn)).await {
            Ok(Ok(found)) => found,
            Ok(Err(StoreError::Unavailable(why))) => return Err(Failure::Unsent(why)),
            Ok(Err(error)) => return Err(Failure::Undecided(error)),
            Err(_) => return Err(Failure::Unsent(silent())),
        };
        let gathered = Gathered::new(found);
        let mut batch = Batch::new(gathered, &self.known.state, now, std::mem::take(&mut writer.line));
        for one in work.iter_mut() {
            one.run(&mut batch);
        }
        if presumed && work.iter().any(|one| one.is_refused()) {
            return Ok(false);
        }
        let cursors = writer.shared.cursors.due(work.is_empty());
        batch.rows.columns.beside.add_cursors(&cursors);
        let columns = std::mem::take(&mut batch.rows.columns);
        let has_new_source = !columns.beside.source_ids.is_empty();
        if !columns.is_empty() {
            let writing = batch::write(&mut self.conn, &self.known, &batch.head_state, columns);
            match timeout_at(self.until, writing).await {
                Ok(Ok(row)) => {
                    self.known.row = row;
                    self.known.batch += 1;
                }
                Ok(Err(error)) if is_broken(&error) => return Err(Failure::Broken(error.to_string())),
                Ok(Err(error)) if presumed && is_taken(&error) => return Ok(false),
                Ok(Err(error)) => return Err(Failure::RolledBack(error)),
                Err(_) => return Err(Failure::Broken(silent())),
            }
        }
        let (mut settled, _) = batch.settle();
        let kept = settled.take_kept();
        let size = self.known.state.head_state.size;
        writer.line = settled.merge(&mut self.known.state);
        writer.shared.cursors.written(&cursors);
        metric_names::committed(&self.known.state.name, size, self.known.state.head_state.size);
        if has_new_source {
            writer.shared.tail.learn(&self.known.state.head_state);
        }
        if self.known.state.head_state.size != size {
            // Before the head: whoever is woken by it finds them.
            writer.shared.tail.add(self.known.state.head_state.size, kept);
            writer.shared.head.send_replace(self.known.state.head_state.head());
            writer.shared.committed.notify_one();
        }
        Ok(true)
    }
}

/// Takes what waits, up to a batch.
pub(super) async fn gather(writer: &mut Writer, first: Box<dyn Work>) -> Vec<Box<dyn Work>> {
    // Those who were just answered are about to come again: let them, so that they share a commit.
    tokio::task::yield_now().await;
    let mut bytes = first.bytes();
    let mut work = vec![first];
    while work.len() < BATCH && bytes < BATCH_BYTES {
        match writer.queue.try_recv() {
            Ok(Message::Work(one)) => {
                bytes += one.bytes();
                work.push(one);
            }
            Ok(other) => {
                writer.held_over = Some(other);
                break;
            }
            Err(_) => break,
        }
    }
    work
}
