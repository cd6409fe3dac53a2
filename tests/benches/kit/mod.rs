//! What is done to a journal, whatever store it lies in.

pub(crate) mod ideas;
pub(crate) mod load;
pub(crate) mod sync;
