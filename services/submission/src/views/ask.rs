//! What is asked of the view of ideas.

use idesluss_domain::words::{Digest, IdeaId};
use rusqlite::{Connection, Row, params_from_iter};
use std::collections::BTreeMap;

/// An idea in a list, before its title is opened.
#[derive(Debug, Clone)]
pub(crate) struct IdeaRow {
    pub(crate) idea: String,
    pub(crate) organisation: String,
    pub(crate) phase: i32,
    pub(crate) submitted_at: String,
    pub(crate) title: Option<Digest>,
    pub(crate) brief_title: Option<Digest>,
    pub(crate) reference: String,
    pub(crate) answer_due: String,
    pub(crate) overdue: bool,
    pub(crate) coordinator: String,
    pub(crate) erasure: i32,
    pub(crate) imported: bool,
    pub(crate) supporters: u32,
}

/// A call in a list, before its texts are opened.
#[derive(Debug, Clone)]
pub(crate) struct CallRow {
    pub(crate) call: String,
    pub(crate) organisation: String,
    pub(crate) need_owner: String,
    pub(crate) texts: [Option<Digest>; 4],
    pub(crate) until: String,
    pub(crate) closed: bool,
}

/// Which ideas of an organisation are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) organisation: String,
    /// None: any.
    pub(crate) phases: Vec<i32>,
    /// Only with this erasure state.
    pub(crate) erasure: Option<i32>,
    pub(crate) limit: u32,
    pub(crate) offset: u32,
}

const COLUMNS: &str = "idea, organisation, phase, submitted_at, title, brief_title, reference, answer_due, overdue, \
                       coordinator, erasure, imported, supporters";

fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Digest>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|text| text.parse().ok()))
}

fn idea_row(row: &Row<'_>) -> rusqlite::Result<IdeaRow> {
    Ok(IdeaRow {
        idea: row.get(0)?,
        organisation: row.get(1)?,
        phase: row.get(2)?,
        submitted_at: row.get(3)?,
        title: digest(row, 4)?,
        brief_title: digest(row, 5)?,
        reference: row.get(6)?,
        answer_due: row.get(7)?,
        overdue: row.get(8)?,
        coordinator: row.get(9)?,
        erasure: row.get(10)?,
        imported: row.get(11)?,
        supporters: row.get(12)?,
    })
}

/// A person's own ideas, the newest first, and how many there are.
pub(crate) fn mine(conn: &Connection, person: &str, limit: u32, offset: u32) -> rusqlite::Result<(Vec<IdeaRow>, u64)> {
    let total: i64 = conn
        .prepare_cached("SELECT count(*) FROM authors WHERE person = ?1")?
        .query_row([person], |row| row.get(0))?;
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ideas WHERE idea IN (SELECT idea FROM authors WHERE person = ?1)
         ORDER BY since DESC LIMIT ?2 OFFSET ?3"
    ))?;
    let rows = rows
        .query_map((person, limit, offset), idea_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// An organisation's ideas, the oldest first, and how many match.
pub(crate) fn inbox(conn: &Connection, filter: &Filter) -> rusqlite::Result<(Vec<IdeaRow>, u64)> {
    let places = vec!["?"; filter.phases.len()].join(",");
    let mut filters = String::from("organisation = ?");
    let mut values: Vec<rusqlite::types::Value> = vec![filter.organisation.clone().into()];
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
    values.extend([filter.limit.into(), filter.offset.into()]);
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ideas WHERE {filters} ORDER BY since LIMIT ? OFFSET ?"
    ))?;
    let rows = rows
        .query_map(params_from_iter(&values), idea_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// How many ideas of an organisation stand where.
pub(crate) fn count_phases(conn: &Connection, organisation: &str) -> rusqlite::Result<Vec<(i32, u64)>> {
    conn.prepare_cached("SELECT phase, count(*) FROM ideas WHERE organisation = ?1 GROUP BY phase ORDER BY phase")?
        .query_map([organisation], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
        })?
        .collect()
}

/// Ideas by id, in the order asked for; unknown ones are left out.
pub(crate) fn by_ids(conn: &Connection, ideas: &[IdeaId]) -> rusqlite::Result<Vec<IdeaRow>> {
    let places = vec!["?"; ideas.len()].join(",");
    let mut rows = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM ideas WHERE idea IN ({places})"))?;
    let mut found = BTreeMap::new();
    for row in rows.query_map(params_from_iter(ideas.iter().map(ToString::to_string)), idea_row)? {
        let row = row?;
        found.insert(row.idea.clone(), row);
    }
    Ok(ideas
        .iter()
        .filter_map(|idea| found.remove(&idea.to_string()))
        .collect())
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

/// Calls, the open ones first, then the newest.
pub(crate) fn calls(conn: &Connection, today: &str) -> rusqlite::Result<Vec<CallRow>> {
    conn.prepare_cached(
        "SELECT call, organisation, need_owner, title, need, resources, outcome, until,
                closed OR coalesce(until < ?1, 0) AS over
         FROM calls ORDER BY over, since DESC LIMIT 200",
    )?
    .query_map([today], |row| {
        Ok(CallRow {
            call: row.get(0)?,
            organisation: row.get(1)?,
            need_owner: row.get(2)?,
            texts: [digest(row, 3)?, digest(row, 4)?, digest(row, 5)?, digest(row, 6)?],
            until: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
            closed: row.get(8)?,
        })
    })?
    .collect()
}
