//! Who sits at which browser. Identity knows; what it said of each is kept at hand here, and asked for anew after a restart.

use crate::voice::SignedIn;
use idesluss_runtime::Peer;
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many are kept at hand, and how many browsers may choose whom to be.
const MOST: usize = 10_000;

/// What a browser's cookie holds: 32 bytes that nobody else knows. Signed in, it is the session's secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    /// A new one. None: the machine has no randomness.
    pub(crate) fn new() -> Option<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Of a session that has begun.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// As it stands in the cookie.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// As it is put into the cookie.
    pub(crate) fn write(&self) -> String {
        hex::encode(self.0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What this browser's forms must send back. Nobody can work it out who does not know the secret, nor the secret from it.
    pub(crate) fn csrf(&self) -> String {
        hex::encode(self.hash(b"form"))
    }

    fn hash(&self, purpose: &[u8]) -> [u8; 32] {
        Sha256::new()
            .chain_update(purpose)
            .chain_update(self.0)
            .finalize()
            .into()
    }
}

/// All browsers that were heard of lately.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    known: HashMap<[u8; 32], Arc<SignedIn>>,
    /// Who has opened the one-time link, the oldest first.
    opened: VecDeque<[u8; 32]>,
}

impl Sessions {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever is signed in with this secret, if anybody: identity says.
    pub(crate) fn of(&self, identity: &Peer, secret: &Secret) -> Arc<SignedIn> {
        let mut inner = self.inner();
        if inner.known.len() >= MOST {
            // All of it can be asked for again.
            inner.known.clear();
        }
        let known = inner.known.entry(secret.hash(b"session"));
        let signed_in = || Arc::new(SignedIn::new(identity.clone(), secret.bytes().to_vec()));
        known.or_insert_with(signed_in).clone()
    }

    /// Forgets what is at hand of a session that has ended.
    pub(crate) fn forget(&self, secret: &Secret) {
        self.inner().known.remove(&secret.hash(b"session"));
    }

    /// From now on this browser may choose whom to be.
    pub(crate) fn open(&self, secret: &Secret) {
        let mut inner = self.inner();
        if inner.opened.len() >= MOST {
            inner.opened.pop_front();
        }
        inner.opened.push_back(secret.hash(b"opened"));
    }

    /// Whether this browser may choose whom to be.
    pub(crate) fn is_open(&self, secret: &Secret) -> bool {
        self.inner().opened.contains(&secret.hash(b"opened"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_32_bytes_and_its_forms_know_them_without_telling() {
        let secret = Secret::new().expect("random");
        assert!(Secret::read(&secret.write()) == Some(secret.clone()));
        for wrong in ["", "00", &secret.csrf()[1..], &format!("{}0", secret.write())] {
            assert!(Secret::read(wrong).is_none(), "{wrong}");
        }
        assert_ne!(secret.csrf(), secret.write());
        assert_ne!(secret.csrf(), Secret::new().expect("random").csrf());
    }

    #[test]
    fn only_who_has_opened_the_link_may_choose_and_the_oldest_make_room() {
        let sessions = Sessions::default();
        let first = Secret::new().expect("random");
        assert!(!sessions.is_open(&first));
        sessions.open(&first);
        assert!(sessions.is_open(&first));
        for _ in 0..MOST {
            sessions.open(&Secret::new().expect("random"));
        }
        assert!(!sessions.is_open(&first));
    }
}
