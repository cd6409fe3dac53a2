use idesluss_domain::SealedMember;
use idesluss_engine::Page;
use idesluss_proto::pb::sharing::{AdoptionPhase, Measurement, SolutionPhase};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A solution as lists show it, without its title.
pub(crate) struct SolutionRow {
    pub(crate) solution: String,
    pub(crate) organisation: String,
    pub(crate) idea: String,
    pub(crate) phase: i32,
    pub(crate) kind: i32,
    pub(crate) visibility: i32,
    pub(crate) version: u32,
    pub(crate) changed_at: String,
    pub(crate) adoptions: u32,
    pub(crate) in_use: u32,
    pub(crate) benefits: u32,
    /// The position of its last change, by which lists are ordered.
    pub(crate) since: u64,
}

/// An adoption as lists show it, without its solution's title.
pub(crate) struct AdoptionRow {
    pub(crate) adoption: String,
    pub(crate) solution: String,
    pub(crate) organisation: String,
    pub(crate) phase: i32,
    pub(crate) form: i32,
    pub(crate) changed_at: String,
    pub(crate) baselines: u32,
    pub(crate) benefits: u32,
    /// The position of its last change, by which lists are ordered.
    pub(crate) since: u64,
}

/// A benefit beside what was before.
pub(crate) struct BenefitRow {
    pub(crate) solution: String,
    pub(crate) adoption: String,
    pub(crate) organisation: String,
    pub(crate) class: i32,
    pub(crate) measurement: Measurement,
    pub(crate) baseline: Option<Measurement>,
    pub(crate) no_baseline: Option<SealedMember>,
    /// Where it was measured, by which lists are ordered.
    pub(crate) position: u64,
}

/// What a catalogue shows.
pub(crate) struct Filter {
    /// Who asks: own solutions are seen whatever their visibility.
    pub(crate) asker: String,
    pub(crate) phase: i32,
    /// 0: any.
    pub(crate) kind: i32,
    /// Empty: any.
    pub(crate) organisation: String,
}

/// Which benefits.
pub(crate) struct Benefits {
    /// Who asks.
    pub(crate) asker: String,
    /// Empty: of all.
    pub(crate) solution: String,
    /// 0: any.
    pub(crate) class: i32,
}

const SOLUTION: &str = "s.solution, s.organisation, s.idea, s.phase, s.kind, s.visibility, s.version, s.changed_at,
    (SELECT count(*) FROM adoptions a WHERE a.solution = s.solution),
    (SELECT count(*) FROM adoptions a WHERE a.solution = s.solution AND a.phase = ?1),
    (SELECT count(*) FROM adoptions a JOIN benefits b USING (adoption) WHERE a.solution = s.solution), s.since";

fn solution_row(row: &Row<'_>) -> rusqlite::Result<SolutionRow> {
    Ok(SolutionRow {
        solution: row.get(0)?,
        organisation: row.get(1)?,
        idea: row.get(2)?,
        phase: row.get(3)?,
        kind: row.get(4)?,
        visibility: row.get(5)?,
        version: row.get(6)?,
        changed_at: row.get(7)?,
        adoptions: row.get(8)?,
        in_use: row.get(9)?,
        benefits: row.get(10)?,
        since: row.get::<_, i64>(11)?.cast_unsigned(),
    })
}

