//! Servers that tests start for themselves and take away again. Knows nothing of the rooms that are tested.

mod postgres;

pub use postgres::{Database, Postgres};
