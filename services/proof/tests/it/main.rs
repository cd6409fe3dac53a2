//! The tree against known answers and two other implementations; the line against every change of a byte.

mod notes;
mod tree;
