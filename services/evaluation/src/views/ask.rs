use idesluss_domain::SealedMember;
use idesluss_domain::words::PersonId;
use idesluss_engine::Page;
use idesluss_proto::pb::evaluation::Phase;
use rusqlite::{Connection, Row};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One evaluation in a list.
pub(crate) struct EvaluationRow {
    pub(crate) evaluation: String,
    pub(crate) idea: String,
    pub(crate) organisation: String,
    pub(crate) gate: i32,
    pub(crate) round: u32,
    pub(crate) phase: i32,
    pub(crate) since: u64,
    pub(crate) title: Option<SealedMember>,
    pub(crate) opened_at: String,
    pub(crate) changed_at: String,
    pub(crate) required: u32,
    pub(crate) need_owner: bool,
    pub(crate) proposal: i32,
    pub(crate) outcome: i32,
    pub(crate) home: bool,
    pub(crate) decided_at: String,
    pub(crate) closed: i32,
    pub(crate) assigned: u32,
    pub(crate) assessed: u32,
}

/// What waits for an assessor.
pub(crate) struct ToAssessRow {
    pub(crate) evaluation: EvaluationRow,
    pub(crate) declared: bool,
    pub(crate) assessed: bool,
    pub(crate) assigned_at: String,
}

/// What waits for a decider.
pub(crate) struct ToDecideRow {
    pub(crate) evaluation: EvaluationRow,
    pub(crate) declared: bool,
    pub(crate) barred: bool,
}

/// How much an assessor has to do.
pub(crate) struct Load {
    pub(crate) person: String,
    pub(crate) open: u32,
    pub(crate) done: u32,
}

/// What an overview shows.
pub(crate) struct Filter {
    pub(crate) organisation: String,
    /// Who asks.
    pub(crate) person: String,
    /// 0: any.
    pub(crate) phase: i32,
    /// 0: any.
    pub(crate) gate: i32,
}

/// One evaluation with how many assess it; bound to `e`.
const COLUMNS: &str = "e.evaluation, e.idea, e.organisation, e.gate, e.round, e.phase, e.since, e.title, e.opened_at,
    e.changed_at, e.required, e.need_owner, e.proposal, e.outcome, e.home, e.decided_at, e.closed,
    (SELECT count(*) FROM assessors a WHERE a.evaluation = e.evaluation AND a.recused = 0),
    (SELECT count(*) FROM assessors a WHERE a.evaluation = e.evaluation AND a.recused = 0 AND a.assessed = 1)";

/// Leaves out what the person, bound after it, takes no part in: not even that it is there is anything to them.
const TAKES_PART: &str = "NOT EXISTS (SELECT 1 FROM aside WHERE aside.evaluation = e.evaluation AND aside.person = ";

/// How many columns stand before those that a query adds.
const COUNT: usize = 19;

fn evaluation_row(row: &Row<'_>) -> rusqlite::Result<EvaluationRow> {
    Ok(EvaluationRow {
        evaluation: row.get(0)?,
        idea: row.get(1)?,
        organisation: row.get(2)?,
        gate: row.get(3)?,
        round: row.get(4)?,
        phase: row.get(5)?,
        since: row.get::<_, i64>(6)?.cast_unsigned(),
        title: row.get::<_, Option<String>>(7)?.and_then(|title| title.parse().ok()),
        opened_at: row.get(8)?,
        changed_at: row.get(9)?,
        required: row.get(10)?,
        need_owner: row.get(11)?,
        proposal: row.get(12)?,
        outcome: row.get(13)?,
        home: row.get(14)?,
        decided_at: row.get(15)?,
        closed: row.get(16)?,
        assigned: row.get(17)?,
        assessed: row.get(18)?,
    })
}

/// What a person assesses and may still revise, oldest first.
pub(crate) fn to_assess(conn: &Connection, person: &str, page: Page) -> rusqlite::Result<Vec<ToAssessRow>> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS}, a.assessed, a.assigned_at,
                EXISTS (SELECT 1 FROM declarations d WHERE d.evaluation = e.evaluation AND d.person = a.person AND d.conflict = 0)
         FROM assessors a JOIN evaluations e USING (evaluation)
         WHERE a.person = ?1 AND a.recused = 0 AND a.assessing = 1 AND a.since > ?2 AND {TAKES_PART} ?1)
         ORDER BY a.since LIMIT ?3"
    ))?
    .query_map((person, page.after(), page.size), |row| {
        Ok(ToAssessRow {
            evaluation: evaluation_row(row)?,
            assessed: row.get(COUNT)?,
            assigned_at: row.get(COUNT + 1)?,
            declared: row.get(COUNT + 2)?,
        })
    })?
    .collect()
}

