//! What was received of a source is acted on at once; behind it, it is looked up in the source's own log, line by line under the root of its tree.
//!
//! So whoever can write to the broker in a source's name, and not into its journal, is found, and what can't be undone waits until everything
//! that it rests on has been found. A line that the source's log holds otherwise, or not at all for half a minute, stops that source. It goes on
//! when the line is found after all, or when the source has opened an epoch with which the line is listed as lost. A source is stopped as well whose
//! log does not extend the newest checkpoint that is kept of it; it goes on when it does, or when it extends something newer that it
//! signs, or in its next epoch; a process that begins anew knows what is kept alone.

use crate::contradicted::Contradiction;
use crate::kept::Kept;
use crate::service::grants_source;
use crate::signed::SignedJournal;
use crate::source_log::{CheckError, Consistency, Found, ReceivedLine, SourceLog};
use crate::wait::PATIENCE;
use crate::{Engine, ExecuteError, Loaded, News};
use idesluss_journal::StoreError;
use idesluss_runtime::Peer;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// How often it is looked whether something has been received, and how often at the most when somebody waits.
const EACH: Duration = Duration::from_secs(1);
const AT_MOST: Duration = Duration::from_millis(100);
/// So long a source may not tell of what came in its name: a replica that answers may be behind, but not for good.
const TOLD_WITHIN: Duration = Duration::from_secs(30);
/// How many entries are read at once.
const BATCH: usize = 256;

/// In so many bytes a line says whether it was received: before that stand its position and its time.
const BEGINNING: usize = 96;

/// The sources that are received.
#[derive(Default)]
pub(crate) struct Sources {
    each: Mutex<BTreeMap<String, Arc<Source>>>,
}

struct Source {
    /// What was received of it before this position of our journal has been found in its log.
    covered: watch::Sender<u64>,
    /// When that was last all.
    all_since: Mutex<Instant>,
    /// Somebody waits.
    wanted: Notify,
}

impl Source {
    fn all_is_found(&self) {
        *self.all_since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Sources {
    fn of(&self, source: &str) -> Option<Arc<Source>> {
        let each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        each.get(source).cloned()
    }

    fn begin(&self, source: &str) -> Arc<Source> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = each.entry(source.to_owned()).or_insert_with(|| {
            Arc::new(Source {
                covered: watch::Sender::new(0),
                all_since: Mutex::new(Instant::now()),
                wanted: Notify::new(),
            })
        });
        begun.clone()
    }
}

/// While it lives, this process looks a source up. What it found is another's to say afterwards.
struct Looking {
    engine: Engine,
    source: String,
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.engine.0.stopped.go_on(&self.source, |_| true);
    }
}

impl Engine {
    /// Looks what was received of a source up in its own log, as long as this process may write, and keeps the source's newest checkpoint.
    pub fn check_source(&self, channel: Peer, source: String) {
        // From now on what can't be undone waits for it.
        self.0.sources.begin(&source);
        let engine = self.clone();
        self.spawn_writing(move || check(engine.clone(), channel.clone(), source.clone()));
    }

    /// Whether what a source writes is taken in here.
    pub(crate) fn follows(&self, source: &str) -> bool {
        self.0.sources.of(source).is_some()
    }

    /// The position of this journal before which everything that was received of a source has been found in its log; None: it is not received here.
    pub fn checked(&self, source: &str) -> Option<u64> {
        Some(*self.0.sources.of(source)?.covered.borrow())
    }

    /// How long ago all that was received of a source had last been found in its log; None: it is not received here.
    pub fn unchecked_for(&self, source: &str) -> Option<Duration> {
        let source = self.0.sources.of(source)?;
        let all_since = source.all_since.lock().unwrap_or_else(PoisonError::into_inner);
        Some(all_since.elapsed())
    }

    /// How many entries of a stopped source stand here that its log does not cover: from where the looking up stands on. It stands there
    /// durably, so that they are marked without a row each; what the source's next epoch cuts off of them is in the list of orphans from then on.
    ///
    /// Returns 0 unless the source is stopped here, where this process may write.
    pub async fn uncovered(&self, source: &str) -> Result<u64, StoreError> {
        let from = match self.0.stopped.why(source) {
            None => return Ok(0),
            Some(Contradiction::Received(position)) => position,
            Some(Contradiction::Signed(_)) => self.checked(source).unwrap_or(0),
        };
        self.store().received_since(source, from).await
    }

