//! How many requests one address may make, so that nobody is slow for everybody.

use crate::error::WebError;
use crate::guard::Asker;
use crate::lang::Lang;
use crate::session::{Reads, Web};
use axum::Extension;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use http::{HeaderValue, header};
use idesluss_runtime::{one_peer, report_refusal};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So many seconds' worth of requests may come at once: a page brings its style along, and people open several.
const BURST_SECONDS: u32 = 5;
/// How often the addresses are forgotten that have been quiet.
const FORGET: Duration = Duration::from_secs(10);

/// The requests of each address, and among them those that cost much; None: they are not counted.
pub(crate) struct Rate(Option<[Limiter; 2]>);

/// Where passwords are sent, of which a hash is made.
const PASSWORDS: [&str; 3] = ["/in/losenord", "/in/inbjudan/losenord", "/inloggning/losenord"];
/// So many passwords one address may send a second, and so many at once: a town hall comes in by one of a morning.
const PASSWORDS_A_SECOND: NonZeroU32 = NonZeroU32::new(4).expect("a number");
const PASSWORDS_AT_ONCE: NonZeroU32 = NonZeroU32::new(60).expect("a number");

/// How often each address may do something.
pub(crate) struct Limiter {
    requests: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    began: Instant,
    /// When addresses were last forgotten, in seconds since it began.
    forgotten: AtomicU64,
}

impl Rate {
    /// So many requests a second from one address, and five times as many at once; 0: as many as come.
    pub(crate) fn new(requests_per_second: u32) -> Self {
        let limiters = |each| {
            let burst = NonZeroU32::saturating_mul(each, NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
            let passwords = Quota::per_second(PASSWORDS_A_SECOND).allow_burst(PASSWORDS_AT_ONCE);
            [Quota::per_second(each).allow_burst(burst), passwords].map(Limiter::of)
        };
        Self(NonZeroU32::new(requests_per_second).map(limiters))
    }

    /// After how many seconds the next request of this address is answered; None: now.
    pub(crate) fn wait(&self, from: IpAddr, path: &str) -> Option<u64> {
        let [all, passwords] = self.0.as_ref()?;
        let is_dear = PASSWORDS.contains(&path);
        let dear = || match is_dear {
            true => passwords.wait(from),
            false => None,
        };
        all.wait(from).or_else(dear)
    }
}

impl Limiter {
    /// So many at once from one address, and then as many an hour: for what people do seldom and programs would do for ever.
    fn hourly(burst: NonZeroU32) -> Self {
        Self::of(Quota::per_hour(burst))
    }

    /// Errors: this address has done so as often as it may for now.
    pub(crate) fn check(&self, l: Lang, from: IpAddr) -> Result<(), WebError> {
        let Some(seconds) = self.wait(from) else { return Ok(()) };
        report_refusal("too_many_private_links");
        Err(WebError::too_often(l, seconds))
    }

    fn wait(&self, from: IpAddr) -> Option<u64> {
        self.forget();
        let refused = self.requests.check_key(&one_peer(from)).err()?;
        let wait = refused.wait_time_from(self.clock.now());
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    fn of(quota: Quota) -> Self {
        Self {
            requests: DefaultKeyedRateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            began: Instant::now(),
            forgotten: AtomicU64::new(0),
        }
    }

    /// Forgets who has been quiet, for whoever comes first in each while.
    fn forget(&self) {
        let (now, last) = (self.began.elapsed().as_secs(), self.forgotten.load(Ordering::Relaxed));
        let is_due = now >= last + FORGET.as_secs();
        if is_due
            && self
                .forgotten
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        {
            self.requests.retain_recent();
        }
    }
}

/// So many ideas one address may give without an account at once, and then an hour: a school behind one address gives some.
const IDEAS_AN_HOUR: NonZeroU32 = NonZeroU32::new(20).expect("a number");
/// So many private links it may open.
const LINKS_AN_HOUR: NonZeroU32 = NonZeroU32::new(60).expect("a number");

/// What is limited beside all requests, where nobody has signed in.
pub(crate) struct Seldom {
    pub(crate) ideas: Limiter,
    pub(crate) links: Limiter,
}

impl Default for Seldom {
    fn default() -> Self {
        Self {
            ideas: Limiter::hourly(IDEAS_AN_HOUR),
            links: Limiter::hourly(LINKS_AN_HOUR),
        }
    }
}

/// Answers what comes too often with when to come again.
pub(crate) async fn limit(
    State(web): State<Arc<Web>>,
    Extension(Asker(from)): Extension<Asker>,
    request: Request,
    next: Next,
) -> Response {
    let Some(seconds) = web.rate.wait(from, request.uri().path()) else {
        return next.run(request).await;
    };
    report_refusal("too_many_web_requests");
    let (mut parts, _) = request.into_parts();
    let Ok(Reads(lang)) = Reads::from_request_parts(&mut parts, &web).await;
    let mut page = WebError::too_often(lang, seconds).into_response();
    page.headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> IpAddr {
        address.parse().expect("an address")
    }

    /// Asked for an ordinary page.
    struct Asked(Rate);

    impl Asked {
        fn wait(&self, from: IpAddr) -> Option<u64> {
            self.0.wait(from, "/inkorg")
        }
    }

    #[test]
    fn passwords_are_limited_beside_all_else() {
        let rate = Rate::new(1_000);
        let one = from("192.0.2.1");
        let sent = |count: usize| (0..count).filter(|_| rate.wait(one, PASSWORDS[0]).is_none()).count();
        assert!((60..=62).contains(&sent(100)), "and those that were refilled meanwhile");
        assert_eq!(rate.wait(one, "/inkorg"), None);
        assert_eq!(rate.wait(from("192.0.2.2"), PASSWORDS[0]), None);
    }

    #[test]
    fn an_address_that_asks_too_often_waits_and_the_others_do_not() {
        let rate = Asked(Rate::new(2));
        let one = from("192.0.2.1");
        assert!((0..10).all(|_| rate.wait(one).is_none()));
        assert_eq!(rate.wait(one), Some(1));
        assert_eq!(rate.wait(from("192.0.2.2")), None);
        let six = (0..10_u16).map(|host| from(&format!("2001:db8::{host:x}")));
        assert!(six.into_iter().all(|host| rate.wait(host).is_none()));
        assert_eq!(
            rate.wait(from("2001:db8::ffff")),
            Some(1),
            "one network is one customer"
        );
        let unlimited = Asked(Rate::new(0));
        assert!((0..10_000).all(|_| unlimited.wait(one).is_none()));
    }
}
