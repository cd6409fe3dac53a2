//! How an evaluation begins, who owns its need, and how it ends without a decision.

use super::*;
use crate::words::{EvaluationId, Outcome};

type Decided = Result<Vec<EvaluationEvent>, EvaluationRejection>;

pub(super) fn open(command: &EvaluationCommand, open: &Open, state: &Evaluation) -> Decided {
    if command.actor.organisation != open.organisation {
        return Err(EvaluationRejection::WrongOrganisation);
    }
    if command.id != EvaluationId::derive(open.idea, open.round) || open.round == 0 {
        return Err(EvaluationRejection::WrongId);
    }
    if let Some(opened) = &state.opened {
        let same = (opened.idea, opened.gate, opened.round) == (open.idea, open.gate, open.round);
        return if same {
            Ok(vec![])
        } else {
            Err(EvaluationRejection::OtherEvaluation)
        };
    }
    if open.brief.texts.is_empty() || open.brief.version == 0 {
        return Err(EvaluationRejection::NoBrief);
    }
    let keys: std::collections::BTreeSet<_> = open.criteria.iter().map(|criterion| &criterion.key).collect();
    let weighted = open.criteria.iter().all(|criterion| criterion.weight > 0);
    if open.criteria.is_empty() || keys.len() < open.criteria.len() || !weighted || open.assessments_required == 0 {
        return Err(EvaluationRejection::NoCriteria);
    }
    Ok(vec![
        EvaluationOpened {
            evaluation: command.id,
            idea: open.idea,
            gate: open.gate,
            round: open.round,
            organisation: open.organisation.clone(),
            brief_version: open.brief.version,
            brief: open.brief.texts.clone(),
            excluded: open.excluded.clone(),
            assessed_before: open.assessed_before.clone(),
            criteria_set: open.criteria_set.clone(),
            criteria_version: open.criteria_version,
            criteria: open.criteria.clone(),
            assessments_required: open.assessments_required,
        }
        .into(),
    ])
}

pub(super) fn confirm_need_owner(command: &EvaluationCommand, state: &Evaluation) -> Decided {
    if state.need_owner == Some(command.actor.person) {
        return Ok(vec![]);
    }
    command.in_state(state)?;
    Ok(vec![
        NeedOwnerConfirmed {
            need_owner: command.actor.person,
            organisation: command.actor.organisation.clone(),
        }
        .into(),
    ])
}

pub(super) fn close(command: &EvaluationCommand, close: Close, state: &Evaluation) -> Decided {
    command.in_state(state)?;
    // Parked because this very evaluation decided so: that is no news to it.
    let follows = close.reason == CloseReason::Parked
        && state
            .decision()
            .is_some_and(|decision| decision.outcome == Outcome::Park);
    if state.closed.is_some() || follows {
        return Ok(vec![]);
    }
    Ok(vec![
        EvaluationClosed {
            reason: close.reason,
            decided: state.decision().is_some(),
        }
        .into(),
    ])
}

pub(super) fn erased(command: &EvaluationCommand, erased: &Erased) -> Decided {
    if command.id != EvaluationId::derive(erased.idea, 0) {
        return Err(EvaluationRejection::WrongId);
    }
    Ok(vec![
        TextsErased {
            idea: erased.idea,
            scopes: erased.scopes.clone(),
        }
        .into(),
    ])
}
