//! Durable appends by 1 to 256 writers, beside a batched insert of the same bytes and one transaction for each event.

use crate::folder;
use crate::kit::ideas::Ids;
use crate::kit::load::{append, now};
use crate::kit::sync;
use idesluss_journal::{SqliteOptions, SqliteStore, Store};
use idesluss_tests::{Aim, Times, aim, median, rate};
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

/// A table with the columns and the indexes that order and doing once need.
const TABLE: &str = "CREATE TABLE entries (
    position INTEGER PRIMARY KEY, stream BLOB NOT NULL, version INTEGER NOT NULL, source INTEGER NOT NULL, epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL, command BLOB NOT NULL, organisation INTEGER NOT NULL, fingerprint BLOB NOT NULL, line BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_by_stream ON entries (stream, version);
CREATE UNIQUE INDEX entries_by_source ON entries (source, epoch, sequence);
CREATE UNIQUE INDEX entries_by_command ON entries (command, organisation);";

const INSERT: &str =
    "INSERT INTO entries (position, stream, version, source, epoch, sequence, command, organisation, fingerprint, line)
VALUES (?1, ?2, 1, 1, 1, ?1, ?3, 1, ?4, ?5)";

/// The same rows without a journal, with its own settings of durability.
struct Bare {
    conn: Connection,
    rows: i64,
    line: Vec<u8>,
}

impl Bare {
    fn new(path: &Path, line: Vec<u8>) -> Self {
        let conn = Connection::open(path).expect("a database");
        conn.pragma_update(None, "journal_mode", "WAL").expect("WAL");
        conn.pragma_update(None, "synchronous", "FULL").expect("FULL");
        conn.pragma_update(None, "wal_autocheckpoint", 16_384).expect("set");
        conn.pragma_update(None, "cache_size", -32_768).expect("set");
        conn.execute_batch(TABLE).expect("a table");
        Self { conn, rows: 0, line }
    }

    /// Inserts copies of the line in transactions of `batch` rows for one turn. Returns rows per second and each transaction's time.
    fn insert(&mut self, batch: usize, ids: Ids) -> (f64, Vec<Duration>) {
        let began = Instant::now();
        let (first, mut times) = (self.rows, Vec::new());
        while began.elapsed() < TURN {
            let one = Instant::now();
            self.conn.execute_batch("BEGIN IMMEDIATE").expect("begun");
            let mut add = self.conn.prepare_cached(INSERT).expect("prepared");
            for _ in 0..batch {
                let (stream, command) = (ids.fresh().into_bytes(), ids.fresh().into_bytes());
                add.execute((self.rows, stream, command, [1u8; 32], &self.line))
                    .expect("inserted");
                self.rows += 1;
            }
            drop(add);
            self.conn.execute_batch("COMMIT").expect("committed");
            times.push(one.elapsed());
        }
        let rows = usize::try_from(self.rows - first).expect("not negative");
        (rate(rows, began.elapsed()), times)
    }
}

/// Measures and tells.
pub(crate) async fn measure() {
    for ids in [Ids::Ordered, Ids::Random] {
        with(ids).await;
    }
}

async fn with(ids: Ids) {
    let folder = folder();
    let store: Arc<dyn Store> = Arc::new(open(&folder.path().join("journal.db")));
    append(&store, 16, (1_600, ids), TURN).await;
    let line = store.read(0, 1).await.expect("read").remove(0).line;
    println!(
        "\nDurable appends of one event ({} bytes), each by its own command; ids of ideas and commands {}",
        line.len(),
        format!("{ids:?}").to_lowercase()
    );
    sync::tell(folder.path());
    let mut bare = Bare::new(&folder.path().join("bare.db"), line.to_vec());
    bare.insert(16, ids);
    println!("  writers  journal/s  p50 ms  p99 ms  batched insert/s  one each/s  p50 ms  of batched  x one each");
    for writers in WRITERS {
        let (mut ours, mut batched, mut single) = (Vec::new(), Vec::new(), Vec::new());
        let (mut waits, mut bare_waits) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            let (rate, times) = append(&store, writers, (PREPARED, ids), TURN).await;
            ours.push(rate);
            waits.extend(times);
            batched.push(bare.insert(writers, ids).0);
            let (rate, times) = bare.insert(1, ids);
            single.push(rate);
            bare_waits.extend(times);
        }
        let (waits, bare_waits) = (Times::new(waits), Times::new(bare_waits));
        let (ours, batched, single) = (median(ours), median(batched), median(single));
        println!(
            "  {writers:>7}  {ours:>9.0}  {:>6.2}  {:>6.2}  {batched:>16.0}  {single:>10.0}  {:>6.2}  {:>9.0}%  {:>10.1}",
            waits.p50_ms(),
            waits.p99_ms(),
            bare_waits.p50_ms(),
            100.0 * ours / batched,
            ours / single,
        );
        match writers {
            1 => {
                let ratio = waits.p50_ms() / bare_waits.p50_ms();
                aim(
                    "one writer's p50 over a bare one-row transaction's",
                    ratio,
                    "x",
                    Aim::AtMost(1.5),
                );
            }
            64 => {
                let what = "the journal over a batched insert of as many rows";
                aim(what, 100.0 * ours / batched, "%", Aim::AtLeast(45.0));
                let what = "the journal over one transaction for each event";
                aim(what, ours / single, "x", Aim::AtLeast(10.0));
            }
            _ => {}
        }
    }
    store.close().await;
}
