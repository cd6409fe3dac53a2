use idesluss_domain::words::{
    AdoptionId, CallId, Date, EvaluationId, IdeaId, OrganisationId, PersonId, ProgramId, SolutionId, StreamName,
};
use std::fmt;
use uuid::Uuid;

/// What kind of thing an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Idea,
    Call,
    Register,
    /// What came by private links on a day.
    Quota,
    Evaluation,
    Criteria,
    DelegationOrder,
    Mandate,
    Solution,
    Adoption,
    Organisation,
    Person,
    /// A role that somebody holds.
    Grant,
    /// What somebody signs in with.
    Account,
    /// What an organisation makes of what its provider says.
    Mapping,
    /// A program that acts for an organisation.
    Program,
    /// A session in which somebody acts.
    Session,
    /// A service: its journal, and whoever acts where no person does.
    Service,
}

impl Kind {
    /// The name of the object type, and the first part of every id.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Idea => "idea",
            Self::Call => "call",
            Self::Register => "register",
            Self::Quota => "quota",
            Self::Evaluation => "evaluation",
            Self::Criteria => "criteria",
            Self::DelegationOrder => "delegation-order",
            Self::Mandate => "mandate",
            Self::Solution => "solution",
            Self::Adoption => "adoption",
            Self::Organisation => "organisation",
            Self::Person => "person",
            Self::Grant => "grant",
            Self::Account => "account",
            Self::Mapping => "mapping",
            Self::Program => "program",
            Self::Session => "session",
            Self::Service => "service",
        }
    }
}

/// One thing that events are about. Written as `idea/<uuid>`, which is also the subject of its own events where it has some.
///
/// Shape: 24 bytes, and the name of those that are no UUIDs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Object {
    /// What has a UUID.
    Numbered(Kind, Uuid),
    /// What has a name of ours.
    Named(Kind, Box<str>),
}

impl Object {
    /// What a stream is about. None: it is none of our streams' names.
    pub(super) fn of_subject(subject: &str) -> Option<Self> {
        let (kind, name) = subject.split_once('/')?;
        let kind = match kind {
            // What is disclosed of an idea happens to it.
            "idea" | "disclosure" => Kind::Idea,
            "call" => Kind::Call,
            "evaluation" => Kind::Evaluation,
            "solution" => Kind::Solution,
            "adoption" => Kind::Adoption,
            "person" => Kind::Person,
            "grant" => Kind::Grant,
            "account" => Kind::Account,
            "program" => Kind::Program,
            "session" => Kind::Session,
            // An instance's organisations and the keys of its assertions are what identity keeps.
            "organisations" | "signing-keys" => return Some(Self::service("identity")),
            "register" => {
                let (organisation, year) = name.split_once('/')?;
                let (organisation, year) = (organisation.parse().ok()?, year.parse().ok()?);
                return Some(Self::register(&organisation, year));
            }
            "quota" => {
                let (organisation, day) = name.split_once('/')?;
                let (organisation, day) = (organisation.parse().ok()?, day.parse().ok()?);
                return Some(Self::quota(&organisation, day));
            }
            "criteria" => return Some(Self::Named(Kind::Criteria, organisation_name(name)?)),
            "mapping" => return Some(Self::Named(Kind::Mapping, organisation_name(name)?)),
            "delegation-order" => return Some(Self::Named(Kind::DelegationOrder, organisation_name(name)?)),
            "journal" => return Some(Self::Named(Kind::Service, organisation_name(name)?)),
            _ => return None,
        };
        Some(Self::Numbered(kind, name.parse().ok()?))
    }

    pub(super) fn register(organisation: &OrganisationId, year: i16) -> Self {
        let stream = StreamName::register(organisation, year);
        let name = stream.as_str().split_once('/').map_or("", |(_, name)| name);
        Self::Named(Kind::Register, name.into())
    }

    fn quota(organisation: &OrganisationId, day: Date) -> Self {
        let stream = StreamName::quota(organisation, day);
        let name = stream.as_str().split_once('/').map_or("", |(_, name)| name);
        Self::Named(Kind::Quota, name.into())
    }

