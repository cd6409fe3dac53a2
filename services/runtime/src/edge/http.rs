//! Plain HTTP/1.1 for whoever reaches the port.

use super::paced::{Held, PacedBody, PacedIo};
use super::pulse::{Pulse, Stage};
use super::{Admission, accept};
use crate::report_refusal;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// How long a request's head may take from its first byte.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may stay open with nothing asked: longer than proxies keep theirs (60 s), so that it is they who end it.
const QUIET: Duration = Duration::from_secs(75);
/// A head has at most so many bytes and lines.
const HEAD_BYTES: usize = 32 * 1024;
const HEAD_LINES: usize = 64;

/// What a listener of plain HTTP bears.
#[derive(Debug, Clone, Copy)]
pub struct HttpLimits {
    /// How many connections at once.
    pub connections: usize,
    /// How many of them from one address, or in IPv6 from one network of 64 bits. This machine's own are not counted.
    pub connections_a_peer: usize,
}

/// Serves until `shutdown`, then lets what is under way end.
///
/// A request's head must come within 10 s, its body and the taking of its answer move on with 4 KiB a second after 30 s of grace; an open
/// connection may be quiet for 75 s. When there are too many, the one goes that has kept us waiting for the longest. Whoever is turned away so
/// is logged and counted as `slow_request`, `slow_reader` or `too_many_connections`. Handlers find who asks as `ConnectInfo<SocketAddr>`.
pub async fn serve_http(listener: TcpListener, app: Router, limits: HttpLimits, shutdown: CancellationToken) {
    let admission = Admission::new(limits.connections, limits.connections_a_peer);
    let graceful = GracefulShutdown::new();
    let mut server = http1::Builder::new();
    // Its own time for a head counts a connection's quiet too; the pulse tells them apart.
    server
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_headers(HEAD_LINES)
        .max_buf_size(HEAD_BYTES);
    while let Some((stream, from)) = shutdown.run_until_cancelled(accept(&listener)).await {
        let Some(place) = admission.admit(from.ip()) else {
            report_refusal("too_many_connections");
            continue;
        };
        let (app, pulse) = (app.clone(), place.pulse.clone());
        let answer = service_fn(move |request: Request<Incoming>| {
            pulse.begins();
            let answering = Answering(pulse.clone());
            let mut request = request.map(|body| Body::new(PacedBody::new(body, pulse.clone())));
            request.extensions_mut().insert(ConnectInfo(from));
            let answer = app.clone().oneshot(request);
            async move {
                let answer = answer.await?;
                Ok::<_, Infallible>(answer.map(|body| Held::new(body, answering)))
            }
        });
        let stream = TokioIo::new(PacedIo::new(stream, place.pulse.clone()));
        let connection = graceful.watch(server.serve_connection(stream, answer));
        tokio::spawn(async move {
            tokio::select! {
                // Whoever breaks off or speaks no HTTP has had their answer, or gets none.
                _ = connection => {}
                stage = place.pulse.overdue(QUIET, HEAD) => {
                    if stage == Stage::Asking {
                        report_refusal("slow_request");
                    }
                }
                () = place.gives_way.cancelled() => report_refusal("too_many_connections"),
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// An answer that is being given.
struct Answering(Arc<Pulse>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.ends();
    }
}
