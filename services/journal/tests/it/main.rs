//! The journal's promises, held against every store.

mod conformance;
mod postgres;
mod samples;
mod sqlite;
