use idesluss_domain::sharing::adoption::Measurement;
use idesluss_domain::sharing::solution::{Description, Visibility};
use idesluss_domain::sharing::{AdoptionEvent, SolutionEvent};
use idesluss_domain::{AggregateStatus, Event};
use idesluss_engine::{Derived, Recorded, View};
use idesluss_proto::pb::sharing as pb;
use rusqlite::{OptionalExtension as _, Transaction, params};
use std::sync::Arc;

/// The phase of an adoption in use, as the tables number it.
const IN_USE: i32 = 4;
const _: () = assert!(pb::AdoptionPhase::InUse as i32 == IN_USE);
/// What everybody sees: so published, and open to the region, as the tables number it.
const OPEN: i32 = 2;
const _: () = assert!(pb::SolutionPhase::Published as i32 == OPEN && pb::Visibility::Region as i32 == OPEN);

/// Solutions, adoptions and benefits as lists show them.
#[derive(Debug)]
pub struct CatalogueView;

impl View for CatalogueView {
    const NAME: &'static str = "catalogue";
    const VERSION: u32 = 5;

    fn schema() -> &'static str {
        include_str!("catalogue.sql")
    }

    fn derived() -> &'static [Derived] {
        &[
            Derived {
                name: "solutions by phase and kind",
                kept: "SELECT phase, kind, organisation, open, count FROM counts WHERE count <> 0",
                counted: "SELECT phase, kind, organisation, open, count(*) FROM solutions
                          GROUP BY phase, kind, organisation, open",
            },
            Derived {
                name: "adoptions, uses and benefits of each solution",
                kept: "SELECT solution, adoptions, in_use, benefits FROM solutions",
                counted: "SELECT solution, (SELECT count(*) FROM adoptions a WHERE a.solution = s.solution),
                                 (SELECT count(*) FROM adoptions a WHERE a.solution = s.solution AND a.phase = 4),
                                 (SELECT count(*) FROM benefits b WHERE b.solution = s.solution) FROM solutions s",
            },
            Derived {
                name: "who sees a benefit",
                kept: "SELECT position, owner, adopter, open FROM benefits",
                counted:
                    "SELECT b.position, a.owner, a.organisation, s.open
                          FROM benefits b JOIN adoptions a USING (adoption) JOIN solutions s ON s.solution = b.solution",
            },
        ]
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        for entry in batch.iter().filter(|entry| entry.own) {
            match &entry.event {
                Some(Event::Solution(event)) => {
                    solution(tx, entry, event)?;
                    stands(tx, entry, Phases::SOLUTIONS)?;
                    touch(
                        tx,
                        "UPDATE solutions SET changed_at = ?2, since = ?3 WHERE solution = ?1",
                        entry,
                    )?;
                }
                Some(Event::Adoption(event)) => {
                    adoption(tx, entry, event)?;
                    stands(tx, entry, Phases::ADOPTIONS)?;
                    touch(
                        tx,
                        "UPDATE adoptions SET changed_at = ?2, since = ?3 WHERE adoption = ?1",
                        entry,
                    )?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn touch(tx: &Transaction<'_>, update: &'static str, entry: &Recorded) -> rusqlite::Result<()> {
    tx.prepare_cached(update)?.execute((
        entry.aggregate_id(),
        entry.recorded.to_string(),
        entry.position.cast_signed(),
    ))?;
    Ok(())
}

/// Where phases of one kind of thing are kept, and how one is read.
struct Phases {
    select: &'static str,
    update: &'static str,
    read: fn(i32) -> Option<AggregateStatus>,
}

impl Phases {
    const SOLUTIONS: Self = Self {
        select: "SELECT phase FROM solutions WHERE solution = ?1",
        update: "UPDATE solutions SET phase = ?2 WHERE solution = ?1",
        read: |phase| {
            pb::SolutionPhase::try_from(phase)
                .ok()?
                .try_into()
                .ok()
                .map(AggregateStatus::Solution)
        },
    };
    const ADOPTIONS: Self = Self {
        select: "SELECT phase FROM adoptions WHERE adoption = ?1",
        update: "UPDATE adoptions SET phase = ?2 WHERE adoption = ?1",
        read: |phase| {
            pb::AdoptionPhase::try_from(phase)
                .ok()?
                .try_into()
                .ok()
                .map(AggregateStatus::Adoption)
        },
    };
}

/// Notes the phase into which an event brings its solution or adoption: the rules say which.
fn stands(tx: &Transaction<'_>, entry: &Recorded, phases: Phases) -> rusqlite::Result<()> {
    let Some(event) = &entry.event else { return Ok(()) };
    let known = tx
        .prepare_cached(phases.select)?
        .query_row([entry.aggregate_id()], |row| row.get(0))
        .optional()?;
    let before = known.and_then(phases.read);
    let now = match AggregateStatus::after(before, event) {
        now if now == before => return Ok(()),
        Some(AggregateStatus::Solution(status)) => pb::SolutionPhase::from(status) as i32,
        Some(AggregateStatus::Adoption(phase)) => pb::AdoptionPhase::from(phase) as i32,
        _ => return Ok(()),
    };
    tx.prepare_cached(phases.update)?.execute((entry.aggregate_id(), now))?;
    Ok(())
}

fn solution(tx: &Transaction<'_>, entry: &Recorded, event: &SolutionEvent) -> rusqlite::Result<()> {
    let id = entry.aggregate_id();
    match event {
        SolutionEvent::SolutionDrafted(drafted) => {
            tx.prepare_cached(
                "INSERT OR IGNORE INTO solutions (solution, organisation, idea, phase, changed_at, since)
                 VALUES (?1, ?2, ?3, 0, '', 0)",
            )?
            .execute((id, drafted.organisation.as_str(), drafted.idea.to_string()))?;
            Ok(())
        }
        SolutionEvent::SolutionPublished(published) => publish(tx, id, &published.description, published.visibility, 1),
        SolutionEvent::SolutionVersioned(versioned) => {
            publish(tx, id, &versioned.description, versioned.visibility, versioned.version)
        }
        SolutionEvent::SolutionRetired(_) => Ok(()),
    }
}

fn publish(
    tx: &Transaction<'_>,
    id: &str,
    description: &Description,
    visibility: Visibility,
    version: u32,
) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE solutions SET kind = ?2, visibility = ?3, version = ?4 WHERE solution = ?1")?
        .execute((
            id,
            pb::SolutionKind::from(description.kind) as i32,
            pb::Visibility::from(visibility) as i32,
            version,
        ))?;
    Ok(())
}

fn adoption(tx: &Transaction<'_>, entry: &Recorded, event: &AdoptionEvent) -> rusqlite::Result<()> {
    let id = entry.aggregate_id();
    match event {
        AdoptionEvent::InterestRegistered(interest) => {
            tx.prepare_cached(
                "INSERT OR IGNORE INTO adoptions (adoption, solution, organisation, owner, phase, changed_at, since)
                 VALUES (?1, ?2, ?3, coalesce((SELECT organisation FROM solutions WHERE solution = ?2), ''), 0, '', 0)",
            )?
            .execute((id, interest.solution.to_string(), interest.organisation.as_str()))?;
            Ok(())
        }
        AdoptionEvent::AdoptionDecided(decided) => {
            tx.prepare_cached("UPDATE adoptions SET form = ?2 WHERE adoption = ?1")?
                .execute((id, pb::AdoptionForm::from(decided.form) as i32))?;
            Ok(())
        }
        AdoptionEvent::BaselineRecorded(baseline) => {
            let Measurement {
                metric,
                unit,
                value,
                from,
                to,
            } = &baseline.measurement;
            tx.prepare_cached(
                "INSERT OR IGNORE INTO baselines (adoption, metric, unit, value, first, last) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((id, metric, unit, value.as_str(), from.to_string(), to.to_string()))?;
            Ok(())
        }
        AdoptionEvent::BenefitMeasured(benefit) => {
            let Measurement {
                metric,
                unit,
                value,
                from,
                to,
            } = &benefit.measurement;
            let no_baseline = benefit.no_baseline.and_then(|text| entry.sealed_member(text));
            tx.prepare_cached(
                "INSERT OR IGNORE INTO benefits
                     (position, adoption, solution, owner, adopter, open, metric, unit, value, first, last, class, no_baseline, better)
                 SELECT ?1, adoption, a.solution, owner, a.organisation, s.open, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
                 FROM adoptions a CROSS JOIN solutions s USING (solution) WHERE adoption = ?2",
            )?
            .execute(params![
                entry.position.cast_signed(),
                id,
                metric,
                unit,
                value.as_str(),
                from.to_string(),
                to.to_string(),
                pb::BenefitClass::from(benefit.class) as i32,
                no_baseline.map(|member| member.to_string()),
                pb::Better::from(benefit.better) as i32,
            ])?;
            Ok(())
        }
        // Where it stands is asked of the rules, whatever happened.
        _ => Ok(()),
    }
}
