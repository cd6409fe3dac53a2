//! Who sits at which browser. In memory: a restart asks again.

use idesluss_domain::words::{OrganisationId, PersonId, Role};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// After so long without a request a session ends.
const IDLE: Duration = Duration::from_secs(8 * 3_600);
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
    used: Instant,
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
        let (id, csrf) = (secret()?, secret()?);
        let mut stored = self.stored();
        stored.retain(|_, stored| stored.used.elapsed() < IDLE);
        if stored.len() >= MOST {
            let oldest = stored
                .iter()
                .min_by_key(|(_, stored)| stored.used)
                .map(|(id, _)| id.clone());
            oldest.map(|oldest| stored.remove(&oldest));
        }
        let session = SessionRecord { csrf, acting_as: None };
        let used = Instant::now();
        stored.insert(id.clone(), Stored { session, used });
        Some(id)
    }

    /// The session with this id, if it has not ended.
    pub(crate) fn find(&self, id: &str) -> Option<SessionRecord> {
        let mut stored = self.stored();
        let found = stored.get_mut(id).filter(|stored| stored.used.elapsed() < IDLE)?;
        found.used = Instant::now();
        Some(found.session.clone())
    }

    /// Changes whom somebody acts as.
    pub(crate) fn act_as(&self, id: &str, acting_as: Option<ActingAs>) {
        if let Some(stored) = self.stored().get_mut(id) {
            stored.session.acting_as = acting_as;
        }
    }
}
