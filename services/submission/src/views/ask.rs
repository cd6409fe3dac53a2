//! What is asked of the view of ideas.

use idesluss_domain::SealedMember;
use idesluss_domain::words::IdeaId;
use idesluss_engine::Page;
use idesluss_proto::MOST_COUNTED;
use rusqlite::{Connection, Row, params_from_iter};
use std::collections::BTreeMap;
use uuid::Uuid;

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

/// The most ideas that somebody is in conflict with, as far as they are left out of what is looked for.
const MOST_CONFLICTS: u32 = 1_000;

/// What somebody is in conflict with.
pub(crate) fn in_conflict(conn: &Connection, person: &str) -> rusqlite::Result<Vec<Uuid>> {
    let mut ideas = conn.prepare_cached("SELECT idea FROM conflicts WHERE person = ?1 LIMIT ?2")?;
    let ideas = ideas.query_map((person, MOST_CONFLICTS), |row| row.get::<_, String>(0))?;
    let ideas = ideas.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(ideas.iter().filter_map(|idea| idea.parse().ok()).collect())
}

const COLUMNS: &str = "ideas.idea, ideas.organisation, phase, submitted_at, title, brief_title, reference, answer_due, \
                       overdue, coordinator, erasure, imported, supporters, ideas.since";

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

/// A person's own ideas, the newest first, and how many there are, up to one more than [`MOST_COUNTED`].
pub(crate) fn mine(
    conn: &Connection,
    (person, organisation): (&str, &str),
    page: Page,
) -> rusqlite::Result<(Vec<IdeaRow>, u64)> {
    // What somebody wrote for another organisation is that one's.
    let total: i64 = conn
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM authors WHERE person = ?1 AND organisation = ?2 LIMIT ?3)",
        )?
        .query_row((person, organisation, MOST_COUNTED + 1), |row| row.get(0))?;
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM authors JOIN ideas ON ideas.idea = authors.idea
         WHERE authors.person = ?1 AND authors.organisation = ?2 AND authors.since < ?3
         ORDER BY authors.since DESC LIMIT ?4"
    ))?;
    let rows = rows
        .query_map((person, organisation, page.before(), page.size), idea_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// An organisation's ideas, the oldest first.
pub(crate) fn inbox(conn: &Connection, filter: &Filter) -> rusqlite::Result<Vec<IdeaRow>> {
    let mut narrower = Vec::new();
    if let Some(erasure) = filter.erasure {
        // They are few, and their index has no others.
        let phases = match filter.phases.is_empty() {
            true => String::new(),
            false => format!("AND phase IN ({})", numbers(&filter.phases)),
        };
        narrower.push(format!("AND erasure = {erasure} AND erasure <> 0 {phases}"));
    } else if filter.phases.is_empty() {
        narrower.push(String::new());
    } else {
        // Each phase has its ideas in order.
        narrower.extend(filter.phases.iter().map(|phase| format!("AND phase = {phase}")));
    }
    let mut found: Vec<IdeaRow> = Vec::new();
    for narrower in narrower {
        let mut rows = conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM ideas WHERE organisation = ? AND {NO_CONFLICT} AND since > ? {narrower}
             ORDER BY since LIMIT ?"
        ))?;
        let (page, who) = (filter.page, (&filter.organisation, &filter.person));
        let rows = rows.query_map((who.0, who.1, page.after(), page.size), idea_row)?;
        for row in rows {
            found.push(row?);
        }
    }
    found.sort_by_key(|row| row.since);
    found.truncate(usize::try_from(filter.page.size).unwrap_or(usize::MAX));
    Ok(found)
}

fn numbers(numbers: &[i32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    numbers.join(", ")
}

/// How many of an organisation's ideas stand where: phase, state of erasure, number. Without those that the person is in conflict with: a
/// number would tell what became of one.
pub(crate) fn counts(conn: &Connection, organisation: &str, person: &str) -> rusqlite::Result<Vec<(i32, i32, u64)>> {
    let mut counts: BTreeMap<(i32, i32), i64> = conn
        .prepare_cached("SELECT phase, erasure, count FROM counts WHERE organisation = ?1")?
        .query_map([organisation], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut hidden = conn.prepare_cached(
        "SELECT phase, erasure FROM conflicts JOIN ideas USING (idea) WHERE person = ?1 AND organisation = ?2",
    )?;
    for place in hidden.query_map([person, organisation], |row| Ok((row.get(0)?, row.get(1)?)))? {
        *counts.entry(place?).or_default() -= 1;
    }
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let count = |((phase, erasure), count): ((i32, i32), i64)| (phase, erasure, count.unsigned_abs());
    Ok(counts.map(count).collect())
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

/// An organisation's idea of this reference.
pub(crate) fn by_reference(conn: &Connection, organisation: &str, reference: &str) -> rusqlite::Result<Vec<IdeaId>> {
    let mut found = conn.prepare_cached(
        "SELECT idea FROM ideas WHERE reference = ?1 AND reference <> '' AND organisation = ?2 LIMIT 1",
    )?;
    let ideas = found.query_map([reference, organisation], |row| row.get::<_, String>(0))?;
    let ideas: Vec<String> = ideas.collect::<Result<_, _>>()?;
    Ok(ideas.into_iter().filter_map(|idea| idea.parse().ok()).collect())
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

const CALL: &str = "call, organisation, need_owner, title, need, resources, outcome, until, since";

fn call_row(row: &Row<'_>, is_open: bool) -> rusqlite::Result<CallRow> {
    let since: i64 = row.get(8)?;
    Ok(CallRow {
        call: row.get(0)?,
        organisation: row.get(1)?,
        need_owner: row.get(2)?,
        texts: [member(row, 3)?, member(row, 4)?, member(row, 5)?, member(row, 6)?],
        until: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
        closed: !is_open,
        rank: (if is_open { since + OPEN } else { since }).cast_unsigned(),
    })
}

/// Calls, the open ones first, then the newest; and how many there are, up to one more than [`MOST_COUNTED`].
pub(crate) fn calls(conn: &Connection, today: &str, page: Page) -> rusqlite::Result<(Vec<CallRow>, u64)> {
    let total: i64 = conn
        .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM calls LIMIT ?1)")?
        .query_row([MOST_COUNTED + 1], |row| row.get(0))?;
    let before = page.before();
    let mut found: Vec<CallRow> = Vec::new();
    if before > OPEN {
        let mut open = conn.prepare_cached(&format!(
            "SELECT {CALL} FROM calls WHERE closed = 0 AND coalesce(until >= ?1, 1) AND since < ?2
             ORDER BY since DESC LIMIT ?3"
        ))?;
        let open = open.query_map((today, before - OPEN, page.size), |row| call_row(row, true))?;
        found = open.collect::<Result<_, _>>()?;
    }
    let room = page.size.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
    let mut closed = conn.prepare_cached(&format!(
        "SELECT {CALL} FROM calls WHERE (closed OR coalesce(until < ?1, 0)) AND since < ?2 ORDER BY since DESC LIMIT ?3"
    ))?;
    for call in closed.query_map((today, before, room), |row| call_row(row, false))? {
        found.push(call?);
    }
    Ok((found, total.cast_unsigned()))
}
