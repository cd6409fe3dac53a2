//! Programs, which come in by the same address as people and see no page: they get an access token for what shows who they are ([`token`]), and call
//! the contract with it ([`call`]). A cookie says nothing here, and a token nothing on a page.

mod call;
mod shown;
mod token;

use crate::guard::Asker;
use crate::session::Web;
use crate::sessions::Secret;
use crate::voice::SignedIn;
use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::{DefaultKeyedRateLimiter, Quota};
use idesluss_domain::words::PersonId;
use idesluss_runtime::{Peer, one_peer};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Where a program gets its access token.
pub(crate) const TOKEN: &str = "/oauth/token";
/// Where it is told how (RFC 8414).
const METADATA: &str = "/.well-known/oauth-authorization-server";
/// What the path of every rpc begins with.
const RPC: &str = "/idesluss.";
/// How many tokens are kept at hand.
const MOST_TOKENS: usize = 2_000;
/// How many calls of one program are answered at once.
const MOST_CALLS: usize = 32;
/// How often whoever says that they are a program may ask for a token from one address: one a second, and ten at once. Others who say so from elsewhere
/// take nothing from them.
const TOKENS_A_SECOND: NonZeroU32 = NonZeroU32::MIN;
const TOKENS_AT_ONCE: NonZeroU32 = NonZeroU32::new(10).expect("ten");
/// How often those are forgotten who have been quiet.
const FORGET: Duration = Duration::from_secs(60);

/// The programs that were heard of lately.
pub(crate) struct Programs {
    known: Mutex<HashMap<[u8; 32], Arc<SignedIn>>>,
    calls: Arc<Mutex<HashMap<PersonId, usize>>>,
    tokens: DefaultKeyedRateLimiter<(IpAddr, Option<Uuid>)>,
    forgotten: Mutex<Instant>,
}

impl Default for Programs {
    fn default() -> Self {
        let quota = Quota::per_second(TOKENS_A_SECOND).allow_burst(TOKENS_AT_ONCE);
        Self {
            known: Mutex::default(),
            calls: Arc::default(),
            tokens: DefaultKeyedRateLimiter::keyed(quota),
            forgotten: Mutex::new(Instant::now()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Programs {
    fn key(secret: &Secret) -> [u8; 32] {
        Sha256::digest(secret.bytes()).into()
    }

    /// The program with this access token, if any: identity says.
    fn of(&self, identity: &Peer, secret: &Secret) -> Arc<SignedIn> {
        let known = lock(&self.known).get(&Self::key(secret)).cloned();
        known.unwrap_or_else(|| Arc::new(SignedIn::of_program(identity.clone(), secret.bytes().to_vec())))
    }

    /// Keeps at hand what identity has said of a token. What strangers make up is not kept.
    fn keep(&self, secret: &Secret, signed_in: &Arc<SignedIn>) {
        let mut known = lock(&self.known);
        if known.len() >= MOST_TOKENS {
            // All of it can be asked for again.
            known.clear();
        }
        known.entry(Self::key(secret)).or_insert_with(|| signed_in.clone());
    }

    /// Asks identity anew, next time, what any program may: one was shut out, or changed.
    pub(crate) fn hear_anew(&self) {
        lock(&self.known).clear();
    }

    /// Forgets a token that holds no longer.
    fn forget(&self, secret: &Secret) {
        lock(&self.known).remove(&Self::key(secret));
    }

    /// A place for one more call of a program, until it is dropped. None: it has as many under way as it may.
    fn enter(&self, program: PersonId) -> Option<UnderWay> {
        let mut calls = lock(&self.calls);
        let under_way = calls.entry(program).or_default();
        if *under_way >= MOST_CALLS {
            return None;
        }
        *under_way += 1;
        let calls = self.calls.clone();
        Some(UnderWay { calls, program })
    }

    /// Whether whoever asks from here for a token of this program asks too often.
    fn asks_too_often(&self, from: IpAddr, client: Option<Uuid>) -> bool {
        let mut forgotten = lock(&self.forgotten);
        if forgotten.elapsed() >= FORGET {
            *forgotten = Instant::now();
            self.tokens.retain_recent();
        }
        self.tokens.check_key(&(one_peer(from), client)).is_err()
    }
}

/// A call that is under way.
struct UnderWay {
    calls: Arc<Mutex<HashMap<PersonId, usize>>>,
    program: PersonId,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut calls = lock(&self.calls);
        if let Some(under_way) = calls.get_mut(&self.program) {
            *under_way -= 1;
            if *under_way == 0 {
                calls.remove(&self.program);
            }
        }
    }
}

/// Answers programs, and hands all others on to the pages.
pub(crate) async fn before_pages(
    State(web): State<Arc<Web>>,
    Extension(Asker(from)): Extension<Asker>,
    request: Request,
    next: Next,
) -> Response {
    match request.uri().path() {
        TOKEN => token::answer(&web, from, request).await,
        METADATA => token::metadata(&web, from, &request),
        path if path.starts_with(RPC) => call::answer(&web, from, request).await,
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_so_many_calls_under_way_and_the_others_have_theirs() {
        let programs = Programs::default();
        let (one, other) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
        let mut places: Vec<_> = (0..MOST_CALLS).map(|_| programs.enter(one).expect("a place")).collect();
        assert!(programs.enter(one).is_none());
        assert!(programs.enter(other).is_some());
        places.pop();
        assert!(programs.enter(one).is_some());
        drop(places);
        assert!(
            lock(&programs.calls).is_empty(),
            "nobody is counted who has nothing under way"
        );
    }

    #[test]
    fn whoever_asks_for_anothers_token_in_vain_locks_nobody_out() {
        let programs = Programs::default();
        let from = |address: &str| -> IpAddr { address.parse().expect("an address") };
        let client = Some(Uuid::from_u128(7));
        let (stranger, own) = (from("192.0.2.1"), from("198.51.100.1"));
        let tries = (0..100).filter(|_| !programs.asks_too_often(stranger, client)).count();
        assert!((10..20).contains(&tries), "{tries}");
        assert!(!programs.asks_too_often(own, client));
        assert!(!programs.asks_too_often(stranger, Some(Uuid::from_u128(8))));
    }
}
