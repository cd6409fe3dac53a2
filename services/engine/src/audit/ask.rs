use crate::Page;
use idesluss_domain::words::Timestamp;
use idesluss_proto::pb::audit as pb;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeMap;

/// What stands in a state, by thing, organisation and state.
type Counted = BTreeMap<(String, String, String), i64>;

/// Where things stood at a moment in microseconds: at the end of the stretch before it, and what has changed since then. The time does not grow
/// with the changes, but with the organisations.
pub(super) fn state_at(conn: &Connection, at: i64) -> rusqlite::Result<pb::GetInstanceStateResponse> {
    // The stretch in which the moment lies, or after which.
    let found: Option<(i64, i64)> = conn
        .prepare_cached("SELECT number, last FROM stretches WHERE first <= ?1 ORDER BY first DESC LIMIT 1")?
        .query_row([at], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let mut counted = Counted::new();
    if let Some((number, last)) = found {
        let over = last <= at;
        stood_after(conn, if over { number } else { number - 1 }, &mut counted)?;
        if !over {
            moved_within(conn, number, at, &mut counted)?;
        }
    }
    counted.retain(|_, count| *count > 0);
    let count = |((thing, organisation, state), count): (_, i64)| pb::StateCount {
        thing,
        organisation,
        state,
        count: count.unsigned_abs(),
    };
    let (first, last): (Option<i64>, Option<i64>) = conn
        .prepare_cached("SELECT (SELECT min(recorded) FROM changes), (SELECT max(recorded) FROM changes)")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (before, after): (Option<i64>, Option<i64>) = conn
        .prepare_cached(
            "SELECT (SELECT max(recorded) FROM changes WHERE recorded < ?1),
                    (SELECT min(recorded) FROM changes WHERE recorded > ?1)",
        )?
        .query_row([at], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let time = |found: Option<i64>| found.map(moment).unwrap_or_default();
    Ok(pb::GetInstanceStateResponse {
        counts: counted.into_iter().map(count).collect(),
        first: time(first),
        last: time(last),
        before: time(before),
        after: time(after),
        position: 0,
    })
}

/// Where things stood at the end of a stretch.
fn stood_after(conn: &Connection, stretch: i64, counted: &mut Counted) -> rusqlite::Result<()> {
    let mut standing = conn.prepare_cached(
        "SELECT thing, organisation, state, (
             SELECT count FROM standing s
             WHERE s.thing = states.thing AND s.organisation = states.organisation AND s.state = states.state AND stretch <= ?1 ORDER BY stretch DESC LIMIT 1)
         FROM states",
    )?;
    let mut rows = standing.query([stretch])?;
    while let Some(row) = rows.next()? {
        let count: Option<i64> = row.get(3)?;
        counted.insert((row.get(0)?, row.get(1)?, row.get(2)?), count.unwrap_or(0));
    }
    Ok(())
}

/// Adds what has changed in a stretch up to a moment.
fn moved_within(conn: &Connection, stretch: i64, at: i64, counted: &mut Counted) -> rusqlite::Result<()> {
    let mut moved = conn.prepare_cached(
        "SELECT thing, organisation, before, after FROM changes
         WHERE recorded >= (SELECT first FROM stretches WHERE number = ?1) AND recorded <= ?2",
    )?;
    let mut rows = moved.query([stretch, at])?;
    while let Some(row) = rows.next()? {
        let (thing, organisation): (String, String) = (row.get(0)?, row.get(1)?);
        let before: String = row.get(2)?;
        if !before.is_empty() {
            *counted
                .entry((thing.clone(), organisation.clone(), before))
                .or_default() -= 1;
        }
        *counted.entry((thing, organisation, row.get(3)?)).or_default() += 1;
    }
    Ok(())
}

/// Which changes are asked for.
pub(super) struct Wanted {
    pub(super) organisation: String,
    /// Microseconds.
    pub(super) until: i64,
    pub(super) page: Page,
    pub(super) decisions: bool,
}

/// Changes of an organisation's things (?1) before a place (?2) up to a moment (?3), the newest ?4.
///
/// One bound: of two an index would take one, and all that came after the moment would be read past.
fn listing(decisions: bool) -> String {
    let decisions = if decisions { "AND outcome <> ''" } else { "" };
    format!(
        "SELECT position, recorded, event, type, subject, idea, actor, role, before, after, outcome FROM changes
         WHERE organisation = ?1
               AND position <= min(?2 - 1, (SELECT position FROM changes WHERE recorded <= ?3 ORDER BY recorded DESC LIMIT 1)) {decisions}
         ORDER BY position DESC LIMIT ?4"
    )
}

/// Changes of one organisation's things, the newest first.
pub(super) fn changes(conn: &Connection, wanted: &Wanted) -> rusqlite::Result<Vec<pb::Change>> {
    let mut listing = conn.prepare_cached(&listing(wanted.decisions))?;
    let rows = listing.query_map(
        params![
            wanted.organisation,
            wanted.page.before(),
            wanted.until,
            wanted.page.size
        ],
        |row| {
            Ok(pb::Change {
                position: row.get::<_, i64>(0)?.cast_unsigned(),
                recorded: moment(row.get(1)?),
                event: row.get(2)?,
                r#type: row.get(3)?,
                subject: row.get(4)?,
                idea: row.get(5)?,
                actor: row.get(6)?,
                role: row.get(7)?,
                before: row.get(8)?,
                after: row.get(9)?,
                outcome: row.get(10)?,
            })
        },
    )?;
    rows.collect()
}

fn moment(micros: i64) -> String {
    Timestamp::from_micros(micros).map_or_else(|_| String::new(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn what_changed_after_the_moment_is_not_read() {
        let conn = Connection::open_in_memory().expect("a database");
        conn.execute_batch(include_str!("changes.sql")).expect("tables");
        for recorded in 1..=5_000_i64 {
            conn.execute(
                "INSERT INTO changes (recorded, organisation, thing, before, after, event, type, subject, idea, actor, role, outcome)
                 VALUES (?1, 'uddevalla', 'evaluation', '', '', '', '', '', '', '', '', 'advance')",
                [recorded],
            )
            .expect("written");
        }
        for decisions in [false, true] {
            let mut listing = conn.prepare(&listing(decisions)).expect("a question");
            let asked = params!["uddevalla", i64::MAX, 25, 20];
            let found: Vec<i64> = (listing.query_map(asked, |row| row.get(0)).expect("an answer"))
                .collect::<Result<_, _>>()
                .expect("rows");
            assert_eq!(found, (6..=25).rev().collect::<Vec<_>>());
            let steps = listing.get_status(StatementStatus::VmStep);
            assert!(steps < 1_000, "{steps} steps for twenty rows");
        }
    }
}
