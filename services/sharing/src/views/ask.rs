use idesluss_domain::SealedMember;
use idesluss_engine::Page;
use idesluss_proto::MOST_COUNTED;
use idesluss_proto::pb::sharing::{Measurement, SolutionPhase};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
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

const SOLUTION: &str = "s.solution, s.organisation, s.idea, s.phase, s.kind, s.visibility, s.version, s.changed_at, s.adoptions, s.in_use, s.benefits, s.since";

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
    // There is an index for each: a condition that holds for all would leave it unused.
    let kind = if filter.kind == 0 { "?2 = 0" } else { "kind = ?2" };
    let whose = if filter.organisation.is_empty() {
        "?3 = ''"
    } else {
        "organisation = ?3"
    };
    // A draft has no visibility yet: it is its own organisation's.
    let mine = match filter.phase == SolutionPhase::Drafted as i32 {
        true => "organisation = ?4",
        false => "(organisation = ?4 OR visibility >= 2)",
    };
    let seen = format!("phase = ?1 AND {kind} AND {whose} AND {mine}");
    let asked = (filter.phase, filter.kind, &filter.organisation, &filter.asker);
    let total: i64 = conn
        .prepare_cached(&format!("SELECT coalesce(sum(count), 0) FROM counts WHERE {seen}"))?
        .query_row(asked, |row| row.get(0))?;
    let (phase, kind, organisation, asker) = asked;
    let rows = conn
        .prepare_cached(&format!(
            "SELECT {SOLUTION} FROM solutions s WHERE {seen} AND since < ?5 ORDER BY since DESC LIMIT ?6"
        ))?
        .query_map(
            (phase, kind, organisation, asker, page.before(), page.size),
            solution_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// Solutions by id, in the order asked for; unknown ones are left out.
pub(crate) fn solutions(conn: &Connection, ids: &[Uuid]) -> rusqlite::Result<Vec<SolutionRow>> {
    let mut one = conn.prepare_cached(&format!("SELECT {SOLUTION} FROM solutions s WHERE s.solution = ?1"))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let mut rows = one.query_map([id.to_string()], solution_row)?;
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

/// Adoptions of which `whose` is an organisation, the newest first, and how many there are, up to one more than [`MOST_COUNTED`].
fn adoptions(
    conn: &Connection,
    whose: &'static str,
    organisation: &str,
    phase: i32,
    page: Page,
) -> rusqlite::Result<(Vec<AdoptionRow>, u64)> {
    let phases = if phase == 0 { "?2 = 0" } else { "a.phase = ?2" };
    let seen = format!("FROM adoptions a WHERE {whose} AND {phases}");
    let total: i64 = conn
        .prepare_cached(&format!("SELECT count(*) FROM (SELECT 1 {seen} LIMIT ?3)"))?
        .query_row((organisation, phase, MOST_COUNTED + 1), |row| row.get(0))?;
    let rows = conn
        .prepare_cached(&format!(
            "SELECT {ADOPTION} {seen} AND a.since < ?3 ORDER BY a.since DESC LIMIT ?4"
        ))?
        .query_map((organisation, phase, page.before(), page.size), adoption_row)?
        .collect::<Result<_, _>>()?;
    Ok((rows, total.cast_unsigned()))
}

/// An organisation's adoptions.
pub(crate) fn adoptions_of(
    conn: &Connection,
    organisation: &str,
    phase: i32,
    page: Page,
) -> rusqlite::Result<(Vec<AdoptionRow>, u64)> {
    adoptions(conn, "a.organisation = ?1", organisation, phase, page)
}

/// Others' adoptions of an organisation's solutions.
pub(crate) fn adoptions_of_solutions(
    conn: &Connection,
    organisation: &str,
    phase: i32,
    page: Page,
) -> rusqlite::Result<(Vec<AdoptionRow>, u64)> {
    adoptions(
        conn,
        "a.owner = ?1 AND a.organisation <> a.owner",
        organisation,
        phase,
        page,
    )
}

/// All adoptions of a solution, the newest first.
pub(crate) fn of_solution(conn: &Connection, solution: &str) -> rusqlite::Result<Vec<AdoptionRow>> {
    conn.prepare_cached(&format!(
        "SELECT {ADOPTION} FROM adoptions a WHERE a.solution = ?1 ORDER BY a.since DESC LIMIT 500"
    ))?
    .query_map([solution], adoption_row)?
    .collect()
}

/// What was measured, the newest first, each beside what was before, and how many there are, up to one more than [`MOST_COUNTED`].
pub(crate) fn benefits(conn: &Connection, asked: &Benefits, page: Page) -> rusqlite::Result<(Vec<BenefitRow>, u64)> {
    let solution = if asked.solution.is_empty() {
        "?1 = ''"
    } else {
        "b.solution = ?1"
    };
    let class = if asked.class == 0 { "?2 = 0" } else { "b.class = ?2" };
    let seen = format!(
        "FROM benefits b CROSS JOIN adoptions a USING (adoption) CROSS JOIN solutions s ON s.solution = b.solution
         LEFT JOIN baselines l ON l.adoption = b.adoption AND l.metric = b.metric
         WHERE {solution} AND {class}
           AND (s.organisation = ?3 OR a.organisation = ?3 OR (s.visibility >= 2 AND s.phase >= ?4))"
    );
    let filters: [Value; 4] = [
        asked.solution.clone().into(),
        asked.class.into(),
        asked.asker.clone().into(),
        (SolutionPhase::Published as i32).into(),
    ];
    let counted = filters
        .iter()
        .cloned()
        .chain([i64::MAX.into(), (MOST_COUNTED + 1).into()]);
    let total: i64 = conn
        .prepare_cached(&format!(
            "SELECT count(*) FROM (SELECT 1 {seen} AND b.position < ?5 LIMIT ?6)"
        ))?
        .query_row(params_from_iter(counted), |row| row.get(0))?;
    let values = filters.into_iter().chain([page.before().into(), page.size.into()]);
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
