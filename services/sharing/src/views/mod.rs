//! The read model of sharing: ids, states, numbers and dates.

mod ask;
mod catalogue;

pub(crate) use ask::{
    AdoptionRow, BenefitRow, Benefits, Filter, SolutionRow, adoptions_of, adoptions_of_solutions, benefits, catalogue,
    of_solution, solutions,
};
pub use catalogue::CatalogueView;
