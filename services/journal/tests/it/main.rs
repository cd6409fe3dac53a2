//! The journal's promises, held against every store.

mod conformance;
mod credentials;
mod flips;
mod postgres;
mod received;
mod samples;
mod sqlite;
