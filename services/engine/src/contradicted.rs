//! The sources that are stopped, since their log speaks against what came in their name or against what they have signed.

use crate::Engine;
use crate::signed::SignedJournal;
use idesluss_runtime::report_refusal;
use std::collections::BTreeMap;
use tokio::sync::watch;

/// What is reported.
const CONTRADICTED: &str = "contradicted_source";

/// What stops a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// Its log does not hold what came in its name and stands here at this position.
    Received(u64),
    /// Its log does not extend this one, which it has signed.
    Signed(SignedJournal),
}

impl Contradiction {
    fn told_of(self, source: &str) -> String {
        match self {
            Self::Received(position) => format!(
                "the log of {source} does not hold what came in its name and stands here at {position}; from there on nothing of it is covered: its database was restored from a backup, or somebody else has written it"
            ),
            Self::Signed(signed) => format!(
                "the log of {source} is not the one of which it has signed {} entries: its database was restored from a backup, or somebody has changed it",
                signed.size
            ),
        }
    }

    pub(crate) fn is_received(self) -> bool {
        matches!(self, Self::Received(_))
    }

    /// Whether it goes on when this one is found as well: less that is signed does not take the place of more.
    fn outweighs(self, other: Self) -> bool {
        matches!((self, other), (Self::Signed(more), Self::Signed(less)) if less.is_before(more))
    }

    /// What it has signed that its log speaks against; None: that is not what stops it.
    pub(crate) fn signed(self) -> Option<SignedJournal> {
        match self {
            Self::Signed(signed) => Some(signed),
            Self::Received(_) => None,
        }
    }
}

/// All that are stopped.
#[derive(Default)]
pub(crate) struct Stopped(watch::Sender<BTreeMap<String, Contradiction>>);

impl Stopped {
    /// What stops a source; None: nothing.
    pub(crate) fn why(&self, source: &str) -> Option<Contradiction> {
        self.0.borrow().get(source).copied()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<BTreeMap<String, Contradiction>> {
        self.0.subscribe()
    }

    /// Stops a source. It is reported once, however long it lasts and whatever else is found meanwhile.
    pub(crate) fn stop(&self, source: &str, why: Contradiction) {
        let newly = self.0.send_if_modified(|all| match all.get_mut(source) {
            None => all.insert(source.to_owned(), why).is_none(),
            Some(known) => {
                if !known.outweighs(why) {
                    *known = why;
                }
                false
            }
        });
        if newly {
            report_refusal(CONTRADICTED);
            tracing::error!(source, ?why, "{}", why.told_of(source));
        }
    }

    /// Lets a source go on, if it is stopped by what `by` says.
    pub(crate) fn go_on(&self, source: &str, by: impl Fn(Contradiction) -> bool) {
        self.0.send_if_modified(|all| match all.get(source) {
            Some(why) if by(*why) => all.remove(source).is_some(),
            _ => false,
        });
    }
}

impl Engine {
    /// Why nothing more is taken in of a source; None: nothing that came in its name, and nothing that it has signed, stands otherwise in its log.
    pub fn contradicted(&self, source: &str) -> Option<String> {
        Some(self.0.stopped.why(source)?.told_of(source))
    }

    /// Why sources are stopped, and a wake-up at every change.
    pub(crate) fn contradictions(&self) -> (watch::Receiver<BTreeMap<String, Contradiction>>, Vec<String>) {
        let mut changes = self.0.stopped.subscribe();
        let stopped = changes.borrow_and_update().clone();
        let why = stopped.iter().map(|(source, why)| why.told_of(source));
        (changes, why.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_that_is_signed_does_not_take_the_place_of_more() {
        let signed = |size| {
            let (epoch, root) = (1, [7; 32]);
            Contradiction::Signed(SignedJournal { epoch, size, root })
        };
        let stopped = Stopped::default();
        for (found, holds) in [
            (Contradiction::Received(3), Contradiction::Received(3)),
            (signed(11), signed(11)),
            (signed(10), signed(11)),
            (signed(12), signed(12)),
        ] {
            stopped.stop("a source", found);
            assert_eq!(stopped.why("a source"), Some(holds));
        }
        stopped.go_on("a source", Contradiction::is_received);
        assert_eq!(stopped.why("a source"), Some(signed(12)));
        stopped.go_on("a source", |_| true);
        assert_eq!(stopped.why("a source"), None);
    }
}
