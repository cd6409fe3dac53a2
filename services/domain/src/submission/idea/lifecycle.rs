//! What becomes of an idea after screening: evaluation, decisions, the line, the receiver's answer, the end.

use super::intake::Decided;
use super::*;
use crate::words::{Date, EvaluationId, Gate, OrganisationId, Outcome, SealedText};

pub(super) fn start_evaluation(command: &IdeaCommand, started: &EvaluationStarted, idea: &Idea) -> Decided {
    if started.evaluation != EvaluationId::derive(command.id, started.round) || started.round > idea.rounds {
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
    let GateDecision {
        evaluation,
        gate,
        round,
        outcome,
        home,
    } = *decision;
    if evaluation != EvaluationId::derive(command.id, round) || round == 0 || round > idea.rounds {
        return Err(IdeaRejection::OtherEvaluation);
    }
    let before = idea.decisions.get(&round);
    if before.is_some_and(|before| (before.outcome, before.home) == (outcome, home)) {
        return Ok(vec![]);
    }
    let ended = idea.going_on().is_err();
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
    if gate == Gate::Rollout && outcome == Outcome::Advance && !ended && !idea.proposed_for_sharing {
        let decided_in = Some(evaluation);
        events.push(SharingProposed { decided_in }.into());
    }
    if outcome == Outcome::Park && !ended {
        events.push(IdeaParked { terms: None }.into());
    }
    Ok(events)
}

pub(super) fn implement(command: &IdeaCommand, result: SealedText, shareable: bool, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    if idea.implemented {
        return Ok(vec![]);
    }
    let implemented = IdeaImplemented {
        result: Some(result),
        shareable,
    };
    let proposed = (shareable && !idea.proposed_for_sharing).then(|| SharingProposed { decided_in: None }.into());
    Ok(std::iter::once(implemented.into()).chain(proposed).collect())
}

pub(super) fn answer_referral(answer: &ReferralAnswered, idea: &Idea) -> Decided {
    match &idea.referred {
        Some(referred) if referred.receiver == answer.receiver => {}
        _ => return Err(IdeaRejection::NotReferred),
    }
    if idea.phase != Some(Phase::Referred) {
        return Ok(vec![]);
    }
    Ok(vec![answer.clone().into()])
}

pub(super) fn returned(receiver: &OrganisationId, idea: &Idea) -> Decided {
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
    let waits = matches!(idea.phase, Some(Phase::Submitted));
    if !waits || idea.answer_due != Some(due) || due >= command.today || idea.overdue.contains(&due) {
        return Ok(vec![]);
    }
    Ok(vec![AnswerOverdue { answer_due: due }.into()])
}

pub(super) fn feed_back(command: &IdeaCommand, message: SealedText, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    Ok(vec![FeedbackDelivered { message }.into()])
}

pub(super) fn close(command: &IdeaCommand, idea: &Idea) -> Decided {
    if idea.phase == Some(Phase::Closed) {
        return Ok(vec![]);
    }
    command.in_state(idea)?;
    Ok(vec![IdeaClosed {}.into()])
}
