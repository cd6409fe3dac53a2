//! The loop of a service: commands in, events out; views, reactions, timers and followers running on what was written.
//!
//! A service builds one [`Engine`] over its store and vault, and says what its views and reactions are. The engine
//! knows no aggregate by name: rules come as an [`idesluss_domain::Aggregate`], or as a `decide` closure over [`Loaded`] streams.

mod asserted;
mod audit;
mod cached_state;
mod contradicted;
mod covered;
mod engine;
mod epoch;
mod error;
mod execute;
mod grants;
mod kept;
mod loaded;
mod loss;
pub mod metric_names;
mod news;
mod pipeline;
mod policy;
mod readiness;
mod recorded;
mod remembered;
mod request;
mod rpcs;
mod run;
mod sealed;
mod serve;
mod service;
mod signed;
mod source_log;
mod views;
mod wait;
mod wakes;
mod write_blocks;

pub use audit::{Audit, ChangesView, audit_rpcs};
pub use cached_state::CachedState;
pub use engine::{Engine, SignedCheckpoint};
pub use epoch::suspends_roles;
pub use error::{ExecuteError, QueryError, ViewError};
pub use execute::{Call, Decided};
pub use loaded::Loaded;
pub use loss::ReadOwn;
pub use news::News;
pub use pipeline::PipelinedAppend;
pub use recorded::{Meta, Recorded};
pub use request::{Asker, CommandContext, MAX_ANSWER, PendingCommand, Texts, forbidden, in_messages, rejected};
pub use rpcs::{Acted, Acts, Check, Handles, MemberCall, Parts, Rpcs, Unanswered};
pub use run::{Reaction, ReactionError, Timer, UNKNOWN_TYPE, reaction_span, received};
pub use sealed::members_in;
pub use serve::journal_server;
pub use service::{Builder, Dependencies, Running, Service, StartError};
pub use signed::SignedJournal;
pub use views::{BuildProgress, Derived, Page, View, ViewHandle};
pub use write_blocks::{BlockedBy, CHECKING};
