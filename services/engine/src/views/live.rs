use super::derived::Derived;
use super::file;
use super::plans::Plans;
use crate::{Recorded, ViewError};
use rusqlite::{Connection, OptionalExtension as _, Transaction};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;

/// A read model: tables, and how entries change them.
///
/// It holds ids, states, numbers, times and digests, no text. It must come out the same however the entries are
/// cut into batches, and from the entries alone.
pub trait View: Send + 'static {
    /// Its name, the beginning of its file's name.
    const NAME: &'static str;
    /// Raise it with every change of the tables or of their meaning: the view is then built anew. A file of an earlier version that has the same tables
    /// answers, and is followed, meanwhile.
    const VERSION: u32;

    /// The tables, as SQL. The name `progress` is taken.
    fn schema() -> &'static str;

    /// What it keeps so that nobody counts. In debug builds, in which all tests run, that is compared with what it follows from; `doctor` compares it
    /// too.
    fn derived() -> &'static [Derived] {
        &[]
    }

    /// A view before its first entry.
    fn new() -> Self;

    /// Applies entries, in order. The position moves in the same transaction.
    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()>;
}

/// How many entries are applied in one transaction.
const BATCH: usize = 2_048;

const PROGRESS: &str = "CREATE TABLE progress (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    next INTEGER NOT NULL,  -- the position that it looks at next
    last BLOB NOT NULL      -- SHA-256 of the line before it: tells another journal from this one
) STRICT;
INSERT INTO progress (id, next, last) VALUES (1, 0, x'');";

/// A view being written.
pub(super) struct Live<V> {
    view: V,
    conn: Connection,
    plans: Plans,
    next: u64,
    last: Vec<u8>,
    waiting: Vec<Arc<Recorded>>,
    /// How far the waiting entries go, refused ones counted.
    seen: u64,
}

impl<V: View> Live<V> {
    /// Makes the tables in a new file, without a journal: what is not finished is thrown away.
    pub(super) fn create(path: &Path) -> Result<Self, ViewError> {
        let conn = Connection::open(path)?;
        conn.pragma_update(None, "journal_mode", "OFF")?;
        conn.pragma_update(None, "synchronous", "OFF")?;
        conn.pragma_update(None, "cache_size", -65_536)?;
        conn.execute_batch(PROGRESS)?;
        conn.execute_batch(V::schema())?;
        Ok(Self::over(conn, 0, Vec::new())?)
    }

    /// Opens a finished file of an earlier version; None: its tables are others.
    pub(super) fn open_outdated(path: &Path) -> Result<Option<Self>, ViewError> {
        let wanted = Connection::open_in_memory()?;
        wanted.execute_batch(PROGRESS)?;
        wanted.execute_batch(V::schema())?;
        let is_same = tables(&file::connect_reader(path)?)? == tables(&wanted)?;
        is_same.then(|| Self::open(path)).transpose()
    }

    /// Opens a finished file.
    pub(super) fn open(path: &Path) -> Result<Self, ViewError> {
        let conn = file::connect(path)?;
        conn.pragma_update(None, "synchronous", "NORMAL")?;
        let found: Option<(i64, Vec<u8>)> = conn
            .query_row("SELECT next, last FROM progress", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let (next, last) = found.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        Ok(Self::over(conn, next.cast_unsigned(), last)?)
    }

    fn over(mut conn: Connection, next: u64, last: Vec<u8>) -> rusqlite::Result<Self> {
        conn.set_prepared_statement_cache_capacity(256);
        Ok(Self {
            view: V::new(),
            plans: Plans::watch(&mut conn)?,
            conn,
            next,
            last,
            waiting: Vec::with_capacity(BATCH),
            seen: next,
        })
    }

    /// The position that it looks at next.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// SHA-256 of the last line that it has applied; empty before the first.
    pub(super) fn last(&self) -> &[u8] {
        &self.last
    }

    /// Takes the next line, with what it says; a full batch is applied at once.
    pub(super) fn take(&mut self, position: u64, line: &[u8], read: Option<Arc<Recorded>>) -> rusqlite::Result<()> {
        self.waiting.extend(read);
        self.seen = position + 1;
        // Only the last line of a batch is ever asked for.
        self.last.clear();
        if self.waiting.len() >= BATCH {
            self.last = Sha256::digest(line).to_vec();
            self.flush()?;
        }
        Ok(())
    }

    /// Applies what waits; `line` is the last one taken.
    pub(super) fn finish(&mut self, line: &[u8]) -> rusqlite::Result<()> {
        if self.seen == self.next {
            return Ok(());
        }
        self.last = Sha256::digest(line).to_vec();
        self.flush()
    }

    fn flush(&mut self) -> rusqlite::Result<()> {
        let tx = self.conn.transaction()?;
        self.view.apply(&tx, &self.waiting)?;
        tx.prepare_cached("UPDATE progress SET next = ?1, last = ?2")?
            .execute((self.seen.cast_signed(), &self.last))?;
        tx.commit()?;
        self.plans.check(&self.conn, true);
        self.plans.recount(&self.conn, V::derived());
        self.next = self.seen;
        self.waiting.clear();
        Ok(())
    }
}

/// What a file's tables, indexes and triggers are made by.
fn tables(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut made = conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")?;
    made.query_map([], |row| row.get(0))?.collect()
}
