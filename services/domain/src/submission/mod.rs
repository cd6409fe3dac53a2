//! Ideas, calls, the register of references, what came by private links, and what was disclosed.

pub mod call;
pub mod disclosure;
pub mod idea;
pub mod quota;
pub mod register;

pub use call::{CallEvent, Calls};
pub use disclosure::{DisclosureEvent, Disclosures};
pub use idea::{IdeaEvent, Ideas};
pub use quota::{QuotaEvent, Quotas};
pub use register::{RegisterEvent, Registers};
