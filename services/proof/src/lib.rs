//! The form of an entry and the proof that a journal holds it. Pure: no clock, no I/O.

pub mod line;
pub mod tree;
