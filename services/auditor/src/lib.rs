//! Replay: an idea's life from the lines of journals, and nothing else. And the same lines for the auditor's own tools, in [`mining`].
//!
//! Trusts only bytes. Entries come as they are stored, from wherever they were read; states are folded with the same rules
//! that made them.

pub mod bundle;
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
