use crate::Decider;
use crate::evaluation::criteria::Criteria;
use crate::evaluation::delegation_order::DelegationOrders;
use crate::evaluation::evaluation::Evaluations;
use crate::evaluation::{CriteriaEvent, DelegationOrderEvent, EvaluationEvent};
use crate::identity::{
    AccountEvent, Accounts, GrantEvent, Grants, MappingEvent, Mappings, OrganisationEvent, OrganisationsRules, People,
    PersonEvent, ProgramEvent, Programs, SessionEvent, Sessions, SigningKeyEvent, SigningKeysRules,
};
use crate::instance::InstanceEvent;
use crate::sharing::{AdoptionEvent, Adoptions, SolutionEvent, Solutions};
use crate::submission::{
    CallEvent, Calls, DisclosureEvent, Disclosures, IdeaEvent, Ideas, QuotaEvent, Quotas, RegisterEvent, Registers,
};
use crate::words::{Audience, Rejection};

/// Any event of any service: what a received entry is read into.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Of an idea, in submission.
    Idea(IdeaEvent),
    /// Of a call, in submission.
    Call(CallEvent),
    /// Of a register of references, in submission.
    Register(RegisterEvent),
    /// Of what came by private links on one day, in submission.
    Quota(QuotaEvent),
    /// Of what was disclosed of an idea, in submission.
    Disclosure(DisclosureEvent),
    /// Of an evaluation at a gate.
    Evaluation(EvaluationEvent),
    /// Of an organisation's criteria sets, in evaluation.
    Criteria(CriteriaEvent),
    /// Of an organisation's delegation order, in evaluation.
    DelegationOrder(DelegationOrderEvent),
    /// Of a shared solution.
    Solution(SolutionEvent),
    /// Of an adoption of a solution.
    Adoption(AdoptionEvent),
    /// Of the instance's organisations, in identity.
    Organisation(OrganisationEvent),
    /// Of what is known of a person, in identity.
    Person(PersonEvent),
    /// Of a role that somebody holds, in identity.
    Grant(GrantEvent),
    /// Of an account that somebody signs in with, in identity.
    Account(AccountEvent),
    /// Of what an organisation makes of what its provider says, in identity.
    Mapping(MappingEvent),
    /// Of a program that acts for an organisation, in identity.
    Program(ProgramEvent),
    /// Of a session, in identity.
    Session(SessionEvent),
    /// Of the keys under which identity asserts who asks.
    SigningKey(SigningKeyEvent),
    /// Of the instance's own journals.
    Instance(InstanceEvent),
}

/// Why stored data could not be read as an event.
#[derive(Debug, thiserror::Error)]
pub enum UnknownEvent {
    /// No aggregate of this version has such a type; a newer one may.
    #[error("this version knows no event type {0}")]
    Type(String),
    /// The type is known, the data does not fit it.
    #[error("the data does not fit {0}: {1}")]
    Data(String, serde_json::Error),
}

/// The events of one aggregate, seen among all.
pub trait AggregateEvent: Sized {
    /// The event, if it is one of this aggregate's.
    fn of(event: &Event) -> Option<&Self>;
}

macro_rules! each_aggregate {
    ($($variant:ident => $enum:ident $(by $rules:ident)?),+ $(,)?) => {
        impl Event {
            /// Every type name that this version can write and read.
            pub fn all_types() -> impl Iterator<Item = &'static str> {
                [$($enum::TYPES),+].into_iter().flatten().copied()
            }

            /// Every type name that this version can write, with the first part of the names of the streams that it stands in.
            pub(crate) fn all_streams() -> impl Iterator<Item = (&'static str, &'static str)> {
                let all = [$(($enum::TYPES, $enum::STREAM)),+].into_iter();
                all.flat_map(|(types, stream)| types.iter().map(move |kind| (*kind, stream)))
            }

            /// The stored type name.
            pub fn type_name(&self) -> &'static str {
                match self { $(Self::$variant(event) => event.type_name(),)+ }
            }

            /// The stored data: one JSON object without white space.
            pub fn to_data(&self) -> String {
                match self { $(Self::$variant(event) => event.to_data(),)+ }
            }

            /// Reads stored data back. Errors: see [`UnknownEvent`].
            pub fn from_stored(type_name: &str, data: &str) -> Result<Self, UnknownEvent> {
                $(
                    match $enum::from_data(type_name, data) {
                        Ok(Some(event)) => return Ok(Self::$variant(event)),
                        Ok(None) => {}
                        Err(error) => return Err(UnknownEvent::Data(type_name.to_owned(), error)),
                    }
                )+
                Err(UnknownEvent::Type(type_name.to_owned()))
            }
        }

        impl Rejection {
            /// Every refusal of every aggregate, each with the aggregate's name as it stands in [`Event`].
            pub fn all() -> impl Iterator<Item = (&'static str, Self)> {
                std::iter::empty()
                $($(
                    .chain(
                        <<$rules as Decider>::Rejection>::ALL
                            .iter()
                            .map(|&refusal| (stringify!($variant), Self::from(refusal))),
                    )
                )?)+
            }
        }

        $(
            impl AggregateEvent for $enum {
                fn of(event: &Event) -> Option<&Self> {
                    match event { Event::$variant(event) => Some(event), _ => None }
                }
            }

            impl From<$enum> for Event {
                fn from(event: $enum) -> Self {
                    Self::$variant(event)
                }
            }
        )+
    };
}

// An aggregate and its events, and whose rules say what happens; nobody decides about an instance's journals here.
each_aggregate! {
    Idea => IdeaEvent by Ideas,
    Call => CallEvent by Calls,
    Register => RegisterEvent by Registers,
    Quota => QuotaEvent by Quotas,
    Disclosure => DisclosureEvent by Disclosures,
    Evaluation => EvaluationEvent by Evaluations,
    Criteria => CriteriaEvent by Criteria,
    DelegationOrder => DelegationOrderEvent by DelegationOrders,
    Solution => SolutionEvent by Solutions,
    Adoption => AdoptionEvent by Adoptions,
    Organisation => OrganisationEvent by OrganisationsRules,
    Person => PersonEvent by People,
    Grant => GrantEvent by Grants,
    Account => AccountEvent by Accounts,
    Mapping => MappingEvent by Mappings,
    Program => ProgramEvent by Programs,
    Session => SessionEvent by Sessions,
    SigningKey => SigningKeyEvent by SigningKeysRules,
    Instance => InstanceEvent,
}

impl Event {
    /// Whether whoever did it was asserted for that very command: what was decided, and erased for good, nobody takes back.
    pub fn is_bound(&self) -> bool {
        matches!(
            self,
            Self::Idea(IdeaEvent::ErasureDecided(_))
                | Self::Evaluation(EvaluationEvent::DecisionMade(_) | EvaluationEvent::DecisionReconsidered(_))
        )
    }

    /// For whom it is.
    pub fn audience(&self) -> Audience {
        Audience::of(self.type_name())
    }
}
