//! The append-only log of a service: its only truth.
//!
//! [`Store`] is what the rest of the house sees. SQLite is behind it now; every store passes the same
//! conformance suite.

mod bare;
mod check;
mod cursors;
pub mod door;
mod error;
mod number;
pub mod sqlite;
mod store;
mod sum;
mod types;
mod write;

pub use error::{AppendError, StoreError};
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{Cursors, Log, SealedTable, Store};
pub use types::{
    Append, Appended, CommandKey, Entry, Head, KeyRow, Lease, Orphan, Outcome, Parked, Quarantined, ReceiveReport,
    Received, SourceState, StagedFile, StreamAppend, StreamEntries, TextRow,
};
