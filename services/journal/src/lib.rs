//! The append-only log of a service: its only truth.
//!
//! [`Store`] is what the rest of the house sees. SQLite is behind it now; every store passes the same
//! conformance suite.

pub mod door;
mod error;
mod relays;
pub mod sqlite;
mod store;
mod types;

pub use error::{AppendError, StoreError};
pub use relays::{Relayed, Relays};
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{Cursors, Log, SealedTable, Store};
pub use types::{
    Append, Appended, CommandKey, Entry, Head, KeyRow, Lease, Orphan, Outcome, Parked, Quarantined, ReceiveReport,
    Received, SourceState, StagedFile, StreamAppend, StreamEntries, TextRow,
};
