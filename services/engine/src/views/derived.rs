use rusqlite::Connection;

/// What a view keeps so that nobody counts or looks it up, beside what it follows from: two questions with the same answer, or it is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Derived {
    /// What it tells.
    pub name: &'static str,
    /// What is kept.
    pub kept: &'static str,
    /// The same, from what it follows from. No row stands twice in either.
    pub counted: &'static str,
}

impl Derived {
    /// Whether both answers have the same rows.
    fn is_right(&self, conn: &Connection) -> rusqlite::Result<bool> {
        let Self { kept, counted, .. } = self;
        let differs = format!(
            "SELECT EXISTS (SELECT * FROM ({kept}) EXCEPT SELECT * FROM ({counted}))
                 OR EXISTS (SELECT * FROM ({counted}) EXCEPT SELECT * FROM ({kept}))"
        );
        conn.query_row(&differs, [], |row| row.get(0))
            .map(|differs: bool| !differs)
    }
}

/// The name of the first of these that is not what it follows from.
pub(super) fn miscounted(conn: &Connection, all: &[Derived]) -> rusqlite::Result<Option<&'static str>> {
    for derived in all {
        if !derived.is_right(conn)? {
            return Ok(Some(derived.name));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_not_what_is_counted_is_found_also_one_that_lacks_or_counts_nothing() {
        let conn = Connection::open_in_memory().expect("a database");
        conn.execute_batch(
            "CREATE TABLE ideas (organisation TEXT);
             CREATE TABLE counts (organisation TEXT, count INTEGER);
             INSERT INTO ideas VALUES ('uddevalla'), ('uddevalla'), ('orust');
             INSERT INTO counts VALUES ('uddevalla', 2), ('orust', 1);",
        )
        .expect("tables");
        let counters = [Derived {
            name: "ideas",
            kept: "SELECT organisation, count FROM counts",
            counted: "SELECT organisation, count(*) FROM ideas GROUP BY organisation",
        }];
        assert!(miscounted(&conn, &counters).expect("counted").is_none());
        for wrong in [
            "UPDATE counts SET count = 3 WHERE organisation = 'uddevalla'",
            "DELETE FROM counts WHERE organisation = 'orust'",
            "INSERT INTO counts VALUES ('sotenas', 1)",
        ] {
            conn.execute_batch(&format!("BEGIN; {wrong}")).expect("changed");
            assert!(miscounted(&conn, &counters).expect("counted").is_some(), "{wrong}");
            conn.execute_batch("ROLLBACK").expect("as before");
        }
    }
}
