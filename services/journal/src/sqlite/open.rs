//! Opening a journal: one process at a time, nothing written to a file that is not as it should be.

use super::migrate::Migrations;
use super::options::SqliteOptions;
use super::{migrate, sql, state, verify};
use crate::cursors::CursorTable;
use crate::write::State;
use crate::{StoreError, number};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// "idsl": tells a journal from any other SQLite file.
const APPLICATION_ID: i32 = 0x6964_736c;

/// After a checkpoint the write-ahead log is cut to this many bytes.
const WAL_BYTES: i64 = 64 * 1024 * 1024;
/// How long a connection waits for another one's lock.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What an opened journal begins with.
pub(super) struct Opened {
    pub(super) conn: Connection,
    pub(super) state: State,
    pub(super) cursors: CursorTable,
    pub(super) lock: File,
}

pub(super) fn open(path: &Path, options: &SqliteOptions) -> Result<Opened, StoreError> {
    open_by(path, options, &migrate::RELEASED)
}

/// The same, where other steps lead to the newest tables.
pub(super) fn open_by(path: &Path, options: &SqliteOptions, migrations: &Migrations<'_>) -> Result<Opened, StoreError> {
    let name = crate::limits::journal_name(&options.instance, &options.service)?;
    let lock = lock(path)?;
    let is_new = check_header(path)?;
    if is_new {
        create(path, &name)?;
    }
    let conn = connect(path)?;
    let older = check_versions(&conn, migrations)?;
    // Until all is known to be well, closing must not move pages of the write-ahead log into the file.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    if let Some(version) = older {
        // Dropped before its end, the connection leaves the file as it was.
        durable(&conn)?;
        conn.execute_batch(sql::MIGRATION_BEGIN)?;
        migrations.bring_up(&conn, version)?;
    }
    let state = match state::read_state(&conn) {
        Err(found @ StoreError::Damaged(_)) => return Err(verify::first_wrong(&conn, found)),
        other => other?,
    };
    if state.name != name {
        return Err(StoreError::Unavailable(format!(
            "{} is the journal of {}, not of {name}",
            path.display(),
            state.name
        )));
    }
    if let Some(kind) = state.kinds.iter().find(|kind| !(options.knows)(kind)) {
        return Err(StoreError::Newer(format!(
            "this version does not know the event type {kind}"
        )));
    }
    if state.head_state.size <= options.verify_whole_up_to {
        verify::whole(&conn)?;
    } else {
        verify::tail(&conn, &state)?;
    }
    if older.is_some() {
        conn.execute_batch(sql::MIGRATION_COMMIT)?;
        tracing::info!(version = migrations.newest(), "the journal's tables were brought up");
    }
    let cursors = cursors(&conn)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    settings(&conn, options)?;
    Ok(Opened {
        conn,
        state,
        cursors,
        lock,
    })
}

fn cursors(conn: &Connection) -> Result<CursorTable, StoreError> {
    let mut statement = conn.prepare_cached(sql::CURSORS_ALL)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, number::from(row.get(1)?))))?;
    let table = CursorTable::default();
    table.replace(rows.collect::<Result<Vec<_>, _>>()?);
    Ok(table)
}

