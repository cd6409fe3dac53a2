//! The tree against known answers, published probes and two other implementations; notes, checkpoints and policies against known
//! answers and whatever somebody may send.

mod hostile;
mod key;
mod line;
mod made;
mod note;
mod policy;
mod probes;
mod published;
mod tree;
mod witness;
