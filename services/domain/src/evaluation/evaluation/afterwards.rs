//! What comes after a decision: the board hears of it, money, time and partners join, a pilot runs.

use super::opening::allow;
use super::panel::unbiased;
use super::*;
use crate::words::{Gate, Outcome, Role, SealedText};

type Decided = Result<Vec<EvaluationEvent>, EvaluationRejection>;

/// The decision that holds; allowed to `roles` of its organisation, and to nobody who takes no part.
fn decided<'a>(
    command: &EvaluationCommand,
    roles: &[Role],
    state: &'a Evaluation,
) -> Result<&'a DecisionMade, EvaluationRejection> {
    let opened = state.opened.as_ref().ok_or(EvaluationRejection::Unknown)?;
    allow(&command.actor, roles, &opened.organisation)?;
    unbiased(command.actor.person, state)?;
    state.decision().ok_or(EvaluationRejection::NotDecided)
}

/// The same, for an idea that advanced and still goes on.
fn advanced(command: &EvaluationCommand, roles: &[Role], state: &Evaluation) -> Result<(), EvaluationRejection> {
    let decision = decided(command, roles, state)?;
    state.going_on()?;
    if decision.outcome == Outcome::Advance {
        Ok(())
    } else {
        Err(EvaluationRejection::NotAdvanced)
    }
}

pub(super) fn report(command: &EvaluationCommand, report: &Report, state: &Evaluation) -> Decided {
    let decision = decided(
        command,
        &[Role::Registrar, Role::Coordinator, Role::DecisionMaker],
        state,
    )?;
    if matches!(decision.decided_by, DecidedBy::Board { .. }) {
        return Err(EvaluationRejection::BoardDecided);
    }
    if report.meeting > command.today {
        return Err(EvaluationRejection::DateAhead);
    }
    if report.meeting < decision.decided_on {
        return Err(EvaluationRejection::DatesReversed);
    }
    let event = DecisionReported {
        board: report.board.clone(),
        meeting: report.meeting,
        paragraph: report.paragraph.clone(),
    };
    let known = state
        .reports
        .iter()
        .any(|(index, known)| *index + 1 == state.decisions.len() && *known == event);
    Ok(if known { vec![] } else { vec![event.into()] })
}

pub(super) fn correct(command: &EvaluationCommand, correction: SealedText, state: &Evaluation) -> Decided {
    let decision = decided(command, &[Role::Registrar, Role::DecisionMaker], state)?;
    if command.actor.role == Role::DecisionMaker {
        let own = match &decision.decided_by {
            DecidedBy::Person { person, .. }
            | DecidedBy::Board {
                recorded_by: person, ..
            } => *person,
        };
        if own != command.actor.person {
            return Err(EvaluationRejection::WrongRole);
        }
    }
    if state.corrections.contains(&(state.decisions.len() - 1, correction)) {
        return Ok(vec![]);
    }
    Ok(vec![DecisionCorrected { correction }.into()])
}

pub(super) fn commit_resources(command: &EvaluationCommand, commit: &CommitResources, state: &Evaluation) -> Decided {
    advanced(command, &[Role::DecisionMaker, Role::NeedOwner], state)?;
    if commit.amount_kronor == 0 && commit.hours == 0 {
        return Err(EvaluationRejection::NothingCommitted);
    }
    let event = ResourcesCommitted {
        amount_kronor: commit.amount_kronor,
        hours: commit.hours,
        until: commit.until,
        note: commit.note,
    };
    Ok(if state.resources.contains(&event) {
        vec![]
    } else {
        vec![event.into()]
    })
}

pub(super) fn arrange_support(command: &EvaluationCommand, support: &Support, state: &Evaluation) -> Decided {
    advanced(command, &[Role::Coordinator], state)?;
    let event = SupportArranged {
        partner: support.partner.clone(),
        kind: support.kind,
        note: support.note,
    };
    Ok(if state.support.contains(&event) {
        vec![]
    } else {
        vec![event.into()]
    })
}

pub(super) fn start_pilot(command: &EvaluationCommand, start: &StartPilot, state: &Evaluation) -> Decided {
    let opened = state.opened.as_ref().ok_or(EvaluationRejection::Unknown)?;
    allow(
        &command.actor,
        &[Role::Coordinator, Role::NeedOwner],
        &opened.organisation,
    )?;
    unbiased(command.actor.person, state)?;
    let event = PilotStarted {
        hypothesis: start.hypothesis,
        metric: start.metric,
        starts_on: start.starts_on,
        ends_on: start.ends_on,
    };
    if state.pilots.last().is_some_and(|pilot| pilot.started == event) {
        return Ok(vec![]);
    }
    state.going_on()?;
    // At the pilot gate the result informs the decision; a concept must have advanced first.
    let outcome = state.decision().map(|decision| decision.outcome);
    let here = match opened.gate {
        Gate::Pilot => matches!(outcome, None | Some(Outcome::Advance)),
        Gate::Concept => outcome == Some(Outcome::Advance),
        Gate::Opportunity | Gate::Rollout => false,
    };
    if !here {
        return Err(EvaluationRejection::NoPilotHere);
    }
    if start.ends_on.is_some_and(|end| end < start.starts_on) {
        return Err(EvaluationRejection::DatesReversed);
    }
    if state.pilots.last().is_some_and(|pilot| pilot.completed.is_none()) {
        return Err(EvaluationRejection::PilotRunning);
    }
    Ok(vec![event.into()])
}

pub(super) fn complete_pilot(command: &EvaluationCommand, complete: &CompletePilot, state: &Evaluation) -> Decided {
    let opened = state.opened.as_ref().ok_or(EvaluationRejection::Unknown)?;
    allow(
        &command.actor,
        &[Role::Coordinator, Role::NeedOwner],
        &opened.organisation,
    )?;
    unbiased(command.actor.person, state)?;
    let pilot = state.pilots.last().ok_or(EvaluationRejection::NoPilot)?;
    let event = PilotCompleted {
        verdict: complete.verdict,
        result: complete.result,
        completed_on: complete.completed_on,
    };
    match &pilot.completed {
        Some(completed) if *completed == event => return Ok(vec![]),
        Some(_) => return Err(EvaluationRejection::NoPilot),
        None => {}
    }
    if complete.completed_on > command.today {
        return Err(EvaluationRejection::DateAhead);
    }
    if complete.completed_on < pilot.started.starts_on {
        return Err(EvaluationRejection::DatesReversed);
    }
    Ok(vec![event.into()])
}
