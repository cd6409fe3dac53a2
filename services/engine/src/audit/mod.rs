//! What auditors ask every service of its own things: a view of how they changed, and the rpcs over it.
//!
//! One view and one server for all three services: what an auditor is told must not depend on which service tells it.

mod ask;
mod changes;
mod serve;
mod stretches;

pub use changes::ChangesView;
pub use serve::{Audit, audit_rpcs};
