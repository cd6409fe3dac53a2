//! What solutions can be found by: their published words.

use idesluss_domain::Event;
use idesluss_domain::sharing::SolutionEvent;
use idesluss_domain::sharing::solution::{Description, SolutionPublished, SolutionVersioned, Visibility};
use idesluss_engine::Recorded;
use idesluss_search::{Document, Subject, Words};

/// The index of solutions.
pub(crate) const SOLUTIONS: Subject = Subject {
    name: "solutions",
    version: 1,
    read: &[
        (SolutionPublished::TYPE, published),
        (SolutionVersioned::TYPE, versioned),
    ],
    gone: None,
};

fn published(entry: &Recorded) -> Option<Document> {
    match entry.event.as_ref()? {
        Event::Solution(SolutionEvent::SolutionPublished(event)) => {
            document(entry, &event.description, event.visibility)
        }
        _ => None,
    }
}

fn versioned(entry: &Recorded) -> Option<Document> {
    match entry.event.as_ref()? {
        Event::Solution(SolutionEvent::SolutionVersioned(event)) => {
            document(entry, &event.description, event.visibility)
        }
        _ => None,
    }
}

fn document(entry: &Recorded, description: &Description, visibility: Visibility) -> Option<Document> {
    let words = [&description.title, &description.summary, &description.prerequisites];
    Some(Document {
        id: entry.meta.subject.strip_prefix("solution/")?.parse().ok()?,
        organisation: entry.meta.organisation.clone(),
        is_open: visibility >= Visibility::Region,
        words: Words::Open(words.map(String::as_str).join("\n")),
    })
}
