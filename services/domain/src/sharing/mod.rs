//! Solutions and their adoptions.

pub mod adoption;
pub mod solution;

pub use adoption::AdoptionEvent;
pub use solution::SolutionEvent;
