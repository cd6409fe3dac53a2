//! An idea, from its submission to its end. [`events`] is the stored form.

mod events;

pub use events::*;
