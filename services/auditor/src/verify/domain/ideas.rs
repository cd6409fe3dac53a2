use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::{OrganisationId, PersonId};
use std::rc::Rc;

/// More authors than an idea ever has: so that no list of them grows without end, whatever was written.
const MOST_AUTHORS: usize = 10_000;

/// What evaluation's log knows of an idea: about 0.1 KiB, gone when the idea is closed.
#[derive(Debug, Default)]
pub(super) struct Idea {
    /// Submitter and co-authors, and who wrote an idea that goes on as it, in the order in which they became known.
    pub(super) authors: Vec<PersonId>,
    /// Who is in a conflict of interest about it, by what happened in any of its evaluations.
    pub(super) in_conflict: Vec<PersonId>,
    /// Whose it is.
    pub(super) home: Option<Rc<OrganisationId>>,
    /// Whether it was not taken over from an older idea box, as far as its beginning is known.
    pub(super) began_here: bool,
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

    /// Notes that somebody is in a conflict of interest about it.
    pub(super) fn conflict(&mut self, person: PersonId) {
        if !self.in_conflict.contains(&person) && self.in_conflict.len() < MOST_AUTHORS {
            self.in_conflict.push(person);
        }
    }

    pub(super) fn authors_at_turn(&self) -> &[PersonId] {
        &self.authors[..self.known_at_turn.min(self.authors.len())]
    }

    /// Takes an entry about it. Returns whether it is over.
    pub(super) fn take(&mut self, position: u64, event: Option<&IdeaEvent>) -> bool {
        self.last = position;
        self.authors.truncate(MOST_AUTHORS);
        match event {
            Some(IdeaEvent::IdeaSubmitted(event)) => {
                self.authors.push(event.submitter);
                self.began_here = event.imported.is_none();
            }
            Some(IdeaEvent::AuthorsExcluded(event)) => self.authors.extend(&event.people),
            Some(IdeaEvent::CoauthorAdded(event)) => self.authors.push(event.coauthor),
            Some(IdeaEvent::AuthorClaimed(event)) => self.authors.push(event.author),
            Some(IdeaEvent::IdeaReceived(event)) => {
                self.authors.extend(&event.authors);
                self.began_here = true;
            }
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
