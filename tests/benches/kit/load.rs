//! Writing to a journal as fast as it takes it, and reading it again.

use super::ideas::{self, Ids};
use idesluss_domain::submission::idea::{Idea, Ideas};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::Recorded;
use idesluss_journal::{Append, Outcome, Store};
use idesluss_tests::rate;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How many tasks fill a journal.
const FILLERS: usize = 256;

/// What the clock says, in UTC microseconds.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_micros()).expect("before the year 290000")
}

/// Appends one event at a time from each of `writers` tasks, for one turn or until `most` are in.
///
/// What is appended has been made before: it is the journal that is measured, not those who use it.
/// Returns appends per second and each one's time.
pub(crate) async fn append(
    store: &Arc<dyn Store>,
    writers: usize,
    (most, ids): (usize, Ids),
    turn: Duration,
) -> (f64, Vec<Duration>) {
    write(store, prepare(writers, (most, ids)), turn).await
}

/// Makes appends of one event, as many for each writer, at most so many.
pub(crate) fn prepare(writers: usize, (most, ids): (usize, Ids)) -> Vec<Vec<Append>> {
    let mut prepared: Vec<Vec<Append>> = (0..writers).map(|_| Vec::with_capacity(most / writers)).collect();
    for _ in 0..most / writers {
        prepared.iter_mut().for_each(|own| own.push(ideas::append(1, ids)));
    }
    prepared
}

/// Lets each writer append what was made for it, one after the other, for one turn.
pub(crate) async fn write(store: &Arc<dyn Store>, prepared: Vec<Vec<Append>>, turn: Duration) -> (f64, Vec<Duration>) {
    let began = Instant::now();
    let tasks = prepared.into_iter().map(|own| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let mut times = Vec::with_capacity(own.len());
            for append in own {
                if began.elapsed() > turn {
                    break;
                }
                let one = Instant::now();
                let outcome = store.append(append).await.expect("appended");
                assert!(matches!(outcome, Outcome::Written(_)), "{outcome:?}");
                times.push(one.elapsed());
            }
            times
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a writer does not panic"));
    }
    (rate(times.len(), began.elapsed()), times)
}

/// Appends whole lives of `ideas` ideas, one life an append, by many tasks.
pub(crate) async fn fill(store: &Arc<dyn Store>, ideas: u64) {
    let next = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..FILLERS)
        .map(|_| {
            let (store, next) = (Arc::clone(store), Arc::clone(&next));
            tokio::spawn(async move {
                while next.fetch_add(1, Ordering::Relaxed) < ideas {
                    let append = ideas::append(usize::try_from(ideas::EVENTS).expect("ten"), Ids::Ordered);
                    store.append(append).await.expect("appended");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a writer does not panic");
    }
}

/// Reads every event through the store. Returns how many there were.
pub(crate) async fn typed(store: &dyn Store, entries: u64) -> u64 {
    let events = Arc::new(AtomicU64::new(0));
    let into = Arc::clone(&events);
    let visit = move |_, line: &[u8]| {
        if Recorded::read(line).is_some_and(|entry| entry.event.is_some()) {
            into.fetch_add(1, Ordering::Relaxed);
        }
        ControlFlow::Continue(())
    };
    store.scan(0, entries, Box::new(visit)).await.expect("scanned");
    events.load(Ordering::Relaxed)
}

/// Reads every entry through the store, and folds every idea. Returns how many events there were.
pub(crate) async fn replay(store: &dyn Store, entries: u64) -> u64 {
    let folded = Arc::new(Mutex::new((0u64, HashMap::<[u8; 16], Idea>::new())));
    let into = Arc::clone(&folded);
    let visit = move |_, line: &[u8]| {
        let mut folded = into.lock().expect("nobody panics");
        if let Some(entry) = Recorded::read(line)
            && let Some(Event::Idea(event)) = &entry.event
        {
            let idea = folded.1.entry(entry.meta.correlation.into_bytes()).or_default();
            *idea = Ideas::evolve(std::mem::take(idea), event);
            folded.0 += 1;
        }
        ControlFlow::Continue(())
    };
    store.scan(0, entries, Box::new(visit)).await.expect("scanned");
    let folded = folded.lock().expect("nobody panics");
    assert!(!folded.1.is_empty(), "nothing was folded");
    folded.0
}

/// Entries per second of something that took since `began`.
pub(crate) fn entries_a_second(entries: u64, began: Instant) -> f64 {
    rate(usize::try_from(entries).expect("they fit"), began.elapsed())
}
