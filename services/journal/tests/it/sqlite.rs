use crate::conformance::{Instance, suite};
use async_trait::async_trait;
use idesluss_journal::{AppendError, Log as _, SqliteOptions, SqliteStore, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// A folder with one journal, and a clock that moves when it is told to.
pub(crate) struct Folder {
    pub(crate) folder: TempDir,
    clock: Arc<AtomicI64>,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(AtomicI64::new(1_790_000_000_000_000));
        Self {
            folder: TempDir::new().expect("a folder"),
            clock,
        }
    }
}

#[async_trait]
impl Instance for Folder {
    async fn open(&self) -> Arc<dyn Store> {
        let clock = Arc::clone(&self.clock);
        let options = SqliteOptions {
            knows: Arc::new(|_| true),
            ..SqliteOptions::new(
                "fyrbodal",
                "submission",
                Arc::new(move || clock.load(Ordering::Relaxed)),
            )
        };
        Arc::new(SqliteStore::open(&self.folder.path().join("journal.db"), options).expect("opened"))
    }

    fn clock(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.clock)
    }
}

suite!(Folder::new());

/// A folder whose journal has some entries and is closed.
async fn written() -> (Folder, std::path::PathBuf) {
    let instance = Folder::new();
    let store = instance.open().await;
    for version in 0..40 {
        let part = crate::samples::part("idea/a", version, &[version]);
        store.append(crate::samples::append(vec![part])).await.expect("written");
    }
    store.close().await;
    let path = instance.folder.path().join("journal.db");
    (instance, path)
}

fn open(path: &std::path::Path, knows: bool) -> Result<SqliteStore, StoreError> {
    let options = SqliteOptions {
        knows: Arc::new(move |_| knows),
        ..SqliteOptions::new("fyrbodal", "submission", Arc::new(|| 1_790_000_000_000_000))
    };
    SqliteStore::open(path, options)
}

