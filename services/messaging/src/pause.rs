//! How long to wait before trying again.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

/// A pause that doubles up to a limit.
#[derive(Debug)]
pub(crate) struct Pause {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Pause {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            next: first,
        }
    }

    /// How long to wait now; the next time it is twice as long.
    pub(crate) fn next(&mut self) -> Duration {
        let now = self.next;
        self.next = (now * 2).min(self.longest);
        spread(now)
    }

    /// Something went well: begins with the first pause again.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }
}

/// The same and up to half as much again, by chance, so that many do not come at the same moment.
pub(crate) fn spread(pause: Duration) -> Duration {
    // Every RandomState has keys of its own.
    let chance = RandomState::new().build_hasher().finish() % 512;
    pause + pause * u32::try_from(chance).unwrap_or(0) / 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_up_to_its_limit_and_begins_again() {
        let mut pause = Pause::new(Duration::from_millis(100), Duration::from_millis(350));
        for least in [100, 200, 350, 350] {
            let (least, now) = (Duration::from_millis(least), pause.next());
            assert!(now >= least && now <= least * 3 / 2, "{now:?}");
        }
        pause.reset();
        assert!(pause.next() <= Duration::from_millis(150));
    }
}
