//! What a decider knew: the basis that a decision names, against the log as it was.

use super::super::findings::Found;
use super::super::sources::Come;
use super::case::Case;
use super::ideas::Idea;
use idesluss_domain::evaluation::evaluation::Basis;
use std::collections::HashMap;

/// R18: the page was drawn from entries that were there, and nothing about evaluation or idea came between it and the decision.
pub(super) fn nothing_new(case: &Case, idea: Option<&Idea>, basis: &Basis, position: u64) -> Found {
    let (seen, size) = (basis.seen, basis.size);
    if seen >= size || size > position {
        return Some(format!(
            "the page was drawn from entry {seen}, the log is said to have had {size} entries, and the decision is entry {position}"
        ));
    }
    let latest = case.before().max(idea.map(|idea| idea.last))?;
    (latest > seen).then(|| format!("entry {latest} is about this, and the decider's page was drawn from entry {seen}"))
}

/// R20: it names each source as far as it had been received.
pub(super) fn sources(basis: &Basis, at: &HashMap<&str, Option<Come>>) -> Found {
    for (name, come) in at {
        let Some(come) = come else { continue };
        let named = basis.sources.iter().find(|seen| seen.source == **name);
        let same = named.is_some_and(|seen| {
            (seen.epoch, seen.sequence) == (come.epoch, come.sequence)
                && come.from_position.is_none_or(|position| position == seen.from_position)
        });
        if !same {
            return Some(format!(
                "{name} had been received up to {}/{} (epoch/sequence), and the basis says otherwise",
                come.epoch, come.sequence
            ));
        }
    }
    let other = basis.sources.iter().find(|seen| !at.contains_key(&*seen.source))?;
    Some(format!("nothing of {} had been received", other.source))
}

/// R21: it names the brief that the evaluation was opened with.
pub(super) fn brief(case: &Case, basis: &Basis) -> Found {
    let (named, opened) = (basis.brief_version, case.brief_version);
    (named != opened)
        .then(|| format!("it names version {named} of the brief, and the evaluation was opened with version {opened}"))
}
