//! How many requests one address may make, so that nobody is slow for everybody.

use crate::error::WebError;
use crate::session::{Session, Web};
use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use http::{HeaderValue, header};
use idesluss_runtime::report_refusal;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

/// So many seconds' worth of requests may come at once: a page brings its style along, and people open several.
const BURST_SECONDS: u32 = 5;
/// So many addresses are remembered before those that have been quiet are forgotten.
const ADDRESSES: usize = 10_000;

/// The requests of each address; None: they are not counted.
pub(crate) struct Rate(Option<Limiter>);

struct Limiter {
    requests: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

/// Whose requests count together: an address, or in IPv6 the network that one customer has.
fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
        four => four,
    }
}

impl Rate {
    /// So many requests a second from one address, and five times as many at once; 0: as many as come.
    pub(crate) fn new(requests_per_second: u32) -> Self {
        let limiter = |each| {
            let burst = NonZeroU32::saturating_mul(each, NonZeroU32::MIN.saturating_add(BURST_SECONDS - 1));
            Limiter {
                requests: DefaultKeyedRateLimiter::keyed(Quota::per_second(each).allow_burst(burst)),
                clock: DefaultClock::default(),
            }
        };
        Self(NonZeroU32::new(requests_per_second).map(limiter))
    }

    /// After how many seconds the next request of this address is answered; None: now.
    fn wait(&self, from: IpAddr) -> Option<u64> {
        let Limiter { requests, clock } = self.0.as_ref()?;
        if requests.len() > ADDRESSES {
            requests.retain_recent();
        }
        let refused = requests.check_key(&customer(from)).err()?;
        let wait = refused.wait_time_from(clock.now());
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }
}

/// Answers what comes too often with when to come again.
pub(crate) async fn limit(
    State(web): State<Arc<Web>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let Some(seconds) = web.rate.wait(from.ip()) else {
        return next.run(request).await;
    };
    report_refusal("too_many_web_requests");
    let (mut parts, _) = request.into_parts();
    let Ok(session) = Session::from_request_parts(&mut parts, &web).await;
    let mut page = WebError::too_often(session.lang, seconds).into_response();
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

    #[test]
    fn an_address_that_asks_too_often_waits_and_the_others_do_not() {
        let rate = Rate::new(2);
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
        let unlimited = Rate::new(0);
        assert!((0..10_000).all(|_| unlimited.wait(one).is_none()));
    }
}
