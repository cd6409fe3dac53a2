//! Replay and rebuild of a large journal, beside what the same driver reads of it without the journal.

use crate::kit::ideas;
use crate::kit::load::{entries_a_second, fill, replay, typed};
use crate::{fold, open};
use futures_util::TryStreamExt as _;
use idesluss_engine::{Engine, Recorded};
use idesluss_runtime::SystemClock;
use idesluss_servers::Postgres;
use idesluss_submission::IdeasView;
use idesluss_tests::{Aim, aim, median};
use idesluss_vault::{Ledger, MasterKey, Vault};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const TURNS: usize = 3;

/// Every line, in order.
pub(crate) const LINES: &str = "SELECT line FROM journal.entries ORDER BY position";
const COPY: &str = "COPY (SELECT line FROM journal.entries ORDER BY position) TO STDOUT (FORMAT binary)";

/// Reads the whole of `COPY … TO STDOUT`, and looks at nothing. Returns how many bytes there were.
async fn copy(conn: &mut PgConnection) -> usize {
    let mut bytes = 0;
    let mut parts = conn.copy_out_raw(COPY).await.expect("copied");
    while let Some(part) = parts.try_next().await.expect("read") {
        bytes += part.len();
    }
    bytes
}

/// Streams every line from the database, and decodes it. Returns how many events there were.
async fn stream(conn: &mut PgConnection) -> u64 {
    let mut rows = sqlx::query(LINES).fetch(conn);
    let mut events = 0;
    while let Some(row) = rows.try_next().await.expect("read") {
        let line: &[u8] = row.get(0);
        events += u64::from(Recorded::read(line).is_some_and(|entry| entry.event.is_some()));
    }
    events
}

/// Measures and tells.
pub(crate) async fn measure(postgres: &Postgres, entries: u64) {
    let database = postgres.database("replay");
    let parent = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&parent).expect("the build's folder can be written to");
    let folder = TempDir::new_in(parent).expect("the build's folder can be written to");
    let store = open(&database).await;
    let began = Instant::now();
    fill(&store, entries / ideas::EVENTS).await;
    let entries = store.head().borrow().size;
    println!(
        "\nA journal of {entries} entries, {} ideas, filled by appends of {} events from 256 writers at {:.0} entries/s",
        entries / ideas::EVENTS,
        ideas::EVENTS,
        entries_a_second(entries, began)
    );
    store.close().await;
    drop(store);
    postgres.sql_in(&database.name, "VACUUM ANALYZE").expect("vacuumed");

    let began = Instant::now();
    let store = open(&database).await;
    println!("  opened in {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
    let ledger = Arc::new(Ledger::open(&folder.path().join("erased")).expect("a ledger"));
    let vault = Vault::open(store.clone(), MasterKey::from_bytes(&[7; 32]), ledger).await;
    let engine = Engine::new(
        "submission",
        store.clone(),
        vault.expect("a vault"),
        Arc::new(SystemClock),
        CancellationToken::new(),
    );
    let view = engine.view::<IdeasView>(&folder.path().join("views")).await;
    let view = view.expect("a view");
    let conn = PgConnection::connect(&database.superuser_url).await;
    let mut conn = conn.expect("a connection");

    let mut rates: [Vec<f64>; 6] = Default::default();
    for _ in 0..TURNS {
        let began = Instant::now();
        let bytes = copy(&mut conn).await;
        assert!(bytes as u64 > entries * 500, "{bytes} bytes");
        rates[0].push(entries_a_second(entries, began));
        let began = Instant::now();
        assert_eq!(stream(&mut conn).await, entries);
        rates[1].push(entries_a_second(entries, began));
        let began = Instant::now();
        assert_eq!(typed(&*store, entries).await, entries);
        rates[2].push(entries_a_second(entries, began));
        let began = Instant::now();
        assert_eq!(replay(&*store, entries).await, entries);
        rates[3].push(entries_a_second(entries, began));
        let began = Instant::now();
        let rows = fold::build(&mut conn, &folder.path().join("bare.db")).await;
        assert_eq!(rows, entries / ideas::EVENTS);
        rates[4].push(entries_a_second(entries, began));
        let began = Instant::now();
        view.rebuild().await.expect("rebuilt");
        rates[5].push(entries_a_second(entries, began));
    }
    let [copy, stream, typed, replay, bulk, rebuild] = rates.map(median);
    println!(
        "  without the journal, entries/s: COPY TO STDOUT {copy:.0}, a streaming query with decoding {stream:.0},"
    );
    println!("    streaming, folding and writing a view's rows in bulk {bulk:.0}");
    println!(
        "  through the journal, entries/s: typed events {typed:.0}, every idea folded {replay:.0}, a view rebuilt {rebuild:.0}"
    );
    println!(
        "  of COPY TO STDOUT: typed events {:.0} %, every idea folded {:.0} %, a view rebuilt {:.0} %",
        100.0 * typed / copy,
        100.0 * replay / copy,
        100.0 * rebuild / copy
    );
    let what = "replay of typed events over a bare streaming query with decoding";
    aim(what, 100.0 * typed / stream, "%", Aim::AtLeast(90.0));
    let what = "rebuild of a view over streaming, folding and bulk writing without the journal";
    aim(what, 100.0 * rebuild / bulk, "%", Aim::AtLeast(50.0));
    drop(view);
    engine.close().await;
}