    /// Waits until everything that a command rests on, as far as it was received, has been found in its source's log: the streams that were loaded,
    /// and all that identity has said by now.
    ///
    /// Errors: `Unchecked` after two seconds; `Contradicted` when a source is stopped before it.
    pub(crate) async fn wait_until_checked(&self, loaded: &Loaded) -> Result<(), ExecuteError> {
        let mut last: BTreeMap<String, u64> = BTreeMap::new();
        // Roles, keys, sessions and what was confirmed are read at hand: all of it is waited for.
        let size = self.store().head().borrow().size;
        last.insert(grants_source(&self.instance()?), size.saturating_sub(1));
        let streams = loaded.0.values();
        for entry in streams.flat_map(|stream| &stream.entries).filter(|entry| !entry.own) {
            let last = last.entry(entry.meta.source.clone()).or_default();
            *last = entry.position.max(*last);
        }
        let until = Instant::now() + PATIENCE;
        let mut contradicted = self.0.stopped.subscribe();
        for (name, position) in last {
            // Identity follows nobody; and what nobody follows here was received by an earlier installation, and looked up then.
            let Some(source) = self.0.sources.of(&name) else {
                continue;
            };
            let mut covered = source.covered.subscribe();
            while *covered.borrow_and_update() <= position {
                if contradicted.borrow_and_update().contains_key(&name) {
                    return Err(ExecuteError::Contradicted(name));
                }
                source.wanted.notify_one();
                tokio::select! {
                    changed = covered.changed() => changed.map_err(|_| ExecuteError::Unchecked)?,
                    changed = contradicted.changed() => changed.map_err(|_| ExecuteError::Unchecked)?,
                    () = tokio::time::sleep_until(until) => return Err(ExecuteError::Unchecked),
                }
            }
        }
        Ok(())
    }
}

async fn check(engine: Engine, channel: Peer, source: String) {
    let mut round = Round {
        state: engine.0.sources.begin(&source),
        log: SourceLog::new(channel.clone()),
        kept: Kept::of(source.clone(), channel),
        cursor: format!("covered {source}"),
        stored: None,
        beyond: None,
        looking: Looking { engine, source },
    };
    // Whoever begins to look has not been late.
    round.state.all_is_found();
    let (mut of_looking, mut of_keeping) = (Warned::default(), Warned::default());
    loop {
        let looked = round.go().await;
        of_looking.once(
            &round,
            &looked,
            "what was received could not be looked up at its source",
        );
        if looked.is_ok() {
            let kept = round.keep_signed().await;
            of_keeping.once(&round, &kept, "the source's newest checkpoint could not be kept");
        }
        tokio::time::sleep(AT_MOST).await;
        tokio::select! {
            () = tokio::time::sleep(EACH) => {}
            () = round.state.wanted.notified() => {}
        }
    }
}

/// The source is away, which others say louder: once is enough.
#[derive(Default)]
struct Warned(bool);

impl Warned {
    fn once(&mut self, round: &Round, done: &Result<(), CheckError>, what: &str) {
        let source = &round.looking.source;
        match done {
            Ok(()) => self.0 = false,
            Err(error) if !self.0 => {
                tracing::warn!(source, %error, "{what}");
                self.0 = true;
            }
            Err(_) => {}
        }
    }
}

/// Looks up what has come since the last time.
struct Round {
    looking: Looking,
    state: Arc<Source>,
    log: SourceLog,
    kept: Kept,
    /// The name of the cursor, and where it stands.
    cursor: String,
    stored: Option<u64>,
    /// The position of what the source does not tell of, and since when.
    beyond: Option<(u64, Instant)>,
}

/// What becomes of an entry.
enum Verdict {
    /// It is no event of this source.
    IsOthers,
    Passes,
    /// It is asked again in a moment.
    Waits,
    Stops,
}

impl Round {
    async fn go(&mut self) -> Result<(), CheckError> {
        let (engine, source) = (self.looking.engine.clone(), self.looking.source.clone());
        let looked = match engine.0.stopped.why(&source).and_then(Contradiction::signed) {
            Some(signed) => self.is_as_signed_again(signed).await,
            None => self.look_on().await,
        };
        self.stop_if_not_as_signed(looked)
    }

    fn stop_if_not_as_signed(&self, done: Result<(), CheckError>) -> Result<(), CheckError> {
        let Err(CheckError::Inconsistent(signed)) = done else {
            return done;
        };
        let (engine, source) = (&self.looking.engine, &self.looking.source);
        engine.0.stopped.stop(source, Contradiction::Signed(signed));
        Ok(())
    }

    /// Lets the source go on whose log was not the one that it had signed, if now it is, or is the one that it has signed since.
    async fn is_as_signed_again(&mut self, signed: SignedJournal) -> Result<(), CheckError> {
        let (engine, source) = (self.looking.engine.clone(), self.looking.source.clone());
        let kept = self.kept.newest(&engine).await?;
        let again = match self.log.consistency(signed, kept).await? {
            Consistency::Consistent | Consistency::NewerEpoch => true,
            Consistency::Inconsistent | Consistency::Behind => false,
        };
        let newer = self.keep_newer(kept).await?;
        // Whoever says nothing has taken nothing back.
        if again || newer.is_some_and(|newer| !newer.is_before(signed)) {
            engine.0.stopped.go_on(&source, |why| why.signed().is_some());
        }
        Ok(())
    }

