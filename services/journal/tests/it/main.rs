//! The journal's promises, held against every store.

mod conformance;
mod credentials;
mod flips;
mod postgres;
mod samples;
mod sqlite;
