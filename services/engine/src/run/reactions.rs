use crate::{Engine, ExecuteError, Recorded, metric_names};
use async_trait::async_trait;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use futures_util::future::join_all;
use idesluss_domain::Event;
use idesluss_journal::{AppendError, Parked, StoreError};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument as _;

/// How many entries are looked at before the cursor is moved.
const BATCH: usize = 256;

/// How long is waited before the next attempt; up to as long again by chance, so that many do not come at the same moment.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(100))
    .with_max_delay(LONGEST_PAUSE)
    .with_jitter()
    .without_max_times();
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The beginning of the reason with which ideas are parked whose events this version does not know.
pub const UNKNOWN_TYPE: &str = "unknown type ";

/// Turns events into own commands with ids derived from the event, so that a repeat does nothing.
#[async_trait]
pub trait Reaction: Send + Sync + 'static {
    /// Its name: the key of its cursor, never changed.
    const NAME: &'static str;

    /// How many entries are answered at once, each about an idea of its own: their commands share a commit. One idea's are answered one after the other.
    const TOGETHER: usize = 32;

    /// Whether it has anything to do with this entry.
    fn concerns(&self, entry: &Recorded) -> bool;

    /// Answers the entry.
    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError>;

    /// Answers as many of `entries`, from the first on, as can be answered together, and says how many it has answered.
    ///
    /// Asked again for those that are left as long as it answers any. The others are given to `react`, and so is the first that can't be answered: what
    /// went wrong is for `react` to say.
    /// Shape: two entries or more, all of which concern it.
    async fn ahead(&self, entries: &[&Recorded]) -> usize {
        let _ = entries;
        0
    }
}

/// The span in which a reaction answers an entry: it points to the one in which the entry was written.
pub fn reaction_span<R: Reaction>(entry: &Recorded) -> tracing::Span {
    let span = tracing::info_span!("reaction", otel.name = R::NAME, otel.kind = "consumer");
    idesluss_runtime::link(&span, entry.meta.traceparent.as_deref());
    span
}

/// Why an entry could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum ReactionError {
    /// Not now, for a reason that has nothing to do with this idea: a service is down. Tried again until it works.
    #[error("{0}")]
    Retry(String),
    /// Not at all: the idea is parked for this reaction and everything else goes on.
    #[error("{0}")]
    Park(String),
}

impl From<ExecuteError> for ReactionError {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => Self::Park(rejection.code.to_owned()),
            ExecuteError::Append(AppendError::Refused(why)) => Self::Park(why),
            // Mistakes of the program, which time does not mend: nobody else waits for them.
            ExecuteError::RoleNotHeld
            | ExecuteError::Append(AppendError::CommandReused)
            | ExecuteError::Stream(_)
            | ExecuteError::NotSealed(_)
            | ExecuteError::NotInPolicy(..) => Self::Park(error.to_string()),
            ExecuteError::Append(_)
            | ExecuteError::Store(_)
            | ExecuteError::Vault(_)
            | ExecuteError::BlockedBy(_)
            | ExecuteError::Query(_)
            | ExecuteError::Stale
            | ExecuteError::Unchecked
            | ExecuteError::Contradicted(_) => Self::Retry(error.to_string()),
        }
    }
}

impl From<tonic::Status> for ReactionError {
    /// What another service refuses for good parks; anything else may work later.
    fn from(status: tonic::Status) -> Self {
        use tonic::Code::{AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied};
        let reason = idesluss_proto::status::Refusal::from(&status).reason;
        match status.code() {
            FailedPrecondition | InvalidArgument | NotFound | PermissionDenied | AlreadyExists => Self::Park(reason),
            code => Self::Retry(format!("{code:?} {reason}")),
        }
    }
}

