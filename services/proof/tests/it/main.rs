//! The tree against known answers and two other implementations; notes, checkpoints and policies against known answers and whatever
//! somebody may send.

mod hostile;
mod key;
mod made;
mod note;
mod policy;
mod published;
mod tree;
mod witness;
