//! Solutions, and how other organisations take them into use.

pub mod adoption;
pub mod solution;

pub use adoption::{AdoptionEvent, Adoptions};
pub use solution::{SolutionEvent, Solutions};
