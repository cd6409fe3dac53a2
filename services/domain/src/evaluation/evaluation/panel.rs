//! Who assesses: assigning, declaring conflicts of interest, stepping aside.

use super::*;
use crate::words::{PersonId, Role};

type Decided = Result<Vec<EvaluationEvent>, EvaluationRejection>;

pub(super) fn assign(command: &EvaluationCommand, assign: &Assign, state: &Evaluation) -> Decided {
    let mut named = assign.assessors.clone();
    named.sort_unstable();
    named.dedup_by_key(|(person, _)| *person);
    if named.is_empty() || named.len() < assign.assessors.len() {
        return Err(EvaluationRejection::NobodyNamed);
    }
    let mut events = vec![];
    for &(person, load) in &assign.assessors {
        match state.assessors.get(&person) {
            Some(assessor) if !assessor.recused && state.unbiased(person).is_ok() => {}
            _ => events.push(assigned(person, load, assign.cap, state)?),
        }
    }
    if !events.is_empty() {
        command.in_state(state)?;
    }
    Ok(events)
}

/// A new assessor, unless something stands in the way.
fn assigned(person: PersonId, load: u32, cap: u32, state: &Evaluation) -> Result<EvaluationEvent, EvaluationRejection> {
    state.unbiased(person)?;
    // Who was taken off once does not come back: the replacement stands in the journal.
    if state.assessors.contains_key(&person) {
        return Err(EvaluationRejection::SteppedAside);
    }
    if load >= cap {
        return Err(EvaluationRejection::LoadCapReached);
    }
    Ok(AssessorAssigned { assessor: person, load }.into())
}

pub(super) fn declare_no_conflict(command: &EvaluationCommand, state: &Evaluation) -> Decided {
    let person = command.actor.person;
    if state.is_excluded(person) {
        return Err(EvaluationRejection::OwnIdea);
    }
    if state.is_in_conflict(person) {
        return Err(EvaluationRejection::DeclaredConflict);
    }
    if state.without_conflict.contains(&person) {
        return Ok(vec![]);
    }
    command.in_state(state)?;
    Ok(vec![NoConflictDeclared { person }.into()])
}

pub(super) fn declare_conflict(
    command: &EvaluationCommand,
    reason: Option<crate::words::SealedText>,
    state: &Evaluation,
) -> Decided {
    let person = command.actor.person;
    if state.conflicted.contains(&person) {
        return Ok(vec![]);
    }
    command.in_state(state)?;
    let mut events = vec![ConflictDeclared { person, reason }.into()];
    // Before anything is shown the assessment does not count; afterwards what was shown stays shown.
    let active = state.assessors.get(&person).is_some_and(|assessor| !assessor.recused);
    if active && state.revealed.is_none() {
        events.push(
            AssessorRecused {
                assessor: person,
                conflict: true,
                reason: None,
                replaced_by: None,
            }
            .into(),
        );
    }
    Ok(events)
}

pub(super) fn recuse(command: &EvaluationCommand, recuse: &Recuse, state: &Evaluation) -> Decided {
    let own = command.actor.role == Role::Assessor && command.actor.person == recuse.assessor;
    if !own {
        if command.actor.role == Role::Assessor {
            return Err(EvaluationRejection::WrongRole);
        }
        let oneself = command.actor.person == recuse.assessor;
        if !oneself || recuse.replaced_by.is_some() {
            state.unbiased(command.actor.person)?;
        }
        if oneself && recuse.conflict && recuse.replaced_by.is_some() {
            return Err(EvaluationRejection::ConflictOfInterest);
        }
    } else if recuse.replaced_by.is_some() {
        // Who steps aside does not choose a successor.
        return Err(EvaluationRejection::WrongRole);
    }
    let replaced_by = recuse.replaced_by.map(|(person, _)| person);
    match state.assessors.get(&recuse.assessor) {
        None => return Err(EvaluationRejection::NotAssigned),
        Some(assessor) if assessor.recused => {
            let same =
                assessor.replaced_by == replaced_by && recuse.conflict <= state.conflicted.contains(&recuse.assessor);
            return if same {
                Ok(vec![])
            } else {
                Err(EvaluationRejection::SteppedAside)
            };
        }
        Some(_) => {}
    }
    command.in_state(state)?;
    let mut events = vec![
        AssessorRecused {
            assessor: recuse.assessor,
            conflict: recuse.conflict,
            reason: Some(recuse.reason),
            replaced_by,
        }
        .into(),
    ];
    if let Some((person, load)) = recuse.replaced_by {
        let already = state.active_assessors().any(|(active, _)| *active == person);
        if person == recuse.assessor {
            return Err(EvaluationRejection::SteppedAside);
        }
        if !already {
            events.push(assigned(person, load, recuse.cap, state)?);
        }
    }
    Ok(events)
}
