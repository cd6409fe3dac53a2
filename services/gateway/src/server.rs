//! The web server: loopback only, strict headers, sessions by cookie.

use crate::door::Web;
use crate::pages;
use crate::services::Services;
use crate::sessions::Sessions;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use idesluss_runtime::Directory;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

/// The largest form: an assessment with twenty long rationales. Files have a limit of their own.
const LARGEST_FORM: usize = 1024 * 1024;

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
    /// Who may act in which role.
    pub directory: Arc<Directory>,
    /// To the submission service.
    pub submission: Channel,
    /// To the evaluation service.
    pub evaluation: Channel,
    /// To the sharing service.
    pub sharing: Channel,
    /// How people come in.
    pub mode: Mode,
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
        submission,
        evaluation,
        sharing,
        mode,
        shutdown,
    } = config;
    let (demo, token) = match mode {
        Mode::Demo => (true, None),
        Mode::OneTimeLink { token } => (false, Some(token)),
    };
    let web = Arc::new(Web {
        directory,
        services: Services::new(submission, evaluation, sharing),
        sessions: Sessions::default(),
        demo,
        link: Mutex::new(token),
        address: listener.local_addr()?,
    });
    let app = router(web);
    axum::serve(listener, app)
        .with_graceful_shutdown(shutdown.cancelled_owned())
        .await?;
    Ok(())
}

fn router(web: Arc<Web>) -> Router {
    Router::new()
        .merge(pages::routes())
        .fallback(pages::not_found)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(web.clone(), guard))
        .with_state(web)
}

/// Nothing may be loaded but our own style, nothing framed, nothing sent elsewhere; there are no scripts at all.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
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

/// Refuses names that are not this machine's, so that a foreign page can't speak to it under a name of its own; sets the headers.
async fn guard(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let mut response = if host.is_some_and(|host| is_local(host, web.address)) {
        next.run(request).await
    } else {
        (
            StatusCode::MISDIRECTED_REQUEST,
            "This server answers on its own address only.",
        )
            .into_response()
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

fn is_local(host: &str, address: SocketAddr) -> bool {
    let port = address.port();
    let names = ["127.0.0.1", "localhost", "[::1]"];
    names
        .iter()
        .any(|name| host == format!("{name}:{port}") || (port == 80 && host == *name))
}
