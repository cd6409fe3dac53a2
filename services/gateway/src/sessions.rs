//! Who sits at which browser. In memory: a restart asks again.

use idesluss_domain::words::{OrganisationId, PersonId, Role};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After so long without a request a session ends.
const IDLE: Duration = Duration::from_secs(8 * 3_600);
/// After so long it ends whatever was done in it: a working day.
const LONGEST: Duration = Duration::from_secs(12 * 3_600);
/// The most sessions at a time; the one that was idle longest makes room.
const MOST: usize = 10_000;

/// Somebody at a browser.
#[derive(Debug, Clone)]
pub(crate) struct SessionRecord {
    /// What forms must send back.
    pub(crate) csrf: String,
    /// Whom the person acts as; None: not chosen yet.
    pub(crate) acting_as: Option<ActingAs>,
}

/// Who acts, for which organisation, in which role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActingAs {
    pub(crate) person: PersonId,
    pub(crate) organisation: OrganisationId,
    pub(crate) role: Role,
}

#[derive(Debug)]
struct Stored {
    session: SessionRecord,
    begun: Instant,
    used: Instant,
}

impl Stored {
    fn has_ended(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.used) >= IDLE || now.saturating_duration_since(self.begun) >= LONGEST
    }
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Stored>>);

/// 32 random bytes as hexadecimal digits. None: the machine has no randomness.
pub(crate) fn secret() -> Option<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex::encode(bytes))
}

impl Sessions {
    fn stored(&self) -> std::sync::MutexGuard<'_, HashMap<String, Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session; returns its id.
    pub(crate) fn begin(&self) -> Option<String> {
        let now = Instant::now();
        self.begin_at(now, now, None)
    }

    /// Ends a session and begins another in its place, in which somebody acts so: whoever knew the old id knows nothing, and the day goes on
    /// counting. Returns the new id.
    pub(crate) fn renew(&self, id: &str, acting_as: Option<ActingAs>) -> Option<String> {
        self.renew_at(Instant::now(), id, acting_as)
    }

    fn renew_at(&self, now: Instant, id: &str, acting_as: Option<ActingAs>) -> Option<String> {
        let ended = self.stored().remove(id).filter(|stored| !stored.has_ended(now))?;
        self.begin_at(now, ended.begun, acting_as)
    }

    /// Begins one at `now`, in a day that has begun at `begun`.
    fn begin_at(&self, now: Instant, begun: Instant, acting_as: Option<ActingAs>) -> Option<String> {
        let (id, csrf) = (secret()?, secret()?);
        let mut stored = self.stored();
        stored.retain(|_, stored| !stored.has_ended(now));
        if stored.len() >= MOST {
            let oldest = stored
                .iter()
                .min_by_key(|(_, stored)| stored.used)
                .map(|(id, _)| id.clone());
            oldest.map(|oldest| stored.remove(&oldest));
        }
        let session = SessionRecord { csrf, acting_as };
        let used = now;
        stored.insert(id.clone(), Stored { session, begun, used });
        Some(id)
    }

    /// The session with this id, if it has not ended.
    pub(crate) fn find(&self, id: &str) -> Option<SessionRecord> {
        self.find_at(Instant::now(), id)
    }

    fn find_at(&self, now: Instant, id: &str) -> Option<SessionRecord> {
        let mut stored = self.stored();
        let found = stored.get_mut(id).filter(|stored| !stored.has_ended(now))?;
        found.used = now;
        Some(found.session.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_renewed_with_everything_that_is_known_of_it_and_the_old_one_is_worth_nothing() {
        let sessions = Sessions::default();
        let old = sessions.begin().expect("random");
        let before = sessions.find(&old).expect("it has begun");
        let new = sessions.renew(&old, None).expect("it goes on");
        assert!(sessions.find(&old).is_none());
        assert_ne!(sessions.find(&new).expect("the new one").csrf, before.csrf);
        assert!(sessions.renew(&old, None).is_none());
    }

    #[test]
    fn a_session_ends_with_the_working_day_however_often_it_is_renewed_or_used() {
        let sessions = Sessions::default();
        let morning = Instant::now();
        let mut id = sessions.begin_at(morning, morning, None).expect("random");
        let hour = Duration::from_secs(3_600);
        for hours in 1..12 {
            let now = morning + hour * hours;
            assert!(sessions.find_at(now, &id).is_some(), "{hours}");
            id = sessions.renew_at(now, &id, None).expect("it goes on");
        }
        let evening = morning + LONGEST;
        assert!(sessions.find_at(evening, &id).is_none());
        assert!(sessions.renew_at(evening, &id, None).is_none());
    }

    #[test]
    fn a_session_that_nobody_uses_ends_after_eight_hours() {
        let sessions = Sessions::default();
        let begun = Instant::now();
        let id = sessions.begin_at(begun, begun, None).expect("random");
        let before = begun + IDLE - Duration::from_secs(1);
        assert!(sessions.find_at(before, &id).is_some());
        assert!(sessions.find_at(before + IDLE, &id).is_none());
    }
}
