//! The tables' versions: a newer binary brings a file that a released one has made up to its own, all or nothing, before anything else is done with it.

use super::sql;
use crate::StoreError;
use rusqlite::Connection;

/// How files of released versions get to this one's tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migrations<'a> {
    /// The version of the tables that `schema.sql` made in the first release. Files of before are refused: none of them was released.
    first: i32,
    /// What leads from each version to the next one.
    steps: &'a [&'a str],
}

/// Those since 0.2.0. `schema.sql` makes what comes of them at once.
pub(super) const RELEASED: Migrations<'static> = Migrations {
    first: 7,
    steps: &sql::MIGRATIONS,
};

impl Migrations<'_> {
    /// The version that this binary writes and reads.
    pub(super) const fn newest(&self) -> i32 {
        self.first + self.steps.len() as i32
    }

    /// Whether tables of this version have to be brought up. Errors: this binary neither knows them nor goes on from them.
    pub(super) fn is_behind(&self, version: i32) -> Result<bool, StoreError> {
        let newest = self.newest();
        let differs = |version| format!("its tables are of version {version}, this version knows {newest}");
        match version {
            same if same == newest => Ok(false),
            newer if newer > newest => Err(StoreError::Newer(differs(newer))),
            released if released >= self.first => Ok(true),
            older if older > 0 => Err(StoreError::Older(differs(older))),
            other => Err(StoreError::Damaged(format!(
                "its tables are of version {other}, which never was"
            ))),
        }
    }

    /// Brings tables of a released version up. The caller has begun a transaction, and ends it once everything was found to be as it should be.
    pub(super) fn bring_up(&self, conn: &Connection, from: i32) -> Result<(), StoreError> {
        for (version, step) in (self.first + 1..)
            .zip(self.steps)
            .filter(|(version, _)| *version > from)
        {
            conn.execute_batch(step)?;
            conn.pragma_update(None, "user_version", version)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::open::{open, open_by};
    use crate::sqlite::options::SqliteOptions;
    use std::path::Path;
    use tempfile::TempDir;

    const FIRST: i32 = RELEASED.newest();

    fn and_then<'a>(steps: &'a [&'a str]) -> Migrations<'a> {
        Migrations { first: FIRST, steps }
    }

    fn options() -> SqliteOptions {
        SqliteOptions::new("fyrbodal-test", "submission", std::sync::Arc::new(|| 0))
    }

    /// A journal as this version makes it, with something in it that the next one is to take away.
    fn released(path: &Path) {
        let opened = open(path, &options()).expect("made");
        opened
            .conn
            .execute_batch("CREATE TABLE old (secret TEXT)")
            .expect("made");
        let fill = "INSERT INTO old VALUES ('hemligheten som ska bort')";
        opened.conn.execute_batch(fill).expect("filled");
    }

    fn version(path: &Path) -> i32 {
        let conn = Connection::open(path).expect("a database");
        conn.pragma_query_value(None, "user_version", |row| row.get(0))
            .expect("a version")
    }

    #[test]
    fn a_released_file_is_brought_up_once_and_is_too_new_for_the_one_before() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("journal.db");
        released(&path);
        let steps = ["DROP TABLE old", "CREATE TABLE beside (name TEXT) STRICT"];
        for _ in 0..2 {
            let opened = open_by(&path, &options(), &and_then(&steps)).expect("brought up");
            opened
                .conn
                .execute_batch("INSERT INTO beside VALUES ('a')")
                .expect("it is there");
        }
        assert_eq!(version(&path), FIRST + 2);
        // What a step has taken away lies in no free page.
        let bytes = std::fs::read(&path).expect("a file");
        assert!(!bytes.windows(11).any(|part| part == b"hemligheten"));
        let older = open(&path, &options()).map(drop);
        assert!(matches!(older, Err(StoreError::Newer(_))), "{older:?}");
    }

    #[test]
    fn what_fails_or_leaves_something_wrong_leaves_the_file_as_it_was() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("journal.db");
        released(&path);
        for second in ["no statement", "UPDATE head SET size = 7"] {
            let steps = ["DROP TABLE old", second];
            let failed = open_by(&path, &options(), &and_then(&steps)).map(drop);
            assert!(failed.is_err(), "{second}");
            assert_eq!(version(&path), FIRST, "{second}");
            let opened = open(&path, &options()).expect("as it was");
            let left: i64 = opened
                .conn
                .query_row("SELECT count(*) FROM old", [], |row| row.get(0))
                .expect("it is there");
            assert_eq!(left, 1, "{second}");
        }
    }

    #[test]
    fn what_was_never_released_and_what_is_newer_are_told_apart() {
        assert!(!RELEASED.is_behind(FIRST).expect("known"));
        assert!(and_then(&["a step"]).is_behind(FIRST).expect("known"));
        assert!(matches!(RELEASED.is_behind(FIRST + 1), Err(StoreError::Newer(_))));
        let before = RELEASED.is_behind(RELEASED.first - 1);
        assert!(matches!(before, Err(StoreError::Older(_))));
        assert!(matches!(RELEASED.is_behind(0), Err(StoreError::Damaged(_))));
    }
}
