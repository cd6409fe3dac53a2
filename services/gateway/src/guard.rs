//! What stands before every page: it turns away what is not meant for this web, comes in plain, or comes from other sites' pages; it finds out who asks,
//! and says how browsers are to treat the answer.

use crate::error::{ErrorKind, WebError};
use crate::forwarded::Forwarded;
use crate::frame::Frame;
use crate::session::{Reads, Web};
use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Version, header};
use idesluss_runtime::report_refusal;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// From where a request comes, as far as we know: its connection's other end, or what our proxy says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker(pub(crate) IpAddr);

/// Nothing may be loaded but our own style and our own script, nothing framed, nothing sent elsewhere; no page holds a script itself.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    ),
];

/// Whether the secret of a private link stands in a path, or may: under `/lank/` lies little else.
fn is_of_a_link(path: &str) -> bool {
    let others = ["till/", "min"];
    let rest = path.strip_prefix("/lank/");
    rest.is_some_and(|rest| !others.iter().any(|other| rest.starts_with(other)))
}

/// Nothing of a private link's address goes along to any other page, not even to one of ours: proxies write down where a request came from. With
/// `no-referrer` a browser would not say either from which site a form comes, which is looked at.
const NO_ADDRESS: HeaderValue = HeaderValue::from_static("strict-origin");

/// No search engine keeps what it comes by.
const NOT_INDEXED: (HeaderName, &str) = (HeaderName::from_static("x-robots-tag"), "noindex, nofollow");

/// For two years browsers come over TLS alone. Of this host only: whose its subdomains are, we don't know.
const OVER_TLS_ALONE: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// What a proxy adds. Of one that we know the first is read, and the others are not, which many add as a matter of course.
const OF_PROXIES: [&str; 5] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Why a request is not looked at, and what is reported of it.
struct TurnedAway(ErrorKind, &'static str);

/// Who asks. Errors: the request is not for this web, or not from pages of ours.
fn asker(request: &Request, peer: IpAddr, web: &Web) -> Result<Asker, TurnedAway> {
    // So that a foreign page can't speak to it under a name of its own.
    if !is_asked_here(request, web) {
        return Err(TurnedAway(ErrorKind::OtherName, "another_host"));
    }
    // No browser sends a form in pieces. Where a request ends that says so, a proxy may see otherwise: what is left of it would be the next one.
    if request.headers().contains_key(header::TRANSFER_ENCODING) {
        return Err(TurnedAway(ErrorKind::Unreadable, "no_length"));
    }
    let from = through_proxy(request.headers(), peer, web)?;
    if is_cross_site(request, web) {
        return Err(TurnedAway(ErrorKind::CrossSite, "cross_site_form"));
    }
    Ok(Asker(from))
}

/// Whether a request says once, and of this web, whom it asks.
fn is_asked_here(request: &Request, web: &Web) -> bool {
    let origin = &web.exposure.origin;
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let is_ours = |host: &HeaderValue| host.to_str().is_ok_and(|host| origin.is_host(host));
    let target = request.uri().authority();
    // HTTP/2 says it in the target, and needs no header beside it.
    let is_said = match hosts.next() {
        Some(host) => is_ours(host),
        None => request.version() == Version::HTTP_2 && target.is_some(),
    };
    is_said && hosts.next().is_none() && target.is_none_or(|authority| origin.is_host(authority.as_str()))
}

/// Has a request say in one way under which name it was asked for, which HTTP/2 says in the target alone.
fn name_host(request: &mut Request) {
    if request.headers().contains_key(header::HOST) {
        return;
    }
    let target = request.uri().authority();
    if let Some(host) = target.and_then(|target| HeaderValue::from_str(target.as_str()).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// From where a request came that this peer has sent. Errors: it is no proxy of ours and says that it is one, or has come by without ours.
fn through_proxy(headers: &HeaderMap, peer: IpAddr, web: &Web) -> Result<IpAddr, TurnedAway> {
    let exposure = &web.exposure;
    let needs_https = exposure.origin.is_https();
    if exposure.proxies.contains(peer) {
        let forwarded = Forwarded::read(headers).map_err(|error| {
            tracing::debug!(%error, "a proxy is not set up as it should be");
            TurnedAway(ErrorKind::NotForwarded, "not_forwarded")
        })?;
        if needs_https && !forwarded.is_https {
            return Err(TurnedAway(ErrorKind::Plain, "plain_request"));
        }
        // Whoever the proxy keeps to itself counts as the proxy.
        return Ok(forwarded.from.unwrap_or(peer));
    }
    if OF_PROXIES.iter().any(|name| headers.contains_key(*name)) {
        return Err(TurnedAway(ErrorKind::Forwarded, "forwarded_request"));
    }
    if needs_https && exposure.tls.is_none() {
        return Err(TurnedAway(ErrorKind::Plain, "plain_request"));
    }
    Ok(peer)
}

/// Whether another site's page sends a form here.
fn is_cross_site(request: &Request, web: &Web) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let foreign = text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"))
        || text("origin").is_some_and(|origin| !web.exposure.origin.is_origin(origin));
    foreign && !request.method().is_safe()
}

/// Turns away what is not for this web or from pages of others; sets the headers.
pub(crate) async fn guard(
    State(web): State<Arc<Web>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_of_link = is_of_a_link(request.uri().path());
    let mut response = match asker(&request, peer.ip(), &web) {
        Ok(asker) => {
            request.extensions_mut().insert(asker);
            name_host(&mut request);
            next.run(request).await
        }
        Err(TurnedAway(kind, what)) => {
            report_refusal(what);
            let (mut parts, _) = request.into_parts();
            let Ok(Reads(lang)) = Reads::from_request_parts(&mut parts, &web).await;
            WebError::elsewhere(lang, kind, &web.exposure.origin).within(Frame::of_nobody(&web, lang))
        }
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_of_link {
        headers.insert(header::REFERRER_POLICY, NO_ADDRESS);
        headers.insert(NOT_INDEXED.0, HeaderValue::from_static(NOT_INDEXED.1));
    }
    if web.exposure.origin.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, OVER_TLS_ALONE);
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
