//! How often somebody may try a password, so that nobody guesses one and nobody shuts others out by trying.
//!
//! Wrong tries are counted by what somebody calls themselves and by browser: one that has signed in before as this person has a counter of its own, and all
//! others share one. So whoever tries from elsewhere makes strangers wait, never the browsers of whoever it is, and no passkey and no link. A name that is
//! nobody's is counted like any other: nobody learns from it whose name is known.
//!
//! The counters are in memory: after a restart everybody has the first tries again.

use crate::kept::Key;
use lru::LruCache;
use std::collections::HashMap;
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
/// So many names that are nobody's are remembered; those that were tried longest ago go first.
const MOST_NOBODYS: NonZeroUsize = NonZeroUsize::new(50_000).expect("more than none");

/// Who tries: what they call themselves, as a fingerprint, and the browser if it is known; None: any that is not.
pub(crate) type Trier = (Key, Option<[u8; 16]>);

/// It is too early for another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooEarly {
    /// In so many seconds.
    pub(crate) seconds: u64,
}

#[derive(Debug, Clone, Copy)]
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
pub(crate) struct Tries(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    /// Of those who have an account: whoever tries names at random drives none of them out.
    known: HashMap<Trier, Counter>,
    nobodys: LruCache<Trier, Counter>,
}

impl Default for Tries {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            known: HashMap::new(),
            nobodys: LruCache::new(MOST_NOBODYS),
        }))
    }
}

impl Tries {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a try as a wrong one, before it is looked at: so those that come at once are counted too. Errors: it is too early for one.
    pub(crate) fn begin(&self, who: Trier, has_account: bool, now: i64) -> Result<(), TooEarly> {
        let mut inner = self.inner();
        let before = match has_account {
            true => inner.known.get(&who).copied(),
            false => inner.nobodys.get(&who).copied(),
        };
        let before = before.filter(|counter| counter.last.saturating_add(FORGOTTEN) > now);
        let counter = before.unwrap_or(Counter { wrong: 0, last: now });
        let wait = counter.free_from().saturating_sub(now);
        if before.is_some() && wait > 0 {
            // Whole seconds, rounded up.
            let seconds = u64::try_from((wait + SECOND - 1) / SECOND).unwrap_or(1);
            return Err(TooEarly { seconds });
        }
        let counted = Counter {
            wrong: counter.wrong.saturating_add(1),
            last: now,
        };
        if has_account {
            inner
                .known
                .retain(|_, counter| counter.last.saturating_add(FORGOTTEN) > now);
            inner.known.insert(who, counted);
        } else {
            inner.nobodys.put(who, counted);
        }
        Ok(())
    }

    /// The try was not looked at after all.
    pub(crate) fn take_back(&self, who: &Trier) {
        let mut inner = self.inner();
        let counter = match inner.known.get_mut(who) {
            Some(counter) => Some(counter),
            None => inner.nobodys.get_mut(who),
        };
        if let Some(counter) = counter {
            counter.wrong = counter.wrong.saturating_sub(1);
        }
    }

    /// The last try was right: the wrong ones before it count no more.
    pub(crate) fn right(&self, who: &Trier) {
        self.inner().known.remove(who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARIA: Key = [1; 32];
    const MINUTE: i64 = 60 * SECOND;

    fn seconds(tries: &Tries, who: Trier, now: i64) -> u64 {
        tries.begin(who, true, now).map_or_else(|early| early.seconds, |()| 0)
    }

    #[test]
    fn after_five_wrong_tries_each_waits_twice_as_long_as_the_one_before_up_to_a_quarter_of_an_hour() {
        let tries = Tries::default();
        let who = (MARIA, None);
        for _ in 0..FREE {
            assert_eq!(seconds(&tries, who, 0), 0);
        }
        let (mut now, mut waited) = (0, Vec::new());
        for _ in 0..12 {
            let wait = seconds(&tries, who, now);
            waited.push(wait);
            now += i64::try_from(wait).expect("short") * SECOND;
            assert_eq!(seconds(&tries, who, now - 1), 1, "not a moment before");
            assert_eq!(seconds(&tries, who, now), 0);
        }
        assert_eq!(waited, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        // Whoever goes on all day tries no more than a hundred.
        let mut tried = 0;
        for minute in 0..24 * 60 {
            tried += u32::from(seconds(&tries, who, now + minute * MINUTE) == 0);
        }
        assert!((90..=100).contains(&tried), "{tried}");
        // A day later they are forgotten.
        assert_eq!(seconds(&tries, who, now + 3 * FORGOTTEN), 0);
        assert_eq!(seconds(&tries, who, now + 3 * FORGOTTEN), 0);
    }

    #[test]
    fn strangers_make_strangers_wait_and_not_the_browser_that_is_known() {
        let tries = Tries::default();
        for _ in 0..FREE {
            assert_eq!(seconds(&tries, (MARIA, None), 0), 0);
        }
        assert_eq!(seconds(&tries, (MARIA, None), 0), 1);
        let own = (MARIA, Some([7; 16]));
        for _ in 0..FREE {
            assert_eq!(seconds(&tries, own, 0), 0, "her own browser");
        }
        assert_eq!(seconds(&tries, own, 0), 1, "has a counter of its own");
        assert_eq!(seconds(&tries, ([2; 32], None), 0), 0, "and so has everybody else");
        tries.right(&own);
        assert_eq!(seconds(&tries, own, 0), 0);
        assert_eq!(seconds(&tries, (MARIA, None), 0), 1);
    }

    #[test]
    fn a_name_that_is_nobodys_waits_as_long_and_drives_out_nobody_who_is_known() {
        let tries = Tries::default();
        for _ in 0..FREE {
            assert_eq!(seconds(&tries, (MARIA, None), 0), 0);
            assert_eq!(tries.begin(([9; 32], None), false, 0), Ok(()));
        }
        assert_eq!(tries.begin(([9; 32], None), false, 0), Err(TooEarly { seconds: 1 }));
        for number in 0..60_000_u64 {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&number.to_le_bytes());
            assert_eq!(tries.begin((name, None), false, 0), Ok(()));
        }
        assert_eq!(tries.begin((MARIA, None), true, 0), Err(TooEarly { seconds: 1 }));
    }

    #[test]
    fn a_try_that_was_not_looked_at_does_not_count() {
        let tries = Tries::default();
        for _ in 0..3 * FREE {
            assert_eq!(seconds(&tries, (MARIA, None), 0), 0);
            tries.take_back(&(MARIA, None));
        }
    }
}
