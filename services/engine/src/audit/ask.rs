use crate::Page;
use idesluss_domain::words::Timestamp;
use idesluss_proto::pb::audit as pb;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Where things stood at a moment in microseconds.
///
/// Counted from the changes, each of which takes a thing out of one state and puts it into another: the time grows with the changes up to
/// the moment, about a second for a million.
pub(super) fn state_at(conn: &Connection, at: i64) -> rusqlite::Result<pb::GetInstanceStateResponse> {
    let mut counting = conn.prepare_cached(
        "SELECT thing, organisation, before, after, count(*) FROM changes WHERE recorded <= ?1
         GROUP BY thing, organisation, before, after",
    )?;
    let mut moved = counting.query([at])?;
    let mut counted: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    while let Some(row) = moved.next()? {
        let (thing, organisation): (String, String) = (row.get(0)?, row.get(1)?);
        let (before, after, count): (String, String, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        *counted
            .entry((thing.clone(), organisation.clone(), before))
            .or_default() -= count;
        *counted.entry((thing, organisation, after)).or_default() += count;
    }
    // What came from nowhere is in the state without a name.
    counted.retain(|(_, _, state), count| !state.is_empty() && *count > 0);
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

/// Which changes are asked for.
pub(super) struct Wanted {
    pub(super) organisation: String,
    /// Microseconds.
    pub(super) until: i64,
    pub(super) page: Page,
    pub(super) decisions: bool,
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
