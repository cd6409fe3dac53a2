use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::submission::{CallEvent, IdeaEvent};
use idesluss_domain::words::{PersonId, SealedText};
use idesluss_domain::{AggregateStatus, Event};
use idesluss_engine::{Derived, Recorded, View};
use idesluss_proto::pb::submission::{self as pb, ErasureState};
use rusqlite::{OptionalExtension as _, Transaction, params};
use std::sync::Arc;

/// Every idea and call as lists show them.
#[derive(Debug)]
pub struct IdeasView;

impl View for IdeasView {
    const NAME: &'static str = "ideas";
    const VERSION: u32 = 5;

    fn schema() -> &'static str {
        include_str!("ideas.sql")
    }

    fn derived() -> &'static [Derived] {
        &[Derived {
            name: "ideas by phase",
            kept: "SELECT organisation, phase, erasure, count FROM counts WHERE count <> 0",
            counted: "SELECT organisation, phase, erasure, count(*) FROM ideas GROUP BY organisation, phase, erasure",
        }]
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        for entry in batch {
            match &entry.event {
                Some(Event::Idea(event)) if entry.own => {
                    idea(tx, entry, event)?;
                    stands(tx, entry)?;
                }
                Some(Event::Call(event)) if entry.own => call(tx, entry, event)?,
                Some(Event::Evaluation(event)) if !entry.own => {
                    let in_conflict = match event {
                        EvaluationEvent::ConflictDeclared(declared) => Some(declared.person),
                        EvaluationEvent::AssessorRecused(recused) if recused.conflict => Some(recused.assessor),
                        _ => None,
                    };
                    if let Some(person) = in_conflict {
                        tx.prepare_cached("INSERT OR IGNORE INTO conflicts (person, idea) VALUES (?1, ?2)")?
                            .execute((person.to_string(), entry.meta.correlation.to_string()))?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Notes the phase into which an event brings its idea: the rules say which.
fn stands(tx: &Transaction<'_>, entry: &Recorded) -> rusqlite::Result<()> {
    let Some(event) = &entry.event else { return Ok(()) };
    let known = tx
        .prepare_cached("SELECT phase FROM ideas WHERE idea = ?1")?
        .query_row([entry.aggregate_id()], |row| row.get::<_, i32>(0))
        .optional()?;
    let before = known.and_then(|phase| pb::Phase::try_from(phase).ok()?.try_into().ok());
    if let Some(AggregateStatus::Idea(now)) = AggregateStatus::after(before.map(AggregateStatus::Idea), event)
        && before != Some(now)
    {
        tx.prepare_cached("UPDATE ideas SET phase = ?2 WHERE idea = ?1")?
            .execute((entry.aggregate_id(), pb::Phase::from(now) as i32))?;
    }
    Ok(())
}

fn erasure(tx: &Transaction<'_>, entry: &Recorded, state: ErasureState) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE ideas SET erasure = ?2 WHERE idea = ?1")?
        .execute((entry.aggregate_id(), state as i32))?;
    Ok(())
}

/// Somebody's own idea from now on. A received one is not its authors' own: they follow it at home.
fn author(tx: &Transaction<'_>, idea: &str, person: PersonId) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO authors (person, organisation, since, idea)
         SELECT ?1, organisation, since, idea FROM ideas WHERE idea = ?2 AND received = 0",
    )?
    .execute((person.to_string(), idea))?;
    Ok(())
}

fn answered(tx: &Transaction<'_>, idea: &str, person: PersonId) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM proposals WHERE person = ?1 AND idea = ?2")?
        .execute((person.to_string(), idea))?;
    Ok(())
}

const INSERT: &str =
    "INSERT OR IGNORE INTO ideas (idea, organisation, phase, since, submitted_at, title, imported, received)
VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7)";

fn idea(tx: &Transaction<'_>, entry: &Recorded, event: &IdeaEvent) -> rusqlite::Result<()> {
    use IdeaEvent as E;
    let position = entry.position.cast_signed();
    let id = entry.aggregate_id();
    match event {
        E::IdeaSubmitted(submitted) => {
            let imported = submitted.imported.as_ref();
            let at = match imported {
                None => entry.recorded.to_string(),
                Some(imported) => imported.submitted.as_ref().map(ToString::to_string).unwrap_or_default(),
            };
            tx.prepare_cached(INSERT)?.execute(params![
                id,
                submitted.organisation.as_str(),
                position,
                at,
                sealed(entry, submitted.texts.get("title")),
                imported.is_some(),
                false,
            ])?;
            author(tx, id, submitted.submitter)
        }
        E::IdeaReceived(received) => {
            tx.prepare_cached(INSERT)?.execute(params![
                id,
                received.organisation.as_str(),
                position,
                entry.recorded.to_string(),
                None::<String>,
                false,
                true,
            ])?;
            tx.prepare_cached("UPDATE ideas SET (title, brief_title) = (SELECT title, title FROM referred WHERE received_as = ?1) WHERE idea = ?1")?
                .execute([id])?;
            Ok(())
        }
        E::ReceiptSent(receipt) => {
            tx.prepare_cached("UPDATE ideas SET reference = ?2, answer_due = ?3 WHERE idea = ?1")?
                .execute((id, receipt.reference.as_str(), receipt.answer_due.to_string()))?;
            Ok(())
        }
        E::AnswerDueMoved(moved) => {
            tx.prepare_cached("UPDATE ideas SET answer_due = ?2, overdue = 0 WHERE idea = ?1")?
                .execute((id, moved.answer_due.to_string()))?;
            Ok(())
        }
        E::AnswerOverdue(_) => {
            tx.prepare_cached("UPDATE ideas SET overdue = 1 WHERE idea = ?1")?
                .execute([id])?;
            Ok(())
        }
        E::CoordinatorAssigned(assigned) => {
            tx.prepare_cached("UPDATE ideas SET coordinator = ?2 WHERE idea = ?1")?
                .execute((id, assigned.coordinator.to_string()))?;
            Ok(())
        }
        E::CoauthorProposed(proposed) => {
            tx.prepare_cached(
                "INSERT OR IGNORE INTO proposals (person, idea, asked_by, asked_at, since) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                proposed.coauthor.to_string(),
                id,
                entry.meta.actor.to_string(),
                entry.recorded.to_string(),
                position,
            ))?;
            Ok(())
        }
        E::CoauthorAdded(added) => {
            answered(tx, id, added.coauthor)?;
            author(tx, id, added.coauthor)
        }
        E::CoauthorDeclined(declined) => answered(tx, id, declined.coauthor),
        E::AuthorClaimed(claimed) => {
            answered(tx, id, claimed.author)?;
            tx.prepare_cached("DELETE FROM authors WHERE person = ?1 AND idea = ?2")?
                .execute((claimed.link.to_string(), id))?;
            author(tx, id, claimed.author)
        }
        E::AuthorsExcluded(_) => Ok(()),
        E::SupportExpressed(_) => {
            tx.prepare_cached("UPDATE ideas SET supporters = supporters + 1 WHERE idea = ?1")?
                .execute([id])?;
            Ok(())
        }
        E::BriefApproved(brief) => brief_title(tx, entry, brief.texts.get("title")),
        E::BriefReplaced(brief) => brief_title(tx, entry, brief.texts.get("title")),
        E::IdeaReferred(referred) => {
            tx.prepare_cached(
                "INSERT OR IGNORE INTO referred (received_as, title) SELECT ?2, brief_title FROM ideas WHERE idea = ?1",
            )?
            .execute((id, referred.received_as.to_string()))?;
            Ok(())
        }
        E::ErasureRequested(_) => erasure(tx, entry, ErasureState::Requested),
        E::ErasureDecided(_) => erasure(tx, entry, ErasureState::Decided),
        E::PersonalDataErased(_) => erasure(tx, entry, ErasureState::Done),
        E::ErasureRefused(_) => erasure(tx, entry, ErasureState::Refused),
        E::TermsAccepted(_)
        | E::IdeaRegistered(_)
        | E::AttachmentAdded(_)
        | E::ConsentGiven(_)
        | E::ConsentWithdrawn(_)
        | E::SimilarIdeasSuggested(_)
        | E::SharingProposed(_)
        | E::FeedbackDelivered(_)
        | E::TextsErased(_) => Ok(()),
        // Nothing but a phase, which is noted for all.
        E::ClarificationRequested(_)
        | E::ClarificationProvided(_)
        | E::IdeaAccepted(_)
        | E::EvaluationStarted(_)
        | E::GateDecided(_)
        | E::IdeaHandedToLine(_)
        | E::IdeaImplemented(_)
        | E::ReferralAnswered(_)
        | E::IdeaReturned(_)
        | E::IdeaDeclined(_)
        | E::IdeaReopened(_)
        | E::IdeaLinkedAsDuplicate(_)
        | E::IdeaSuperseded(_)
        | E::IdeaParked(_)
        | E::IdeaReactivated(_)
        | E::IdeaWithdrawn(_)
        | E::IdeaClosed(_) => Ok(()),
    }
}

/// As what a text of this entry can be opened.
fn sealed(entry: &Recorded, text: Option<&SealedText>) -> Option<String> {
    entry.sealed_member(*text?).map(|member| member.to_string())
}

fn brief_title(tx: &Transaction<'_>, entry: &Recorded, title: Option<&SealedText>) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE ideas SET brief_title = ?2 WHERE idea = ?1")?
        .execute((entry.aggregate_id(), sealed(entry, title)))?;
    Ok(())
}

fn call(tx: &Transaction<'_>, entry: &Recorded, event: &CallEvent) -> rusqlite::Result<()> {
    match event {
        CallEvent::CallOpened(opened) => {
            let text = |field: &str| sealed(entry, opened.texts.get(field));
            tx.prepare_cached(
                "INSERT OR IGNORE INTO calls (call, organisation, need_owner, title, need, resources, until, since)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                entry.aggregate_id(),
                opened.organisation.as_str(),
                opened.need_owner.to_string(),
                text("title"),
                text("need"),
                text("resources"),
                opened.until.map(|until| until.to_string()),
                entry.position.cast_signed(),
            ])?;
        }
        CallEvent::CallClosed(closed) => {
            tx.prepare_cached("UPDATE calls SET closed = 1, outcome = ?2 WHERE call = ?1")?
                .execute((entry.aggregate_id(), sealed(entry, closed.outcome.as_ref())))?;
        }
    }
    Ok(())
}
