//! Who sits at which browser. Identity knows; what it said of each is kept at hand here, and asked for anew after a restart.

use crate::voice::SignedIn;
use idesluss_runtime::Peer;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

    /// What shows that this session did something, whose end an address names: nobody else's browser is told of it, and no other page.
    pub(crate) fn shows(&self, rpc: &str, after: &str) -> String {
        hex::encode(&self.hash(format!("done {rpc} {after}").as_bytes())[..16])
    }

    fn hash(&self, purpose: &[u8]) -> [u8; 32] {
        Sha256::new()
            .chain_update(purpose)
            .chain_update(self.0)
            .finalize()
            .into()
    }
}

/// How long a browser that has opened the one-time link may choose whom to be: a working day.
const INVITED: Duration = Duration::from_secs(12 * 3_600);

/// All browsers that were heard of lately.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Of whom identity has said that they are signed in.
    known: HashMap<[u8; 32], Arc<SignedIn>>,
    /// Who has opened the one-time link, and when.
    invited: HashMap<[u8; 32], Instant>,
}

impl Sessions {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever is signed in with this secret, if anybody: identity says.
    pub(crate) fn of(&self, identity: &Peer, secret: &Secret) -> Arc<SignedIn> {
        let known = self.inner().known.get(&secret.hash(b"session")).cloned();
        known.unwrap_or_else(|| Arc::new(SignedIn::new(identity.clone(), secret.bytes().to_vec())))
    }

    /// Keeps at hand what identity has said of a session. Strangers' cookies are not kept: they would drive out those who are signed in.
    pub(crate) fn keep(&self, secret: &Secret, signed_in: &Arc<SignedIn>) {
        let mut inner = self.inner();
        let hash = secret.hash(b"session");
        if inner.known.contains_key(&hash) {
            return;
        }
        if inner.known.len() >= MOST {
            // All of it can be asked for again.
            inner.known.clear();
        }
        inner.known.insert(hash, signed_in.clone());
    }

    /// Forgets what is at hand of a session that has ended.
    pub(crate) fn end(&self, secret: &Secret) {
        self.inner().known.remove(&secret.hash(b"session"));
    }

    /// Asks identity anew, next time, who anybody is: somebody was signed out elsewhere.
    pub(crate) fn hear_anew(&self) {
        for signed_in in self.inner().known.values() {
            signed_in.invalidate();
        }
    }

    /// Forgets what is at hand of a browser whose secret is another's from now on, and that it was invited.
    pub(crate) fn forget(&self, secret: &Secret) {
        let mut inner = self.inner();
        inner.known.remove(&secret.hash(b"session"));
        inner.invited.remove(&secret.hash(b"invited"));
    }

    /// From now on this browser may choose whom to be, for a working day.
    pub(crate) fn invite(&self, secret: &Secret) {
        self.invite_at(Instant::now(), secret);
    }

    fn invite_at(&self, now: Instant, secret: &Secret) {
        let mut inner = self.inner();
        inner
            .invited
            .retain(|_, since| now.saturating_duration_since(*since) < INVITED);
        if inner.invited.len() < MOST {
            inner.invited.insert(secret.hash(b"invited"), now);
        }
    }

    /// Whether this browser may choose whom to be.
    pub(crate) fn is_invited(&self, secret: &Secret) -> bool {
        self.is_invited_at(Instant::now(), secret)
    }

    fn is_invited_at(&self, now: Instant, secret: &Secret) -> bool {
        let since = self.inner().invited.get(&secret.hash(b"invited")).copied();
        since.is_some_and(|since| now.saturating_duration_since(since) < INVITED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_shown_to_nobody_else_and_on_no_other_page() {
        let (own, others) = (Secret([1; 32]), Secret([2; 32]));
        let shown = own.shows("SubmitIdea", "token");
        assert_eq!(shown, own.shows("SubmitIdea", "token"));
        for other in [
            others.shows("SubmitIdea", "token"),
            own.shows("MakeDecision", "token"),
            own.shows("SubmitIdea", "another"),
        ] {
            assert_ne!(shown, other);
        }
        assert!(!own.csrf().contains(&shown));
    }

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
    fn who_has_opened_the_link_may_choose_for_a_working_day_and_not_with_a_secret_from_before() {
        let (sessions, begun) = (Sessions::default(), Instant::now());
        let secret = Secret::new().expect("random");
        assert!(!sessions.is_invited_at(begun, &secret));
        sessions.invite_at(begun, &secret);
        assert!(sessions.is_invited_at(begun + INVITED - Duration::from_secs(1), &secret));
        assert!(!sessions.is_invited_at(begun + INVITED, &secret));
        sessions.forget(&secret);
        assert!(!sessions.is_invited_at(begun, &secret));
    }
}
