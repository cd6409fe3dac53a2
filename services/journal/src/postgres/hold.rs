//! Writing under the lease: batches, rare work, and the renewals between them.

use super::fault::{is_broken, is_full, is_moved_on, rolled_back};
use super::prefetch::Wanted;
use super::rows::Gathered;
use super::shared::Message;
use super::state::{self, Known};
use super::work::{RareWork, Work};
use super::writer::{End, Unsettled, Writer};
use super::{batch, lease, sql};
use crate::write::{Batch, CLOCK_DEGRADED_MICROS};
use crate::{AppendError, Lease, StoreError, number};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// The most pieces of work in one batch, and about how many bytes it may write.
const BATCH: usize = 512;
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How long rare work may take; an erasure copies the table of keys.
const RARE: Duration = Duration::from_secs(60);

/// A connection under the lease, with all that is known by heart.
pub(super) struct Holding {
    conn: PgConnection,
    known: Known,
    /// Until when the lease holds if it is not renewed, by this machine's clock.
    until: Instant,
    renew_at: Instant,
}

/// What is gone.
enum Lost {
    Lease,
    Connection,
}

impl From<Lost> for End {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Lease => Self::Replaced,
            Lost::Connection => Self::Cut,
        }
    }
}

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

/// Reads everything under the lease, answers for a batch that was left open, and says that the lease is held.
pub(super) async fn begin(
    writer: &mut Writer,
    mut conn: PgConnection,
    number: i64,
    until: Instant,
) -> Result<Holding, End> {
    let fit = |known: &Known| {
        let unknown = known.state.kinds.iter().find(|kind| !(writer.options.knows)(kind));
        match unknown {
            Some(kind) => Err(StoreError::Newer(format!(
                "this version does not know the event type {kind}"
            ))),
            None => Ok(()),
        }
    };
    let reading = async {
        let known = state::read(&mut conn).await?;
        fit(&known)?;
        let rows = sqlx::query(sql::CURSORS_ALL).fetch_all(&mut conn).await?;
        let cursors = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, number::from(row.try_get(1)?))));
        Ok::<_, StoreError>((known, cursors.collect::<Result<Vec<_>, sqlx::Error>>()?))
    };
    let (known, cursors) = match timeout(RARE, reading).await {
        Ok(Ok((known, cursors))) if known.lease == number => (known, cursors),
        Ok(Ok(_)) => return Err(End::Replaced),
        Err(_) | Ok(Err(StoreError::Unavailable(_))) => return Err(End::Cut),
        Ok(Err(error)) => {
            tracing::error!(%error, "this process can't write the journal: it gives the lease up");
            let _ = lease::give_up(&mut conn, number).await;
            return Err(End::Unfit);
        }
    };
    writer.shared.cursors.replace(cursors);
    writer.shared.head.send_replace(known.state.place.head());
    writer.shared.lease.send_replace(Lease::Held);
    tracing::info!(
        number,
        size = known.state.place.size,
        "this process holds the journal's lease"
    );
    let mut holding = Holding {
        conn,
        known,
        until,
        renew_at: Instant::now() + writer.options.renew / 2,
    };
    if let Some(left) = writer.unsettled.take()
        && let Err(lost) = holding.settle(writer, left).await
    {
        return Err(lost.into());
    }
    Ok(holding)
}

impl Holding {
    /// Works until the lease is lost or the store is closed.
    pub(super) async fn work(&mut self, writer: &mut Writer) -> End {
        loop {
            let message = match writer.held_over.take() {
                Some(message) => Some(message),
                None => tokio::select! {
                    biased;
                    () = tokio::time::sleep_until(self.renew_at) => None,
                    message = writer.queue.recv() => match message {
                        Some(message) => Some(message),
                        None => return End::Closed(None),
                    },
                },
            };
            if Instant::now() >= self.renew_at
                && let Err(lost) = self.renew(writer).await
            {
                writer.held_over = message;
                return lost.into();
            }
            let done = match message {
                None => self.flush(writer).await,
                Some(Message::Work(first)) => {
                    let work = gather(writer, first).await;
                    self.commit(writer, work).await
                }
                Some(Message::Rare(rare)) => self.carry_out(writer, rare).await,
                Some(Message::Close(answer)) => {
                    let _ = self.flush(writer).await;
                    return End::Closed(Some(answer));
                }
            };
            if let Err(lost) = done {
                return lost.into();
            }
        }
    }

    /// Lets another take over at once.
    pub(super) async fn give_up(mut self) {
        let giving = async {
            lease::give_up(&mut self.conn, self.known.lease).await?;
            self.conn.close().await
        };
        if !matches!(timeout(RARE, giving).await, Ok(Ok(()))) {
            tracing::warn!("the journal's lease could not be given up; it runs out by itself");
        }
    }

