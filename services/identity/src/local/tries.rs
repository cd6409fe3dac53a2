//! How often somebody may try a password, so that nobody guesses one and nobody shuts others out by trying.
//!
//! Wrong tries are counted by what somebody calls themselves and by browser: one that has signed in before as this person has a counter of its own, and all
//! others share one. So whoever tries from elsewhere makes strangers wait, never the browsers of whoever it is, and no passkey and no link. A name that is
//! nobody's is counted like any other, and forgotten like any other: nobody learns from it whose name is known.
//!
//! The counters are in memory: after a restart everybody has the first tries again.

use crate::kept::Key;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

const SECOND: i64 = 1_000_000;

/// So many wrong tries cost no time.
pub(crate) const FREE: u32 = 5;
/// After the last of them the next has to wait for so long, in microseconds; twice as long after each one more, up to the longest.
pub(crate) const FIRST_DELAY: i64 = SECOND;
/// The longest: a quarter of an hour. So at most a hundred passwords of somebody are tried a day.
pub(crate) const LONGEST_DELAY: i64 = 15 * 60 * SECOND;
/// A day after the last wrong try they are forgotten.
pub(crate) const FORGOTTEN: i64 = 24 * 60 * 60 * SECOND;
/// So many counters there are at most; those that were used longest ago go first, whether anybody has an account by the name or not. To drive one out
/// takes so many tries under other names, which are worked out one after the other: an hour and more.
const MOST: NonZeroUsize = NonZeroUsize::new(100_000).expect("more than none");

/// What is tried, as a fingerprint, and by which browser if it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Trier {
    /// What somebody calls themselves, or what else is tried of whom.
    pub(crate) what: Key,
    /// None: any that is not known.
    pub(crate) browser: Option<[u8; 16]>,
}

/// It is too early for another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooEarly {
    /// In so many seconds.
    pub(crate) seconds: u64,
}

/// A try that was counted.
#[derive(Debug)]
pub(crate) struct Counted {
    who: Trier,
    now: Counter,
    before: Option<Counter>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counter {
    wrong: u32,
    last: i64,
}

impl Counter {
    fn free_from(self) -> i64 {
        let Some(more) = self.wrong.checked_sub(FREE) else {
            return self.last;
        };
        let delay = FIRST_DELAY.checked_shl(more.min(40)).unwrap_or(LONGEST_DELAY);
        self.last.saturating_add(delay.min(LONGEST_DELAY))
    }
}

/// All counters.
#[derive(Debug)]
pub(crate) struct Tries(Mutex<LruCache<Trier, Counter>>);

impl Default for Tries {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Tries {
    fn counters(&self) -> MutexGuard<'_, LruCache<Trier, Counter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a try as a wrong one, before it is looked at: so those that come at once are counted too. Errors: it is too early for one.
    pub(crate) fn begin(&self, who: Trier, now: i64) -> Result<Counted, TooEarly> {
        let mut counters = self.counters();
        let before = counters.get(&who).copied();
        let before = before.filter(|counter| counter.last.saturating_add(FORGOTTEN) > now);
        let wait = before.map_or(0, |counter| counter.free_from().saturating_sub(now));
        if wait > 0 {
            return Err(TooEarly {
                // Whole seconds, rounded up.
                seconds: u64::try_from((wait + SECOND - 1) / SECOND).unwrap_or(1),
            });
        }
        let counted = Counter {
            wrong: before.map_or(0, |counter| counter.wrong).saturating_add(1),
            last: now,
        };
        counters.put(who, counted);
        Ok(Counted {
            who,
            now: counted,
            before,
        })
    }

    /// The try was not looked at after all.
    pub(crate) fn take_back(&self, counted: &Counted) {
        let mut counters = self.counters();
        match (counters.get_mut(&counted.who), counted.before) {
            (Some(counter), Some(before)) if *counter == counted.now => *counter = before,
            (Some(counter), None) if *counter == counted.now => {
                counters.pop(&counted.who);
            }
            // Others have been counted since.
            (Some(counter), _) => counter.wrong = counter.wrong.saturating_sub(1),
            (None, _) => {}
        }
    }

