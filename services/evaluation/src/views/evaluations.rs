use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::{DecisionMade, EvaluationOpened};
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::{IdeaId, OrganisationId, PersonId};
use idesluss_domain::{AggregateStatus, Event};
use idesluss_engine::{Derived, Recorded, View};
use idesluss_proto::pb::evaluation as pb;
use rusqlite::{OptionalExtension as _, Transaction, params};
use std::sync::Arc;

/// The phase of assessing, as the tables number it.
const ASSESSING: i32 = 1;
const _: () = assert!(pb::Phase::Assessing as i32 == ASSESSING);

/// Every evaluation as lists show it.
#[derive(Debug)]
pub struct EvaluationsView;

impl View for EvaluationsView {
    const NAME: &'static str = "evaluations";
    const VERSION: u32 = 6;

    fn schema() -> &'static str {
        include_str!("evaluations.sql")
    }

    fn derived() -> &'static [Derived] {
        &[
            Derived {
                name: "evaluations by gate and phase",
                kept: "SELECT organisation, gate, phase, count FROM counts WHERE count <> 0",
                counted: "SELECT organisation, gate, phase, count(*) FROM evaluations GROUP BY organisation, gate, phase",
            },
            Derived {
                name: "how much each has to assess",
                kept: "SELECT person, open, done FROM loads",
                counted: "SELECT person, sum(assessing AND NOT recused AND NOT assessed), sum(assessed AND NOT recused)
                          FROM assessors GROUP BY person",
            },
            Derived {
                name: "which evaluations wait for an assessor, and how old they are",
                kept: "SELECT evaluation, person, assessing, since FROM assessors",
                counted: "SELECT evaluation, person, e.phase = 1, e.since FROM assessors JOIN evaluations e USING (evaluation)",
            },
        ]
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        for entry in batch {
            match &entry.event {
                Some(Event::Evaluation(event)) if entry.own => {
                    apply(tx, entry, event)?;
                    stands(tx, entry)?;
                    tx.prepare_cached("UPDATE evaluations SET changed_at = ?2 WHERE evaluation = ?1")?
                        .execute((entry.aggregate_id(), entry.recorded.to_string()))?;
                }
                Some(Event::Idea(event)) if !entry.own => {
                    brief(tx, entry)?;
                    let authors = match event {
                        IdeaEvent::CoauthorAdded(added) => std::slice::from_ref(&added.coauthor),
                        IdeaEvent::AuthorClaimed(claimed) => std::slice::from_ref(&claimed.author),
                        IdeaEvent::AuthorsExcluded(excluded) => &excluded.people,
                        _ => &[],
                    };
                    for author in authors {
                        exclude(tx, entry.aggregate_id(), *author)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Notes the phase into which an event brings its evaluation: the rules say which.
fn stands(tx: &Transaction<'_>, entry: &Recorded) -> rusqlite::Result<()> {
    let Some(event) = &entry.event else { return Ok(()) };
    let known = tx
        .prepare_cached("SELECT phase FROM evaluations WHERE evaluation = ?1")?
        .query_row([entry.aggregate_id()], |row| row.get::<_, i32>(0))
        .optional()?;
    let before = known.and_then(|phase| pb::Phase::try_from(phase).ok()?.try_into().ok());
    if let Some(AggregateStatus::Evaluation(now)) =
        AggregateStatus::after(before.map(AggregateStatus::Evaluation), event)
        && before != Some(now)
    {
        set(tx, entry.aggregate_id(), "phase", pb::Phase::from(now) as i32)?;
    }
    Ok(())
}

fn apply(tx: &Transaction<'_>, entry: &Recorded, event: &EvaluationEvent) -> rusqlite::Result<()> {
    use EvaluationEvent as E;
    let id = entry.aggregate_id();
    match event {
        E::EvaluationOpened(opened) => open(tx, entry, opened),
        E::NeedOwnerConfirmed(_) => set(tx, id, "need_owner", 1),
        E::AssessorAssigned(assigned) => {
            let assessor = assigned.assessor.to_string();
            tx.prepare_cached(
                "INSERT OR IGNORE INTO assessors (person, evaluation, since, assigned_at, assessing)
                 SELECT ?1, evaluation, since, ?3, phase = ?4 FROM evaluations WHERE evaluation = ?2",
            )?
            .execute((&assessor, id, entry.recorded.to_string(), ASSESSING))?;
            tx.prepare_cached(
                "INSERT OR IGNORE INTO assesses_for (organisation, person)
                 SELECT organisation, ?1 FROM evaluations WHERE evaluation = ?2",
            )?
            .execute((assessor, id))?;
            Ok(())
        }
        E::NoConflictDeclared(declared) => declare(tx, id, declared.person, false),
        E::ConflictDeclared(declared) => {
            declare(tx, id, declared.person, true)?;
            conflict(tx, id, declared.person)
        }
        E::AssessorRecused(recused) => {
            assessor(tx, id, recused.assessor, "recused")?;
            if recused.conflict {
                conflict(tx, id, recused.assessor)?;
            }
            Ok(())
        }
        E::AssessmentSubmitted(submitted) => assessor(tx, id, submitted.assessor, "assessed"),
        E::RecommendationIssued(recommended) => {
            let dissent = recommended.dissent.iter().map(|dissent| &dissent.assessor);
            tx.prepare_cached("DELETE FROM voices WHERE evaluation = ?1")?
                .execute([id])?;
            for voice in recommended.panel.iter().chain(dissent) {
                tx.prepare_cached("INSERT OR IGNORE INTO voices (evaluation, person) VALUES (?1, ?2)")?
                    .execute((id, voice.to_string()))?;
            }
            set(tx, id, "proposal", pb::Outcome::from(recommended.proposal) as i32)
        }
        E::DecisionMade(decision) => decide(tx, entry, decision),
        E::DecisionReconsidered(anew) => decide(tx, entry, &anew.decision),
        E::EvaluationClosed(closed) => set(tx, id, "closed", pb::CloseReason::from(closed.reason) as i32),
        E::EarlierDecisionRecorded(earlier) => {
            take_over(tx, entry, earlier.idea, &earlier.organisation)?;
            set(
                tx,
                id,
                "outcome",
                earlier.outcome.map_or(0, |outcome| pb::Outcome::from(outcome) as i32),
            )?;
            tx.prepare_cached("UPDATE evaluations SET decided_at = ?2 WHERE evaluation = ?1")?
                .execute((
                    id,
                    earlier.decided.as_ref().map(ToString::to_string).unwrap_or_default(),
                ))?;
            Ok(())
        }
        E::EarlierAssessmentRecorded(earlier) => take_over(tx, entry, earlier.idea, &earlier.organisation),
        E::AssessmentsRevealed(_)
        | E::AssessmentRevised(_)
        | E::MandateVerified(_)
        | E::DecisionReported(_)
        | E::DecisionCorrected(_)
        | E::ResourcesCommitted(_)
        | E::SupportArranged(_)
        | E::PilotStarted(_)
        | E::PilotCompleted(_)
        | E::TextsErased(_) => Ok(()),
    }
}

/// Notes under which event a brief's title can be opened.
fn brief(tx: &Transaction<'_>, entry: &Recorded) -> rusqlite::Result<()> {
    let exported = entry.event.as_ref().and_then(|event| event.exported_texts());
    let title = exported.and_then(|texts| entry.sealed_member(*texts.get("title")?));
    if let Some(title) = title {
        tx.prepare_cached("INSERT OR IGNORE INTO briefs (digest, title) VALUES (?1, ?2)")?
            .execute((title.digest.to_string(), title.to_string()))?;
    }
    Ok(())
}

const INSERT: &str = "INSERT OR IGNORE INTO evaluations
    (evaluation, idea, organisation, gate, round, phase, since, title, opened_at, changed_at, required)
VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, (SELECT title FROM briefs WHERE digest = ?7), ?8, ?8, ?9)";

fn open(tx: &Transaction<'_>, entry: &Recorded, opened: &EvaluationOpened) -> rusqlite::Result<()> {
    let id = entry.aggregate_id();
    tx.prepare_cached(INSERT)?.execute(params![
        id,
        opened.idea.to_string(),
        opened.organisation.as_str(),
        pb::Gate::from(opened.gate) as i32,
        opened.round,
        entry.position.cast_signed(),
        opened.brief.get("title").map(ToString::to_string),
        entry.recorded.to_string(),
        opened.assessments_required,
    ])?;
    for author in &opened.excluded {
        aside(tx, id, *author)?;
    }
    for person in &opened.assessed_before {
        tx.prepare_cached("INSERT OR IGNORE INTO barred (person, evaluation) VALUES (?1, ?2)")?
            .execute((person.to_string(), id))?;
    }
    // Who became a co-author between the export of the brief and the opening.
    tx.prepare_cached(
        "INSERT OR IGNORE INTO aside (person, evaluation) SELECT person, ?1 FROM coauthors WHERE idea = ?2",
    )?
    .execute((id, opened.idea.to_string()))?;
    tx.prepare_cached(
        "INSERT OR IGNORE INTO aside (person, evaluation) SELECT person, ?1 FROM conflicts WHERE idea = ?2",
    )?
    .execute((id, opened.idea.to_string()))?;
    Ok(())
}

fn aside(tx: &Transaction<'_>, evaluation: &str, person: PersonId) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT OR IGNORE INTO aside (person, evaluation) VALUES (?1, ?2)")?
        .execute((person.to_string(), evaluation))?;
    Ok(())
}

/// Somebody became a co-author, or wrote an idea that goes on as this one: they take no part in any evaluation of the idea, and what they gave does not count.
fn exclude(tx: &Transaction<'_>, idea: &str, person: PersonId) -> rusqlite::Result<()> {
    let person = person.to_string();
    for sql in [
        "INSERT OR IGNORE INTO coauthors (person, idea) VALUES (?1, ?2)",
        "INSERT OR IGNORE INTO aside (person, evaluation) SELECT ?1, evaluation FROM evaluations WHERE idea = ?2",
        "UPDATE assessors SET recused = 1
         WHERE person = ?1 AND evaluation IN (SELECT evaluation FROM evaluations WHERE idea = ?2)",
        "UPDATE evaluations SET proposal = 0 WHERE idea = ?2
         AND EXISTS (SELECT 1 FROM voices WHERE voices.evaluation = evaluations.evaluation AND voices.person = ?1)",
    ] {
        tx.prepare_cached(sql)?.execute((&person, idea))?;
    }
    Ok(())
}

/// Somebody is in conflict: they take no part in any evaluation of the idea, nor in those that are still to come.
fn conflict(tx: &Transaction<'_>, evaluation: &str, person: PersonId) -> rusqlite::Result<()> {
    let person = person.to_string();
    let rounds = "(SELECT f.evaluation FROM evaluations e JOIN evaluations f USING (idea) WHERE e.evaluation = ?2)";
    tx.prepare_cached(
        "INSERT OR IGNORE INTO conflicts (person, idea) SELECT ?1, idea FROM evaluations WHERE evaluation = ?2",
    )?
    .execute((&person, evaluation))?;
    tx.prepare_cached(&format!(
        "INSERT OR IGNORE INTO aside (person, evaluation) SELECT ?1, evaluation FROM evaluations WHERE evaluation IN {rounds}"
    ))?
    .execute((&person, evaluation))?;
    tx.prepare_cached(&format!(
        "UPDATE assessors SET recused = 1 WHERE person = ?1 AND evaluation IN {rounds} AND assessing = 1"
    ))?
    .execute((&person, evaluation))?;
    Ok(())
}

fn take_over(
    tx: &Transaction<'_>,
    entry: &Recorded,
    idea: IdeaId,
    organisation: &OrganisationId,
) -> rusqlite::Result<()> {
    tx.prepare_cached(INSERT)?.execute(params![
        entry.aggregate_id(),
        idea.to_string(),
        organisation.as_str(),
        0,
        0,
        entry.position.cast_signed(),
        None::<String>,
        entry.recorded.to_string(),
        0,
    ])?;
    Ok(())
}

/// `column` is one of this file's own names.
fn set(tx: &Transaction<'_>, evaluation: &str, column: &'static str, value: i32) -> rusqlite::Result<()> {
    tx.prepare_cached(&format!("UPDATE evaluations SET {column} = ?2 WHERE evaluation = ?1"))?
        .execute((evaluation, value))?;
    Ok(())
}

fn assessor(tx: &Transaction<'_>, evaluation: &str, person: PersonId, column: &'static str) -> rusqlite::Result<()> {
    tx.prepare_cached(&format!(
        "UPDATE assessors SET {column} = 1 WHERE person = ?1 AND evaluation = ?2"
    ))?
    .execute((person.to_string(), evaluation))?;
    Ok(())
}

fn declare(tx: &Transaction<'_>, evaluation: &str, person: PersonId, conflict: bool) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO declarations (person, evaluation, conflict) VALUES (?1, ?2, ?3)")?
        .execute((person.to_string(), evaluation, conflict))?;
    Ok(())
}

fn decide(tx: &Transaction<'_>, entry: &Recorded, decision: &DecisionMade) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE evaluations SET outcome = ?2, home = ?3, decided_at = ?4 WHERE evaluation = ?1")?
        .execute((
            entry.aggregate_id(),
            pb::Outcome::from(decision.outcome) as i32,
            decision.home,
            entry.recorded.to_string(),
        ))?;
    Ok(())
}
