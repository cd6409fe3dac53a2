//! What solutions can be found by: their published words.

use idesluss_domain::Event;
use idesluss_domain::sharing::SolutionEvent;
use idesluss_domain::sharing::solution::{SolutionPublished, SolutionVersioned, Visibility};
use idesluss_engine::Recorded;
use idesluss_search::{Document, Subject, Words};

/// The index of solutions.
pub(crate) const SOLUTIONS: Subject = Subject {
    name: "solutions",
    version: 1,
    read: &[(SolutionPublished::TYPE, read), (SolutionVersioned::TYPE, read)],
    gone: None,
};

fn read(entry: &Recorded) -> Option<Document> {
    let (description, visibility) = match entry.event.as_ref()? {
        Event::Solution(SolutionEvent::SolutionPublished(published)) => (&published.description, published.visibility),
        Event::Solution(SolutionEvent::SolutionVersioned(versioned)) => (&versioned.description, versioned.visibility),
        _ => return None,
    };
    let words = [&description.title, &description.summary, &description.prerequisites];
    Some(Document {
        id: entry.meta.subject.strip_prefix("solution/")?.parse().ok()?,
        organisation: entry.meta.organisation.clone(),
        is_open: visibility >= Visibility::Region,
        words: Words::Open(words.map(String::as_str).join("\n")),
    })
}
