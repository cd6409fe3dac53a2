//! The loop of a service: commands in, events out; views, reactions, timers and followers running on what was written.
//!
//! A service builds one [`Engine`] over its store and vault, and says what its views and reactions are. The engine
//! knows no aggregate: rules come as `decide` closures over [`Loaded`] streams.

mod audit;
mod course;
mod desk;
mod engine;
mod epoch;
mod error;
mod execute;
pub mod figures;
mod halts;
mod in_turn;
mod loaded;
mod recorded;
mod run;
mod serve;
mod views;
mod wait;

pub use audit::{ChangesView, audit_server};
pub use course::Course;
pub use desk::{Asker, Desk, Form, Texts, Work, wrong_role};
pub use engine::{Engine, SignedCheckpoint};
pub use error::{ExecuteError, QueryError, ViewError};
pub use execute::{Call, Decided};
pub use halts::{CHECKING, Halted};
pub use in_turn::InTurn;
pub use loaded::Loaded;
pub use recorded::{Meta, Recorded};
pub use run::{Reaction, ReactionError, Timer, reaction_span};
pub use serve::journal_server;
pub use views::{View, ViewHandle};
