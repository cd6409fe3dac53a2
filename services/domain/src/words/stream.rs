use super::{
    AccountId, AdoptionId, CallId, Date, EvaluationId, GrantId, IdeaId, OrganisationId, PersonId, ProgramId, SessionId,
    SolutionId,
};
use std::fmt;
use uuid::Uuid;

/// The name of one aggregate's events, which is also their CloudEvents `subject`: `idea/<uuid>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamName(String);

impl StreamName {
    /// The stream of an idea.
    pub fn idea(id: IdeaId) -> Self {
        Self(format!("idea/{id}"))
    }

    /// The stream of a call.
    pub fn call(id: CallId) -> Self {
        Self(format!("call/{id}"))
    }

    /// The register that hands out an organisation's references in one year.
    pub fn register(organisation: &OrganisationId, year: i16) -> Self {
        Self(format!("register/{organisation}/{year}"))
    }

    /// The ideas that came by private links into an organisation on one day.
    pub fn quota(organisation: &OrganisationId, day: Date) -> Self {
        Self(format!("quota/{organisation}/{day}"))
    }

    /// What was disclosed of an idea.
    pub fn disclosure(id: IdeaId) -> Self {
        Self(format!("disclosure/{id}"))
    }

    /// The stream of an evaluation.
    pub fn evaluation(id: EvaluationId) -> Self {
        Self(format!("evaluation/{id}"))
    }

    /// The criteria sets that an organisation has adopted.
    pub fn criteria(organisation: &OrganisationId) -> Self {
        Self(format!("criteria/{organisation}"))
    }

    /// An organisation's delegation order and the mandates under it.
    pub fn delegation_order(organisation: &OrganisationId) -> Self {
        Self(format!("delegation-order/{organisation}"))
    }

    /// The stream of a solution.
    pub fn solution(id: SolutionId) -> Self {
        Self(format!("solution/{id}"))
    }

    /// The stream of an adoption.
    pub fn adoption(id: AdoptionId) -> Self {
        Self(format!("adoption/{id}"))
    }

    /// The organisations of an instance.
    pub fn organisations(instance: &OrganisationId) -> Self {
        Self(format!("organisations/{instance}"))
    }

    /// What is known of a person.
    pub fn person(id: PersonId) -> Self {
        Self(format!("person/{id}"))
    }

    /// A role of a person in an organisation.
    pub fn grant(id: GrantId) -> Self {
        Self(format!("grant/{id}"))
    }

    /// An account that somebody signs in with.
    pub fn account(id: AccountId) -> Self {
        Self(format!("account/{id}"))
    }

    /// A program that acts for an organisation.
    pub fn program(id: ProgramId) -> Self {
        Self(format!("program/{id}"))
    }

    /// What an organisation makes of what its provider says.
    pub fn mapping(organisation: &OrganisationId) -> Self {
        Self(format!("mapping/{organisation}"))
    }

    /// What became of a session.
    pub fn session(id: SessionId) -> Self {
        Self(format!("session/{id}"))
    }

    /// The keys under which identity asserts who asks.
    pub fn signing_keys(instance: &OrganisationId) -> Self {
        Self(format!("signing-keys/{instance}"))
    }

    /// What a service's journal says of itself.
    pub fn journal(service: &str) -> Self {
        Self(format!("journal/{service}"))
    }

    /// The stream that an event's subject names.
    pub fn of_subject(subject: &str) -> Self {
        Self(subject.to_owned())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id of an aggregate that has a stream of its own.
pub trait AggregateId: Copy + Send + Sync {
    /// Its stream.
    fn stream(self) -> StreamName;

    /// What the aggregate is known by where nothing came before it: the correlation of its events.
    fn uuid(self) -> Uuid;
}

macro_rules! with_streams {
    ($($id:ident: $stream:ident),+ $(,)?) => {$(
        impl AggregateId for $id {
            fn stream(self) -> StreamName {
                StreamName::$stream(self)
            }

            fn uuid(self) -> Uuid {
                self.0
            }
        }
    )+};
}

with_streams! {
    IdeaId: idea,
    CallId: call,
    EvaluationId: evaluation,
    SolutionId: solution,
    AdoptionId: adoption,
    PersonId: person,
    GrantId: grant,
    SessionId: session,
    AccountId: account,
    ProgramId: program,
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who outside the writing service takes in an event, and keeps it. Which types are for whom, `audience.rs` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Audience {
    /// The services of the same instance whose rules it matters to.
    House,
    /// All services of the same instance, who have to know who may act and nothing else of what identity knows.
    Grants,
    /// The service `sharing` of the same instance: nothing else of an idea matters to it.
    Sharing,
    /// Nobody: it matters to the writing service alone, and is neither published nor handed on.
    Service,
    /// Every instance of the region.
    Region,
}

impl Audience {
    /// The last part of the event's `source`.
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::House => "house",
            Audience::Grants => "grants",
            Audience::Sharing => "sharing",
            Audience::Service => "service",
            Audience::Region => "region",
        }
    }
}
