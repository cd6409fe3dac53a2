//! The form of an entry and the proof that a journal holds it: lines, the tree over them, and what was signed of it. Pure: no clock, no
//! I/O, no chance.

pub mod checkpoint;
pub mod entry_bundle;
mod head;
pub mod inclusion;
pub mod line;
pub mod note;
mod number;
pub mod policy;
pub mod tile_path;
pub mod tree;
pub mod witness;
