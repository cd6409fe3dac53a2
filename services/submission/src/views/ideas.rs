use idesluss_domain::Event;
use idesluss_domain::submission::idea::Phase;
use idesluss_domain::submission::{CallEvent, IdeaEvent};
use idesluss_domain::words::IdeaId;
use idesluss_engine::{Recorded, View};
use idesluss_proto::pb::submission::ErasureState;
use idesluss_proto::submission::write_phase;
use rusqlite::{Transaction, params};

/// Every idea and call as lists show them.
#[derive(Debug)]
pub struct IdeasView;

impl View for IdeasView {
    const NAME: &'static str = "ideas";
    const VERSION: u32 = 1;

    fn schema() -> &'static str {
        include_str!("ideas.sql")
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Recorded]) -> rusqlite::Result<()> {
        for entry in batch.iter().filter(|entry| entry.own) {
            match &entry.event {
                Some(Event::Idea(event)) => idea(tx, entry, event)?,
                Some(Event::Call(event)) => call(tx, entry, event)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn id_of(entry: &Recorded) -> &str {
    entry.meta.subject.split_once('/').map_or("", |(_, id)| id)
}

fn phase(tx: &Transaction<'_>, entry: &Recorded, phase: Phase) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE ideas SET phase = ?2 WHERE idea = ?1")?
        .execute((id_of(entry), write_phase(phase) as i32))?;
    Ok(())
}

fn erasure(tx: &Transaction<'_>, entry: &Recorded, state: ErasureState) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE ideas SET erasure = ?2 WHERE idea = ?1")?
        .execute((id_of(entry), state as i32))?;
    Ok(())
}

fn author(tx: &Transaction<'_>, idea: IdeaId, person: impl std::fmt::Display) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT OR IGNORE INTO authors (person, idea) VALUES (?1, ?2)")?
        .execute((person.to_string(), idea.to_string()))?;
    Ok(())
}

const INSERT: &str =
    "INSERT OR IGNORE INTO ideas (idea, organisation, phase, since, submitted_at, title, imported, received)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

fn idea(tx: &Transaction<'_>, entry: &Recorded, event: &IdeaEvent) -> rusqlite::Result<()> {
    use IdeaEvent as E;
    let position = entry.position.cast_signed();
    let id = id_of(entry);
    match event {
        E::IdeaSubmitted(submitted) => {
            let imported = submitted.imported.as_ref();
            let at = match imported {
                None => entry.meta.time.to_string(),
                Some(imported) => imported.submitted.as_ref().map(ToString::to_string).unwrap_or_default(),
            };
            tx.prepare_cached(INSERT)?.execute(params![
                id,
                submitted.organisation.as_str(),
                write_phase(Phase::Submitted) as i32,
                position,
                at,
                submitted.texts.get("title").map(ToString::to_string),
                imported.is_some(),
                false,
            ])?;
            author(tx, submitted.idea, submitted.submitter)
        }
        E::IdeaReceived(received) => {
            let title = received.brief.get("title").map(ToString::to_string);
            tx.prepare_cached(INSERT)?.execute(params![
                id,
                received.organisation.as_str(),
                write_phase(Phase::Submitted) as i32,
                position,
                entry.meta.time.to_string(),
                title,
                false,
                true,
            ])?;
            tx.prepare_cached("UPDATE ideas SET brief_title = title WHERE idea = ?1")?
                .execute([id])?;
            Ok(())
        }
        E::ReceiptSent(receipt) => {
            tx.prepare_cached("UPDATE ideas SET reference = ?2, answer_due = ?3 WHERE idea = ?1")?
                .execute((id, &receipt.reference, receipt.answer_due.to_string()))?;
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
        E::CoauthorAdded(added) => {
            tx.prepare_cached("INSERT OR IGNORE INTO authors (person, idea) VALUES (?1, ?2)")?
                .execute((added.coauthor.to_string(), id))?;
            Ok(())
        }
        E::SupportExpressed(_) => {
            tx.prepare_cached("UPDATE ideas SET supporters = supporters + 1 WHERE idea = ?1")?
                .execute([id])?;
            Ok(())
        }
        E::BriefApproved(brief) => brief_title(tx, id, brief.texts.get("title")),
        E::BriefReplaced(brief) => brief_title(tx, id, brief.texts.get("title")),
        E::ClarificationRequested(_) => phase(tx, entry, Phase::NeedsClarification),
        E::ClarificationProvided(_) | E::IdeaReturned(_) | E::IdeaReopened(_) | E::IdeaReactivated(_) => {
            phase(tx, entry, Phase::Submitted)
        }
        E::IdeaAccepted(_) => phase(tx, entry, Phase::Accepted),
        E::EvaluationStarted(_) => phase(tx, entry, Phase::InEvaluation),
        E::GateDecided(_) => {
            let ended = [Phase::Withdrawn, Phase::Duplicate, Phase::Superseded, Phase::Closed];
            let [a, b, c, d] = ended.map(|phase| write_phase(phase) as i32);
            tx.prepare_cached("UPDATE ideas SET phase = ?2 WHERE idea = ?1 AND phase NOT IN (?3, ?4, ?5, ?6)")?
                .execute((id, write_phase(Phase::Decided) as i32, a, b, c, d))?;
            Ok(())
        }
        E::IdeaHandedToLine(_) | E::IdeaImplemented(_) => phase(tx, entry, Phase::AtHome),
        E::IdeaReferred(_) | E::ReferralAnswered(_) => phase(tx, entry, Phase::Referred),
        E::IdeaDeclined(_) => phase(tx, entry, Phase::Declined),
        E::IdeaLinkedAsDuplicate(_) => phase(tx, entry, Phase::Duplicate),
        E::IdeaSuperseded(_) => phase(tx, entry, Phase::Superseded),
        E::IdeaParked(_) => phase(tx, entry, Phase::Parked),
        E::IdeaWithdrawn(_) => phase(tx, entry, Phase::Withdrawn),
        E::IdeaClosed(_) => phase(tx, entry, Phase::Closed),
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
        | E::FeedbackDelivered(_)
        | E::TextsErased(_) => Ok(()),
    }
}

fn brief_title(
    tx: &Transaction<'_>,
    id: &str,
    title: Option<&idesluss_domain::words::SealedText>,
) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE ideas SET brief_title = ?2 WHERE idea = ?1")?
        .execute((id, title.map(ToString::to_string)))?;
    Ok(())
}

fn call(tx: &Transaction<'_>, entry: &Recorded, event: &CallEvent) -> rusqlite::Result<()> {
    match event {
        CallEvent::CallOpened(opened) => {
            let text = |field: &str| opened.texts.get(field).map(ToString::to_string);
            tx.prepare_cached(
                "INSERT OR IGNORE INTO calls (call, organisation, need_owner, title, need, resources, until, since)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id_of(entry),
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
                .execute((id_of(entry), closed.outcome.map(|outcome| outcome.to_string())))?;
        }
    }
    Ok(())
}
