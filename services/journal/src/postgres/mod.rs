//! The journal in a PostgreSQL database of its own.
//!
//! Many replicas open one database. One of them holds the writer's lease: a task of it with one connection outside the
//! pool gathers what waits, decides in memory against what it knows by heart, and writes a batch in one statement that
//! commits by itself ([`writer`]). The statement moves the head's one row only under the lease's number and from where
//! the writer believes it to be, so nothing is ever written beside another writer. The others follow the head.

mod address;
mod batch;
mod cast;
mod commit;
mod credentials;
mod erase;
mod error;
mod files;
mod follow;
mod handle;
mod hold;
mod lease;
mod log;
mod migrate;
mod options;
#[cfg(test)]
mod plans;
mod prefetch;
mod relays;
mod rows;
mod scan;
mod session;
mod shared;
mod source_checkpoints;
mod sql;
mod state;
mod table;
mod tiles;
mod tiles_check;
mod transact;
mod verify;
mod work;
mod writer;

pub use address::{AddressError, DatabaseAddress};
pub use handle::PostgresStore;
pub use options::PostgresOptions;
