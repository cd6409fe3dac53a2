//! Replay and rebuild of a large journal, beside a plain scan by the same driver that decodes every line.

use crate::appends::open;
use crate::folder;
use crate::kit::ideas;
use crate::kit::load::{entries_a_second, fill, replay, typed};
use crate::proofs;
use idesluss_engine::{Engine, Recorded};
use idesluss_journal::Store;
use idesluss_runtime::SystemClock;
use idesluss_submission::IdeasView;
use idesluss_tests::{Aim, aim, median};
use idesluss_vault::{Ledger, MasterKey, Vault};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio_util::sync::CancellationToken;

const TURNS: usize = 3;

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

/// Measures and tells.
pub(crate) async fn measure(entries: u64) {
    let folder = folder();
    let path = folder.path().join("journal.db");
    let store: Arc<dyn Store> = Arc::new(open(&path));
    let began = Instant::now();
    fill(&store, entries / ideas::EVENTS).await;
    let entries = store.head().borrow().size;
    println!(
        "\nA journal of {entries} entries, {} ideas, filled at {:.0}/s",
        entries / ideas::EVENTS,
        entries_a_second(entries, began)
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
    proofs::measure(&*store).await;
    drop(view);
    engine.close().await;
}
