//! In debug builds, in which all tests run, the plan of every statement that a view is asked or written with is looked at once, and the numbers that
//! it keeps are counted again and again.
//!
//! A list that reads a whole table, or sorts more than it shows, is quick with ten rows and slow with a million: it shall not pass a test.

use super::derived::{Derived, miscounted};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Tables that do not grow with what people do, and are read whole: where a view has come to, and the states in which anything ever stood.
const SMALL: [&str; 2] = ["progress", "states"];

/// After each of so many batches what is kept is compared, then after every so many.
const COMPARED: u64 = 64;

/// What one connection was asked.
#[derive(Default)]
pub(super) struct Plans(Arc<Mutex<Asked>>);

#[derive(Default)]
struct Asked {
    checked: BTreeSet<String>,
    new: BTreeSet<String>,
    /// How many batches were written.
    batches: u64,
}

impl Plans {
    /// Notes every statement of a connection from now on.
    pub(super) fn watch(conn: &mut Connection) -> rusqlite::Result<Self> {
        let plans = Self::default();
        let asked = Arc::clone(&plans.0);
        let note = move |event: TraceEvent<'_>| {
            let TraceEvent::Stmt(statement, began) = event else {
                return;
            };
            // A trigger's own statements are told as comments, and have no plan of their own.
            if began.starts_with("--") {
                return;
            }
            let sql = statement.sql();
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            if !asked.checked.contains(&*sql) {
                asked.new.insert(sql.into_owned());
            }
        };
        // What a trigger does is a part of the plan of what sets it off.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, true)?;
        conn.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note))?;
        Ok(plans)
    }

    /// Panics if a number that is kept is not what is counted: after each of the first batches, and some of the many that may follow.
    pub(super) fn recount(&self, conn: &Connection, derived: &[Derived]) {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.batches += 1;
        let is_due = asked.batches < COMPARED || asked.batches.is_multiple_of(COMPARED);
        drop(asked);
        if !is_due {
            return;
        }
        if let Some(wrong) = miscounted(conn, derived).expect("what is kept can be counted") {
            panic!("a view keeps what does not follow from its rows: {wrong}");
        }
        self.check(conn, false);
    }

    /// Panics if a statement that is new reads a table whole or sorts in memory, where it is to be `is_bounded`.
    pub(super) fn check(&self, conn: &Connection, is_bounded: bool) {
        let mut new = std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).new);
        if !is_bounded {
            return;
        }
        for sql in &new {
            if let Some(step) = wasteful(conn, sql) {
                panic!("a view's statement grows with the data ({step}): {sql}");
            }
        }
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.checked.append(&mut new);
    }
}

/// The step of a statement's plan that costs more the more there is; None: there is none.
fn wasteful(conn: &Connection, sql: &str) -> Option<String> {
    let mut explained = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).ok()?;
    // Nothing need be bound: a plan does not hang on it.
    let steps = explained.raw_query().mapped(|row| row.get::<_, String>("detail"));
    steps.flatten().find(|step| {
        let scans = step.strip_prefix("SCAN ").is_some_and(|table| {
            let name = table.split(' ').next().unwrap_or_default();
            // Along an index it ends with the page.
            let ends = step.contains(" INDEX ") && sql.contains("LIMIT");
            !ends && name != "CONSTANT" && !name.starts_with('(') && !SMALL.contains(&name)
        });
        scans || step.starts_with("USE TEMP B-TREE")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_a_table_whole_or_sorts_it_is_found_and_what_an_index_answers_is_not() {
        let conn = Connection::open_in_memory().expect("a database");
        conn.execute_batch(
            "CREATE TABLE ideas (idea TEXT PRIMARY KEY, phase INTEGER, since INTEGER);
             CREATE INDEX by_phase ON ideas (phase, since);
             CREATE TABLE states (state TEXT);
             CREATE TABLE kinds (kind INTEGER PRIMARY KEY);
             CREATE TRIGGER counted AFTER DELETE ON kinds BEGIN
                 UPDATE ideas SET since = 1 WHERE since = old.kind;
             END",
        )
        .expect("tables");
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, true)
            .expect("triggers are told of");
        for (sql, is_wasteful) in [
            ("SELECT count(*) FROM ideas", true),
            ("SELECT idea FROM ideas ORDER BY idea LIMIT 5", false),
            ("SELECT idea FROM ideas WHERE since > ?1", true),
            ("SELECT idea FROM ideas WHERE phase = ?1 ORDER BY since LIMIT 5", false),
            (
                "SELECT idea FROM ideas WHERE phase IN (1, 2) ORDER BY since LIMIT 5",
                true,
            ),
            ("SELECT idea FROM ideas WHERE phase = ?1 ORDER BY idea LIMIT 5", true),
            ("SELECT state FROM states", false),
            ("UPDATE ideas SET phase = 1 WHERE since = 2", true),
            ("UPDATE ideas SET phase = 1 WHERE idea = 'x'", false),
            ("DELETE FROM kinds WHERE kind = 3", true),
        ] {
            assert_eq!(wasteful(&conn, sql).is_some(), is_wasteful, "{sql}");
        }
    }
}