#[tokio::test]
async fn a_journal_is_opened_by_one_at_a_time_and_under_its_own_name() {
    let (instance, path) = written().await;
    let first = instance.open().await;
    let second = open(&path, true).expect_err("refused");
    assert!(
        matches!(&second, StoreError::Unavailable(why) if why.contains("in use")),
        "{second}"
    );
    first.close().await;
    let other = SqliteStore::open(&path, SqliteOptions::new("orust", "submission", Arc::new(|| 0)));
    assert!(matches!(other, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn what_a_newer_version_has_written_is_left_alone() {
    let (_house, path) = written().await;
    let unknown = open(&path, false).expect_err("refused");
    assert!(matches!(unknown, StoreError::Newer(_)), "{unknown}");
    let conn = rusqlite::Connection::open(&path).expect("a database");
    conn.pragma_update(None, "user_version", 99).expect("set");
    drop(conn);
    let newer = open(&path, true).expect_err("refused");
    assert!(matches!(newer, StoreError::Newer(_)), "{newer}");
}

#[tokio::test]
async fn what_a_version_has_written_that_was_never_released_is_refused_with_what_to_do() {
    let (_house, path) = written().await;
    let conn = rusqlite::Connection::open(&path).expect("a database");
    conn.pragma_update(None, "user_version", 1).expect("set");
    drop(conn);
    let older = open(&path, true).expect_err("refused");
    assert!(matches!(older, StoreError::Older(_)), "{older}");
    assert!(
        older.to_string().contains("begin anew, in another folder or database"),
        "{older}"
    );
}

#[tokio::test]
async fn a_cut_altered_or_foreign_file_is_refused_and_not_touched() {
    let (_house, path) = written().await;
    let whole = std::fs::read(&path).expect("readable");
    let at = whole
        .windows(9)
        .rposition(|bytes| bytes == b"\"number\":")
        .expect("an event's data")
        + 9;
    let mut altered = whole.clone();
    altered[at] ^= 1;
    for bytes in [
        whole[..whole.len() / 2].to_vec(),
        altered,
        b"this is not a database".repeat(20),
        // Nobody ever had a journal without a byte.
        Vec::new(),
    ] {
        std::fs::write(&path, &bytes).expect("written");
        let refused = open(&path, true).expect_err("refused");
        assert!(matches!(refused, StoreError::Damaged(_)), "{refused}");
        assert!(std::fs::read(&path).expect("readable") == bytes, "it was changed");
    }
    std::fs::write(&path, &whole).expect("written");
    open(&path, true).expect("the whole one opens");
}

#[tokio::test]
async fn a_file_that_was_not_made_to_its_end_is_made_anew() {
    let instance = Folder::new();
    let path = instance.folder.path().join("journal.db");
    let conn = rusqlite::Connection::open(path.with_extension("db.new")).expect("a database");
    conn.execute_batch("CREATE TABLE head (half INTEGER)").expect("made");
    drop(conn);
    std::fs::write(path.with_extension("db.new-journal"), b"cut off").expect("written");
    let store = instance.open().await;
    let part = crate::samples::part("idea/a", 0, &[0]);
    store.append(crate::samples::append(vec![part])).await.expect("written");
    store.close().await;
    assert_eq!(open(&path, true).expect("it opens again").head().borrow().size, 1);
    let names = std::fs::read_dir(instance.folder.path()).expect("readable");
    for name in names.map(|entry| entry.expect("readable").file_name()) {
        assert!(!name.to_string_lossy().contains(".new"), "{name:?} is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_write_ahead_log_stays_small_while_many_write_and_read() {
    const VERSIONS: u64 = 1_000;
    let instance = Folder::new();
    let path = instance.folder.path().join("journal.db");
    let options = SqliteOptions {
        knows: Arc::new(|_| true),
        checkpoint_pages: 64,
        ..SqliteOptions::new("fyrbodal", "submission", Arc::new(|| 1_790_000_000_000_000))
    };
    let store = Arc::new(SqliteStore::open(&path, options).expect("opened"));
    let writers: Vec<_> = (0..16u64)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let stream = format!("idea/{writer}");
                for version in 0..VERSIONS {
                    let part = crate::samples::part(&stream, version, &[writer * VERSIONS + version]);
                    store.append(crate::samples::append(vec![part])).await.expect("written");
                    if version % 10 == 0 {
                        let read = store.streams(std::slice::from_ref(&stream)).await.expect("read");
                        assert_eq!(read[0].version, version + 1);
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("a writer does not panic");
    }
    let log = std::fs::metadata(path.with_extension("db-wal")).expect("a log").len();
    // 16,000 entries make more than 32 MiB of pages. Eight times 64 pages are 2 MiB; beyond that only what is written
    // while a reader that began before the last pages were moved is still at it.
    assert!(log < 8 << 20, "the log has {log} bytes");
    assert_eq!(store.verify().await.expect("whole"), 16 * VERSIONS);
    store.close().await;
    assert_eq!(open(&path, true).expect("opens").head().borrow().size, 16 * VERSIONS);
}

#[tokio::test]
async fn a_full_journal_says_so_writes_nothing_and_goes_on_when_there_is_room() {
    let instance = Folder::new();
    let path = instance.folder.path().join("journal.db");
    let options = |max_bytes| SqliteOptions {
        knows: Arc::new(|_| true),
        max_bytes,
        ..SqliteOptions::new("fyrbodal", "submission", Arc::new(|| 1_790_000_000_000_000))
    };
    let store = SqliteStore::open(&path, options(Some(400_000))).expect("opened");
    let mut version = 0;
    let refused = loop {
        let part = crate::samples::part("idea/a", version, &[version]);
        match store.append(crate::samples::append(vec![part])).await {
            Ok(_) => version += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, AppendError::Full(_)), "{refused}");
    assert!(version > 20, "only {version} fitted in");
    assert_eq!(store.head().borrow().size, version);
    assert_eq!(store.verify().await.expect("whole"), version);
    store.close().await;
    let store = SqliteStore::open(&path, options(None)).expect("opened");
    let part = crate::samples::part("idea/a", version, &[version]);
    store
        .append(crate::samples::append(vec![part]))
        .await
        .expect("there is room again");
    assert_eq!(store.verify().await.expect("whole"), version + 1);
}