/// Takes the lock beside the journal; it goes with the process, however that ends.
fn lock(path: &Path) -> Result<File, StoreError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let beside = PathBuf::from(beside);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&beside)
        .map_err(|error| StoreError::Unavailable(format!("{} can't be written: {error}", beside.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
            "{} is in use by another process",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(StoreError::Unavailable(format!(
            "{} can't be locked: {error}",
            beside.display()
        ))),
    }
}

/// Looks at the file before SQLite does. Returns whether there is none yet.
fn check_header(path: &Path) -> Result<bool, StoreError> {
    let unavailable = |error| StoreError::Unavailable(format!("{} can't be read: {error}", path.display()));
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            // A log without its file means that the file was taken away: beginning anew would hide the loss.
            let mut log = path.as_os_str().to_owned();
            log.push("-wal");
            if Path::new(&log).exists() {
                return Err(StoreError::Damaged(format!(
                    "{} is missing, its write-ahead log is there",
                    path.display()
                )));
            }
            return Ok(true);
        }
        Err(error) => return Err(unavailable(error)),
    };
    let length = file.metadata().map_err(unavailable)?.len();
    let mut header = [0; 100];
    if length < 100 || file.read_exact(&mut header).is_err() || &header[..16] != b"SQLite format 3\0" {
        return Err(StoreError::Damaged(format!("{} is no journal", path.display())));
    }
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let pages = u64::from(u32::from_be_bytes([header[28], header[29], header[30], header[31]]));
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log_is_empty = std::fs::metadata(&log).map_or(true, |log| log.len() == 0);
    if log_is_empty && length < pages * page {
        return Err(StoreError::Damaged(format!(
            "{} has been cut off: {length} of {} bytes are there",
            path.display(),
            pages * page
        )));
    }
    Ok(false)
}

/// A connection for checkpoints alone.
pub(super) fn connect_beside(path: &Path) -> Result<Connection, StoreError> {
    let conn = connect(path)?;
    // The log is synced before its pages replace those of the file, and the file before the log begins anew.
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(conn)
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(128);
    keep_plans(&conn)?;
    Ok(conn)
}

/// A statement keeps its plan, whatever is bound to it: else SQLite prepares one that has a bound LIMIT anew at every use.
pub(super) fn keep_plans(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Makes the file with its tables beside, and gives it its name when it is whole: a process that ends in between leaves nothing that
/// must be told from a journal whose log was taken away.
fn create(path: &Path, name: &str) -> Result<(), StoreError> {
    let unavailable =
        |what: &Path, error| StoreError::Unavailable(format!("{} can't be made: {error}", what.display()));
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    for end in ["", "-journal"] {
        let mut left = unfinished.clone();
        left.push(end);
        match std::fs::remove_file(&left) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(unavailable(Path::new(&left), error));
            }
            _ => {}
        }
    }
    let unfinished = PathBuf::from(unfinished);
    let mut conn = connect(&unfinished)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    let make = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    make.execute_batch(sql::SCHEMA)?;
    make.execute(sql::HEAD_CREATE, (name, [].as_slice()))?;
    make.pragma_update(None, "application_id", APPLICATION_ID)?;
    make.pragma_update(None, "user_version", migrate::RELEASED.newest())?;
    make.commit()?;
    conn.close().map_err(|(_, error)| error)?;
    std::fs::rename(&unfinished, path).map_err(|error| unavailable(path, error))?;
    // The folder's entry for the file must be as durable as what will stand in it.
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| unavailable(folder, error))
}

/// Returns the version of the tables if they have to be brought up.
fn check_versions(conn: &Connection, migrations: &Migrations<'_>) -> Result<Option<i32>, StoreError> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION_ID {
        return Err(StoreError::Damaged("the file is an SQLite file, but no journal".into()));
    }
    let version: i32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(migrations.is_behind(version)?.then_some(version))
}

/// What is said to be written is, and what is deleted is written over.
fn durable(conn: &Connection) -> Result<(), StoreError> {
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "secure_delete", true)?;
    Ok(())
}

/// What the writer's connection needs: durable commits, zeroed deletions, room before a checkpoint.
fn settings(conn: &Connection, options: &SqliteOptions) -> Result<(), StoreError> {
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Unavailable(format!(
            "the file system does not allow a write-ahead log ({mode})"
        )));
    }
    durable(conn)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cache_size", -32_768)?;
    conn.pragma_update(None, "journal_size_limit", WAL_BYTES)?;
    conn.pragma_update(None, "foreign_keys", false)?;
    if let Some(bytes) = options.max_bytes {
        let page: i64 = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(bytes).unwrap_or(i64::MAX) / page.max(1);
        conn.pragma_update(None, "max_page_count", pages.clamp(1, i64::from(u32::MAX) - 1))?;
    }
    Ok(())
}
