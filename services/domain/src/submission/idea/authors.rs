//! Who wrote an idea: its submitter, and those who have agreed to be its co-authors.
//!
//! Whoever is an author neither assesses nor decides. So nobody becomes one by being named: an author proposes, the named person answers.

use super::intake::Decided;
use super::*;
use crate::words::{IdeaId, PersonId};

/// The most authors of one idea, with those who have been asked: every list of them stays short.
pub const MOST_AUTHORS: usize = 20;

pub(super) fn propose(command: &IdeaCommand, coauthor: PersonId, idea: &Idea) -> Decided {
    if idea.authors.contains(&coauthor) || idea.proposed.contains(&coauthor) {
        return Ok(vec![]);
    }
    command.in_state(idea)?;
    // Whoever said no is not asked again and again; they may still agree by themselves.
    if idea.declined.contains(&coauthor) {
        return Err(IdeaRejection::CoauthorDeclined);
    }
    if idea.authors.len() + idea.proposed.len() >= MOST_AUTHORS {
        return Err(IdeaRejection::TooManyAuthors);
    }
    Ok(vec![CoauthorProposed { coauthor }.into()])
}

pub(super) fn answer(command: &IdeaCommand, agrees: bool, idea: &Idea) -> Decided {
    let coauthor = command.actor.person;
    if idea.authors.contains(&coauthor) {
        // An author who left could judge the idea after all.
        return if agrees {
            Ok(vec![])
        } else {
            Err(IdeaRejection::IsAuthor)
        };
    }
    let declined = idea.declined.contains(&coauthor);
    if declined && !agrees {
        return Ok(vec![]);
    }
    command.in_state(idea)?;
    Ok(vec![if agrees {
        CoauthorAdded { coauthor }.into()
    } else {
        CoauthorDeclined { coauthor }.into()
    }])
}

/// What happens at the origin of a received idea: who agreed there takes no part in judging it here either.
pub(super) fn learn(command: &IdeaCommand, coauthor: PersonId, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    if idea.authors.contains(&coauthor) {
        return Ok(vec![]);
    }
    Ok(vec![CoauthorAdded { coauthor }.into()])
}

/// Whoever had the link is an author no more, and whose the idea is takes their place, with what they have asked for.
pub(super) fn claim(command: &IdeaCommand, link: PersonId, author: PersonId, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    match idea.authors.contains(&link) {
        true => Ok(vec![AuthorClaimed { link, author }.into()]),
        false => Ok(vec![]),
    }
}

/// Who wrote an idea that goes on as this one is no author of it, with no author's rights, and judges it no more than an author does.
pub(super) fn exclude(of: IdeaId, people: &[PersonId], idea: &Idea) -> Decided {
    let new = |person: &&PersonId| !idea.authors.contains(person) && !idea.excluded.contains(person);
    let people: Vec<PersonId> = people.iter().filter(new).copied().collect();
    if people.is_empty() {
        return Ok(vec![]);
    }
    Ok(vec![AuthorsExcluded { of, people }.into()])
}
