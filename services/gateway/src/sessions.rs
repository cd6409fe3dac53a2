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
pub(crate) struct Session {
    /// What forms must send back.
    pub(crate) csrf: String,
    /// Whom the person acts as; None: not chosen yet.
    pub(crate) part: Option<Part>,
}

/// Who acts, for which organisation, in which role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) person: PersonId,
    pub(crate) organisation: OrganisationId,
    pub(crate) role: Role,
}

#[derive(Debug)]
struct Kept {
    session: Session,
    used: Instant,
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Kept>>);

/// 32 random bytes as hexadecimal digits. None: the machine has no randomness.
pub(crate) fn secret() -> Option<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex::encode(bytes))
}

impl Sessions {
    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a session; returns its id.
    pub(crate) fn begin(&self) -> Option<String> {
        let (id, csrf) = (secret()?, secret()?);
        let mut kept = self.kept();
        kept.retain(|_, kept| kept.used.elapsed() < IDLE);
        if kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| id.clone());
            oldest.map(|oldest| kept.remove(&oldest));
        }
        let session = Session { csrf, part: None };
        let used = Instant::now();
        kept.insert(id.clone(), Kept { session, used });
        Some(id)
    }

    /// The session with this id, if it has not ended.
    pub(crate) fn find(&self, id: &str) -> Option<Session> {
        let mut kept = self.kept();
        let found = kept.get_mut(id).filter(|kept| kept.used.elapsed() < IDLE)?;
        found.used = Instant::now();
        Some(found.session.clone())
    }

    /// Changes whom somebody acts as.
    pub(crate) fn act_as(&self, id: &str, part: Option<Part>) {
        if let Some(kept) = self.kept().get_mut(id) {
            kept.session.part = part;
        }
    }
}