    /// A mandate by its reference, such as `uddevalla/3/4.2`. None: it does not begin with an organisation.
    ///
    /// The clause's number is as the board wrote it; control characters, which XML can't hold, become U+FFFD.
    pub(super) fn mandate(reference: &str) -> Option<Self> {
        organisation_name(reference.split_once('/')?.0)?;
        let unfit = |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}');
        Some(Self::Named(Kind::Mandate, reference.replace(unfit, "\u{fffd}").into()))
    }

    pub(super) fn criteria(organisation: &OrganisationId) -> Self {
        Self::Named(Kind::Criteria, organisation.as_str().into())
    }

    pub(super) fn service(name: &str) -> Self {
        Self::Named(Kind::Service, name.into())
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Numbered(kind, _) | Self::Named(kind, _) => *kind,
        }
    }

    pub(super) fn uuid(&self) -> Option<Uuid> {
        match self {
            Self::Numbered(_, uuid) => Some(*uuid),
            Self::Named(..) => None,
        }
    }
}

/// Short names begin with a letter and hold nothing but `a`–`z`, `0`–`9` and `-`.
fn organisation_name(name: &str) -> Option<Box<str>> {
    let name: OrganisationId = name.parse().ok()?;
    Some(name.as_str().into())
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered(kind, uuid) => write!(f, "{}/{}", kind.as_str(), uuid.hyphenated()),
            Self::Named(kind, name) => write!(f, "{}/{name}", kind.as_str()),
        }
    }
}

macro_rules! numbered {
    ($($id:ident => $kind:ident),+ $(,)?) => {$(
        impl From<$id> for Object {
            fn from(id: $id) -> Self {
                Self::Numbered(Kind::$kind, id.0)
            }
        }
    )+};
}

numbered! {
    IdeaId => Idea, CallId => Call, EvaluationId => Evaluation, SolutionId => Solution, AdoptionId => Adoption,
}

impl From<PersonId> for Object {
    /// Whose pseudonym it is: somebody's, or a program's.
    fn from(person: PersonId) -> Self {
        let kind = match ProgramId::of(person) {
            Some(_) => Kind::Program,
            None => Kind::Person,
        };
        Self::Numbered(kind, person.0)
    }
}

impl From<&OrganisationId> for Object {
    fn from(organisation: &OrganisationId) -> Self {
        Self::Named(Kind::Organisation, organisation.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_acts_is_the_thing_that_was_registered_and_no_person() {
        let program = ProgramId::derive(Uuid::from_u128(7));
        let stream = Object::of_subject(StreamName::program(program).as_str());
        assert_eq!(Some(Object::from(program.pseudonym())), stream);
        let person = PersonId(Uuid::from_u128(7));
        assert_eq!(Object::from(person).kind(), Kind::Person);
    }

    #[test]
    fn every_stream_has_its_object_and_nothing_else_has_one() {
        for subject in [
            "idea/018f0000-0000-7000-8000-000000000001",
            "register/uddevalla/2026",
            "quota/uddevalla/2026-11-24",
            "criteria/uddevalla",
            "delegation-order/uddevalla",
            "adoption/018f0000-0000-7000-8000-000000000001",
        ] {
            assert_eq!(
                Object::of_subject(subject).map(|object| object.to_string()).as_deref(),
                Some(subject)
            );
        }
        let journal = Object::of_subject("journal/submission").map(|object| object.to_string());
        assert_eq!(journal.as_deref(), Some("service/submission"));
        for subject in ["idea/7", "idea", "person/x", "register/uddevalla", "criteria/=1+1", "="] {
            assert_eq!(Object::of_subject(subject), None, "{subject}");
        }
    }

    #[test]
    fn a_mandate_begins_with_its_organisation_and_holds_nothing_that_xml_does_not() {
        let mandate = |reference| Object::mandate(reference).map(|object| object.to_string());
        assert_eq!(mandate("uddevalla/3/4.2").as_deref(), Some("mandate/uddevalla/3/4.2"));
        assert_eq!(
            mandate("uddevalla/3/§\u{1}4").as_deref(),
            Some("mandate/uddevalla/3/§\u{fffd}4")
        );
        assert_eq!(mandate("=cmd/3/4.2"), None);
        assert_eq!(mandate("uddevalla"), None);
    }

    #[test]
    fn an_object_takes_no_more_than_was_reckoned_with() {
        assert_eq!(std::mem::size_of::<Object>(), 24);
    }
}
