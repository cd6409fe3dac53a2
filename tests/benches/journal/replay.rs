//! Replay and rebuild of a large journal, beside a plain scan by the same driver that decodes every line.

use crate::appends::open;
use crate::report::{aim, median};
use crate::{folder, ideas};
use idesluss_domain::submission::idea::{Idea, Ideas};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::{Engine, Recorded};
use idesluss_journal::{Log as _, SqliteStore};
use idesluss_runtime::SystemClock;
use idesluss_submission::IdeasView;
use idesluss_vault::{Ledger, MasterKey, Vault};
use rusqlite::{Connection, OpenFlags};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio_util::sync::CancellationToken;

const TURNS: usize = 3;
const FILLERS: usize = 256;

async fn fill(store: &Arc<SqliteStore>, ideas: u64) {
    let next = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..FILLERS)
        .map(|_| {
            let (store, next) = (Arc::clone(store), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= ideas {
                        return;
                    }
                    let append = ideas::append(usize::try_from(ideas::EVENTS).expect("ten"));
                    store.append(append).await.expect("appended");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a writer does not panic");
    }
}

/// Reads every line by the driver alone, and decodes it. Returns how many events there were.
fn scan(path: &Path) -> u64 {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("a journal");
    let mut lines = conn
        .prepare("SELECT line FROM entries ORDER BY position")
        .expect("prepared");
    let mut rows = lines.query([]).expect("asked");
    let mut events = 0;
    while let Some(row) = rows.next().expect("read") {
        let line = row.get_ref(0).expect("there").as_blob().expect("bytes");
        events += u64::from(Recorded::read(line).is_some_and(|entry| entry.event.is_some()));
    }
    events
}

/// Reads every entry through the store, and folds every idea. Returns how many events there were.
async fn replay(store: &SqliteStore, entries: u64) -> u64 {
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
    assert_eq!(folded.1.len() as u64 * ideas::EVENTS, folded.0);
    folded.0
}

/// Entries per second of something that took since `began`.
#[expect(clippy::cast_precision_loss, reason = "a count of entries is far below 2^52")]
fn rate(entries: u64, began: Instant) -> f64 {
    entries as f64 / began.elapsed().as_secs_f64()
}

/// Measures and tells.
pub(crate) async fn measure(entries: u64) {
    let folder = folder();
    let path = folder.path().join("journal.db");
    let store = Arc::new(open(&path));
    let began = Instant::now();
    fill(&store, entries / ideas::EVENTS).await;
    let entries = store.head().borrow().size;
    println!(
        "\nA journal of {entries} entries, {} ideas, filled at {:.0}/s",
        entries / ideas::EVENTS,
        rate(entries, began)
    );
    store.close().await;
    drop(store);

    let began = Instant::now();
    let store = Arc::new(open(&path));
    println!("  opened in {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
    let ledger = Arc::new(Ledger::open(&folder.path().join("erased")).expect("a ledger"));
    let vault = Vault::open(store.clone(), MasterKey::from_bytes(&[7; 32]), ledger)
        .await
        .expect("a vault");
    let engine = Engine::new(
        "submission",
        store.clone(),
        vault,
        Arc::new(SystemClock),
        CancellationToken::new(),
    );
    let began = Instant::now();
    let view = engine
        .view::<IdeasView>(&folder.path().join("views"))
        .await
        .expect("a view");
    println!("  a view's first build {:.0}/s", rate(entries, began));

    let (mut scans, mut replays, mut rebuilds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let began = Instant::now();
        assert_eq!(scan(&path), entries);
        scans.push(rate(entries, began));
        let began = Instant::now();
        assert_eq!(replay(&store, entries).await, entries);
        replays.push(rate(entries, began));
        let began = Instant::now();
        view.rebuild().await.expect("rebuilt");
        rebuilds.push(rate(entries, began));
    }
    let (scan, replay, rebuild) = (median(scans), median(replays), median(rebuilds));
    println!(
        "  plain scan with decoding {scan:.0}/s, replay of every idea {replay:.0}/s, rebuild of the view {rebuild:.0}/s"
    );
    aim("replay over the plain scan", replay / scan, 0.8, true);
    aim("rebuild over the plain scan", rebuild / scan, 0.4, true);
    drop(view);
    engine.close().await;
}
