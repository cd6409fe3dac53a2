//! The tables' versions: a newer binary brings a file that a released one has made up to its own, all or nothing, before anything else is done with it.

use super::sql;
use crate::StoreError;
use rusqlite::Connection;

/// The version of the tables that `schema.sql` made in 0.2.0, the first release. Files of before are refused: none of them was released.
const FIRST_RELEASED: i32 = 7;

/// The version that this binary writes and reads. `schema.sql` makes it at once; files of a released version get there by the migrations.
pub(super) const VERSION: i32 = FIRST_RELEASED + sql::MIGRATIONS.len() as i32;

/// Whether tables of this version have to be brought up. Errors: this binary neither knows them nor goes on from them.
pub(super) fn is_behind(version: i32) -> Result<bool, StoreError> {
    let differs = |version| format!("its tables are of version {version}, this version knows {VERSION}");
    match version {
        VERSION => Ok(false),
        newer if newer > VERSION => Err(StoreError::Newer(differs(newer))),
        released if released >= FIRST_RELEASED => Ok(true),
        older if older > 0 => Err(StoreError::Older(differs(older))),
        other => Err(StoreError::Damaged(format!(
            "its tables are of version {other}, which never was"
        ))),
    }
}

/// Brings tables of a released version up. The caller has begun a transaction, and ends it once everything was found to be as it should be.
pub(super) fn bring_up(conn: &Connection, from: i32) -> Result<(), StoreError> {
    bring_up_by(conn, from, (FIRST_RELEASED, &sql::MIGRATIONS))
}

fn bring_up_by(conn: &Connection, from: i32, (first, migrations): (i32, &[&str])) -> Result<(), StoreError> {
    for (version, migration) in (first + 1..).zip(migrations).filter(|(version, _)| *version > from) {
        conn.execute_batch(migration)?;
        conn.pragma_update(None, "user_version", version)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_came_after_is_done_and_each_step_once() {
        let conn = Connection::open_in_memory().expect("a database");
        conn.execute_batch("CREATE TABLE things (name TEXT)").expect("made");
        conn.pragma_update(None, "user_version", 8).expect("set");
        let steps = [
            "this is no statement, and was done long ago",
            "ALTER TABLE things ADD COLUMN kind TEXT",
            "INSERT INTO things (name, kind) VALUES ('a', 'b')",
        ];
        for from in [8, 10] {
            bring_up_by(&conn, from, (7, &steps)).expect("brought up");
        }
        let version: i32 = conn
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .expect("a version");
        let count: i32 = conn
            .query_row("SELECT count(*) FROM things WHERE kind = 'b'", [], |row| row.get(0))
            .expect("counted");
        assert_eq!((version, count), (10, 1));
    }

    #[test]
    fn a_step_that_fails_leaves_everything_as_it_was() {
        let conn = Connection::open_in_memory().expect("a database");
        conn.pragma_update(None, "user_version", 7).expect("set");
        conn.execute_batch("BEGIN IMMEDIATE").expect("begun");
        let steps = ["CREATE TABLE things (name TEXT)", "no statement"];
        bring_up_by(&conn, 7, (7, &steps)).expect_err("stopped");
        conn.execute_batch("ROLLBACK").expect("ended");
        let version: i32 = conn
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .expect("a version");
        let tables: i32 = conn
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .expect("counted");
        assert_eq!((version, tables), (7, 0));
    }

    #[test]
    fn what_was_never_released_and_what_is_newer_are_told_apart() {
        assert!(!is_behind(VERSION).expect("known"));
        assert!(matches!(is_behind(VERSION + 1), Err(StoreError::Newer(_))));
        assert!(matches!(is_behind(FIRST_RELEASED - 1), Err(StoreError::Older(_))));
        assert!(matches!(is_behind(0), Err(StoreError::Damaged(_))));
    }
}
