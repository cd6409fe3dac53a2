//! Who may take part: those who have declared, are not in conflict, did not write the idea, and act for themselves.

use super::super::findings::Found;
use super::Act;
use super::case::Case;
use super::ideas::Idea;
use idesluss_domain::words::{OrganisationId, PersonId};

/// R09: whoever assesses, recommends or decides has declared before to have no conflict of interest.
pub(super) fn declared(case: &Case, person: PersonId, does: &str) -> Found {
    let declared = case
        .person(person)
        .is_some_and(|person| person.without_conflict || person.conflicted);
    (!declared).then(|| format!("{person} {does} and had declared nothing before"))
}

/// R10: whoever declared a conflict of interest, or was taken off for one, takes no part from then on, in this round or another.
pub(super) fn unconflicted(case: &Case, idea: Option<&Idea>, person: PersonId, does: &str) -> Found {
    is_in_conflict(case, idea, person)
        .then(|| format!("{person} {does} and had declared a conflict of interest before, or been taken off for one"))
}

/// Whether somebody is in a conflict of interest about the idea, as this evaluation or another of the idea's says.
pub(super) fn is_in_conflict(case: &Case, idea: Option<&Idea>, person: PersonId) -> bool {
    let here = case.person(person).is_some_and(|person| person.conflicted);
    here || idea.is_some_and(|idea| idea.in_conflict.contains(&person))
}

/// Who acts; None: it is no pseudonym.
pub(super) fn actor(act: &Act<'_>) -> Option<PersonId> {
    act.event.actor.parse().ok()
}

/// R11: submitter and co-authors take no part: those that the evaluation names, and those that this log knew of.
pub(super) fn not_own(case: &Case, idea: Option<&Idea>, person: PersonId, does: &str) -> Found {
    is_author(case, idea, person).then(|| format!("{person} {does} and is submitter or co-author of the idea"))
}

/// Whether somebody is submitter or co-author, as the opening names them or this log knows of.
pub(super) fn is_author(case: &Case, idea: Option<&Idea>, person: PersonId) -> bool {
    case.excluded.contains(&person) || idea.is_some_and(|idea| idea.is_by(person))
}

/// R11, when an evaluation opens: it excludes every author whom this log knew of when the idea came to the gate.
pub(super) fn excludes_authors(excluded: &[PersonId], idea: Option<&Idea>) -> Found {
    let missing = idea?
        .authors_at_turn()
        .iter()
        .find(|author| !excluded.contains(author))?;
    Some(format!(
        "{missing} is submitter or co-author of the idea, and is not excluded"
    ))
}

/// R24: a person acts for herself.
pub(super) fn acts_herself(act: &Act<'_>, person: PersonId) -> Found {
    let actor = &act.event.actor;
    (person.to_string() != **actor).then(|| format!("{actor} acted where {person} should have"))
}

/// R24: what is an organisation's is done for it.
pub(super) fn acts_for(act: &Act<'_>, organisation: &OrganisationId) -> Found {
    let named = &act.event.organisation;
    (**named != *organisation.as_str()).then(|| format!("it is {organisation}'s matter, and was done for {named}"))
}
