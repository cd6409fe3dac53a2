//! Evaluations at gates, criteria, and who may decide.

pub mod criteria;
pub mod delegation_order;
#[expect(clippy::module_inception, reason = "the aggregate has the name of its service")]
pub mod evaluation;
mod standard;

pub use criteria::CriteriaEvent;
pub use delegation_order::DelegationOrderEvent;
pub use evaluation::EvaluationEvent;
pub use standard::{standard_criteria, standard_set};
