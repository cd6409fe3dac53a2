//! Holding the lease: what is known by heart under it, the renewals between pieces of work, and its end.

use super::commit::gather;
use super::shared::Message;
use super::state::{self, Known};
use super::writer::{End, Unsettled, Writer};
use super::{lease, sql};
use crate::{Lease, StoreError, number};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How long rare work may take; an erasure copies some of the keys.
pub(super) const RARE: Duration = Duration::from_secs(60);

/// A connection under the lease, with all that is known by heart.
pub(super) struct Holding {
    pub(super) conn: PgConnection,
    pub(super) known: Known,
    /// Until when the lease holds if it is not renewed, by this machine's clock.
    pub(super) until: Instant,
    renew_at: Instant,
}

/// What is gone.
pub(super) enum Lost {
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
    writer.shared.forget_nodes();
    writer.shared.tail.learn(&known.state.head_state);
    writer.shared.head.send_replace(known.state.head_state.head());
    writer.shared.lease.send_replace(Lease::Held);
    tracing::info!(
        number,
        size = known.state.head_state.size,
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
                Some(Message::MaintenanceJob(maintenance)) => self.carry_out(writer, maintenance).await,
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
        // Maintenance work may have taken longer than the lease lasts; nobody could take it meanwhile, nor the head's row.
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
}
