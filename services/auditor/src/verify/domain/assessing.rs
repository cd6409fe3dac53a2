//! Assessments: hidden, then shown together, exactly as they were committed to.

use super::super::findings::Found;
use super::case::Case;
use super::ideas::Idea;
use super::taking_part::{is_author, is_in_conflict};
use idesluss_domain::evaluation::evaluation::{
    AssessmentsRevealed, RevealedAssessment, Scores, commitment, scores_json, summarise,
};
use idesluss_domain::words::{Outcome, PersonId, SealedText};
use std::collections::{BTreeMap, BTreeSet};

/// R07: nonce and scores hash to what was committed to.
pub(super) fn as_committed(case: &Case, shown: &RevealedAssessment) -> Found {
    let found = commitment(&shown.nonce, &shown.scores);
    match case.commitment(shown.assessor) {
        Some(committed) if committed == found => None,
        Some(_) => Some(format!(
            "what {} is said to have scored is not what was committed to",
            shown.assessor
        )),
        None => Some(format!(
            "{} is said to have scored, and had committed to nothing",
            shown.assessor
        )),
    }
}

/// R08: at least as many independent assessments as are required are there before anything is shown.
pub(super) fn enough(case: &Case, shown: &AssessmentsRevealed) -> Found {
    let independent: BTreeSet<PersonId> = shown.assessments.iter().map(|one| one.assessor).collect();
    let required = case.yardstick.required;
    let too_few = (independent.len() as u64) < u64::from(required.max(1));
    too_few.then(|| {
        format!(
            "{} assessments are shown, and {required} are required",
            independent.len()
        )
    })
}

/// R13: exactly one score from 1 to 5 for each criterion, written as scores are written. Returns the scores where they are.
pub(super) fn scored(case: &Case, shown: &RevealedAssessment) -> Result<Scores, String> {
    let wrong = |what: &str| Err(format!("the scores of {} {what}", shown.assessor));
    let Ok(scores) = serde_json::from_str::<Scores>(&shown.scores) else {
        return wrong("are no scores");
    };
    if scores_json(&scores) != shown.scores {
        return wrong("are not written as scores are");
    }
    let criteria = &case.yardstick.criteria;
    let each = criteria
        .iter()
        .all(|(key, _)| scores.get(key.as_str()).is_some_and(|score| (1..=5).contains(score)));
    if scores.len() == criteria.len() && each {
        Ok(scores)
    } else {
        wrong("are not one from 1 to 5 for each criterion")
    }
}

/// R14: count, mean, lowest, highest and spread of each criterion, and the weighted mean, are those of the scores.
pub(super) fn means(case: &Case, all: &[Scores], shown: &AssessmentsRevealed) -> Found {
    let (criteria, weighted) = summarise(&case.yardstick.weighted(), all);
    if criteria != shown.criteria {
        return Some("count, mean or spread of a criterion is not that of the scores".to_owned());
    }
    let stated = shown.weighted_hundredths;
    (weighted != stated).then(|| format!("the weighted mean is {weighted} hundredths, and {stated} is stated"))
}

/// R15: every criterion has its reasons.
pub(super) fn reasoned(case: &Case, rationales: &BTreeMap<String, SealedText>, assessor: PersonId) -> Found {
    let criteria = &case.yardstick.criteria;
    let each = criteria
        .iter()
        .all(|(key, _)| rationales.get(key.as_str()).is_some_and(|text| !is_void(text)));
    (!each).then(|| format!("{assessor} gave no reasons for some criterion"))
}

/// R15: a step that needs reasons has them.
pub(super) fn reasons(text: &SealedText) -> Found {
    is_void(text).then(|| "its reasons are the hash of nothing".to_owned())
}

/// No sealed text has such a digest: all zeroes, or the hash of no bytes at all.
fn is_void(text: &SealedText) -> bool {
    let digest = text.0.0;
    digest == [0; 32] || digest == idesluss_proof::tree::empty_root()
}

/// R08: without those of people who have become co-authors since, as many shown assessments are left as are required, or it is sent back.
pub(super) fn enough_left(case: &Case, idea: Option<&Idea>, outcome: Outcome, does: &str) -> Found {
    let shown = || case.people.iter().filter(|person| person.shown);
    let left = shown().filter(|person| !is_author(case, idea, person.id)).count();
    let required = case.yardstick.required as usize;
    // That too few were shown at all is told by itself.
    let excused = outcome == Outcome::Return || shown().count() < required;
    (left < required && !excused)
        .then(|| format!("{does} on {left} assessments of people who are no authors, and {required} are required"))
}

/// R17: what is shown is the assessment of each assessor who is assigned, has not stepped aside and is no author, and no other.
pub(super) fn all_shown(case: &Case, idea: Option<&Idea>, shown: &AssessmentsRevealed) -> Found {
    let takes_part = |id| !is_author(case, idea, id) && !is_in_conflict(case, idea, id);
    let active = case.active().filter(|person| takes_part(person.id));
    let active: BTreeSet<PersonId> = active.map(|person| person.id).collect();
    let mut seen = BTreeSet::new();
    for one in &shown.assessments {
        if !seen.insert(one.assessor) {
            return Some(format!("the assessment of {} is shown twice", one.assessor));
        }
    }
    if let Some(missing) = active.difference(&seen).next() {
        return Some(format!("the assessment of {missing} is not shown"));
    }
    let other = seen.difference(&active).next()?;
    Some(format!(
        "an assessment of {other} is shown, who is not assigned, has stepped aside, is in conflict or is an author"
    ))
}
