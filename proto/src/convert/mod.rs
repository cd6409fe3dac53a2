//! Larger things of the domain as the contract writes them, and back. Single words are generated, see the option `words` of the contract's enums.

mod evaluation;
mod identity;
mod sharing;
mod submission;

pub use identity::write_organisation;
