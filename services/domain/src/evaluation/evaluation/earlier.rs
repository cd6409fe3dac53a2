//! What an older idea box had decided and assessed. Unknown stays unknown.

use super::*;
use crate::words::{EarlierTime, EvaluationId, IdeaId, Label, OrganisationId, Outcome, PersonId, SealedText};

type Decided = Result<Vec<EvaluationEvent>, EvaluationRejection>;

/// Takes over an earlier decision.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordEarlierDecision {
    /// The idea.
    pub idea: IdeaId,
    /// The name of the import.
    pub import: Label,
    /// What was decided, if known.
    pub outcome: Option<Outcome>,
    /// The status as the earlier register wrote it, if it did.
    pub stated_status: Option<Label>,
    /// When, if known.
    pub decided: Option<EarlierTime>,
    /// Why, if known.
    pub reasons: Option<SealedText>,
    /// Whether the date lies before the idea's own.
    pub before_submission: bool,
}

/// Takes over an earlier assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordEarlierAssessment {
    /// The idea.
    pub idea: IdeaId,
    /// The name of the import.
    pub import: Label,
    /// Who assessed.
    pub assessor: PersonId,
    /// What was scored.
    pub scores: Vec<EarlierScore>,
}

/// Nothing that was taken over happens after today.
fn not_ahead(command: &EvaluationCommand, time: Option<&EarlierTime>) -> Result<(), EvaluationRejection> {
    match time {
        Some(time) if time.first_day() > command.today => Err(EvaluationRejection::DateAhead),
        _ => Ok(()),
    }
}

/// Earlier records stand apart from every evaluation, under round 0: what was judged here has its own, and nothing is put before it afterwards.
fn may_record(
    command: &EvaluationCommand,
    idea: IdeaId,
    state: &Evaluation,
) -> Result<OrganisationId, EvaluationRejection> {
    if command.id != EvaluationId::derive(idea, 0) || state.opened.is_some() {
        return Err(EvaluationRejection::WrongId);
    }
    Ok(command.actor.organisation.clone())
}

pub(super) fn decision(command: &EvaluationCommand, record: &RecordEarlierDecision, state: &Evaluation) -> Decided {
    let organisation = may_record(command, record.idea, state)?;
    not_ahead(command, record.decided.as_ref())?;
    let event = EarlierDecisionRecorded {
        idea: record.idea,
        organisation,
        import: record.import.clone(),
        outcome: record.outcome,
        stated_status: record.stated_status.clone(),
        decided: record.decided.clone(),
        reasons: record.reasons,
        before_submission: record.before_submission,
    };
    match state
        .earlier_decisions
        .iter()
        .find(|earlier| earlier.import == record.import)
    {
        Some(earlier) if *earlier == event => Ok(vec![]),
        Some(_) => Err(EvaluationRejection::EarlierDiffers),
        None => Ok(vec![event.into()]),
    }
}

pub(super) fn assessment(command: &EvaluationCommand, record: &RecordEarlierAssessment, state: &Evaluation) -> Decided {
    let organisation = may_record(command, record.idea, state)?;
    let fits = |score: &EarlierScore| (1..=5).contains(&score.score);
    let mut names: Vec<_> = record.scores.iter().map(|score| &score.criterion).collect();
    names.sort_unstable();
    names.dedup();
    if record.scores.is_empty() || names.len() < record.scores.len() || !record.scores.iter().all(fits) {
        return Err(EvaluationRejection::EarlierInvalid);
    }
    for score in &record.scores {
        not_ahead(command, score.assessed.as_ref())?;
    }
    let known = |criterion: &Label| {
        (state.earlier_assessments.iter())
            .filter(|earlier| earlier.import == record.import && earlier.assessor == record.assessor)
            .flat_map(|earlier| &earlier.scores)
            .find(|score| score.criterion == *criterion)
    };
    let mut scores = vec![];
    for score in &record.scores {
        match known(&score.criterion) {
            Some(earlier) if earlier == score => {}
            Some(_) => return Err(EvaluationRejection::EarlierDiffers),
            None => scores.push(score.clone()),
        }
    }
    if scores.is_empty() {
        return Ok(vec![]);
    }
    Ok(vec![
        EarlierAssessmentRecorded {
            idea: record.idea,
            organisation,
            import: record.import.clone(),
            assessor: record.assessor,
            scores,
        }
        .into(),
    ])
}
