//! What a page's response says that its reader may do now: forms are drawn from that and from nothing else.

use idesluss_domain::rights::{Rule, Ruled};

/// The names of what may be done.
#[derive(Clone, Copy)]
pub(crate) struct Offered<'a>(pub(crate) &'a [String]);

impl Offered<'_> {
    /// Whether this may be done now.
    pub(crate) fn has<T: Ruled>(self, rule: &Rule<T>) -> bool {
        self.0.iter().any(|action| action == rule.action)
    }
}
