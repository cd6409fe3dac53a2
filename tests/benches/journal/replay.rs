//! Replay and rebuild of a large journal, beside a plain scan by the same driver that decodes every line.

use crate::appends::open;
use crate::folder;
use crate::kit::ideas::{self, Ids};
use crate::kit::load::{append, entries_a_second, fill, replay, typed};
use crate::proofs;
use idesluss_engine::{Engine, Recorded};
use idesluss_journal::Store;
use idesluss_runtime::SystemClock;
use idesluss_submission::IdeasView;
use idesluss_tests::{Aim, Times, aim, median};
use idesluss_vault::{Ledger, MasterKey, Vault};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const TURNS: usize = 3;

/// How large a journal is when it is small.
const SMALL: u64 = 100_000;
const WRITERS: usize = 64;
const PREPARED: usize = 102_400;
const TURN: Duration = Duration::from_secs(3);

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

/// What an append and a proof take in a journal of some size.
struct Grown {
    entries: u64,
    append_ms: f64,
    proof_ms: f64,
}

impl Grown {
    async fn measure(store: &Arc<dyn Store>) -> Self {
        let entries = store.head().borrow().size;
        let proof_ms = proofs::measure(&**store).await;
        let (_, times) = append(store, WRITERS, (PREPARED, Ids::Ordered), TURN).await;
        Self {
            entries,
            append_ms: Times::new(times).p50_ms(),
            proof_ms,
        }
    }

    fn compare(&self, smaller: &Self) {
        let (from, to) = (smaller.entries, self.entries);
        for (what, small, large) in [
            ("an append by 64 writers", smaller.append_ms, self.append_ms),
            ("the proof of an entry", smaller.proof_ms, self.proof_ms),
        ] {
            println!("  {what}: p50 {small:.3} ms at {from} entries, {large:.3} ms at {to}");
            let what = format!("{what}, p50 at {to} entries over that at {from}");
            aim(&what, large / small, "x", Aim::AtMost(1.2));
        }
    }
}

/// Measures and tells what an append and a proof take in a journal of so many entries, beside a small one.
pub(crate) async fn grown(entries: u64) {
    let folder = folder();
    let store: Arc<dyn Store> = Arc::new(open(&folder.path().join("journal.db")));
    fill(&store, SMALL / ideas::EVENTS).await;
    let small = Grown::measure(&store).await;
    fill(&store, entries / ideas::EVENTS).await;
    Grown::measure(&store).await.compare(&small);
    store.close().await;
}

/// Measures and tells.
pub(crate) async fn measure(entries: u64) {
    let folder = folder();
    let path = folder.path().join("journal.db");
    let store: Arc<dyn Store> = Arc::new(open(&path));
    fill(&store, SMALL / ideas::EVENTS).await;
    let small = Grown::measure(&store).await;
    let began = Instant::now();
    fill(&store, entries / ideas::EVENTS).await;
    let entries = store.head().borrow().size;
    println!(
        "\nA journal of {entries} entries, nearly all of ideas with {} each, filled at {:.0}/s",
        ideas::EVENTS,
        entries_a_second(entries - small.entries, began)
    );
    store.close().await;
    drop(store);

    let began = Instant::now();
    let store: Arc<dyn Store> = Arc::new(open(&path));
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
    println!("  a view's first build {:.0}/s", entries_a_second(entries, began));

    let (mut scans, mut decoded, mut replays, mut rebuilds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let began = Instant::now();
        assert_eq!(scan(&path), entries);
        scans.push(entries_a_second(entries, began));
        let began = Instant::now();
        assert_eq!(typed(&*store, entries).await, entries);
        decoded.push(entries_a_second(entries, began));
        let began = Instant::now();
        assert_eq!(replay(&*store, entries).await, entries);
        replays.push(entries_a_second(entries, began));
        let began = Instant::now();
        view.rebuild().await.expect("rebuilt");
        rebuilds.push(entries_a_second(entries, began));
    }
    let (scan, typed, replay, rebuild) = (median(scans), median(decoded), median(replays), median(rebuilds));
    println!(
        "  plain scan with decoding {scan:.0}/s; through the journal decoded {typed:.0}/s, every idea folded too {replay:.0}/s, a view rebuilt {rebuild:.0}/s"
    );
    let share = |rate| 100.0 * rate / scan;
    println!(
        "  folding too over the plain scan, which does not fold: {:.0} %",
        share(replay)
    );
    aim(
        "replay of typed events over the plain scan",
        share(typed),
        "%",
        Aim::AtLeast(90.0),
    );
    aim("rebuild over the plain scan", share(rebuild), "%", Aim::AtLeast(40.0));
    Grown::measure(&store).await.compare(&small);
    drop(view);
    engine.close().await;
}
