//! The journal's promises, held against every store.

mod conformance;
mod samples;
mod sqlite;
