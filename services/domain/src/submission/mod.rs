//! Ideas, calls and the register of references.

pub mod call;
pub mod idea;
pub mod register;

pub use call::{CallEvent, Calls};
pub use idea::{IdeaEvent, Ideas};
pub use register::{RegisterEvent, Registers};