/// What waits for a decision in an organisation, oldest first, as one decider sees it.
pub(crate) fn to_decide(
    conn: &Connection,
    organisation: &str,
    person: &str,
    page: Page,
) -> rusqlite::Result<Vec<ToDecideRow>> {
    let mut found: Vec<ToDecideRow> = Vec::new();
    // Each phase has its evaluations in order.
    for phase in [Phase::Revealed, Phase::Recommended] {
        let mut waiting = conn.prepare_cached(&format!(
            "SELECT {COLUMNS},
                    EXISTS (SELECT 1 FROM declarations d WHERE d.evaluation = e.evaluation AND d.person = ?2 AND d.conflict = 0),
                    EXISTS (SELECT 1 FROM barred b WHERE b.evaluation = e.evaluation AND b.person = ?2)
                    OR EXISTS (SELECT 1 FROM assessors a WHERE a.evaluation = e.evaluation AND a.person = ?2
                               AND (a.recused = 0 OR a.assessed = 1))
             FROM evaluations e
             WHERE e.organisation = ?1 AND e.phase = ?3 AND e.since > ?4 AND {TAKES_PART} ?2)
             ORDER BY e.since LIMIT ?5"
        ))?;
        let asked = (organisation, person, phase as i32, page.after(), page.size);
        let waiting = waiting.query_map(asked, |row| {
            Ok(ToDecideRow {
                evaluation: evaluation_row(row)?,
                declared: row.get(COUNT)?,
                barred: row.get(COUNT + 1)?,
            })
        })?;
        for row in waiting {
            found.push(row?);
        }
    }
    found.sort_by_key(|row| row.evaluation.since);
    found.truncate(usize::try_from(page.size).unwrap_or(usize::MAX));
    Ok(found)
}

/// An organisation's evaluations, newest first.
pub(crate) fn overview(conn: &Connection, filter: &Filter, page: Page) -> rusqlite::Result<Vec<EvaluationRow>> {
    // There is an index for each: a condition that holds for all would leave it unused.
    let phase = if filter.phase == 0 { "?2 = 0" } else { "e.phase = ?2" };
    let gate = if filter.gate == 0 { "?3 = 0" } else { "e.gate = ?3" };
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM evaluations e
         WHERE e.organisation = ?1 AND {phase} AND {gate} AND e.since < ?4 AND {TAKES_PART} ?6)
         ORDER BY e.since DESC LIMIT ?5"
    ))?
    .query_map(
        (
            &filter.organisation,
            filter.phase,
            filter.gate,
            page.before(),
            page.size,
            &filter.person,
        ),
        evaluation_row,
    )?
    .collect()
}

/// How many of an organisation's evaluations are at a gate in a phase.
pub(crate) struct Count {
    pub(crate) gate: i32,
    pub(crate) phase: i32,
    pub(crate) count: u64,
}

/// How many of an organisation's evaluations are where, without those that the person takes no part in: a number would tell what became of one.
pub(crate) fn counts(conn: &Connection, organisation: &str, person: &str) -> rusqlite::Result<Vec<Count>> {
    let mut counts: BTreeMap<(i32, i32), i64> = conn
        .prepare_cached("SELECT gate, phase, count FROM counts WHERE organisation = ?1")?
        .query_map([organisation], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut hidden = conn.prepare_cached(
        "SELECT gate, phase FROM aside JOIN evaluations USING (evaluation) WHERE person = ?1 AND organisation = ?2",
    )?;
    for hidden in hidden.query_map([person, organisation], |row| Ok((row.get(0)?, row.get(1)?)))? {
        *counts.entry(hidden?).or_default() -= 1;
    }
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let count = |((gate, phase), count): ((i32, i32), i64)| Count {
        gate,
        phase,
        count: count.unsigned_abs(),
    };
    Ok(counts.map(count).collect())
}

/// All evaluations of an idea that the person may read, by round.
pub(crate) fn of_idea(conn: &Connection, idea: &str, person: &str) -> rusqlite::Result<Vec<EvaluationRow>> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM evaluations e WHERE e.idea = ?1 AND {TAKES_PART} ?2) ORDER BY e.round"
    ))?
    .query_map([idea, person], evaluation_row)?
    .collect()
}

/// How many open assessments these people have elsewhere than in `evaluation`, in the order asked for.
pub(crate) fn open_load(conn: &Connection, people: &[PersonId], evaluation: &str) -> rusqlite::Result<Vec<u32>> {
    let mut open = conn.prepare_cached(
        "SELECT coalesce((SELECT open FROM loads WHERE person = ?1), 0) - EXISTS (
             SELECT 1 FROM assessors WHERE person = ?1 AND evaluation = ?2 AND assessing = 1 AND recused = 0 AND assessed = 0)",
    )?;
    let ask = |person: &PersonId| open.query_row((person.to_string(), evaluation), |row| row.get(0));
    people.iter().map(ask).collect()
}

/// How many of those who assess are listed.
const MOST_LOADS: usize = 500;

/// What those who assess for an organisation have to do, for all organisations here; the most burdened first.
pub(crate) fn loads(conn: &Connection, organisation: &str) -> rusqlite::Result<Vec<Load>> {
    let mut loads = conn.prepare_cached(
        "SELECT person, open, done FROM assesses_for JOIN loads USING (person)
         WHERE organisation = ?1 AND open + done > 0",
    )?;
    let load = |row: &Row<'_>| {
        Ok(Load {
            person: row.get(0)?,
            open: row.get(1)?,
            done: row.get(2)?,
        })
    };
    let mut loads: Vec<Load> = loads.query_map([organisation], load)?.collect::<Result<_, _>>()?;
    let burden = |load: &Load| (Reverse((load.open, load.done)), load.person.clone());
    loads.sort_by_cached_key(burden);
    loads.truncate(MOST_LOADS);
    Ok(loads)
}
