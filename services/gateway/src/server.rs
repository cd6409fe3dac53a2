//! The web server: loopback only, strict headers, sessions by cookie.

use crate::directory::DirectoryCache;
use crate::error::{ErrorKind, WebError};
use crate::framed;
use crate::journal_look::JournalLook;
use crate::kept;
use crate::pages;
use crate::rate::{self, Rate};
use crate::services::{self, Services};
use crate::session::{Reads, Web};
use crate::sessions::Sessions;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts as _, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use idesluss_runtime::{Directory, HttpLimits, report_refusal, serve_http};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;

/// The largest form: an assessment with twenty long rationales. Files have a limit of their own.
pub(crate) const LARGEST_FORM: usize = 1024 * 1024;

/// People behind one address share a proxy's, so there are many of those.
const LIMITS: HttpLimits = HttpLimits {
    connections: 1_024,
    connections_a_peer: 256,
};

/// How people come in until sign-in is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Whoever opens the web chooses whom to be.
    Demo,
    /// Only whoever opens `/in/<token>`, once.
    OneTimeLink {
        /// The secret in the link.
        token: String,
    },
}

/// What the web needs to run.
pub struct Config {
    /// The instance, and who is who until identity has told it.
    pub directory: Arc<Directory>,
    /// The services behind the pages.
    pub services: idesluss_evidence::Services,
    /// How people come in.
    pub mode: Mode,
    /// How many requests one address may make a second, and five times as many at once; 0: as many as it likes.
    pub requests_per_second: u32,
    /// Ends it.
    pub shutdown: CancellationToken,
}

/// Why the web has stopped.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The listener failed.
    #[error("the web can't listen any more: {0}")]
    Listener(#[from] std::io::Error),
}

/// Serves the web until `shutdown`, then lets what is under way end.
pub async fn serve(listener: TcpListener, config: Config) -> Result<(), GatewayError> {
    let Config {
        directory,
        services,
        mode,
        requests_per_second,
        shutdown,
    } = config;
    let (demo, token) = match mode {
        Mode::Demo => (true, None),
        Mode::OneTimeLink { token } => (false, Some(token)),
    };
    let who = Arc::new(DirectoryCache::new(directory));
    tokio::spawn({
        let (who, identity, shutdown) = (who.clone(), services.identity.clone(), shutdown.clone());
        async move { shutdown.run_until_cancelled(who.follow(identity)).await }
    });
    let web = Arc::new(Web {
        who,
        services: Services::new(services),
        sessions: Sessions::default(),
        demo,
        link: Mutex::new(token),
        address: listener.local_addr()?,
        rate: Rate::new(requests_per_second),
        journals: JournalLook::default(),
    });
    let app = router(web);
    serve_http(listener, app, LIMITS, shutdown).await;
    Ok(())
}

fn router(web: Arc<Web>) -> Router {
    Router::new()
        .merge(pages::routes())
        .fallback(pages::not_found)
        .layer(middleware::from_fn(services::counted))
        .layer(middleware::from_fn_with_state(web.clone(), rate::limit))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(web.clone(), kept::give_back))
        .layer(middleware::from_fn_with_state(web.clone(), explain))
        .layer(middleware::from_fn_with_state(web.clone(), framed::errors))
        .layer(middleware::from_fn_with_state(web.clone(), guard))
        .with_state(web)
}

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

/// What a proxy adds. None is known here before people sign in, and what it says of them is not believed.
const OF_PROXIES: [&str; 5] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// What is reported when a proxy, or whoever poses as one, hands a request on.
const FORWARDED: &str = "forwarded_request";

/// What is reported when another site's page sends a form here.
const CROSS_SITE: &str = "cross_site_form";

/// Why a request is not looked at; None: it comes from this machine, and from pages of ours.
fn turned_away(request: &Request, address: SocketAddr) -> Option<ErrorKind> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    // So that a foreign page can't speak to it under a name of its own.
    if !text("host").is_some_and(|host| is_local(host, address)) {
        return Some(ErrorKind::OtherName);
    }
    if OF_PROXIES.iter().any(|name| request.headers().contains_key(*name)) {
        report_refusal(FORWARDED);
        return Some(ErrorKind::Forwarded);
    }
    let is_ours = |origin: &str| {
        origin
            .strip_prefix("http://")
            .is_some_and(|host| is_local(host, address))
    };
    let foreign = text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"))
        || text("origin").is_some_and(|origin| !is_ours(origin));
    if foreign && !request.method().is_safe() {
        report_refusal(CROSS_SITE);
        return Some(ErrorKind::CrossSite);
    }
    None
}

/// Turns away what does not come from this machine and from pages of ours; sets the headers.
async fn guard(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let mut response = match turned_away(&request, web.address) {
        None => next.run(request).await,
        Some(kind) => {
            let (mut parts, _) = request.into_parts();
            let Ok(Reads(lang)) = Reads::from_request_parts(&mut parts, &web).await;
            WebError::new(lang, kind).into_response()
        }
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// How much of a form that is too large is read all the same: a browser shows an answer only after it has sent all.
const MOST_READ: usize = 16 * LARGEST_FORM;

/// Whether a form, not a file, says that it is larger than any of ours.
fn is_too_large(request: &Request) -> bool {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let length: Option<usize> = header(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let is_form =
        header(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    is_form && length.is_some_and(|length| length > LARGEST_FORM)
}

/// The page on which the form stands that is sent to a path.
fn page_of(path: &str) -> &str {
    let above = path.rsplit_once('/').map_or("/", |(above, _)| above);
    match above {
        "" => "/",
        // A call has no page of its own.
        above if above.starts_with("/utlysningar/") => "/utlysningar",
        above => above,
    }
}

/// Says in the reader's language what the framework answers with a bare status.
async fn explain(Reads(lang): Reads, request: Request, next: Next) -> Response {
    if is_too_large(&request) {
        let mut parts = request.into_body().into_data_stream();
        let mut read = 0;
        while let Some(Ok(part)) = parts.next().await
            && read < MOST_READ
        {
            read += part.len();
        }
        return WebError::new(lang, ErrorKind::TooLarge).into_response();
    }
    let asked = (request.method() == Method::GET).then(|| request.uri().path().to_owned());
    let response = next.run(request).await;
    if let Some(path) = asked.filter(|_| response.status() == StatusCode::METHOD_NOT_ALLOWED) {
        // Where a form was sent, whoever asks again is led to the page on which it stands.
        return Redirect::to(page_of(&path)).into_response();
    }
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    match ErrorKind::of(response.status()) {
        Some(kind) if !is_page => {
            let status = response.status();
            let mut page = WebError::new(lang, kind).into_response();
            *page.status_mut() = status;
            // Such as which methods there are.
            for (name, value) in response.headers() {
                page.headers_mut().entry(name).or_insert_with(|| value.clone());
            }
            page.headers_mut().remove(header::CONTENT_LENGTH);
            page
        }
        _ => response,
    }
}

fn is_local(host: &str, address: SocketAddr) -> bool {
    let port = address.port();
    let names = ["127.0.0.1", "localhost", "[::1]"];
    names
        .iter()
        .any(|name| host == format!("{name}:{port}") || (port == 80 && host == *name))
}
