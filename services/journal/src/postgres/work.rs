//! Pieces of work for the writer, and those who wait for them.

use super::prefetch::Wanted;
use super::rows::Gathered;
use crate::stream_key::StreamKey;
use crate::write::{Batch, State, WriteError, append, receive};
use crate::{Append, AppendError, KeyRow, Outcome, ReceiveReport, Received};
use async_trait::async_trait;
use idesluss_proof::line::Draft;
use sqlx::postgres::PgConnection;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What a piece of work in a batch does.
pub(super) trait Job: Send + Sync + 'static {
    /// What it answers.
    type Answer: Send + Sync;

    /// Says what must be looked up before it is decided.
    fn wants(&self, state: &State, wanted: &mut Wanted);

    /// About how many bytes it writes.
    fn bytes(&self) -> usize;

    /// Decides it. May run again when its batch did not take place.
    fn run(&self, batch: &mut Batch<'_, Gathered>) -> Result<Self::Answer, WriteError<Infallible>>;
}

/// A piece of work and the one who waits for it.
pub(super) trait Work: Send + Sync {
    /// See [`Job::wants`].
    fn wants(&self, state: &State, wanted: &mut Wanted);

    /// See [`Job::bytes`].
    fn bytes(&self) -> usize;

    /// Does it, and notes what to answer.
    fn run(&mut self, batch: &mut Batch<'_, Gathered>);

    /// Whether what was noted is a refusal.
    fn is_refused(&self) -> bool;

    /// Answers: what was noted if the batch is durable, else the batch's error.
    fn finish(self: Box<Self>, fate: Result<(), AppendError>);
}

struct Task<J: Job> {
    job: J,
    noted: Option<Result<J::Answer, AppendError>>,
    answer: oneshot::Sender<Result<J::Answer, AppendError>>,
}

impl<J: Job> Work for Task<J> {
    fn wants(&self, state: &State, wanted: &mut Wanted) {
        self.job.wants(state, wanted);
    }

    fn bytes(&self) -> usize {
        self.job.bytes()
    }

    fn run(&mut self, batch: &mut Batch<'_, Gathered>) {
        self.noted = Some(self.job.run(batch).map_err(|fault| match fault {
            WriteError::Refused(error) => error,
            WriteError::Database(never) => match never {},
        }));
    }

    fn is_refused(&self) -> bool {
        matches!(self.noted, Some(Err(_)))
    }

    fn finish(self: Box<Self>, fate: Result<(), AppendError>) {
        let noted = self
            .noted
            .unwrap_or_else(|| Err(AppendError::Closed("the writer did not come to it".into())));
        // A caller that has gone away is told nothing; its work stands all the same.
        let _ = self.answer.send(fate.and(noted));
    }
}

/// Wraps a job for the writer's queue, with the place to wait for its answer.
#[allow(clippy::type_complexity, reason = "a pair")]
pub(super) fn task<J: Job>(job: J) -> (Box<dyn Work>, oneshot::Receiver<Result<J::Answer, AppendError>>) {
    let (answer, wait) = oneshot::channel();
    let task = Task {
        job,
        noted: None,
        answer,
    };
    (Box::new(task), wait)
}

/// Work that comes seldom, with statements of its own inside one transaction under the lease.
#[async_trait]
pub(super) trait MaintenanceJob: Send + Sync + 'static {
    /// What it answers.
    type Answer: Send + Sync;

    /// Whether it may take keys away: what was known of them is looked up again afterwards.
    const ERASES: bool = false;

    /// Does it. A refusal is the inner error, and undoes what was done.
    async fn run(
        &self,
        conn: &mut PgConnection,
        now: i64,
    ) -> Result<Result<Self::Answer, AppendError>, crate::StoreError>;
}

/// Maintenance work and the one who waits for it.
#[async_trait]
pub(super) trait DynMaintenanceJob: Send + Sync {
    /// See [`MaintenanceJob::ERASES`].
    fn erases(&self) -> bool;

    /// Does it and notes what to answer. Returns whether to commit; an error means that the database failed.
    async fn run(&mut self, conn: &mut PgConnection, now: i64) -> Result<bool, crate::StoreError>;

    /// Answers.
    fn finish(self: Box<Self>, fate: Result<(), AppendError>);
}

struct MaintenanceTask<J: MaintenanceJob> {
    job: J,
    noted: Option<Result<J::Answer, AppendError>>,
    answer: oneshot::Sender<Result<J::Answer, AppendError>>,
}

#[async_trait]
impl<J: MaintenanceJob> DynMaintenanceJob for MaintenanceTask<J> {
    fn erases(&self) -> bool {
        J::ERASES
    }

    async fn run(&mut self, conn: &mut PgConnection, now: i64) -> Result<bool, crate::StoreError> {
        let noted = self.job.run(conn, now).await?;
        let is_done = noted.is_ok();
        self.noted = Some(noted);
        Ok(is_done)
    }

