//! The read models of evaluation: ids, states, dates and digests, no text.

mod ask;
mod evaluations;

pub(crate) use ask::{
    EvaluationRow, Filter, Load, ToAssessRow, ToDecideRow, counts, loads, of_idea, open_load, overview, to_assess,
    to_decide,
};
pub use evaluations::EvaluationsView;