    async fn renew(&mut self, writer: &Writer) -> Result<(), Lost> {
        let began = Instant::now();
        let renewing = lease::renew(&mut self.conn, self.known.lease, &writer.options);
        // Rare work may have taken longer than the lease lasts; nobody could take it meanwhile, nor the head's row.
        let patience = self.until.max(began + writer.options.renew);
        match timeout_at(patience, renewing).await {
            Ok(Ok(true)) => {
                self.until = began + writer.options.lease;
                self.renew_at = began + writer.options.renew;
                Ok(())
            }
            Ok(Ok(false)) => {
                tracing::warn!("another process has taken the journal's lease");
                Err(Lost::Lease)
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "the journal's lease could not be renewed");
                Err(Lost::Connection)
            }
            Err(_) => {
                tracing::warn!("the journal's database has not answered for as long as the lease lasts");
                Err(Lost::Connection)
            }
        }
    }

    /// Writes cursors that have found no batch to ride on.
    async fn flush(&mut self, writer: &mut Writer) -> Result<(), Lost> {
        if writer.shared.cursors.is_dirty() {
            self.commit(writer, Vec::new()).await
        } else {
            Ok(())
        }
    }

    /// Carries out all of `work` in one batch and answers each; piece by piece if the database refuses the batch.
    async fn commit(&mut self, writer: &mut Writer, work: Vec<Box<dyn Work>>) -> Result<(), Lost> {
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

    async fn attempt(&mut self, writer: &mut Writer, work: &mut [Box<dyn Work>]) -> Result<(), Failure> {
        let silent = || "the database has not answered".to_owned();
        let now = (writer.options.now)();
        let behind = self.known.state.place.recorded.saturating_sub(now) > CLOCK_DEGRADED_MICROS;
        if writer.shared.degraded.swap(behind, Ordering::Relaxed) != behind {
            tracing::warn!(
                behind,
                "this machine's clock is more than 5 s behind the journal's last entry, or no longer"
            );
        }
        let mut wanted = Wanted::default();
        for one in work.iter() {
            one.wants(&self.known.state, &mut wanted);
        }
        let found = match timeout_at(self.until, wanted.look_up(&mut self.conn)).await {
            Ok(Ok(found)) => found,
            Ok(Err(StoreError::Unavailable(why))) => return Err(Failure::Unsent(why)),
            Ok(Err(error)) => return Err(Failure::Undecided(error)),
            Err(_) => return Err(Failure::Unsent(silent())),
        };
        let gathered = Gathered::new(found, self.known.next_stream);
        let mut batch = Batch::new(gathered, &self.known.state, now, std::mem::take(&mut writer.line));
        for one in work.iter_mut() {
            one.run(&mut batch);
        }
        let cursors = writer.shared.cursors.moved();
        batch.rows.columns.beside.add_cursors(&cursors);
        let columns = std::mem::take(&mut batch.rows.columns);
        if !columns.is_empty() {
            let writing = batch::write(&mut self.conn, &self.known, &batch.place, columns);
            match timeout_at(self.until, writing).await {
                Ok(Ok(())) => self.known.batch += 1,
                Ok(Err(error)) if is_broken(&error) => return Err(Failure::Broken(error.to_string())),
                Ok(Err(error)) => return Err(Failure::RolledBack(error)),
                Err(_) => return Err(Failure::Broken(silent())),
            }
        }
        let (settled, gathered) = batch.settle();
        let size = self.known.state.place.size;
        writer.line = settled.merge(&mut self.known.state);
        self.known.next_stream = gathered.next_stream;
        writer.shared.cursors.written(&cursors);
        if self.known.state.place.size != size {
            writer.shared.head.send_replace(self.known.state.place.head());
            writer.shared.committed.notify_one();
        }
        Ok(())
    }

    /// Answers for a batch whose connection broke during its commit.
    ///
    /// Taking the lease has waited for that commit and stopped it from coming later. So if nobody else has had the lease
    /// meanwhile, the count of batches tells whether it took place; if not, it is written now.
    async fn settle(&mut self, writer: &mut Writer, left: Unsettled) -> Result<(), Lost> {
        let is_ours = self.known.lease == left.lease + 1;
        if is_ours && self.known.batch == left.batch + 1 {
            tracing::info!("the commit whose answer was lost had taken place");
            left.work.into_iter().for_each(|one| one.finish(Ok(())));
            Ok(())
        } else if is_ours && self.known.batch == left.batch {
            tracing::info!("the commit whose answer was lost had not taken place; writing it now");
            self.commit(writer, left.work).await
        } else {
            left.give_up();
            Ok(())
        }
    }

    /// Does rare work in a transaction of its own.
    async fn carry_out(&mut self, writer: &Writer, mut rare: Box<dyn RareWork>) -> Result<(), Lost> {
        let now = (writer.options.now)();
        let doing = transact(&mut self.conn, self.known.lease, &mut *rare, now);
        match timeout(RARE, doing).await {
            Ok(Ok(true)) => {
                rare.finish(Ok(()));
                Ok(())
            }
            Ok(Ok(false)) => {
                rare.finish(Err(AppendError::Elsewhere));
                Err(Lost::Lease)
            }
            Ok(Err(StoreError::Unavailable(why))) => {
                rare.finish(Err(AppendError::Unknown(why)));
                Err(Lost::Connection)
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a write beside the journal was rolled back");
                rare.finish(Err(AppendError::Unknown(error.to_string())));
                Ok(())
            }
            Err(_) => {
                rare.finish(Err(AppendError::Unknown("the database has not answered".into())));
                Err(Lost::Connection)
            }
        }
    }
}

/// Runs `rare` in a transaction that holds the lease. Returns whether the lease was still ours.
async fn transact(conn: &mut PgConnection, lease: i64, rare: &mut dyn RareWork, now: i64) -> Result<bool, StoreError> {
    let mut tx = conn.begin().await?;
    if !lease::hold_for_transaction(&mut tx, lease).await? {
        return Ok(false);
    }
    if rare.run(&mut tx, now).await? {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(true)
}

/// Takes what waits, up to a batch.
async fn gather(writer: &mut Writer, first: Box<dyn Work>) -> Vec<Box<dyn Work>> {
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
