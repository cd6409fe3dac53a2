//! The rules of the idésluss, and nothing else.
//!
//! Every rule is a pure function: [`Decider::decide`] says which events a command leads to, or why it
//! is refused; [`Decider::evolve`] folds an event into a state. There is no clock, no randomness, no
//! I/O and no wire format here: time, ids, dates and the actor arrive inside the command.
//!
//! The serde forms of the events are the stored form. A released event type is never edited; a `v2`
//! goes beside it. Golden bytes under `tests/golden/` hold every one of them still.

#[macro_use]
mod macros;

pub mod evaluation;
pub mod identity;
pub mod instance;
pub mod policy;
pub mod rights;
pub mod sharing;
pub mod submission;
pub mod words;

/// The services, by name: each has its rules in a module here, a journal, and a part of every event's type.
pub const SERVICES: [&str; 4] = ["submission", "evaluation", "sharing", "identity"];

/// The member of an instance that speaks for people: the web.
pub const GATEWAY: &str = "gateway";

/// Whoever comes to a service through a socket of the machine on which it runs: no member, and no certificate names it.
pub const MACHINE: &str = "machine";

mod audience;
mod decider;
mod event;
mod sealed;
mod source;
mod status;

pub use decider::{Act, Aggregate, Decider, fold};
pub use event::{AggregateEvent, Event, UnknownEvent};
pub use sealed::{CopiedTexts, InvalidSealedMember, SealedMember, bound_to};
pub use source::{audience_of, is_written_by, may_write, writer_of};
pub use status::{AggregateStatus, CallStatus, EvaluationStatus, SolutionStatus, home};
