//! What runs beside the commands: reactions, timers, and following other journals.

mod act;
mod follow;
mod reactions;
mod timers;

pub use follow::received;
pub use reactions::{Reaction, ReactionError, UNKNOWN_TYPE, reaction_span};
pub use timers::Timer;
