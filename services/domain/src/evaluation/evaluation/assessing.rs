//! Assessing in silence, and showing everything together.

use super::opening::allow;
use super::panel::{hidden, unbiased};
use super::*;
use crate::words::Role;

type Decided = Result<Vec<EvaluationEvent>, EvaluationRejection>;

/// Everything that must hold before somebody may assess; returns what they have given already.
fn may_assess<'a>(
    command: &EvaluationCommand,
    assess: &Assess,
    state: &'a Evaluation,
) -> Result<Option<&'a Given>, EvaluationRejection> {
    let opened = state.opened.as_ref().ok_or(EvaluationRejection::Unknown)?;
    let person = command.actor.person;
    if command.actor.role != Role::Assessor {
        return Err(EvaluationRejection::WrongRole);
    }
    unbiased(person, state)?;
    let assessor = state.assessors.get(&person).ok_or(EvaluationRejection::NotAssigned)?;
    if assessor.recused {
        return Err(EvaluationRejection::SteppedAside);
    }
    if !state.without_conflict.contains(&person) {
        return Err(EvaluationRejection::NotDeclared);
    }
    let explained = assess.rationales.len() == opened.criteria.len()
        && opened
            .criteria
            .iter()
            .all(|criterion| assess.rationales.contains_key(criterion.key.as_str()));
    if !scores::fit(&assess.scores, &opened.criteria) || !explained {
        return Err(EvaluationRejection::ScoresDontFit);
    }
    Ok(assessor.given.as_ref())
}

pub(super) fn submit(command: &EvaluationCommand, assess: &Assess, state: &Evaluation) -> Decided {
    let given = may_assess(command, assess, state)?;
    let commitment = commitment(&assess.nonce, &scores_json(&assess.scores));
    match given {
        Some(given) if given.commitment == commitment => return Ok(vec![]),
        Some(_) => return Err(EvaluationRejection::AlreadyAssessed),
        None => hidden(state)?,
    }
    Ok(vec![
        AssessmentSubmitted {
            assessor: command.actor.person,
            commitment,
            sealed: assess.sealed,
            rationales: assess.rationales.clone(),
        }
        .into(),
    ])
}

pub(super) fn revise(command: &EvaluationCommand, assess: &Assess, state: &Evaluation) -> Decided {
    let given = may_assess(command, assess, state)?.ok_or(EvaluationRejection::NotAssessed)?;
    let commitment = commitment(&assess.nonce, &scores_json(&assess.scores));
    if given.commitment == commitment {
        return Ok(vec![]);
    }
    hidden(state)?;
    Ok(vec![
        AssessmentRevised {
            assessor: command.actor.person,
            revision: given.revisions + 1,
            commitment,
            sealed: assess.sealed,
            rationales: assess.rationales.clone(),
        }
        .into(),
    ])
}

pub(super) fn reveal(command: &EvaluationCommand, openings: &[Opening], state: &Evaluation) -> Decided {
    let opened = state.opened.as_ref().ok_or(EvaluationRejection::Unknown)?;
    allow(&command.actor, &[Role::Coordinator], &opened.organisation)?;
    unbiased(command.actor.person, state)?;
    if state.revealed.is_some() {
        return Ok(vec![]);
    }
    state.going_on()?;
    let mut assessments = vec![];
    let mut all_scores = vec![];
    let mut missing = false;
    for (&assessor, entry) in state.active_assessors() {
        let Some(given) = &entry.given else {
            missing = true;
            continue;
        };
        let opening = openings
            .iter()
            .find(|opening| {
                opening.assessor == assessor && commitment(&opening.nonce, &opening.scores) == given.commitment
            })
            .ok_or(EvaluationRejection::CommitmentBroken)?;
        let scores: Scores =
            serde_json::from_str(&opening.scores).map_err(|_| EvaluationRejection::CommitmentBroken)?;
        if !scores::fit(&scores, &opened.criteria) {
            return Err(EvaluationRejection::CommitmentBroken);
        }
        all_scores.push(scores);
        assessments.push(RevealedAssessment {
            assessor,
            nonce: opening.nonce,
            scores: opening.scores.clone(),
        });
    }
    if missing {
        return Err(EvaluationRejection::AssessmentsMissing);
    }
    if assessments.len() < usize::try_from(opened.assessments_required).unwrap_or(usize::MAX) {
        return Err(EvaluationRejection::TooFewAssessments);
    }
    let (criteria, weighted_hundredths) = summarise(&opened.criteria, &all_scores);
    Ok(vec![
        AssessmentsRevealed {
            assessments,
            criteria,
            weighted_hundredths,
        }
        .into(),
    ])
}
