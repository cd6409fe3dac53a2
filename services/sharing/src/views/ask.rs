use idesluss_domain::SealedMember;
use idesluss_engine::Page;
use idesluss_proto::MOST_COUNTED;
use idesluss_proto::pb::sharing::Measurement;
use rusqlite::{Connection, Row};
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
    pub(crate) better: i32,
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

/// The newest of several lists, each with its newest first, of which what stands in two is the same.
fn newest<T>(lists: Vec<Vec<T>>, at: fn(&T) -> u64, page: Page) -> Vec<T> {
    let mut all: Vec<T> = lists.into_iter().flatten().collect();
    all.sort_by_key(|one| std::cmp::Reverse(at(one)));
    all.dedup_by_key(|one| at(one));
    all.truncate(page.size as usize);
    all
}

/// Solutions that the asker may see, the newest first, and how many there are.
pub(crate) fn catalogue(conn: &Connection, filter: &Filter, page: Page) -> rusqlite::Result<(Vec<SolutionRow>, u64)> {
    // A condition that holds for all would leave an index unused.
    let kind = if filter.kind == 0 { "" } else { "AND kind = ?2" };
    let whose = match &filter.organisation {
        any if any.is_empty() => "",
        _ => "AND organisation = ?3",
    };
    let (phase, kind_of, organisation, asker) = (filter.phase, filter.kind, &filter.organisation, &filter.asker);
    let total: i64 = conn
        .prepare_cached(&format!(
            "SELECT coalesce(sum(count), 0) FROM counts
             WHERE phase = ?1 {kind} {whose} AND (organisation = ?4 OR open = 1)"
        ))?
        .query_row((phase, kind_of, organisation, asker), |row| row.get(0))?;
    let list = |seen: &str| -> rusqlite::Result<Vec<SolutionRow>> {
        let mut listed = conn.prepare_cached(&format!(
            "SELECT {SOLUTION} FROM solutions s
             WHERE phase = ?1 {kind} {whose} AND {seen} AND since < ?5 ORDER BY since DESC LIMIT ?6"
        ))?;
        let values = (phase, kind_of, organisation, asker, page.before(), page.size);
        listed.query_map(values, solution_row)?.collect()
    };
    let lists = match organisation {
        own if own == asker => vec![list("organisation = ?4")?],
        any if any.is_empty() => vec![list("organisation = ?4")?, list("open = 1")?],
        _ => vec![list("open = 1")?],
    };
    Ok((newest(lists, |row| row.since, page), total.cast_unsigned()))
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
    // One sees what was measured with one's own solutions, in one's own adoptions, and with what is open. Of one solution there is not much.
    const OWN: &str = "b.owner = ?1";
    const ADOPTED: &str = "b.adopter = ?1";
    const OPEN: &str = "b.open = 1";
    const OF_SOLUTION: &str = "b.solution = ?2 AND (b.owner = ?1 OR b.adopter = ?1 OR b.open = 1)";
    let (seen, further): (&[&str], &[&str]) = match asked.solution.is_empty() {
        true => (
            &[OWN, ADOPTED, OPEN],
            &["", "AND b.owner <> ?1", "AND b.owner <> ?1 AND b.adopter <> ?1"],
        ),
        false => (&[OF_SOLUTION], &[""]),
    };
    let class = if asked.class == 0 { "" } else { "AND b.class = ?3" };
    let (mut lists, mut total) = (vec![], 0);
    for (seen, further) in seen.iter().zip(further) {
        let mut listed = conn.prepare_cached(&format!(
            "SELECT b.solution, b.adoption, b.adopter, b.class, b.metric, b.unit, b.value, b.first, b.last,
                    l.unit, l.value, l.first, l.last, b.no_baseline, b.position, b.better
             FROM benefits b LEFT JOIN baselines l ON l.adoption = b.adoption AND l.metric = b.metric
             WHERE {seen} {class} AND b.position < ?4 ORDER BY b.position DESC LIMIT ?5"
        ))?;
        let values = (&asked.asker, &asked.solution, asked.class, page.before(), page.size);
        lists.push(listed.query_map(values, benefit_row)?.collect::<Result<_, _>>()?);
        if total <= MOST_COUNTED {
            // What was counted before is left out: so little of it that nothing is read past for long.
            let mut counted = conn.prepare_cached(&format!(
                "SELECT count(*) FROM (SELECT 1 FROM benefits b WHERE {seen} {further} {class} LIMIT ?4)"
            ))?;
            let values = (&asked.asker, &asked.solution, asked.class, MOST_COUNTED + 1 - total);
            total += counted.query_row(values, |row| row.get::<_, u32>(0))?;
        }
    }
    Ok((newest(lists, |row| row.position, page), total.into()))
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
        better: row.get(15)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::CatalogueView;
    use idesluss_engine::View as _;
    use idesluss_proto::PageToken;

    const ORGANISATIONS: [&str; 3] = ["uddevalla", "trollhattan", "orust"];
    /// Of each phase, and as many benefits: more than are counted for one who asks.
    const MANY: i64 = 1_500;

    /// Numbers that look drawn, the same in every run.
    struct Drawn(i64);

    impl Drawn {
        fn below(&mut self, bound: i64) -> i64 {
            self.0 = (self.0)
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33).rem_euclid(bound)
        }

        fn organisation(&mut self) -> &'static str {
            ORGANISATIONS[usize::try_from(self.below(3)).expect("one of three")]
        }
    }

    /// Solutions of every organisation, phase, kind and visibility, each adopted and measured by somebody; then some are opened, or taken back.
    fn region() -> Connection {
        let conn = Connection::open_in_memory().expect("a database");
        conn.execute_batch(CatalogueView::schema()).expect("tables");
        let mut drawn = Drawn(1);
        for at in 0..2 * MANY {
            let (owner, adopter) = (drawn.organisation(), drawn.organisation());
            let (kind, visibility) = (1 + drawn.below(2), 1 + drawn.below(3));
            conn.execute(
                "INSERT INTO solutions (solution, organisation, idea, phase, kind, visibility, changed_at, since)
                 VALUES (?1, ?2, '', 1 + ?1 % 2, ?3, ?4, '', ?1)",
                (at, owner, kind, visibility),
            )
            .expect("a solution");
            conn.execute(
                "INSERT INTO benefits
                     (position, adoption, solution, owner, adopter, open, metric, unit, value, first, last, class, better)
                 SELECT ?1, ?1, solution, ?2, ?3, open, '', '', '', '', '', ?4, 1 FROM solutions WHERE solution = ?1",
                (at, owner, adopter, 1 + drawn.below(2)),
            )
            .expect("a benefit");
        }
        for _ in 0..MANY / 4 {
            let (at, phase, visibility) = (drawn.below(2 * MANY), 1 + drawn.below(2), 1 + drawn.below(3));
            let changed = "UPDATE solutions SET phase = ?2, visibility = ?3 WHERE solution = ?1";
            conn.execute(changed, (at, phase, visibility)).expect("changed");
        }
        conn
    }

    /// What stands on page after page.
    fn paged(list: impl Fn(Page) -> Vec<u64>) -> Vec<u64> {
        let (mut all, mut token) = (vec![], None);
        loop {
            let rows = list(Page::of(97, token).expect("a page"));
            let Some(last) = rows.last() else { return all };
            token = Some(PageToken(*last));
            all.extend(rows);
        }
    }

    fn asked_of_all(conn: &Connection, sql: &str) -> Vec<u64> {
        let mut all = conn.prepare(sql).expect("a question");
        let all = all.query_map([], |row| row.get::<_, i64>(0)).expect("rows");
        all.map(|at| at.expect("a position").cast_unsigned()).collect()
    }

    #[test]
    fn page_after_page_tells_all_solutions_that_the_asker_sees_and_no_other() {
        let conn = region();
        for asker in ORGANISATIONS {
            for (phase, kind) in [(1, 0), (1, 2), (2, 0), (2, 1), (2, 2)] {
                for organisation in ORGANISATIONS.iter().copied().chain([""]) {
                    let filter = Filter {
                        asker: asker.to_owned(),
                        phase,
                        kind,
                        organisation: organisation.to_owned(),
                    };
                    let told = |page| catalogue(&conn, &filter, page).expect("solutions");
                    let wanted = format!(
                        "SELECT since FROM solutions WHERE phase = {phase} AND {kind} IN (0, kind)
                         AND '{organisation}' IN ('', organisation)
                         AND (organisation = '{asker}' OR (visibility >= 2 AND phase >= 2)) ORDER BY since DESC"
                    );
                    let all = asked_of_all(&conn, &wanted);
                    assert_eq!(paged(|page| told(page).0.iter().map(|row| row.since).collect()), all);
                    assert_eq!(told(Page::first(1)).1, all.len() as u64);
                }
            }
        }
    }

    #[test]
    fn page_after_page_tells_all_benefits_that_the_asker_sees_and_no_other() {
        let (conn, most) = (region(), MOST_COUNTED as usize + 1);
        let mut of_one = 0;
        for asker in ORGANISATIONS {
            for (class, solution) in [(0, ""), (1, ""), (2, ""), (0, "7"), (0, "8"), (0, "9"), (1, "11")] {
                let filter = Benefits {
                    asker: asker.to_owned(),
                    solution: solution.to_owned(),
                    class,
                };
                let told = |page| benefits(&conn, &filter, page).expect("benefits");
                let wanted = format!(
                    "SELECT position FROM benefits b WHERE {class} IN (0, class) AND '{solution}' IN ('', solution)
                     AND (owner = '{asker}' OR adopter = '{asker}' OR EXISTS (
                         SELECT * FROM solutions s WHERE s.solution = b.solution AND visibility >= 2 AND phase >= 2))
                     ORDER BY position DESC"
                );
                let all = asked_of_all(&conn, &wanted);
                assert_eq!(paged(|page| told(page).0.iter().map(|row| row.position).collect()), all);
                assert_eq!(told(Page::first(1)).1, all.len().min(most) as u64);
                match (class, solution) {
                    (0, "") => assert!(all.len() > most && all.len() < 2 * MANY.unsigned_abs() as usize),
                    (_, "") => {}
                    _ => of_one += all.len(),
                }
            }
        }
        assert!(of_one > 0);
    }
}
