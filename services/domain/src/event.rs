use crate::evaluation::{CriteriaEvent, DelegationOrderEvent, EvaluationEvent};
use crate::instance::InstanceEvent;
use crate::sharing::{AdoptionEvent, SolutionEvent};
use crate::submission::{CallEvent, DisclosureEvent, IdeaEvent, RegisterEvent};
use crate::words::Audience;

/// Any event of any service: what a received entry is read into.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Of an idea, in submission.
    Idea(IdeaEvent),
    /// Of a call, in submission.
    Call(CallEvent),
    /// Of a register of references, in submission.
    Register(RegisterEvent),
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
    ($($variant:ident => $enum:ident),+ $(,)?) => {
        impl Event {
            /// Every type name that this version can write and read.
            pub fn all_types() -> impl Iterator<Item = &'static str> {
                [$($enum::TYPES),+].into_iter().flatten().copied()
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

each_aggregate! {
    Idea => IdeaEvent,
    Call => CallEvent,
    Register => RegisterEvent,
    Disclosure => DisclosureEvent,
    Evaluation => EvaluationEvent,
    Criteria => CriteriaEvent,
    DelegationOrder => DelegationOrderEvent,
    Solution => SolutionEvent,
    Adoption => AdoptionEvent,
    Instance => InstanceEvent,
}

impl Event {
    /// Who outside the writing service may follow this event: the instance's own services, unless somebody decided to
    /// share what it says with the region.
    pub fn audience(&self) -> Audience {
        Audience::House
    }
}
