//! A view's files: `<name>.v<version>.<number>.db`, the highest number being the one in use, and `.building` beside it.

use crate::ViewError;
use idesluss_runtime::MemoryBounds;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

/// Keeps SQLite within the memory that it is given in this process: once that is reached, a connection takes its next page from those that it has,
/// whatever its own cache would allow.
pub(crate) fn bound_sqlite() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let bytes = i64::try_from(MemoryBounds::in_force().sqlite_bytes()).unwrap_or(i64::MAX);
        let bound =
            |conn: Connection| conn.pragma_update_and_check(None, "soft_heap_limit", bytes, |row| row.get::<_, i64>(0));
        if let Err(error) = Connection::open_in_memory().and_then(bound) {
            tracing::warn!(%error, "SQLite's memory is not bounded");
        }
    });
}

/// Where a view's file lies.
#[derive(Debug, Clone)]
pub(super) struct ViewFile {
    folder: PathBuf,
    name: &'static str,
    version: u32,
}

impl ViewFile {
    pub(super) fn new(folder: &Path, name: &'static str, version: u32) -> Result<Self, ViewError> {
        fs::create_dir_all(folder).map_err(|error| ViewError::Folder(folder.to_owned(), error))?;
        Ok(Self {
            folder: folder.to_owned(),
            name,
            version,
        })
    }

    fn failed(&self, error: std::io::Error) -> ViewError {
        ViewError::Folder(self.folder.clone(), error)
    }

    /// The finished files of this version, lowest number first.
    fn finished(&self) -> Result<Vec<(u64, PathBuf)>, ViewError> {
        self.finished_of(self.version)
    }

    /// The file that was in use of the newest version before this one.
    pub(super) fn older(&self) -> Result<Option<PathBuf>, ViewError> {
        for version in (1..self.version).rev() {
            if let Some((_, path)) = self.finished_of(version)?.pop() {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    fn finished_of(&self, version: u32) -> Result<Vec<(u64, PathBuf)>, ViewError> {
        let start = format!("{}.v{version}.", self.name);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(|error| self.failed(error))? {
            let path = entry.map_err(|error| self.failed(error))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let number = name.strip_prefix(&start).and_then(|rest| rest.strip_suffix(".db"));
            if let Some(number) = number.and_then(|number| number.parse().ok()) {
                found.push((number, path));
            }
        }
        found.sort();
        Ok(found)
    }

    /// The file in use, if there is one.
    pub(super) fn current(&self) -> Result<Option<PathBuf>, ViewError> {
        Ok(self.finished()?.pop().map(|(_, path)| path))
    }

    /// Where a new one is built; what was left there is removed.
    pub(super) fn building(&self) -> Result<PathBuf, ViewError> {
        let path = self.folder.join(format!("{}.v{}.building", self.name, self.version));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(path),
        }
    }

    /// Puts the built file into use: synced, then renamed to the next number.
    pub(super) fn promote(&self, building: &Path) -> Result<PathBuf, ViewError> {
        let number = self.finished()?.pop().map_or(1, |(number, _)| number + 1);
        let path = self.folder.join(format!("{}.v{}.{number}.db", self.name, self.version));
        File::open(building)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(building, &path))
            .and_then(|()| File::open(&self.folder)?.sync_all())
            .map_err(|error| self.failed(error))?;
        Ok(path)
    }

    /// Removes every file of this view but `kept`. Who still reads one goes on reading.
    pub(super) fn clean(&self, kept: &Path) {
        let start = format!("{}.v", self.name);
        let kept = kept
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        let mut others: Vec<PathBuf> = entries
            .flatten()
            .filter(|entry| {
                let name = entry.file_name();
                let name = name.to_str().unwrap_or_default();
                name.starts_with(&start) && !name.starts_with(&kept)
            })
            .map(|entry| entry.path())
            .collect();
        // Before what stands beside it: nobody is to find a file without its log.
        others.sort_by_key(|path| path.extension().is_none_or(|extension| extension != "db"));
        for path in others {
            // What stays is removed next time.
            let _ = fs::remove_file(path);
        }
    }
}

/// Opens a finished file for writing, in WAL mode so that readers are never in the way.
pub(super) fn connect(path: &Path) -> Result<Connection, ViewError> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    keep_plans(&conn)?;
    Ok(conn)
}

/// Opens a finished file for reading.
pub(super) fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(Duration::from_secs(10))?;
    conn.pragma_update(None, "query_only", true)?;
    conn.set_prepared_statement_cache_capacity(64);
    keep_plans(&conn)?;
    Ok(conn)
}

/// A statement keeps its plan, whatever is bound to it: else SQLite prepares one that has a bound LIMIT anew at every use.
pub(super) fn keep_plans(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_is_told_how_much_it_may_use() {
        bound_sqlite();
        let conn = Connection::open_in_memory().expect("a database");
        let told = conn.pragma_query_value(None, "soft_heap_limit", |row| row.get::<_, i64>(0));
        let told = u64::try_from(told.expect("a limit")).expect("bytes");
        assert_eq!(told, MemoryBounds::in_force().sqlite_bytes());
    }
}