    /// The try was right: it and the wrong ones before it count no more.
    pub(crate) fn right(&self, counted: &Counted) {
        self.counters().pop(&counted.who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * SECOND;
    const MARIA: Trier = Trier {
        what: [1; 32],
        browser: None,
    };

    fn seconds(tries: &Tries, who: Trier, now: i64) -> u64 {
        tries.begin(who, now).map_or_else(|early| early.seconds, |_| 0)
    }

    #[test]
    fn after_five_wrong_tries_each_waits_twice_as_long_as_the_one_before_up_to_a_quarter_of_an_hour() {
        let tries = Tries::default();
        for _ in 0..FREE {
            assert_eq!(seconds(&tries, MARIA, 0), 0);
        }
        let (mut now, mut waited) = (0, Vec::new());
        for _ in 0..12 {
            let wait = seconds(&tries, MARIA, now);
            waited.push(wait);
            now += i64::try_from(wait).expect("short") * SECOND;
            assert_eq!(seconds(&tries, MARIA, now - 1), 1, "not a moment before");
            assert_eq!(seconds(&tries, MARIA, now), 0);
        }
        assert_eq!(waited, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        // Whoever goes on all day tries no more than a hundred.
        let mut tried = 0;
        for minute in 0..24 * 60 {
            tried += u32::from(seconds(&tries, MARIA, now + minute * MINUTE) == 0);
        }
        assert!((90..=100).contains(&tried), "{tried}");
        // A day later they are forgotten.
        assert_eq!(seconds(&tries, MARIA, now + 3 * FORGOTTEN), 0);
        assert_eq!(seconds(&tries, MARIA, now + 3 * FORGOTTEN), 0);
    }

    #[test]
    fn strangers_make_strangers_wait_and_not_the_browser_that_is_known() {
        let tries = Tries::default();
        for _ in 0..FREE {
            assert_eq!(seconds(&tries, MARIA, 0), 0);
        }
        assert_eq!(seconds(&tries, MARIA, 0), 1);
        let own = Trier {
            browser: Some([7; 16]),
            ..MARIA
        };
        for _ in 1..FREE {
            assert_eq!(seconds(&tries, own, 0), 0, "her own browser");
        }
        let last = tries.begin(own, 0).expect("her own browser");
        assert_eq!(seconds(&tries, own, 0), 1, "has a counter of its own");
        let other = Trier {
            what: [2; 32],
            browser: None,
        };
        assert_eq!(seconds(&tries, other, 0), 0, "and so has everybody else");
        tries.right(&last);
        assert_eq!(seconds(&tries, own, 0), 0);
        assert_eq!(seconds(&tries, MARIA, 0), 1);
    }

    #[test]
    fn counters_are_bounded_and_none_is_driven_out_by_fewer_than_there_are() {
        let tries = Tries::default();
        for _ in 0..FREE {
            assert_eq!(seconds(&tries, MARIA, 0), 0);
        }
        for number in 0..MOST.get() as u64 {
            let mut what = [0; 32];
            what[..8].copy_from_slice(&number.to_le_bytes());
            what[31] = 9;
            assert_eq!(seconds(&tries, Trier { what, browser: None }, 0), 0);
            if number + 2 == MOST.get() as u64 {
                assert_eq!(tries.counters().peek(&MARIA).map(|counter| counter.wrong), Some(FREE));
            }
        }
        assert_eq!(tries.counters().len(), MOST.get());
        assert_eq!(tries.counters().peek(&MARIA), None);
    }

    #[test]
    fn a_try_that_was_not_looked_at_does_not_count() {
        let tries = Tries::default();
        for _ in 0..3 * FREE {
            let counted = tries.begin(MARIA, 0).expect("not counted");
            tries.take_back(&counted);
        }
        assert_eq!(tries.counters().len(), 0);
        for _ in 0..FREE {
            assert_eq!(seconds(&tries, MARIA, 0), 0);
        }
        let counted = tries.begin(MARIA, SECOND).expect("a second later");
        tries.take_back(&counted);
        assert_eq!(seconds(&tries, MARIA, SECOND), 0, "nor does the next wait for it");
    }
}
