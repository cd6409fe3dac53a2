//! What is asked of the view of ideas.

use idesluss_domain::SealedMember;
use idesluss_domain::words::IdeaId;
use idesluss_engine::Page;
use rusqlite::{Connection, Row, params_from_iter};
use std::collections::BTreeMap;

/// An idea in a list, before its title is opened.
#[derive(Debug, Clone)]
pub(crate) struct IdeaRow {
    pub(crate) idea: String,
    pub(crate) organisation: String,
    pub(crate) phase: i32,
    pub(crate) submitted_at: String,
    pub(crate) title: Option<SealedMember>,
    pub(crate) brief_title: Option<SealedMember>,
    pub(crate) reference: String,
    pub(crate) answer_due: String,
    pub(crate) overdue: bool,
    pub(crate) coordinator: String,
    pub(crate) erasure: i32,
    pub(crate) imported: bool,
    pub(crate) supporters: u32,
    /// The position of its first entry, by which lists are ordered.
    pub(crate) since: u64,
}

/// A call in a list, before its texts are opened.
#[derive(Debug, Clone)]
pub(crate) struct CallRow {
    pub(crate) call: String,
    pub(crate) organisation: String,
    pub(crate) need_owner: String,
    pub(crate) texts: [Option<SealedMember>; 4],
    pub(crate) until: String,
    /// It takes no more ideas: it was closed, or its last day has passed.
    pub(crate) closed: bool,
    pub(crate) rank: u64,
}

/// A question to be a co-author, before the title is opened.
#[derive(Debug, Clone)]
pub(crate) struct ProposalRow {
    pub(crate) idea: String,
    pub(crate) title: Option<SealedMember>,
    pub(crate) asked_by: String,
    pub(crate) asked_at: String,
}

/// Which ideas of an organisation are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) organisation: String,
    /// Who asks: ideas that they are in conflict with are left out.
    pub(crate) person: String,
    /// None: any.
    pub(crate) phases: Vec<i32>,
    /// Only with this erasure state.
    pub(crate) erasure: Option<i32>,
    pub(crate) page: Page,
}

/// Leaves out what the person, bound after it, is in conflict with.
const NO_CONFLICT: &str =
    "NOT EXISTS (SELECT 1 FROM conflicts WHERE conflicts.idea = ideas.idea AND conflicts.person = ?)";

const COLUMNS: &str = "idea, organisation, phase, submitted_at, title, brief_title, reference, answer_due, overdue, \
                       coordinator, erasure, imported, supporters, since";

fn member(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<SealedMember>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|text| text.parse().ok()))
}

fn idea_row(row: &Row<'_>) -> rusqlite::Result<IdeaRow> {
    Ok(IdeaRow {
        idea: row.get(0)?,
        organisation: row.get(1)?,
        phase: row.get(2)?,
        submitted_at: row.get(3)?,
        title: member(row, 4)?,
        brief_title: member(row, 5)?,
        reference: row.get(6)?,
        answer_due: row.get(7)?,
        overdue: row.get(8)?,
        coordinator: row.get(9)?,
        erasure: row.get(10)?,
        imported: row.get(11)?,
        supporters: row.get(12)?,
        since: row.get::<_, i64>(13)?.cast_unsigned(),
    })
}

