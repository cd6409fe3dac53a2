//! The one task that writes. While it holds the lease it gathers what waits into batches; while it does not, it refuses
//! what comes and tries to get the lease. Whatever happens to the connection, it goes on by itself.

use super::options::PostgresOptions;
use super::shared::{Message, Shared};
use super::work::Work;
use super::{hold, lease, session};
use crate::AppendError;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// How long it waits before it connects again, at first and at most.
/// How long is waited before the next attempt; up to as long again by chance, so that many do not come at the same moment.
const WAITS: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(FIRST_WAIT)
    .with_max_delay(LONGEST_WAIT)
    .with_jitter()
    .without_max_times();
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How long a connection or the lease may be waited for before it is tried anew.
const PATIENCE: Duration = Duration::from_secs(10);

/// The writer's side of the store.
pub(super) struct Writer {
    pub(super) options: PostgresOptions,
    pub(super) base: PgConnectOptions,
    /// A random id of this store: the lease's holder.
    pub(super) holder: String,
    pub(super) queue: mpsc::Receiver<Message>,
    pub(super) shared: Arc<Shared>,
    /// Taken from the queue, but not its turn yet.
    pub(super) held_over: Option<Message>,
    pub(super) unsettled: Option<Unsettled>,
    /// The line being written; kept for its memory.
    pub(super) line: Vec<u8>,
}

/// A batch whose connection broke while it was being committed.
pub(super) struct Unsettled {
    pub(super) work: Vec<Box<dyn Work>>,
    /// The lease's number and the count of batches before it.
    pub(super) lease: i64,
    pub(super) batch: i64,
    pub(super) since: Instant,
}

impl Unsettled {
    /// Answers that its fate is not known.
    pub(super) fn give_up(self) {
        let unknown = AppendError::Unknown("the connection to the database broke during the commit".into());
        self.work.into_iter().for_each(|one| one.finish(Err(unknown.clone())));
    }
}

/// Why the writer no longer holds a connection.
pub(super) enum End {
    /// It was told to close; None: by everyone who could send having gone.
    Closed(Option<oneshot::Sender<()>>),
    /// The connection broke.
    Cut,
    /// Another has the lease.
    Replaced,
    /// What is stored does not allow this binary to write.
    Unfit,
}

/// What work that comes meanwhile is told.
type Refusal = fn() -> AppendError;

fn unreachable() -> AppendError {
    AppendError::Closed("the journal's database can't be reached".into())
}

fn elsewhere() -> AppendError {
    AppendError::Elsewhere
}

impl Writer {
    /// Works until it is closed. `tried` is told when the lease was asked for the first time.
    pub(super) async fn run(mut self, conn: PgConnection, tried: oneshot::Sender<()>) {
        let (mut conn, mut tried) = (Some(conn), Some(tried));
        let (mut waits, mut refusal): (_, Refusal) = (WAITS.build(), unreachable);
        let answer = loop {
            let session = match conn.take() {
                Some(session) => Ok(session),
                None => {
                    let (base, options) = (self.base.clone(), self.options.clone());
                    let connecting = tokio::time::timeout(PATIENCE, session::connect_writer(&base, &options));
                    match self.aside(refusal, connecting).await {
                        Ok(Ok(session)) => session.map_err(|error| error.to_string()),
                        Ok(Err(_)) => Err("it does not answer".to_owned()),
                        Err(answer) => break answer,
                    }
                }
            };
            let end = match session {
                Ok(session) => self.serve(session, &mut tried).await,
                Err(error) => {
                    tracing::warn!(error, "the journal's database can't be reached; trying again");
                    End::Unfit
                }
            };
            (waits, refusal) = match end {
                End::Closed(answer) => break answer,
                End::Cut => (WAITS.build(), unreachable as Refusal),
                End::Replaced => (WAITS.build(), elsewhere as Refusal),
                End::Unfit => (waits, unreachable as Refusal),
            };
            let wait = waits.next().unwrap_or(LONGEST_WAIT);
            if self
                .unsettled
                .as_ref()
                .is_some_and(|left| left.since.elapsed() > self.options.lease)
                && let Some(left) = self.unsettled.take()
            {
                left.give_up();
            }
            if let Err(answer) = self.aside(refusal, tokio::time::sleep(wait)).await {
                break answer;
            }
        };
        self.end(answer);
    }

