//! What comes after a decision: the board hears of it, money, time and partners join, a pilot runs.

use super::*;
use crate::words::SealedText;

type Decided = Result<Vec<EvaluationEvent>, EvaluationRejection>;

pub(super) fn report(command: &EvaluationCommand, report: &Report, state: &Evaluation) -> Decided {
    command.in_state(state)?;
    if report.meeting > command.today {
        return Err(EvaluationRejection::DateAhead);
    }
    if state
        .decision()
        .is_some_and(|decision| report.meeting < decision.decided_on)
    {
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
    command.in_state(state)?;
    if state.corrections.contains(&(state.decisions.len() - 1, correction)) {
        return Ok(vec![]);
    }
    Ok(vec![DecisionCorrected { correction }.into()])
}

pub(super) fn commit_resources(command: &EvaluationCommand, commit: &CommitResources, state: &Evaluation) -> Decided {
    command.in_state(state)?;
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
    command.in_state(state)?;
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
    let event = PilotStarted {
        hypothesis: start.hypothesis,
        metric: start.metric,
        starts_on: start.starts_on,
        ends_on: start.ends_on,
    };
    if state.pilots.last().is_some_and(|pilot| pilot.started == event) {
        return Ok(vec![]);
    }
    command.in_state(state)?;
    if start.ends_on.is_some_and(|end| end < start.starts_on) {
        return Err(EvaluationRejection::DatesReversed);
    }
    Ok(vec![event.into()])
}

pub(super) fn complete_pilot(command: &EvaluationCommand, complete: &CompletePilot, state: &Evaluation) -> Decided {
    let pilot = state.pilots.last().ok_or(EvaluationRejection::NoPilot)?;
    let event = PilotCompleted {
        verdict: complete.verdict,
        result: complete.result,
        completed_on: complete.completed_on,
    };
    if pilot.completed.as_ref() == Some(&event) {
        return Ok(vec![]);
    }
    command.in_state(state)?;
    if complete.completed_on > command.today {
        return Err(EvaluationRejection::DateAhead);
    }
    if complete.completed_on < pilot.started.starts_on {
        return Err(EvaluationRejection::DatesReversed);
    }
    Ok(vec![event.into()])
}
