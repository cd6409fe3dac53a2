use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::{OrganisationId, PersonId};
use std::rc::Rc;

/// More authors than an idea ever has: so that no list of them grows without end, whatever was written.
const MOST_AUTHORS: usize = 10_000;

/// What evaluation's log knows of an idea: about 0.1 KiB, gone when the idea is closed.
#[derive(Debug, Default)]
pub(super) struct Idea {
    /// Submitter and co-authors, in the order in which they became known.
    pub(super) authors: Vec<PersonId>,
    /// Whose it is.
    pub(super) home: Option<Rc<OrganisationId>>,
    /// The last entry about it.
    pub(super) last: u64,
    /// Where it came to a gate last, and how many authors were known then.
    pub(super) turn: u64,
    known_at_turn: usize,
}

impl Idea {
    pub(super) fn is_by(&self, person: PersonId) -> bool {
        self.authors.contains(&person)
    }

    pub(super) fn authors_at_turn(&self) -> &[PersonId] {
        &self.authors[..self.known_at_turn.min(self.authors.len())]
    }

    /// Takes an entry about it. Returns whether it is over.
    pub(super) fn take(&mut self, position: u64, event: Option<&IdeaEvent>) -> bool {
        self.last = position;
        self.authors.truncate(MOST_AUTHORS);
        match event {
            Some(IdeaEvent::IdeaSubmitted(event)) => self.authors.push(event.submitter),
            Some(IdeaEvent::CoauthorAdded(event)) => self.authors.push(event.coauthor),
            Some(IdeaEvent::IdeaReceived(event)) => self.authors.extend(&event.authors),
            Some(IdeaEvent::IdeaAccepted(_) | IdeaEvent::GateDecided(_)) => {
                self.turn = position;
                self.known_at_turn = self.authors.len();
            }
            Some(IdeaEvent::IdeaClosed(_)) => return true,
            _ => {}
        }
        false
    }
}
