//! What was received of a source is acted on at once; behind it, it is looked up in the source's own log, line by line under the root of its tree.
//!
//! So whoever can write to the broker in a source's name, and not into its journal, is found, and what can't be undone waits until everything
//! that it rests on has been found. A line that the source's log holds otherwise, or not at all for half a minute, stops that source. It goes on
//! when the line is found after all, or when the source has opened an epoch with which the line is listed as lost.

use crate::loss::keep_newest_of;
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
    /// The position here of what stops a source.
    contradicted: watch::Sender<BTreeMap<String, u64>>,
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

    /// Stops a source at a position, or lets it go on.
    fn mark(&self, source: &str, stopped_at: Option<u64>) {
        self.contradicted.send_if_modified(|all| match stopped_at {
            Some(position) => all.insert(source.to_owned(), position) != Some(position),
            None => all.remove(source).is_some(),
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
        self.engine.0.sources.mark(&self.source, None);
    }
}

impl Engine {
    /// Looks what was received of a source up in its own log, as long as this process may write, and keeps the source's newest checkpoint.
    pub fn check_source(&self, channel: Peer, source: String) {
        // From now on what can't be undone waits for it.
        self.0.sources.begin(&source);
        let (engine, peer, name) = (self.clone(), channel.clone(), source.clone());
        self.spawn_writing(move || keep_newest_of(engine.clone(), peer.clone(), name.clone()));
        let engine = self.clone();
        self.spawn_writing(move || check(engine.clone(), channel.clone(), source.clone()));
    }

    /// The position of this journal before which everything that was received of a source has been found in its log; None: it is not received here.
    pub fn checked(&self, source: &str) -> Option<u64> {
        Some(*self.0.sources.of(source)?.covered.borrow())
    }

    /// Why nothing more is taken in of a source; None: nothing that came in its name stands otherwise in its log.
    pub fn contradicted(&self, source: &str) -> Option<String> {
        let position = self.0.sources.contradicted.borrow().get(source).copied()?;
        Some(format!(
            "the log of {source} does not hold what came in its name and stands here at {position}: its database was restored from a backup, or somebody else has written it"
        ))
    }

    /// Why sources are stopped, and a wake-up at every change.
    pub(crate) fn contradictions(&self) -> (watch::Receiver<BTreeMap<String, u64>>, Vec<String>) {
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
        log: SourceLog::new(channel),
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
        let store = self.looking.engine.store().clone();
        // Nobody else moves it while this process may write.
        let stored = match self.stored {
            Some(stored) => stored,
            None => store.cursor(&self.cursor).await?,
        };
        self.stored = Some(stored);
        let mut next = stored.max(*self.state.covered.borrow());
        let outcome = self.look(&mut next).await;
        self.state
            .covered
            .send_if_modified(|covered| std::mem::replace(covered, next) != next);
        if next > stored {
            store.set_cursor(&self.cursor, next).await?;
            self.stored = Some(next);
        }
        outcome
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
                    Verdict::Passes => engine.0.sources.mark(&source, None),
                    Verdict::Waits => return Ok(()),
                    Verdict::Stops => {
                        if engine.contradicted(&source).is_none() {
                            let position = entry.position;
                            report_refusal(CONTRADICTED);
                            tracing::error!(
                                source,
                                position,
                                "a source's log does not hold what came in its name: the source is stopped"
                            );
                        }
                        engine.0.sources.mark(&source, Some(entry.position));
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
                engine.0.sources.mark(&self.looking.source, None);
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
