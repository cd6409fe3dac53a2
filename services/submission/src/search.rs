//! What ideas can be found by: the words with which they were submitted, or the brief with which they were received.

use idesluss_domain::Event;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::IdeaId;
use idesluss_engine::Recorded;
use idesluss_search::{Document, Subject, Words};
use std::collections::BTreeSet;

/// The index of ideas.
pub(crate) const IDEAS: Subject = Subject {
    name: "ideas",
    version: 1,
    read,
};

fn read(entry: &Recorded) -> Option<Document> {
    if !entry.own {
        return None;
    }
    match entry.event.as_ref()? {
        Event::Idea(IdeaEvent::IdeaSubmitted(submitted)) => Some(Document {
            id: submitted.idea.0,
            organisation: submitted.organisation.clone(),
            words: Words::Sealed(submitted.texts.values().copied().collect()),
        }),
        Event::Idea(IdeaEvent::IdeaReceived(received)) => Some(Document {
            id: received.idea.0,
            organisation: received.organisation.clone(),
            words: Words::Sealed(received.brief.values().copied().collect()),
        }),
        _ => None,
    }
}

/// What was found, as ideas, the first of each.
pub(crate) fn distinct(found: Vec<uuid::Uuid>) -> Vec<IdeaId> {
    let mut seen = BTreeSet::new();
    found
        .into_iter()
        .map(IdeaId)
        .filter(|idea| seen.insert(*idea))
        .collect()
}
