//! The journal in one SQLite file.
//!
//! One thread with one connection writes ([`writer`]); what waits goes into one transaction, and nobody is answered
//! before its commit has returned. WAL with `synchronous=FULL`: a commit that has returned has been synced. Readers
//! have connections of their own and see only what is committed.

mod checkpoint;
mod compact_range;
mod credentials;
mod error;
mod handle;
mod log;
mod migrate;
mod open;
mod options;
mod readers;
mod rows;
mod sealed;
mod source_checkpoints;
mod sql;
mod state;
mod table;
mod verify;
mod work;
mod writer;

pub use handle::SqliteStore;
pub use options::SqliteOptions;
