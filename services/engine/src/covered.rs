//! What was received of a source is acted on at once; behind it, it is looked up in the source's own log, line by line under the root of its tree.
//!
//! So whoever can write to the broker in a source's name, and not into its journal, is found, and what can't be undone waits until everything
//! that it rests on has been found. A line that the source's log holds otherwise, or not at all for half a minute, stops that source. It goes on
//! when the line is found after all, or when the source has opened an epoch with which the line is listed as lost. So is a source stopped whose log
//! does not extend the newest checkpoint that it has signed.

use crate::kept::{Asked, Kept};
use crate::service::grants_source;
use crate::source_log::{CheckError, Found, SourceLog};
use crate::wait::PATIENCE;
use crate::{Engine, ExecuteError, Loaded};
use idesluss_journal::Entry;
use idesluss_proof::line::parse;
use idesluss_runtime::{Peer, report_refusal};
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

/// What is reported when a source's log does not hold what came in its name.
const CONTRADICTED: &str = "contradicted_source";

/// The sources that are received.
#[derive(Default)]
pub(crate) struct Sources {
    each: Mutex<BTreeMap<String, Arc<Source>>>,
    contradicted: watch::Sender<BTreeMap<String, Contradiction>>,
}

/// What stops a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// Its log does not hold what came in its name and stands here at this position.
    Received(u64),
    /// Its log does not extend the one of so many entries that it has signed.
    Signed(u64),
}

impl Contradiction {
    fn of(self, source: &str) -> String {
        match self {
            Self::Received(position) => format!(
                "the log of {source} does not hold what came in its name and stands here at {position}: its database was restored from a backup, or somebody else has written it"
            ),
            Self::Signed(size) => format!(
                "the log of {source} is not the one of which it has signed {size} entries: its database was restored from a backup, or somebody has changed it"
            ),
        }
    }
}

struct Source {
    /// What was received of it before this position of our journal has been found in its log.
    covered: watch::Sender<u64>,
    /// Somebody waits.
    wanted: Notify,
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
                wanted: Notify::new(),
            })
        });
        begun.clone()
    }

    fn stop(&self, source: &str, why: Contradiction) {
        let newly = self
            .contradicted
            .send_if_modified(|all| all.insert(source.to_owned(), why) != Some(why));
        if newly {
            report_refusal(CONTRADICTED);
            tracing::error!(source, ?why, "{}", why.of(source));
        }
    }

    /// Lets a source go on, unless something else stops it.
    fn go_on(&self, source: &str, stopped: impl Fn(Contradiction) -> bool) {
        self.contradicted.send_if_modified(|all| match all.get(source) {
            Some(why) if stopped(*why) => all.remove(source).is_some(),
            _ => false,
        });
    }
}

/// While it lives, this process looks a source up. What it found is another's to say afterwards.
struct Looking {
    engine: Engine,
    source: String,
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.engine.0.sources.go_on(&self.source, |_| true);
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

    /// The position of this journal before which everything that was received of a source has been found in its log; None: it is not received here.
    pub fn checked(&self, source: &str) -> Option<u64> {
        Some(*self.0.sources.of(source)?.covered.borrow())
    }

    /// Why nothing more is taken in of a source; None: nothing that came in its name, and nothing that it has signed, stands otherwise in its log.
    pub fn contradicted(&self, source: &str) -> Option<String> {
        let why = self.0.sources.contradicted.borrow().get(source).copied()?;
        Some(why.of(source))
    }

