//! Own commands that answer what happened in submission. A repeat does nothing.

mod erasure;
mod ideas;

pub(crate) use erasure::Erase;
pub(crate) use ideas::FollowIdeas;
