//! What happens, step by step: written into journals afterwards, so that a test can change one step and all else stays true.

use idesluss_domain::Event;
use idesluss_domain::evaluation::evaluation::Basis;
use idesluss_domain::words::{Digest, IdeaId, OrganisationId, PersonId, SealedText, StreamName};
use uuid::Uuid;

/// One event as its author means it; the journal's writer adds the rest.
#[derive(Clone)]
pub(crate) struct Step {
    /// `submission`, `evaluation` or `sharing`.
    pub(crate) log: &'static str,
    pub(crate) subject: String,
    pub(crate) idea: Uuid,
    pub(crate) who: Who,
    pub(crate) mandate: Option<String>,
    /// Steps that follow each other with the same number are of one command.
    pub(crate) command: u32,
    pub(crate) event: Event,
    /// Changes what a decision says to be based on, after it was filled in truly.
    pub(crate) basis: fn(&mut Basis),
    /// Minutes after the step before it.
    pub(crate) minutes: i64,
}

/// Who does something: in which role, for whom.
#[derive(Clone)]
pub(crate) struct Who {
    pub(crate) person: PersonId,
    pub(crate) role: &'static str,
    pub(crate) organisation: OrganisationId,
}

pub(crate) fn organisation(name: &str) -> OrganisationId {
    name.parse().expect("a short name")
}

/// A person of an organisation, by number.
pub(crate) fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(0xF00D_0000 + number))
}

pub(crate) fn idea(number: u128) -> IdeaId {
    IdeaId(Uuid::from_u128(0x1DEA_0000 + number))
}

/// The digest of some sealed text.
pub(crate) fn text(number: u8) -> SealedText {
    SealedText(Digest([number.max(1); 32]))
}

/// A basis that the writer fills in.
pub(crate) fn as_it_was() -> Basis {
    Basis {
        seen: 0,
        size: 0,
        root: Digest([0; 32]),
        sources: Vec::new(),
        brief_version: 1,
    }
}

#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// The number of the last command.
    pub(crate) commands: u32,
}

impl Plan {
    /// A new command of somebody.
    pub(crate) fn act(
        &mut self,
        log: &'static str,
        stream: &StreamName,
        idea: IdeaId,
        who: &Who,
        event: impl Into<Event>,
    ) -> &mut Step {
        self.commands += 1;
        self.also(log, stream, idea, who, event)
    }

    /// One more event of the command before.
    pub(crate) fn also(
        &mut self,
        log: &'static str,
        stream: &StreamName,
        idea: IdeaId,
        who: &Who,
        event: impl Into<Event>,
    ) -> &mut Step {
        self.steps.push(Step {
            log,
            subject: stream.to_string(),
            idea: idea.0,
            who: who.clone(),
            mandate: None,
            command: self.commands,
            event: event.into(),
            basis: |_| {},
            minutes: 1,
        });
        self.steps.last_mut().expect("it was pushed")
    }
}
