//! What an auditor does with the lines of journals, and nothing else: replay an idea's life or the whole [`Instance`], say what changed between
//! two moments ([`diff`]) and what a decider knew ([`dossier`](mod@dossier)), read all journals as one history ([`merge`](fn@merge)), pack journals into a [`bundle`], and [`verify`](mod@verify) one.
//!
//! Trusts only bytes. Entries come as they are stored, from wherever they were read; states are folded with the same rules
//! that made them.

mod beside;
pub mod bundle;
pub mod command;
mod diff;
pub mod dossier;
mod entry;
mod fetch;
mod happened;
mod history;
mod instance;
mod merge;
mod moment;
mod replay;
mod roles;
mod state;
mod tables;
mod tag;
pub mod verify;

pub use beside::Beside;
pub use diff::{Changed, Diff, diff};
pub use dossier::{Dossier, DossierError, dossier};
pub use entry::{Entry, Reading, ReplayError, Service};
pub use happened::Happened;
pub use history::{Author, Cut, History, Knew, KnewEntry, SourceSeen, Step, Text};
pub use instance::{Count, Instance, Upto, instance};
pub use merge::{Merge, MergeError, merge};
pub use moment::Moment;
pub use replay::replay;
pub use roles::{RoleHeld, roles_held};
pub use state::{AdoptionStands, EvaluationStands, State, spaced};
pub use tables::policy_text;
