use idesluss_domain::words::Timestamp;
use idesluss_proto::pb::audit as pb;
use rusqlite::{Connection, params};

/// Where things stood at a moment in microseconds.
///
/// Counted from the changes, each of which takes a thing out of one state and puts it into another: the time grows with the changes up to
/// the moment, some tenths of a second for a million.
pub(super) fn standing(conn: &Connection, at: i64) -> rusqlite::Result<pb::GetStandingResponse> {
    let mut counting = conn.prepare_cached(
        "SELECT thing, organisation, state, sum(moved) AS count FROM (
            SELECT thing, organisation, after AS state, 1 AS moved FROM changes WHERE recorded <= ?1
            UNION ALL
            SELECT thing, organisation, before, -1 FROM changes WHERE recorded <= ?1 AND before <> '')
         GROUP BY thing, organisation, state HAVING count > 0 ORDER BY thing, organisation, state",
    )?;
    let counts = counting.query_map([at], |row| {
        Ok(pb::StandingCount {
            thing: row.get(0)?,
            organisation: row.get(1)?,
            state: row.get(2)?,
            count: row.get::<_, i64>(3)?.unsigned_abs(),
        })
    })?;
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
    Ok(pb::GetStandingResponse {
        counts: counts.collect::<Result<_, _>>()?,
        first: time(first),
        last: time(last),
        before: time(before),
        after: time(after),
        position: 0,
    })
}

/// Which changes are asked for.
pub(super) struct Wanted {
    pub(super) organisation: String,
    /// Microseconds.
    pub(super) until: i64,
    /// Only before this position.
    pub(super) before: i64,
    pub(super) decisions: bool,
    pub(super) most: i64,
}

/// Changes of one organisation's things, the newest first.
pub(super) fn changes(conn: &Connection, wanted: &Wanted) -> rusqlite::Result<Vec<pb::Change>> {
    let decisions = if wanted.decisions { "AND outcome <> ''" } else { "" };
    let mut listing = conn.prepare_cached(&format!(
        "SELECT position, recorded, event, type, subject, idea, actor, role, before, after, outcome FROM changes
         WHERE organisation = ?1 AND position < ?2 AND recorded <= ?3 {decisions}
         ORDER BY position DESC LIMIT ?4"
    ))?;
    let rows = listing.query_map(
        params![wanted.organisation, wanted.before, wanted.until, wanted.most],
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
