use crate::conformance::{House, suite};
use idesluss_journal::{SqliteOptions, SqliteStore, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

/// A folder with one journal, and a clock that moves when it is told to.
struct Folder {
    folder: TempDir,
    clock: Arc<AtomicI64>,
}

impl Folder {
    fn new() -> Self {
        let clock = Arc::new(AtomicI64::new(1_790_000_000_000_000));
        Self {
            folder: TempDir::new().expect("a folder"),
            clock,
        }
    }
}

impl House for Folder {
    fn open(&self) -> Arc<dyn Store> {
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
