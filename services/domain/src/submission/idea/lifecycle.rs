//! What becomes of an idea after screening: evaluation, decisions, the line, the receiver's answer, the end.

use super::intake::{Decided, allow, allow_coordinator, going_on, not_own, within};
use super::*;
use crate::words::{Date, EvaluationId, OrganisationId, Outcome, Role, SealedText};

const SERVICE: &[Role] = &[Role::Service];

pub(super) fn start_evaluation(command: &IdeaCommand, started: &EvaluationStarted, idea: &Idea) -> Decided {
    allow(command, SERVICE, idea)?;
    if started.evaluation != EvaluationId::derive(command.idea, started.round) || started.round > idea.rounds {
        return Err(IdeaRejection::OtherEvaluation);
    }
    // Known already, or the idea went another way meanwhile: evaluation hears of that by itself.
    let known = idea.evaluation.is_some_and(|(_, _, round)| round >= started.round);
    if known || !matches!(idea.phase, Some(Phase::Accepted | Phase::Decided)) {
        return Ok(vec![]);
    }
    Ok(vec![started.clone().into()])
}

/// First or anew. The next gate follows by itself when an idea advances, unless it is carried out at home.
pub(super) fn record_decision(command: &IdeaCommand, decision: &GateDecision, idea: &Idea) -> Decided {
    allow(command, SERVICE, idea)?;
    let GateDecision {
        evaluation,
        gate,
        round,
        outcome,
        home,
    } = *decision;
    if evaluation != EvaluationId::derive(command.idea, round) || round == 0 || round > idea.rounds {
        return Err(IdeaRejection::OtherEvaluation);
    }
    let before = idea.decisions.get(&round);
    if before.is_some_and(|before| (before.outcome, before.home) == (outcome, home)) {
        return Ok(vec![]);
    }
    let ended = going_on(idea).is_err();
    let goes_on = outcome == Outcome::Advance && !home && !ended && round == idea.rounds;
    let next = gate
        .next()
        .filter(|_| goes_on)
        .map(|gate| NextGate { gate, round: round + 1 });
    let mut events = vec![
        GateDecided {
            evaluation,
            gate,
            round,
            outcome,
            home,
            next,
        }
        .into(),
    ];
    if outcome == Outcome::Park && !ended {
        events.push(IdeaParked { terms: None }.into());
    }
    Ok(events)
}

pub(super) fn implement(command: &IdeaCommand, result: SealedText, shareable: bool, idea: &Idea) -> Decided {
    allow(command, &[Role::Coordinator, Role::NeedOwner], idea)?;
    not_own(command.actor.person, idea)?;
    within(idea, &[Phase::AtHome])?;
    if idea.implemented {
        return Ok(vec![]);
    }
    Ok(vec![
        IdeaImplemented {
            result: Some(result),
            shareable,
        }
        .into(),
    ])
}

pub(super) fn answer_referral(command: &IdeaCommand, answer: &ReferralAnswered, idea: &Idea) -> Decided {
    allow(command, SERVICE, idea)?;
    match &idea.referred {
        Some(referred) if referred.receiver == answer.receiver => {}
        _ => return Err(IdeaRejection::NotReferred),
    }
    if idea.phase != Some(Phase::Referred) {
        return Ok(vec![]);
    }
    Ok(vec![answer.clone().into()])
}

pub(super) fn returned(command: &IdeaCommand, receiver: &OrganisationId, idea: &Idea) -> Decided {
    allow(command, SERVICE, idea)?;
    match (&idea.referred, idea.phase) {
        (Some(referred), Some(Phase::Referred)) if referred.receiver == *receiver => Ok(vec![
            IdeaReturned {
                receiver: receiver.clone(),
            }
            .into(),
        ]),
        _ => Err(IdeaRejection::NotReferred),
    }
}

/// Fired by a timer: does nothing if the day has moved, or somebody has answered meanwhile.
pub(super) fn overdue(command: &IdeaCommand, due: Date, idea: &Idea) -> Decided {
    allow(command, SERVICE, idea)?;
    let waits = matches!(idea.phase, Some(Phase::Submitted));
    if !waits || idea.answer_due != Some(due) || due >= command.today || idea.overdue.contains(&due) {
        return Ok(vec![]);
    }
    Ok(vec![AnswerOverdue { answer_due: due }.into()])
}

pub(super) fn feed_back(command: &IdeaCommand, message: SealedText, idea: &Idea) -> Decided {
    allow_coordinator(command, idea)?;
    within(
        idea,
        &[
            Phase::Decided,
            Phase::AtHome,
            Phase::Referred,
            Phase::Declined,
            Phase::Duplicate,
            Phase::Superseded,
            Phase::Parked,
            Phase::InEvaluation,
        ],
    )?;
    Ok(vec![FeedbackDelivered { message }.into()])
}

/// Nothing ends before the submitter has heard what became of it.
pub(super) fn close(command: &IdeaCommand, idea: &Idea) -> Decided {
    allow_coordinator(command, idea)?;
    match idea.phase {
        Some(Phase::Closed) => return Ok(vec![]),
        Some(Phase::Withdrawn) => return Ok(vec![IdeaClosed {}.into()]),
        _ => {}
    }
    within(
        idea,
        &[
            Phase::Decided,
            Phase::AtHome,
            Phase::Referred,
            Phase::Declined,
            Phase::Duplicate,
            Phase::Superseded,
        ],
    )?;
    if idea.phase == Some(Phase::AtHome) && !idea.implemented {
        return Err(IdeaRejection::WrongState);
    }
    // Who submitted something to an older idea box is not written to now.
    if idea.told || (idea.is_imported() && idea.receipt.is_none()) {
        Ok(vec![IdeaClosed {}.into()])
    } else {
        Err(IdeaRejection::NotFedBack)
    }
}
