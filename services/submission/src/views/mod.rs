//! The read models of submission: ids, states, dates and digests, no text.

mod ask;
mod ideas;

pub(crate) use ask::{
    CallRow, Filter, IdeaRow, ProposalRow, by_ids, by_reference, calls, counts, due, in_conflict, inbox, mine,
    proposals,
};
pub use ideas::IdeasView;
