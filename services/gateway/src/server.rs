//! The web server: what it needs, what it bears, and what every request goes through.

use crate::directory::DirectoryCache;
use crate::error::{ErrorKind, WebError};
use crate::exposure::Exposure;
use crate::framed;
use crate::guard;
use crate::journal_look::JournalLook;
use crate::kept;
use crate::pages;
use crate::programs::{self, Programs};
use crate::rate::{self, Rate, Seldom};
use crate::services::{self, Services};
use crate::session::{Reads, Web};
use crate::sessions::Sessions;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Method, StatusCode, header};
use idesluss_runtime::{Directory, HttpLimits, HttpListener, serve_http};
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

/// How people come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Whoever opens the web chooses whom to be.
    Demo,
    /// Only whoever opens `/in/<token>`, once.
    OneTimeLink {
        /// The secret in the link.
        token: String,
    },
    /// Whoever comes signs in.
    SignIn,
}

/// What the web needs to run.
pub struct Config {
    /// The instance, and who is who until identity has told it.
    pub directory: Arc<Directory>,
    /// The services behind the pages.
    pub services: idesluss_evidence::Services,
    /// How people come in.
    pub mode: Mode,
    /// Where people reach it.
    pub exposure: Exposure,
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
        exposure,
        requests_per_second,
        shutdown,
    } = config;
    let (demo, signs_in) = (mode == Mode::Demo, mode == Mode::SignIn);
    let token = match mode {
        Mode::OneTimeLink { token } => Some(token),
        Mode::Demo | Mode::SignIn => None,
    };
    let mut reached = HttpListener::from(listener).behind(exposure.proxies.clone());
    if let Some(tls) = exposure.tls.clone() {
        reached = reached.over_tls(tls);
    }
    let who = Arc::new(DirectoryCache::new(directory));
    tokio::spawn({
        let (who, identity, shutdown) = (who.clone(), services.identity.clone(), shutdown.clone());
        async move { shutdown.run_until_cancelled(who.follow(identity)).await }
    });
    let web = Arc::new(Web {
        who,
        services: Services::new(services),
        sessions: Sessions::default(),
        programs: Programs::default(),
        demo,
        signs_in,
        link: Mutex::new(token),
        exposure,
        rate: Rate::new(requests_per_second),
        seldom: Seldom::default(),
        journals: JournalLook::default(),
    });
    let app = router(web);
    serve_http(reached, app, LIMITS, shutdown).await;
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
        .layer(middleware::from_fn_with_state(web.clone(), programs::before_pages))
        .layer(middleware::from_fn_with_state(web.clone(), guard::guard))
        .with_state(web)
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
        "" | "/in" | "/ut" => "/",
        "/lank/min" => "/lank/min",
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
