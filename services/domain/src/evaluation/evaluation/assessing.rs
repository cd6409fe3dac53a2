//! Assessing in silence, and showing everything together.

use super::*;

type Decided = Result<Vec<EvaluationEvent>, EvaluationRejection>;

/// Everything that must hold before somebody may assess; returns what they have given already.
fn may_assess<'a>(
    command: &EvaluationCommand,
    assess: &Assess,
    state: &'a Evaluation,
) -> Result<Option<&'a Given>, EvaluationRejection> {
    let opened = state.beginning()?;
    let explained = assess.rationales.len() == opened.criteria.len()
        && opened
            .criteria
            .iter()
            .all(|criterion| assess.rationales.contains_key(criterion.key.as_str()));
    if !scores::fit(&assess.scores, &opened.criteria) || !explained {
        return Err(EvaluationRejection::ScoresDontFit);
    }
    let assessor = state.assessors.get(&command.actor.person);
    Ok(assessor.and_then(|assessor| assessor.given.as_ref()))
}

pub(super) fn submit(command: &EvaluationCommand, assess: &Assess, state: &Evaluation) -> Decided {
    let given = may_assess(command, assess, state)?;
    let commitment = commitment(&assess.nonce, &scores_json(&assess.scores));
    match given {
        Some(given) if given.commitment == commitment => return Ok(vec![]),
        Some(_) => return Err(EvaluationRejection::AlreadyAssessed),
        None => command.in_state(state)?,
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
    command.in_state(state)?;
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
    if state.revealed.is_some() {
        return Ok(vec![]);
    }
    command.in_state(state)?;
    let opened = state.beginning()?;
    let mut assessments = vec![];
    let mut all_scores = vec![];
    for (&assessor, entry) in state.active_assessors() {
        let given = entry.given.as_ref().ok_or(EvaluationRejection::AssessmentsMissing)?;
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
