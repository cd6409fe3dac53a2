use super::Role;
use super::stored::stored_as_text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

uuid_ids! {
    /// An idea, the same in every service.
    IdeaId;
    /// A call (utlysning).
    CallId;
    /// One idea at one gate.
    EvaluationId;
    /// A shared product, service or way of working.
    SolutionId;
    /// One organisation's use of a solution.
    AdoptionId;
    /// A file that belongs to an idea.
    AttachmentId;
    /// A command, chosen by whoever sends it; the same id is carried out once.
    CommandId;
    /// An event, derived from its command (see [`EventId::derive`]), or read from a line.
    EventId;
    /// The pseudonym of a person: one per person and instance, never a name.
    PersonId;
    /// A role of a person in an organisation (see [`GrantId::of`]).
    GrantId;
    /// A session: somebody signed in at one browser or program.
    SessionId;
    /// What somebody signs in with: a fingerprint, from which nobody learns whose account it is elsewhere.
    AccountId;
    /// A program that acts for an organisation (see [`ProgramId::derive`]); also its pseudonym, and its client id.
    ProgramId;
    /// Something by which a program shows who it is.
    CredentialId;
}

impl IdeaId {
    /// The one idea that whoever has a private link gives by it.
    ///
    /// Derived, so that a link is good for that idea and no other, and a form that is sent twice is one idea.
    pub fn of_link(holder: PersonId) -> Self {
        Self(Uuid::new_v5(&holder.0, b"idea"))
    }
}

impl EvaluationId {
    /// The evaluation of `idea` that the submission service opens for the `round`-th time.
    ///
    /// Derived, so that a repeated reaction opens the same one.
    pub fn derive(idea: IdeaId, round: u32) -> Self {
        Self(Uuid::new_v5(&idea.0, format!("evaluation/{round}").as_bytes()))
    }
}

impl SolutionId {
    /// The solution that `idea` leads to. Derived, so that a decision to roll out and a later report that it was carried out draft one.
    pub fn derive(idea: IdeaId) -> Self {
        Self(Uuid::new_v5(&idea.0, b"solution"))
    }
}

impl PersonId {
    /// All who come in for `organisation` by its provider: what they may without a grant of their own is granted to them together.
    ///
    /// Derived, so that it is the pseudonym of nobody who was ever registered.
    pub fn members_of(organisation: &OrganisationId) -> Self {
        Self(Uuid::new_v5(
            &Uuid::NAMESPACE_URL,
            format!("members/{organisation}").as_bytes(),
        ))
    }
}

impl ProgramId {
    /// What every program's id begins with, and nobody else's that is of version 8 by anything but a rare chance: such a person is not registered.
    const MARK: [u8; 4] = *b"prog";

    /// A program's id from an id that nobody can know beforehand.
    pub fn derive(from: Uuid) -> Self {
        let mut bytes = from.into_bytes();
        bytes[..Self::MARK.len()].copy_from_slice(&Self::MARK);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The program whose pseudonym this is; None: it is a person's, or nobody's.
    pub fn of(person: PersonId) -> Option<Self> {
        let is_one = person.0.get_version_num() == 8 && person.0.as_bytes().starts_with(&Self::MARK);
        is_one.then_some(Self(person.0))
    }

    /// The pseudonym under which it acts.
    pub fn pseudonym(self) -> PersonId {
        PersonId(self.0)
    }
}

impl GrantId {
    /// The grant of `role` to `person` in `organisation`.
    ///
    /// Derived, so that whoever wants to know whether somebody holds a role reads one stream.
    pub fn of(person: PersonId, organisation: &OrganisationId, role: Role) -> Self {
        Self(Uuid::new_v5(&person.0, format!("{organisation}/{role}").as_bytes()))
    }
}

impl EventId {
    /// The id of the `ordinal`-th event of type `kind` (from 0) that a command leads to.
    ///
    /// Derived, so that a text can be sealed for an event before the event is decided, and so that a
    /// command carried out twice could only ever write the same ids.
    pub fn derive(service: &str, organisation: &OrganisationId, command: CommandId, kind: &str, ordinal: u32) -> Self {
        Self(Uuid::new_v5(
            &command.0,
            format!("{service}/{organisation}/{kind}/{ordinal}").as_bytes(),
        ))
    }
}

impl CommandId {
    /// The id of the command with which `what` answers the event `cause`; a repeat has the same id.
    pub fn derive(cause: EventId, what: &str) -> Self {
        Self(Uuid::new_v5(&cause.0, what.as_bytes()))
    }
}

/// An organisation, as a short name that never changes, such as `uddevalla`.
///
/// Shape: 1 to 40 of `a`–`z`, `0`–`9` and `-`, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganisationId(String);

stored_as_text!(OrganisationId);

/// A short name holds something else than small letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a short name is 1 to 40 of a-z, 0-9 and -, and begins with a letter")]
pub struct InvalidName;

impl OrganisationId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OrganisationId {
    type Error = InvalidName;
    fn try_from(name: String) -> Result<Self, InvalidName> {
        let fits = (1..=40).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(name)) } else { Err(InvalidName) }
    }
}

impl FromStr for OrganisationId {
    type Err = InvalidName;
    fn from_str(name: &str) -> Result<Self, InvalidName> {
        Self::try_from(name.to_owned())
    }
}

impl From<OrganisationId> for String {
    fn from(organisation: OrganisationId) -> String {
        organisation.0
    }
}

impl fmt::Display for OrganisationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