/// A person's own ideas, the newest first, and how many there are.
pub(crate) fn mine(
    conn: &Connection,
    (person, organisation): (&str, &str),
    page: Page,
) -> rusqlite::Result<(Vec<IdeaRow>, u64)> {
    // What somebody wrote for another organisation is that one's.
    const MINE: &str = "idea IN (SELECT idea FROM authors WHERE person = ?1) AND organisation = ?2";
    let total: i64 = conn
        .prepare_cached(&format!("SELECT count(*) FROM ideas WHERE {MINE}"))?
        .query_row((person, organisation), |row| row.get(0))?;
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ideas WHERE {MINE} AND since < ?3 ORDER BY since DESC LIMIT ?4"
    ))?;
    let rows = rows
        .query_map((person, organisation, page.before(), page.size), idea_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// An organisation's ideas, the oldest first, and how many match.
pub(crate) fn inbox(conn: &Connection, filter: &Filter) -> rusqlite::Result<(Vec<IdeaRow>, u64)> {
    let places = vec!["?"; filter.phases.len()].join(",");
    let mut filters = format!("organisation = ? AND {NO_CONFLICT}");
    let mut values: Vec<rusqlite::types::Value> =
        vec![filter.organisation.clone().into(), filter.person.clone().into()];
    if !filter.phases.is_empty() {
        filters.push_str(&format!(" AND phase IN ({places})"));
        values.extend(filter.phases.iter().map(|phase| (*phase).into()));
    }
    if let Some(erasure) = filter.erasure {
        filters.push_str(" AND erasure = ?");
        values.push(erasure.into());
    }
    let total: i64 = conn
        .prepare_cached(&format!("SELECT count(*) FROM ideas WHERE {filters}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    values.extend([filter.page.after().into(), filter.page.size.into()]);
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ideas WHERE {filters} AND since > ? ORDER BY since LIMIT ?"
    ))?;
    let rows = rows
        .query_map(params_from_iter(&values), idea_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// How many ideas of an organisation stand where, without those that the person is in conflict with: a number would tell what became of one.
pub(crate) fn count_phases(conn: &Connection, organisation: &str, person: &str) -> rusqlite::Result<Vec<(i32, u64)>> {
    conn.prepare_cached(&format!(
        "SELECT phase, count(*) FROM ideas WHERE organisation = ? AND {NO_CONFLICT} GROUP BY phase ORDER BY phase"
    ))?
    .query_map([organisation, person], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
    })?
    .collect()
}

/// Ideas by id, in the order asked for; unknown ones, and those that the person is in conflict with, are left out.
pub(crate) fn by_ids(conn: &Connection, ideas: &[IdeaId], person: &str) -> rusqlite::Result<Vec<IdeaRow>> {
    let places = vec!["?"; ideas.len()].join(",");
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ideas WHERE idea IN ({places}) AND {NO_CONFLICT}"
    ))?;
    let mut found = BTreeMap::new();
    let values = ideas.iter().map(ToString::to_string).chain([person.to_owned()]);
    for row in rows.query_map(params_from_iter(values), idea_row)? {
        let row = row?;
        found.insert(row.idea.clone(), row);
    }
    Ok(ideas
        .iter()
        .filter_map(|idea| found.remove(&idea.to_string()))
        .collect())
}

/// Where a person has been asked to be a co-author of an idea that goes on, and has not answered; the oldest first.
pub(crate) fn proposals(
    conn: &Connection,
    (person, organisation): (&str, &str),
    ended: [i32; 4],
) -> rusqlite::Result<Vec<ProposalRow>> {
    let [a, b, c, d] = ended;
    conn.prepare_cached(
        "SELECT proposals.idea, title, asked_by, asked_at FROM proposals JOIN ideas USING (idea)
         WHERE person = ?1 AND organisation = ?2 AND phase NOT IN (?3, ?4, ?5, ?6) ORDER BY proposals.since LIMIT 50",
    )?
    .query_map((person, organisation, a, b, c, d), |row| {
        Ok(ProposalRow {
            idea: row.get(0)?,
            title: member(row, 1)?,
            asked_by: row.get(2)?,
            asked_at: row.get(3)?,
        })
    })?
    .collect()
}

/// Ideas whose promised day was before `today` and that nobody has answered: id, organisation, day.
pub(crate) fn due(conn: &Connection, phase: i32, today: &str) -> rusqlite::Result<Vec<(String, String, String)>> {
    conn.prepare_cached(
        "SELECT idea, organisation, answer_due FROM ideas
         WHERE phase = ?1 AND answer_due <> '' AND answer_due < ?2 AND overdue = 0 ORDER BY answer_due LIMIT 500",
    )?
    .query_map((phase, today), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
    .collect()
}

/// What an open call has before its position, so that it stands before every closed one: no journal has so many entries.
const OPEN: i64 = 1 << 62;

/// Calls, the open ones first, then the newest; and how many there are.
pub(crate) fn calls(conn: &Connection, today: &str, page: Page) -> rusqlite::Result<(Vec<CallRow>, u64)> {
    let total: i64 = conn
        .prepare_cached("SELECT count(*) FROM calls")?
        .query_row([], |row| row.get(0))?;
    let rows = conn
        .prepare_cached(
            "SELECT call, organisation, need_owner, title, need, resources, outcome, until,
                    since + CASE WHEN closed OR coalesce(until < ?1, 0) THEN 0 ELSE ?2 END AS rank
             FROM calls WHERE rank < ?3 ORDER BY rank DESC LIMIT ?4",
        )?
        .query_map((today, OPEN, page.before(), page.size), |row| {
            let rank: i64 = row.get(8)?;
            Ok(CallRow {
                call: row.get(0)?,
                organisation: row.get(1)?,
                need_owner: row.get(2)?,
                texts: [member(row, 3)?, member(row, 4)?, member(row, 5)?, member(row, 6)?],
                until: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
                closed: rank < OPEN,
                rank: rank.cast_unsigned(),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}
