//! Durable appends by 1 to 256 writers, beside a batched insert of the same bytes and one transaction for each event.

use crate::report::{aim, median, median_time};
use crate::{folder, ideas};
use idesluss_journal::{Append, Log as _, Outcome, SqliteOptions, SqliteStore};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const WRITERS: [usize; 4] = [1, 16, 64, 256];
/// Each number is the middle of this many turns, which alternate between the journal and what it is held against.
const TURNS: usize = 5;
const TURN: Duration = Duration::from_millis(1_500);

/// How many appends are made beforehand for a turn, at most.
const PREPARED: usize = 102_400;

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_micros()).expect("before the year 290000")
}

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

/// Appends one event at a time from each of `writers` tasks, for one turn or until `most` are in.
///
/// What is appended has been made before: it is the journal that is measured, not those who use it.
async fn append(store: &Arc<SqliteStore>, writers: usize, most: usize) -> (f64, Vec<Duration>) {
    let mut prepared: Vec<Vec<Append>> = (0..writers).map(|_| Vec::with_capacity(most / writers)).collect();
    for _ in 0..most / writers {
        prepared.iter_mut().for_each(|own| own.push(ideas::append(1)));
    }
    let began = Instant::now();
    let tasks = prepared.into_iter().map(|own| {
        let store = Arc::clone(store);
        tokio::spawn(async move {
            let mut times = Vec::with_capacity(own.len());
            for append in own {
                if began.elapsed() > TURN {
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
    #[expect(clippy::cast_precision_loss, reason = "a count of appends is far below 2^52")]
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    (rate, times)
}

/// Measures and tells.
pub(crate) async fn measure() {
    let folder = folder();
    let store = Arc::new(open(&folder.path().join("journal.db")));
    append(&store, 16, 1_600).await;
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
            let (rate, times) = append(&store, writers, PREPARED).await;
            ours.push(rate);
            waits.extend(times);
            batched.push(insert(&conn, &line, writers).0);
            large.push(insert(&conn, &line, 512).0);
            let (rate, times) = insert(&conn, &line, 1);
            single.push(rate);
            bare_waits.extend(times);
        }
        waits.sort();
        let p99 = waits[waits.len() * 99 / 100];
        let (p50, bare_p50) = (median_time(waits), median_time(bare_waits));
        let (ours, batched, large, single) = (median(ours), median(batched), median(large), median(single));
        println!(
            "  {writers:>7}  {ours:>9.0}  {:>6.2}  {:>6.2}  {batched:>16.0}  {large:>13.0}  {single:>10.0}  {:>9.0}%  {:>5.0}%  {:>10.1}",
            p50.as_secs_f64() * 1e3,
            p99.as_secs_f64() * 1e3,
            100.0 * ours / batched,
            100.0 * ours / large,
            ours / single,
        );
        if writers == 1 {
            let ratio = p50.as_secs_f64() / bare_p50.as_secs_f64();
            aim("one writer's p50 over a bare one-row transaction's", ratio, 1.5, false);
        }
        if writers >= 64 {
            aim(
                "the journal over a batched insert of as many rows",
                ours / batched,
                0.4,
                true,
            );
            aim(
                "the journal over one transaction for each event",
                ours / single,
                10.0,
                true,
            );
        }
    }
    store.close().await;
}