    fn finish(self: Box<Self>, fate: Result<(), AppendError>) {
        let noted = self
            .noted
            .unwrap_or_else(|| Err(AppendError::Closed("the writer did not come to it".into())));
        let _ = self.answer.send(fate.and(noted));
    }
}

/// Wraps rare work for the writer's queue.
#[allow(clippy::type_complexity, reason = "a pair")]
pub(super) fn maintenance<J: MaintenanceJob>(
    job: J,
) -> (
    Box<dyn DynMaintenanceJob>,
    oneshot::Receiver<Result<J::Answer, AppendError>>,
) {
    let (answer, wait) = oneshot::channel();
    let task = MaintenanceTask {
        job,
        noted: None,
        answer,
    };
    (Box::new(task), wait)
}

/// Wants a stream whose version is not known by heart.
fn want_stream(name: &str, state: &State, wanted: &mut Wanted) {
    let key = StreamKey::in_instance(&state.name, name);
    if state.streams.get(&key).is_none() {
        wanted.streams.push(key);
    }
}

impl Job for Append {
    type Answer = Outcome;

    fn wants(&self, state: &State, wanted: &mut Wanted) {
        // A command that leads to events is hardly ever a repeat, and a stream that they begin is new: both are inserted,
        // under unique indexes. A stream that is only read must be looked up: nothing is inserted that could tell.
        let is_new = self.streams.iter().any(|part| !part.events.is_empty()) && wanted.presume();
        if !is_new {
            wanted.commands.extend(self.command.as_ref().map(|command| command.id));
        }
        for part in &self.streams {
            let begins = part.expected == 0 && !part.events.is_empty();
            if !(is_new && begins) {
                want_stream(&part.stream, state, wanted);
            }
        }
        // A key that comes with its first text is new too. One that was there before may have been erased.
        if !is_new {
            wanted.keys.extend(self.keys.iter().map(|key| key.id));
        }
        let is_known = |key: &[u8; 16]| self.keys.iter().any(|new| new.id == *key) || state.keys.get(key).is_some();
        let of_texts = self.texts.iter().map(|text| text.key);
        wanted.keys.extend(of_texts.filter(|key| !is_known(key)));
        wanted.files.extend(&self.claimed);
    }

    fn bytes(&self) -> usize {
        let events = self.streams.iter().flat_map(|part| &part.events);
        let texts = self.texts.iter().map(|text| text.ciphertext.len() + 200);
        events.map(|event| event.data.len() + 800).sum::<usize>() + texts.sum::<usize>()
    }

    fn run(&self, batch: &mut Batch<'_, Gathered>) -> Result<Outcome, WriteError<Infallible>> {
        append::append(batch, self)
    }
}

/// An event that opens an epoch.
pub(super) struct OpenEpoch(pub(super) Draft);

impl Job for OpenEpoch {
    type Answer = Outcome;

    fn wants(&self, state: &State, wanted: &mut Wanted) {
        want_stream(&append::journal_stream(&state.name), state, wanted);
    }

    fn bytes(&self) -> usize {
        self.0.data.len()
    }

    fn run(&self, batch: &mut Batch<'_, Gathered>) -> Result<Outcome, WriteError<Infallible>> {
        append::open_epoch(batch, &self.0)
    }
}

impl Job for Arc<[Received]> {
    type Answer = ReceiveReport;

    fn wants(&self, state: &State, wanted: &mut Wanted) {
        // Hardly ever has an event that comes next been here under its id: it is inserted under a unique index.
        let is_new = wanted.presume();
        for event in self.iter() {
            let known = state
                .head_state
                .sources
                .iter()
                .find(|source| *source.name == *event.source);
            let come_to = known.map_or((0, 0), |source| (source.epoch, source.sequence));
            if (event.epoch, event.sequence) <= come_to {
                let source_position = (event.source.clone(), event.epoch, event.sequence);
                wanted.lines.push(source_position);
            } else if let (Ok(form), false) = (&event.form, is_new) {
                wanted.event_ids.push(form.id.clone());
            }
        }
    }

    fn bytes(&self) -> usize {
        self.iter().map(|event| event.event.len() + 200).sum()
    }

    fn run(&self, batch: &mut Batch<'_, Gathered>) -> Result<ReceiveReport, WriteError<Infallible>> {
        receive::receive(batch, self)
    }
}

impl Job for Vec<KeyRow> {
    type Answer = ();

    fn wants(&self, _state: &State, wanted: &mut Wanted) {
        wanted.keys.extend(self.iter().map(|key| key.id));
    }

    fn bytes(&self) -> usize {
        self.len() * 200
    }

    fn run(&self, batch: &mut Batch<'_, Gathered>) -> Result<(), WriteError<Infallible>> {
        batch.check_sealed(self, &[])?;
        batch.add_sealed(self, &[])
    }
}
