//! A panel recommends; one person with a mandate, or a board, decides.

use super::*;
use crate::words::{Gate, Outcome, PersonId};
use std::collections::BTreeSet;

type Decided = Result<Vec<EvaluationEvent>, EvaluationRejection>;

pub(super) fn recommend(command: &EvaluationCommand, issue: &Issue, state: &Evaluation) -> Decided {
    let revealed = state.revealed.as_ref().ok_or(EvaluationRejection::NotRevealed)?;
    let shown: BTreeSet<PersonId> = revealed
        .assessments
        .iter()
        .map(|assessment| assessment.assessor)
        .collect();
    let voices: Vec<PersonId> = issue
        .panel
        .iter()
        .copied()
        .chain(issue.dissent.iter().map(|dissent| dissent.assessor))
        .collect();
    let distinct: BTreeSet<PersonId> = voices.iter().copied().collect();
    if issue.panel.is_empty() || distinct.len() < voices.len() || !distinct.is_subset(&shown) {
        return Err(EvaluationRejection::NotOnPanel);
    }
    for &voice in &voices {
        state.unbiased(voice)?;
    }
    let event = RecommendationIssued {
        proposal: issue.proposal,
        reasons: issue.reasons,
        panel: issue.panel.clone(),
        dissent: issue.dissent.clone(),
    };
    if state.recommendation_in_force() == Some(&event) {
        return Ok(vec![]);
    }
    command.in_state(state)?;
    rests_on_enough(issue.proposal, state)?;
    Ok(vec![event.into()])
}

/// What is left without the assessments of new co-authors may be too little for anything but to have the idea assessed anew.
fn rests_on_enough(outcome: Outcome, state: &Evaluation) -> Result<(), EvaluationRejection> {
    if state.falls_short() && outcome != Outcome::Return {
        return Err(EvaluationRejection::FallsShort);
    }
    Ok(())
}

pub(super) fn decide(command: &EvaluationCommand, decide: &Decide, state: &Evaluation) -> Decided {
    if state.decision().is_some_and(|decision| same(decision, command, decide)) {
        return Ok(vec![]);
    }
    let (verified, decision) = rule(command, decide, state)?;
    Ok(verified.into_iter().map(Into::into).chain([decision.into()]).collect())
}

pub(super) fn reconsider(command: &EvaluationCommand, decide: &Decide, state: &Evaluation) -> Decided {
    if state.decision().is_some_and(|decision| same(decision, command, decide)) {
        return Ok(vec![]);
    }
    let (verified, decision) = rule(command, decide, state)?;
    let number = u32::try_from(state.decisions.len()).unwrap_or(u32::MAX);
    let reconsidered = DecisionReconsidered { number, decision };
    Ok(verified
        .into_iter()
        .map(Into::into)
        .chain([reconsidered.into()])
        .collect())
}

/// Whether the command says exactly what the decision says already.
fn same(decision: &DecisionMade, command: &EvaluationCommand, decide: &Decide) -> bool {
    let decider = match (&decision.decided_by, &decide.who) {
        (DecidedBy::Person { person, .. }, Who::Actor(_)) => *person == command.actor.person,
        (
            DecidedBy::Board {
                board,
                meeting,
                paragraph,
                ..
            },
            Who::Board {
                board: now,
                meeting: day,
                paragraph: number,
            },
        ) => (board, meeting, paragraph) == (now, day, number),
        _ => false,
    };
    decider
        && (
            decision.outcome,
            decision.home,
            decision.reasons,
            decision.conditions,
            decision.cost_kronor,
        ) == (
            decide.outcome,
            decide.home,
            decide.reasons,
            decide.conditions,
            decide.cost_kronor,
        )
}

/// The rules of a decision, first or reconsidered.
fn rule(
    command: &EvaluationCommand,
    decide: &Decide,
    state: &Evaluation,
) -> Result<(Option<MandateVerified>, DecisionMade), EvaluationRejection> {
    command.in_state(state)?;
    let opened = state.beginning()?;
    let person = command.actor.person;
    rests_on_enough(decide.outcome, state)?;
    if decide.home && decide.outcome != Outcome::Advance {
        return Err(EvaluationRejection::HomeNeedsAdvance);
    }
    if decide.outcome == Outcome::Advance && opened.gate >= Gate::Concept && state.need_owner.is_none() {
        return Err(EvaluationRejection::NoNeedOwner);
    }
    if decide.basis.seen >= decide.basis.size {
        return Err(EvaluationRejection::SeenAhead);
    }
    if decide.latest.is_some_and(|latest| latest > decide.basis.seen) {
        return Err(EvaluationRejection::SomethingNew);
    }
    let (verified, decided_by, decided_on) = match &decide.who {
        Who::Actor(mandate) => {
            let mandate = mandate.as_ref().map_err(|none| EvaluationRejection::from(*none))?;
            let fits = mandate.holder == person && mandate.covers(opened.gate, decide.cost_kronor);
            if !fits || !mandate.holds_on(command.today) || mandate.organisation != opened.organisation {
                return Err(EvaluationRejection::WrongMandate);
            }
            let verified = MandateVerified {
                decider: person,
                mandate: mandate.reference.clone(),
                clause: mandate.clause.clone(),
                order_version: mandate.order_version,
                gate: opened.gate,
                cost_kronor: decide.cost_kronor,
                on: command.today,
            };
            (
                Some(verified),
                DecidedBy::Person {
                    person,
                    mandate: mandate.reference.clone(),
                },
                command.today,
            )
        }
        Who::Board {
            board,
            meeting,
            paragraph,
        } => {
            if *meeting > command.today {
                return Err(EvaluationRejection::DateAhead);
            }
            if *meeting < decide.opened_on {
                return Err(EvaluationRejection::MeetingTooEarly);
            }
            let decided_by = DecidedBy::Board {
                board: board.clone(),
                meeting: *meeting,
                paragraph: paragraph.clone(),
                recorded_by: person,
            };
            (None, decided_by, *meeting)
        }
    };
    let decision = DecisionMade {
        evaluation: command.id,
        idea: opened.idea,
        gate: opened.gate,
        outcome: decide.outcome,
        home: decide.home,
        reasons: decide.reasons,
        conditions: decide.conditions,
        cost_kronor: decide.cost_kronor,
        decided_by,
        decided_on,
        basis: Basis {
            brief_version: opened.brief_version,
            ..decide.basis.clone()
        },
    };
    Ok((verified, decision))
}
