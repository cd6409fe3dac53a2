//! Views: read models in local SQLite files, folded from the journal, always disposable.
//!
//! A view's position stands in its own file and moves in the same transaction as its rows. One that is missing, of another
//! version, or of another journal is built anew beside the old one and swapped in when it has caught up.

mod derived;
mod file;
mod handle;
mod live;
mod page;
#[cfg_attr(not(debug_assertions), path = "no_plans.rs")]
mod plans;
mod progress;
mod runner;

pub use derived::Derived;
pub(crate) use file::bound_sqlite;
pub use handle::ViewHandle;
pub use live::View;
pub use page::Page;
pub use progress::BuildProgress;
pub(crate) use progress::Builds;
