//! Durable appends by 1 to 256 writers, beside a batched insert of the same bytes and one transaction for each event.

use crate::folder;
use crate::kit::load::{append, now};
use idesluss_journal::{SqliteOptions, SqliteStore, Store};
use idesluss_tests::{Aim, Times, aim, median};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const WRITERS: [usize; 4] = [1, 16, 64, 256];
/// Each number is the middle of this many turns, which alternate between the journal and what it is held against.
pub(crate) const TURNS: usize = 5;
pub(crate) const TURN: Duration = Duration::from_millis(1_500);

/// How many appends are made beforehand for a turn, at most.
const PREPARED: usize = 102_400;

pub(crate) fn open(path: &Path) -> SqliteStore {
    let options = SqliteOptions::new("fyrbodal-bench", "submission", Arc::new(now));
    SqliteStore::open(path, options).expect("a journal")
}

/// A table of position and line with the journal's own settings of durability.
fn bare(path: &Path) -> Connection {
    let conn = Connection::open(path).expect("a database");
    conn.pragma_update(None, "journal_mode", "WAL").expect("WAL");
    conn.pragma_update(None, "synchronous", "FULL").expect("FULL");
    conn.pragma_update(None, "wal_autocheckpoint", 16_384).expect("set");
    conn.pragma_update(None, "cache_size", -32_768).expect("set");
    conn.execute_batch("CREATE TABLE entries (position INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT")
        .expect("a table");
    conn
}

/// Inserts `line` in transactions of `batch` rows for one turn. Returns rows per second and each transaction's time.
fn insert(conn: &Connection, line: &[u8], batch: usize) -> (f64, Vec<Duration>) {
    let began = Instant::now();
    let (mut rows, mut times) = (0u32, Vec::new());
    while began.elapsed() < TURN {
        let one = Instant::now();
        conn.execute_batch("BEGIN IMMEDIATE").expect("begun");
        let mut add = conn
            .prepare_cached("INSERT INTO entries (line) VALUES (?1)")
            .expect("prepared");
        for _ in 0..batch {
            add.execute([line]).expect("inserted");
            rows += 1;
        }
        drop(add);
        conn.execute_batch("COMMIT").expect("committed");
        times.push(one.elapsed());
    }
    (f64::from(rows) / began.elapsed().as_secs_f64(), times)
}

/// Measures and tells.
pub(crate) async fn measure() {
    let folder = folder();
    let store: Arc<dyn Store> = Arc::new(open(&folder.path().join("journal.db")));
    append(&store, 16, 1_600, TURN).await;
    let line = store.read(0, 1).await.expect("read").remove(0).line;
    let conn = bare(&folder.path().join("bare.db"));
    insert(&conn, &line, 16);
    println!(
        "Durable appends of one event ({} bytes), each by its own command",
        line.len()
    );
    println!(
        "  writers  journal/s  p50 ms  p99 ms  batched insert/s  512 a batch/s  one each/s  of batched  of 512  x one each"
    );
    for writers in WRITERS {
        let (mut ours, mut batched, mut large, mut single) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut waits, mut bare_waits) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            let (rate, times) = append(&store, writers, PREPARED, TURN).await;
            ours.push(rate);
            waits.extend(times);
            batched.push(insert(&conn, &line, writers).0);
            large.push(insert(&conn, &line, 512).0);
            let (rate, times) = insert(&conn, &line, 1);
            single.push(rate);
            bare_waits.extend(times);
        }
        let (waits, bare_waits) = (Times::new(waits), Times::new(bare_waits));
        let (ours, batched, large, single) = (median(ours), median(batched), median(large), median(single));
        println!(
            "  {writers:>7}  {ours:>9.0}  {:>6.2}  {:>6.2}  {batched:>16.0}  {large:>13.0}  {single:>10.0}  {:>9.0}%  {:>5.0}%  {:>10.1}",
            waits.p50_ms(),
            waits.p99_ms(),
            100.0 * ours / batched,
            100.0 * ours / large,
            ours / single,
        );
        if writers == 1 {
            let ratio = waits.p50_ms() / bare_waits.p50_ms();
            let what = "one writer's p50 over a bare one-row transaction's";
            aim(what, ratio, "x", Aim::AtMost(1.5));
        }
        if writers >= 64 {
            let what = "the journal over a batched insert of as many rows";
            aim(what, 100.0 * ours / batched, "%", Aim::AtLeast(40.0));
            let what = "the journal over one transaction for each event";
            aim(what, ours / single, "x", Aim::AtLeast(10.0));
        }
    }
    store.close().await;
}
