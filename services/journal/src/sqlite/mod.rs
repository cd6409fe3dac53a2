//! The journal in one SQLite file.
//!
//! One thread with one connection writes ([`writer`]); what waits goes into one transaction, and nobody is answered
//! before its commit has returned. WAL with `synchronous=FULL`: a commit that has returned has been synced. Readers
//! have connections of their own and see only what is committed.

mod append;
mod batch;
mod checkpoint;
mod cursors;
mod edge;
mod fault;
mod handle;
mod log;
mod number;
mod open;
mod readers;
mod receive;
mod sealed;
mod sql;
mod state;
mod sum;
mod table;
mod verify;
mod work;
mod writer;

pub use handle::{SqliteOptions, SqliteStore};

use std::sync::Arc;

/// Tells the time in UTC microseconds.
pub(crate) type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;