    /// Answers those who came too late.
    fn end(mut self, answer: Option<oneshot::Sender<()>>) {
        if let Some(left) = self.unsettled.take() {
            left.give_up();
        }
        self.queue.close();
        while let Ok(message) = self.queue.try_recv() {
            let closed = AppendError::Closed("it is shutting down".into());
            if let Some(other) = message.refuse(closed) {
                let _ = other.send(());
            }
        }
        if let Some(answer) = answer {
            let _ = answer.send(());
        }
    }

    /// Does something while refusing the work that comes. Errors: it was told to close.
    async fn aside<T>(
        &mut self,
        refusal: Refusal,
        what: impl Future<Output = T>,
    ) -> Result<T, Option<oneshot::Sender<()>>> {
        let mut what = std::pin::pin!(what);
        loop {
            let message = match self.held_over.take() {
                Some(message) => Some(message),
                None => tokio::select! {
                    biased;
                    done = &mut what => return Ok(done),
                    message = self.queue.recv() => message,
                },
            };
            match message {
                Some(message) => {
                    if let Some(answer) = message.refuse(refusal()) {
                        return Err(Some(answer));
                    }
                }
                None => return Err(None),
            }
        }
    }

    /// Tries to get the lease until it has it, then writes until it has lost it.
    async fn serve(&mut self, mut conn: PgConnection, tried: &mut Option<oneshot::Sender<()>>) -> End {
        loop {
            let began = Instant::now();
            let (holder, options) = (self.holder.clone(), self.options.clone());
            let taking = tokio::time::timeout(PATIENCE, lease::take(&mut conn, &holder, &options));
            let taken = match self.aside(elsewhere, taking).await {
                Ok(Ok(Ok(taken))) => taken,
                Ok(Ok(Err(error))) => {
                    tracing::warn!(%error, "the journal's lease could not be asked for; trying again");
                    return End::Unfit;
                }
                Ok(Err(_)) => return End::Cut,
                Err(answer) => return close(conn, answer).await,
            };
            if let Some(number) = taken {
                return self.hold(conn, number, began + self.options.lease, tried).await;
            }
            if let Some(left) = self.unsettled.take() {
                left.give_up();
            }
            if let Some(tried) = tried.take() {
                let _ = tried.send(());
            }
            let shared = Arc::clone(&self.shared);
            let waiting = tokio::time::timeout(self.options.renew, shared.heard.notified());
            if let Err(answer) = self.aside(elsewhere, waiting).await {
                return close(conn, answer).await;
            }
        }
    }

    /// Holds the lease, to its end.
    async fn hold(
        &mut self,
        conn: PgConnection,
        number: i64,
        until: Instant,
        tried: &mut Option<oneshot::Sender<()>>,
    ) -> End {
        let mut holding = match hold::begin(self, conn, number, until).await {
            Ok(holding) => holding,
            Err(end) => return end,
        };
        if let Some(tried) = tried.take() {
            let _ = tried.send(());
        }
        let end = holding.work(self).await;
        self.shared.tail.clear();
        self.shared
            .lease
            .send_replace(crate::Lease::Elsewhere { address: None });
        match end {
            End::Closed(answer) => {
                holding.give_up().await;
                End::Closed(answer)
            }
            other => {
                self.refuse_waiting();
                other
            }
        }
    }

    /// Refuses what waits in the queue now.
    fn refuse_waiting(&mut self) {
        let held_over = self.held_over.take();
        for message in held_over
            .into_iter()
            .chain(std::iter::from_fn(|| self.queue.try_recv().ok()))
        {
            if let Some(answer) = message.refuse(AppendError::Elsewhere) {
                self.held_over = Some(Message::Close(answer));
                return;
            }
        }
    }
}

/// Closes a connection that holds nothing.
async fn close(conn: PgConnection, answer: Option<oneshot::Sender<()>>) -> End {
    let _ = tokio::time::timeout(FIRST_WAIT, sqlx::Connection::close(conn)).await;
    End::Closed(answer)
}