    /// Looks up what has come, and tells how far that was found.
    async fn look_on(&mut self) -> Result<(), CheckError> {
        let store = self.looking.engine.store().clone();
        // Nobody else moves it while this process may write.
        let stored = match self.stored {
            Some(stored) => stored,
            None => store.cursor(&self.cursor).await?,
        };
        self.stored = Some(stored);
        let mut next = stored.max(*self.state.covered.borrow());
        let outcome = self.look(&mut next).await;
        self.publish(next);
        if next > stored {
            store.set_cursor(&self.cursor, next).await?;
            self.stored = Some(next);
        }
        outcome
    }

    /// What was received before this position of our journal has been found.
    fn publish(&self, next: u64) {
        self.state
            .covered
            .send_if_modified(|covered| std::mem::replace(covered, next) != next);
    }

    /// Keeps the newest checkpoint that the source has signed, once what is kept does not cover what was received, and if its log extends both.
    async fn keep_signed(&mut self) -> Result<(), CheckError> {
        let (engine, source) = (self.looking.engine.clone(), self.looking.source.clone());
        let (epoch, received) = {
            let head = engine.store().head();
            let head = head.borrow();
            let state = head.received.get(&source);
            // Where it stands there is the source's own word.
            state.map_or((0, 0), |state| (state.epoch, state.from_position.saturating_add(1)))
        };
        if engine.0.stopped.why(&source).is_some() {
            return Ok(());
        }
        let kept = self.kept.newest(&engine).await?;
        if !self.kept.is_time(epoch, received) {
            return Ok(());
        }
        let done = self.keep_newer(kept).await.map(drop);
        self.stop_if_not_as_signed(done)
    }

    /// Asks the source for what it has signed since, and keeps it if its log was shown to extend it. What can't be held against the log is not kept:
    /// it is asked for again in a moment. Returns what is kept newly.
    async fn keep_newer(&mut self, kept: Option<SignedJournal>) -> Result<Option<SignedJournal>, CheckError> {
        let Some((newer, note)) = self.kept.ask().await else {
            return Ok(None);
        };
        match self.log.consistency(newer, kept).await? {
            Consistency::Consistent => {
                self.kept.keep(&self.looking.engine, newer, &note).await?;
                Ok(Some(newer))
            }
            Consistency::Inconsistent => Err(CheckError::Inconsistent(newer)),
            Consistency::Behind => Err(CheckError::Behind),
            Consistency::NewerEpoch => Ok(None),
        }
    }

    /// Moves `next` on to the first entry that is not found.
    async fn look(&mut self, next: &mut u64) -> Result<(), CheckError> {
        let (engine, source) = (self.looking.engine.clone(), self.looking.source.clone());
        let signed = self.kept.newest(&engine).await?;
        loop {
            self.publish(*next);
            let entries = engine.news(*next, BATCH).await?;
            if entries.is_empty() {
                self.state.all_is_found();
                return Ok(());
            }
            for entry in &entries {
                match self.verdict(entry, signed).await? {
                    Verdict::IsOthers => {}
                    Verdict::Passes => engine.0.stopped.go_on(&source, Contradiction::is_received),
                    Verdict::Waits => return Ok(()),
                    Verdict::Stops => {
                        let why = Contradiction::Received(entry.position);
                        engine.0.stopped.stop(&source, why);
                        return Ok(());
                    }
                }
                *next = entry.position + 1;
            }
        }
    }

    async fn verdict(&mut self, entry: &News, signed: Option<SignedJournal>) -> Result<Verdict, CheckError> {
        // Our own lines are written by us and need not be read for it: what was received says so in their beginning.
        let beginning = &entry.line[..entry.line.len().min(BEGINNING)];
        if memchr::memmem::find(beginning, b",\"from\":{").is_none() {
            return Ok(Verdict::IsOthers);
        }
        let Some(received) = ReceivedLine::read(&entry.line).filter(|line| line.source == self.looking.source) else {
            return Ok(Verdict::IsOthers);
        };
        let epoch = received.epoch;
        let found = self.log.look_up(&received, signed).await?;
        if found == Found::There {
            self.beyond = None;
            return Ok(Verdict::Passes);
        }
        // The source may have lost it, and have said so with another epoch; once that has been received it is listed here.
        let opened = self.log.epoch(signed).await?;
        if epoch < opened {
            let engine = &self.looking.engine;
            let received = {
                let head = engine.store().head();
                let head = head.borrow();
                head.received.get(&self.looking.source).map_or(0, |state| state.epoch)
            };
            if received < opened {
                engine.0.stopped.go_on(&self.looking.source, Contradiction::is_received);
                return Ok(Verdict::Waits);
            }
            let lost = engine.store().orphans().await?;
            return Ok(match lost.iter().any(|lost| lost.position == entry.position) {
                true => Verdict::Passes,
                false => Verdict::Stops,
            });
        }
        if found == Found::Otherwise {
            return Ok(Verdict::Stops);
        }
        let since = match self.beyond {
            Some((position, since)) if position == entry.position => since,
            _ => Instant::now(),
        };
        self.beyond = Some((entry.position, since));
        Ok(match since.elapsed() > TOLD_WITHIN {
            true => Verdict::Stops,
            false => Verdict::Waits,
        })
    }
}