impl From<StoreError> for ReactionError {
    fn from(error: StoreError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<AppendError> for ReactionError {
    fn from(error: AppendError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl Engine {
    /// Runs a reaction from where it was left until the service ends.
    pub fn react<R: Reaction>(&self, reaction: R) {
        let (engine, reaction) = (self.clone(), Arc::new(reaction));
        self.spawn_writing(move || {
            let runner = Runner {
                engine: engine.clone(),
                reaction: reaction.clone(),
                parked: HashSet::new(),
                next: 0,
                beside: HashSet::new(),
                ready: false,
            };
            runner.run()
        });
    }
}

struct Runner<R: Reaction> {
    engine: Engine,
    reaction: Arc<R>,
    /// The ideas that it leaves alone.
    parked: HashSet<String>,
    next: u64,
    /// What was answered beside an entry that waits: fewer than [`Reaction::TOGETHER`].
    beside: HashSet<u64>,
    ready: bool,
}

impl<R: Reaction> Drop for Runner<R> {
    /// It ends with the lease: what waits for another replica is for its own metrics to say.
    fn drop(&mut self) {
        metrics::gauge!(metric_names::REACTION_LAG, "service" => self.engine.service(), "reaction" => R::NAME).set(0.0);
    }
}

impl<R: Reaction> Runner<R> {
    async fn run(mut self) {
        let mut pauses = PAUSES.build();
        loop {
            match self.step().await {
                Ok(()) => pauses = PAUSES.build(),
                Err(error) => {
                    tracing::warn!(reaction = R::NAME, %error, "waiting before it goes on");
                    tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
                }
            }
        }
    }

    /// Answers what is there, then waits for more. An error leaves it before the entry that caused it.
    async fn step(&mut self) -> Result<(), ReactionError> {
        let store = self.engine.store().clone();
        if !self.ready {
            self.begin().await?;
            self.ready = true;
        }
        let mut wakes = self.engine.wakes();
        while self.next >= *wakes.borrow_and_update() {
            if wakes.changed().await.is_err() {
                // The journal closes with the service, and so does whatever waits for it.
                std::future::pending::<()>().await;
            }
        }
        let news = self.engine.news(self.next, BATCH).await?;
        let entries: Vec<&Recorded> = news
            .iter()
            .filter_map(|entry| entry.recorded().map(|entry| &**entry))
            .collect();
        let mut left = &entries[..];
        while let Some(last) = self.answer_ahead(left).await {
            left = &left[left.partition_point(|entry| entry.position <= last)..];
        }
        self.answer_all(left.iter().copied()).await?;
        self.beside.clear();
        self.next = news.last().map_or(self.next, |entry| entry.position + 1);
        store.set_cursor(R::NAME, self.next).await?;
        let behind = store.head().borrow().size.saturating_sub(self.next);
        metrics::gauge!(metric_names::REACTION_LAG, "service" => self.engine.service(), "reaction" => R::NAME)
            .set(behind as f64);
        Ok(())
    }

    /// Finds its place again, and takes up ideas whose unknown events this version knows.
    async fn begin(&mut self) -> Result<(), ReactionError> {
        let store = self.engine.store().clone();
        self.next = store.cursor(R::NAME).await?;
        for parked in store
            .parked()
            .await?
            .into_iter()
            .filter(|parked| parked.reaction == R::NAME)
        {
            let kind = parked.reason.strip_prefix(UNKNOWN_TYPE);
            let known = kind.is_some_and(|kind| Event::all_types().any(|known| known == kind));
            if known && self.take_up(&parked).await? {
                store.unpark(R::NAME, &parked.correlation).await?;
            } else {
                self.parked.insert(parked.correlation);
            }
        }
        Ok(())
    }

    /// Answers what was left of one idea up to where the reaction stands; false: another event parks it again.
    async fn take_up(&mut self, parked: &Parked) -> Result<bool, ReactionError> {
        let (mut next, end) = (parked.position, self.next);
        while next < end {
            let entries = self.engine.store().read(next, BATCH).await?;
            let Some(last) = entries.last() else { break };
            let after = last.position + 1;
            for entry in entries.iter().filter(|entry| entry.position < end) {
                let read = Recorded::read(&entry.line);
                if let Some(entry) = read.filter(|entry| entry.meta.correlation.to_string() == parked.correlation) {
                    self.answer(&entry).await?;
                    if self.parked.contains(&parked.correlation) {
                        return Ok(false);
                    }
                }
            }
            next = after;
        }
        Ok(true)
    }

    /// Answers together what can be answered together. Returns the position of the last entry that was.
    async fn answer_ahead(&self, entries: &[&Recorded]) -> Option<u64> {
        // What follows one that parks its idea waits until it is parked.
        let known = entries.iter().take_while(|entry| entry.event.is_some());
        let due: Vec<&Recorded> = known.filter(|entry| self.concerns(entry)).copied().collect();
        if due.len() < 2 {
            return None;
        }
        let answered = self.reaction.ahead(&due).await;
        answered.checked_sub(1).map(|last| due[last].position)
    }

    /// Answers entries, as many at once as may be. An error leaves it before the entry that caused it.
    async fn answer_all<'a>(&mut self, entries: impl Iterator<Item = &'a Recorded>) -> Result<(), ReactionError> {
        let mut together: Vec<&Recorded> = Vec::new();
        for entry in entries {
            let is_known = entry.event.is_some();
            if is_known && !self.reaction.concerns(entry) || self.beside.contains(&entry.position) {
                continue;
            }
            let waits = |other: &&Recorded| other.meta.correlation == entry.meta.correlation;
            if !is_known || together.len() == R::TOGETHER || together.iter().any(waits) {
                self.answer_together(std::mem::take(&mut together)).await?;
            }
            if !is_known {
                self.next = entry.position;
                self.answer(entry).await?;
            } else if self.concerns(entry) {
                together.push(entry);
            }
        }
        self.answer_together(together).await
    }

    /// Answers entries about an idea each. One that must wait stops none of the others, which are not answered again with it.
    async fn answer_together(&mut self, entries: Vec<&Recorded>) -> Result<(), ReactionError> {
        let react = entries
            .iter()
            .map(|entry| self.reaction.react(entry).instrument(reaction_span::<R>(entry)));
        let answers = join_all(react).await;
        let mut waits = None;
        for (entry, answer) in entries.into_iter().zip(answers) {
            let done = match answer {
                Err(ReactionError::Park(why)) => self.park(entry, entry.meta.correlation.to_string(), why).await,
                other => other,
            };
            match done {
                Ok(()) if waits.is_some() => {
                    self.beside.insert(entry.position);
                }
                Err(error) if waits.is_none() => waits = Some((entry.position, error)),
                // Those before one that waits are behind it; a second one waits too.
                _ => {}
            }
        }
        match waits {
            None => Ok(()),
            Some((position, error)) => {
                self.next = position;
                Err(error)
            }
        }
    }

    fn concerns(&self, entry: &Recorded) -> bool {
        self.reaction.concerns(entry) && !self.parked.contains(&entry.meta.correlation.to_string())
    }

    async fn answer(&mut self, entry: &Recorded) -> Result<(), ReactionError> {
        let correlation = entry.meta.correlation.to_string();
        if self.parked.contains(&correlation) {
            return Ok(());
        }
        if entry.event.is_none() {
            return self
                .park(entry, correlation, format!("{UNKNOWN_TYPE}{}", entry.meta.kind))
                .await;
        }
        if !self.reaction.concerns(entry) {
            return Ok(());
        }
        match self.reaction.react(entry).instrument(reaction_span::<R>(entry)).await {
            Err(ReactionError::Park(why)) => self.park(entry, correlation, why).await,
            other => other,
        }
    }

    async fn park(&mut self, entry: &Recorded, correlation: String, reason: String) -> Result<(), ReactionError> {
        tracing::warn!(reaction = R::NAME, position = entry.position, %reason, "an idea is parked");
        let parked = Parked {
            reaction: R::NAME.to_owned(),
            correlation: correlation.clone(),
            position: entry.position,
            reason,
        };
        self.engine.store().park(parked).await?;
        self.parked.insert(correlation);
        Ok(())
    }
}
