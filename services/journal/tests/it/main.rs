//! The journal's promises, held against every store.

mod conformance;
mod flips;
mod postgres;
mod samples;
mod sqlite;
