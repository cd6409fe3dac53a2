//! Ideas, calls, the register of references, and what was disclosed.

pub mod call;
pub mod disclosure;
pub mod idea;
pub mod register;

pub use call::{CallEvent, Calls};
pub use disclosure::{DisclosureEvent, Disclosures};
pub use idea::{IdeaEvent, Ideas};
pub use register::{RegisterEvent, Registers};
