//! The append-only log of a service: its only truth.
//!
//! [`Store`] is what the rest of the instance sees. Behind it is SQLite or PostgreSQL; both pass the same conformance
//! suite. PostgreSQL comes with the feature `postgres`: a program on SQLite alone builds no client of a database server.

mod bare;
mod check;
mod cursors;
mod error;
pub mod limits;
pub mod metric_names;
mod nodes;
mod number;
#[cfg(feature = "postgres")]
pub mod postgres;
mod received;
pub mod sqlite;
mod store;
mod stream_key;
mod sum;
mod tail;
mod types;
mod write;

pub use error::{AppendError, StoreError};
#[cfg(feature = "postgres")]
pub use postgres::{AddressError, DatabaseAddress, PostgresOptions, PostgresStore};
pub use received::{Announced, Received};
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{Credentials, Cursors, Log, Relays, SealedTable, SourceCheckpoints, Store, service_of};
pub use types::{
    Append, Appended, CommandKey, Credential, Entry, Head, KeyRow, Lease, Orphan, Outcome, Parked, Quarantined,
    ReceiveReport, Relayed, SourceState, StagedFile, StreamAppend, StreamEntries, Tally, TextRow, published_sources,
};
