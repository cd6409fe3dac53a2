//! What an auditor does with the lines of journals, and nothing else: replay an idea's life, hand the lines to the auditor's own tools
//! in [`mining`], pack journals into a [`bundle`], and [`verify`](mod@verify) one.
//!
//! Trusts only bytes. Entries come as they are stored, from wherever they were read; states are folded with the same rules
//! that made them.

pub mod bundle;
pub mod command;
mod entry;
mod life;
pub mod mining;
mod replay;
mod state;
mod tag;
pub mod verify;

pub use entry::{Entry, Reading, ReplayError, Service};
pub use life::{Author, Cut, Knew, KnewEntry, Life, SourceSeen, Step, Text};
pub use replay::replay;
pub use state::{AdoptionStands, EvaluationStands, State};