/// Solutions that the asker may see, the newest first, and how many there are.
pub(crate) fn catalogue(conn: &Connection, filter: &Filter, page: Page) -> rusqlite::Result<(Vec<SolutionRow>, u64)> {
    // A draft has no visibility yet: it is its own organisation's.
    let seen = "s.phase = ?2 AND (?3 = 0 OR s.kind = ?3) AND (?4 = '' OR s.organisation = ?4)
        AND (s.organisation = ?5 OR s.visibility >= 2)";
    let filters = (
        AdoptionPhase::InUse as i32,
        filter.phase,
        filter.kind,
        &filter.organisation,
        &filter.asker,
    );
    let (in_use, phase, kind, organisation, asker) = filters;
    let total: i64 = conn
        .prepare_cached(&format!("SELECT count(*) FROM solutions s WHERE ?1 > 0 AND {seen}"))?
        .query_row(filters, |row| row.get(0))?;
    let rows = conn
        .prepare_cached(&format!(
            "SELECT {SOLUTION} FROM solutions s WHERE {seen} AND s.since < ?6 ORDER BY s.since DESC LIMIT ?7"
        ))?
        .query_map(
            (in_use, phase, kind, organisation, asker, page.before(), page.size),
            solution_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// Solutions by id, in the order asked for; unknown ones are left out.
pub(crate) fn solutions(conn: &Connection, ids: &[Uuid]) -> rusqlite::Result<Vec<SolutionRow>> {
    let mut one = conn.prepare_cached(&format!("SELECT {SOLUTION} FROM solutions s WHERE s.solution = ?2"))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let mut rows = one.query_map((AdoptionPhase::InUse as i32, id.to_string()), solution_row)?;
        found.extend(rows.next().transpose()?);
    }
    Ok(found)
}

const ADOPTION: &str = "a.adoption, a.solution, a.organisation, a.phase, a.form, a.changed_at,
    (SELECT count(*) FROM baselines b WHERE b.adoption = a.adoption),
    (SELECT count(*) FROM benefits b WHERE b.adoption = a.adoption), a.since";

fn adoption_row(row: &Row<'_>) -> rusqlite::Result<AdoptionRow> {
    Ok(AdoptionRow {
        adoption: row.get(0)?,
        solution: row.get(1)?,
        organisation: row.get(2)?,
        phase: row.get(3)?,
        form: row.get(4)?,
        changed_at: row.get(5)?,
        baselines: row.get(6)?,
        benefits: row.get(7)?,
        since: row.get::<_, i64>(8)?.cast_unsigned(),
    })
}

fn adoptions(
    conn: &Connection,
    seen: &'static str,
    organisation: &str,
    phase: i32,
    page: Page,
) -> rusqlite::Result<(Vec<AdoptionRow>, u64)> {
    let seen = format!("FROM adoptions a WHERE {seen} AND (?2 = 0 OR a.phase = ?2)");
    let total: i64 = conn
        .prepare_cached(&format!("SELECT count(*) {seen}"))?
        .query_row((organisation, phase), |row| row.get(0))?;
    let rows = conn
        .prepare_cached(&format!(
            "SELECT {ADOPTION} {seen} AND a.since < ?3 ORDER BY a.since DESC LIMIT ?4"
        ))?
        .query_map((organisation, phase, page.before(), page.size), adoption_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// An organisation's adoptions, the newest first, and how many there are.
pub(crate) fn adoptions_of(
    conn: &Connection,
    organisation: &str,
    phase: i32,
    page: Page,
) -> rusqlite::Result<(Vec<AdoptionRow>, u64)> {
    adoptions(conn, "a.organisation = ?1", organisation, phase, page)
}

/// Others' adoptions of an organisation's solutions, the newest first, and how many there are.
pub(crate) fn adoptions_of_solutions(
    conn: &Connection,
    organisation: &str,
    phase: i32,
    page: Page,
) -> rusqlite::Result<(Vec<AdoptionRow>, u64)> {
    let seen = "a.organisation <> ?1 AND a.solution IN (SELECT solution FROM solutions WHERE organisation = ?1)";
    adoptions(conn, seen, organisation, phase, page)
}

/// All adoptions of a solution, the newest first.
pub(crate) fn of_solution(conn: &Connection, solution: &str) -> rusqlite::Result<Vec<AdoptionRow>> {
    conn.prepare_cached(&format!(
        "SELECT {ADOPTION} FROM adoptions a WHERE a.solution = ?1 ORDER BY a.since DESC LIMIT 500"
    ))?
    .query_map([solution], adoption_row)?
    .collect()
}

/// What was measured, the newest first, each beside what was before, and how many there are.
pub(crate) fn benefits(conn: &Connection, asked: &Benefits, page: Page) -> rusqlite::Result<(Vec<BenefitRow>, u64)> {
    let seen = "FROM benefits b JOIN adoptions a USING (adoption) JOIN solutions s USING (solution)
        LEFT JOIN baselines l ON l.adoption = b.adoption AND l.metric = b.metric
        WHERE (?1 = '' OR s.solution = ?1) AND (?2 = 0 OR b.class = ?2)
          AND (s.organisation = ?3 OR a.organisation = ?3 OR (s.visibility >= 2 AND s.phase >= ?4))";
    let filters: BTreeMap<u8, Value> = BTreeMap::from([
        (1, asked.solution.clone().into()),
        (2, asked.class.into()),
        (3, asked.asker.clone().into()),
        (4, (SolutionPhase::Published as i32).into()),
    ]);
    let total: i64 = conn
        .prepare_cached(&format!("SELECT count(*) {seen}"))?
        .query_row(params_from_iter(filters.values()), |row| row.get(0))?;
    let mut values: Vec<Value> = filters.into_values().collect();
    values.extend([page.before().into(), page.size.into()]);
    let rows = conn
        .prepare_cached(&format!(
            "SELECT s.solution, b.adoption, a.organisation, b.class, b.metric, b.unit, b.value, b.first, b.last,
                    l.unit, l.value, l.first, l.last, b.no_baseline, b.position
             {seen} AND b.position < ?5 ORDER BY b.position DESC LIMIT ?6"
        ))?
        .query_map(params_from_iter(values), benefit_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

fn benefit_row(row: &Row<'_>) -> rusqlite::Result<BenefitRow> {
    let metric: String = row.get(4)?;
    let baseline = match row.get::<_, Option<String>>(9)? {
        None => None,
        Some(unit) => Some(Measurement {
            metric: metric.clone(),
            unit,
            value: row.get(10)?,
            from: row.get(11)?,
            to: row.get(12)?,
        }),
    };
    Ok(BenefitRow {
        solution: row.get(0)?,
        adoption: row.get(1)?,
        organisation: row.get(2)?,
        class: row.get(3)?,
        measurement: Measurement {
            metric,
            unit: row.get(5)?,
            value: row.get(6)?,
            from: row.get(7)?,
            to: row.get(8)?,
        },
        baseline,
        no_baseline: row.get::<_, Option<String>>(13)?.and_then(|member| member.parse().ok()),
        position: row.get::<_, i64>(14)?.cast_unsigned(),
    })
}