    /// Why sources are stopped, and a wake-up at every change.
    pub(crate) fn contradictions(&self) -> (watch::Receiver<BTreeMap<String, Contradiction>>, Vec<String>) {
        let mut changes = self.0.sources.contradicted.subscribe();
        let sources: Vec<String> = changes.borrow_and_update().keys().cloned().collect();
        let why = sources.iter().filter_map(|source| self.contradicted(source));
        (changes, why.collect())
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
        let mut contradicted = self.0.sources.contradicted.subscribe();
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
    let mut told = false;
    loop {
        match round.go().await {
            Ok(()) => told = false,
            // The source is away, which others say louder: once is enough.
            Err(error) if !told => {
                let source = &round.looking.source;
                tracing::warn!(source, %error, "what was received could not be looked up at its source");
                told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(AT_MOST).await;
        tokio::select! {
            () = tokio::time::sleep(EACH) => {}
            () = round.state.wanted.notified() => {}
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

fn is_received(why: Contradiction) -> bool {
    matches!(why, Contradiction::Received(_))
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
        let store = self.looking.engine.store().clone();
        // Nobody else moves it while this process may write.
        let stored = match self.stored {
            Some(stored) => stored,
            None => store.cursor(&self.cursor).await?,
        };
        self.stored = Some(stored);
        let mut next = stored.max(*self.state.covered.borrow());
        let (engine, source) = (self.looking.engine.clone(), self.looking.source.clone());
        if let Some(kept) = self.kept.newest(&engine).await? {
            self.log.must_extend(kept);
        }
        let mut outcome = self.look(&mut next).await;
        if outcome.is_ok() {
            outcome = self.keep_signed().await;
        }
        if let Err(CheckError::NotAsSigned(size)) = outcome {
            engine.0.sources.stop(&source, Contradiction::Signed(size));
            outcome = Ok(());
        }
        self.state
            .covered
            .send_if_modified(|covered| std::mem::replace(covered, next) != next);
        if next > stored {
            store.set_cursor(&self.cursor, next).await?;
            self.stored = Some(next);
        }
        outcome
    }

    /// Keeps the newest checkpoint that the source has signed, where it covers what was received.
    async fn keep_signed(&mut self) -> Result<(), CheckError> {
        let (engine, source) = (self.looking.engine.clone(), self.looking.source.clone());
        let received = {
            let head = engine.store().head();
            let head = head.borrow();
            head.received.get(&source).map_or(0, |state| state.from_position + 1)
        };
        match self.kept.ask(&engine, received).await? {
            Asked::NothingNew => return Ok(()),
            Asked::Covers => {}
            Asked::Newer(signed, note) => {
                if !self.log.extends(signed).await? {
                    return Err(CheckError::NotAsSigned(signed.size));
                }
                self.kept.keep(&engine, signed, &note).await?;
            }
        }
        let is_signed = |why| matches!(why, Contradiction::Signed(_));
        engine.0.sources.go_on(&source, is_signed);
        Ok(())
    }

    /// Moves `next` on to the first entry that is not found.
    async fn look(&mut self, next: &mut u64) -> Result<(), CheckError> {
        let (engine, source) = (self.looking.engine.clone(), self.looking.source.clone());
        loop {
            let entries = engine.news(*next, BATCH).await?;
            if entries.is_empty() {
                return Ok(());
            }
            for entry in &entries {
                match self.verdict(entry).await? {
                    Verdict::IsOthers => {}
                    Verdict::Passes => engine.0.sources.go_on(&source, is_received),
                    Verdict::Waits => return Ok(()),
                    Verdict::Stops => {
                        let why = Contradiction::Received(entry.position);
                        engine.0.sources.stop(&source, why);
                        return Ok(());
                    }
                }
                *next = entry.position + 1;
            }
        }
    }

    async fn verdict(&mut self, entry: &Entry) -> Result<Verdict, CheckError> {
        // Our own lines are written by us and need not be read for it: what was received says so in their beginning.
        let beginning = &entry.line[..entry.line.len().min(BEGINNING)];
        if memchr::memmem::find(beginning, b",\"from\":{").is_none() {
            return Ok(Verdict::IsOthers);
        }
        let Ok(line) = parse(&entry.line) else {
            return Ok(Verdict::IsOthers);
        };
        let of_source = line.body.event().filter(|event| event.source == self.looking.source);
        let Some(epoch) = of_source.map(|event| event.epoch) else {
            return Ok(Verdict::IsOthers);
        };
        let found = self.log.look_up(&line).await?;
        if found == Found::There {
            self.beyond = None;
            return Ok(Verdict::Passes);
        }
        // The source may have lost it, and have said so with another epoch; once that has been received it is listed here.
        let opened = self.log.epoch().await?;
        if epoch < opened {
            let engine = &self.looking.engine;
            let received = {
                let head = engine.store().head();
                let head = head.borrow();
                head.received.get(&self.looking.source).map_or(0, |state| state.epoch)
            };
            if received < opened {
                engine.0.sources.go_on(&self.looking.source, is_received);
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
