//! HTTP for whoever reaches the port, in plain or over TLS: 1.1 with browsers, 2 with programs that ask for it.

use super::admission::Admitted;
use super::paced::{PacedBody, PacedIo};
use super::pulse::{Pulse, Stage};
use super::rewound::Rewound;
use super::{Admission, accept};
use crate::grpc::{Caller, Origin, Taking};
use crate::{Networks, ServerTls, report_refusal};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// How long a connection may take to agree on TLS.
const GREETING: Duration = Duration::from_secs(10);
/// How long a request's head may take from its first byte.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may stay open with nothing asked: longer than proxies keep theirs (60 s), so that it is they who end it.
const QUIET: Duration = Duration::from_secs(75);
/// A head has at most so many bytes and lines.
const HEAD_BYTES: usize = 32 * 1024;
const HEAD_LINES: usize = 64;
/// How many requests may be under way over one connection of HTTP/2.
const STREAMS: u32 = 64;
/// The largest head over one, in bytes.
const STREAM_HEAD_BYTES: u32 = 16 * 1024;
/// A connection of HTTP/2 on which nothing comes for so long is asked whether it still stands, and given up if it does not say so in time.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(10);

/// What a listener of HTTP bears.
#[derive(Debug, Clone, Copy)]
pub struct HttpLimits {
    /// How many connections at once.
    pub connections: usize,
    /// How many of them from one address, or in IPv6 from one network of 64 bits. This machine's own and those of proxies are not counted.
    pub connections_a_peer: usize,
}

/// What takes connections of HTTP.
pub struct HttpListener {
    listener: TcpListener,
    tls: Option<ServerTls>,
    proxies: Networks,
}

impl From<TcpListener> for HttpListener {
    fn from(listener: TcpListener) -> Self {
        Self {
            listener,
            tls: None,
            proxies: Networks::default(),
        }
    }
}

impl HttpListener {
    /// Takes connections over TLS and no others.
    pub fn over_tls(self, tls: ServerTls) -> Self {
        let tls = Some(tls);
        Self { tls, ..self }
    }

    /// Is reached through these proxies, each of which speaks for many.
    pub fn behind(self, proxies: Networks) -> Self {
        Self { proxies, ..self }
    }
}

/// Serves until `shutdown`, then lets what is under way end.
///
/// A connection must agree on TLS within 10 s, where there is any. A request's head must come within 10 s, its body and the taking of its
/// answer move on with 4 KiB a second after 30 s of grace; an open connection may be quiet for 75 s. When there are too many, the one goes
/// that has kept us waiting for the longest. Whoever is turned away so is logged and counted as `slow_greeting`, `slow_request`,
/// `slow_reader` or `too_many_connections`; whoever speaks something else as `no_tls` or `no_http`. Over HTTP/2, which whoever comes in plain
/// begins at once and whoever comes over TLS asks for, 64 requests may be under way at once. Handlers find who asks as
/// `ConnectInfo<SocketAddr>`.
pub async fn serve_http(
    listener: impl Into<HttpListener>,
    app: Router,
    limits: HttpLimits,
    shutdown: CancellationToken,
) {
    let HttpListener { listener, tls, proxies } = listener.into();
    let admission = Admission::behind(proxies, limits.connections, limits.connections_a_peer);
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
        let connection = Connection {
            app: app.clone(),
            server: server.clone(),
            from,
            place,
            ending: graceful.watcher(),
        };
        tokio::spawn(connection.serve(stream, tls.clone(), shutdown.clone()));
    }
    drop(listener);
    graceful.shutdown().await;
}

/// A connection that has its place.
struct Connection {
    app: Router,
    server: http1::Builder,
    from: SocketAddr,
    place: Admitted,
    ending: Watcher,
}

impl Connection {
    async fn serve(self, stream: TcpStream, tls: Option<ServerTls>, shutdown: CancellationToken) {
        let stream = PacedIo::new(stream, self.place.pulse.clone());
        let Some(tls) = tls else {
            return self.look(stream, shutdown).await;
        };
        let begun = tokio::select! {
            begun = tokio::time::timeout(GREETING, TlsAcceptor::from(tls.now()).accept(stream)) => begun,
            () = self.place.gives_way.cancelled() => return report_refusal("too_many_connections"),
            () = shutdown.cancelled() => return,
        };
        match begun {
            Ok(Ok(stream)) => {
                self.place.pulse.greeted();
                match stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    true => self.answer_http2(stream).await,
                    false => self.answer(stream).await,
                }
            }
            Ok(Err(error)) if is_no_tls(&error) => report_refusal("no_tls"),
            // Whoever breaks off, or trusts no such certificate, attacks nobody.
            Ok(Err(error)) => tracing::debug!(%error, "no TLS was agreed on"),
            Err(_) => report_refusal("slow_greeting"),
        }
    }

    /// Serves whoever comes in plain, once it is known which HTTP they speak.
    async fn look(self, stream: PacedIo<TcpStream>, shutdown: CancellationToken) {
        let looked = tokio::select! {
            looked = Rewound::look(stream) => looked,
            stage = self.place.pulse.overdue(QUIET, HEAD) => {
                if stage == Stage::Asking {
                    report_refusal("slow_request");
                }
                return;
            }
            () = self.place.gives_way.cancelled() => return report_refusal("too_many_connections"),
            () = shutdown.cancelled() => return,
        };
        match looked {
            Ok((stream, true)) => {
                self.place.pulse.greeted();
                self.answer_http2(stream).await;
            }
            Ok((stream, false)) => self.answer(stream).await,
            // Whoever only looks whether the port answers attacks nobody.
            Err(_) => {}
        }
    }

    async fn answer<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Self {
            app,
            server,
            from,
            place,
            ending,
        } = self;
        let pulse = place.pulse.clone();
        let answer = service_fn(move |request| answer(app.clone(), request, from, pulse.clone(), None));
        let connection = ending.watch(server.serve_connection(TokioIo::new(stream), answer));
        tokio::select! {
            ended = connection => {
                // Whoever breaks off has had their answer, or gets none.
                if ended.is_err_and(|error| error.is_parse()) {
                    report_refusal("no_http");
                }
            }
            stage = place.pulse.overdue(QUIET, HEAD) => {
                if stage == Stage::Asking {
                    report_refusal("slow_request");
                }
            }
            () = place.gives_way.cancelled() => report_refusal("too_many_connections"),
        }
    }

    async fn answer_http2<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Self {
            app,
            from,
            place,
            ending,
            ..
        } = self;
        let pulse = place.pulse.clone();
        let caller = Caller::new(Origin::Anybody, place.party, pulse.clone());
        let taking = caller.clone();
        let answer = service_fn(move |request| answer(app.clone(), request, from, pulse.clone(), Some(taking.clone())));
        let mut server = http2::Builder::new(TokioExecutor::new());
        server
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(STREAM_HEAD_BYTES)
            .keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE_ANSWER);
        let connection = ending.watch(server.serve_connection(TokioIo::new(stream), answer));
        tokio::select! {
            // Whoever breaks off has had their answer, or gets none.
            _ = connection => {}
            () = caller.overdue() => report_refusal("slow_reader"),
            // What comes without being a request, as answers to our asking do, keeps nobody waiting: it is as quiet as nothing.
            _ = place.pulse.overdue(QUIET, QUIET) => {}
            () = place.gives_way.cancelled() => report_refusal("too_many_connections"),
        }
    }
}

/// Has the application answer a request. Over HTTP/2 the other side may grant no room for an answer, which `caller` watches.
async fn answer(
    app: Router,
    request: Request<Incoming>,
    from: SocketAddr,
    pulse: Arc<Pulse>,
    caller: Option<Caller>,
) -> Result<Response<Given>, Infallible> {
    pulse.begins();
    let answering = Answering(pulse.clone());
    let mut request = request.map(|body| Body::new(PacedBody::new(body, pulse)));
    request.extensions_mut().insert(ConnectInfo(from));
    let answer = app.oneshot(request).await?;
    let taking = caller.map(|caller| caller.answers());
    Ok(answer.map(|body| Given {
        body,
        taking,
        _answering: answering,
    }))
}

/// An answer's body, until it is given.
struct Given {
    body: Body,
    taking: Option<Taking>,
    _answering: Answering,
}

impl http_body::Body for Given {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let next = Pin::new(&mut self.body).poll_frame(context);
        if let Some(taking) = &self.taking {
            taking.is_taken(next.is_ready());
        }
        next
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Whether somebody has spoken something else than TLS.
fn is_no_tls(error: &io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    matches!(cause, Some(rustls::Error::InvalidMessage(_)))
}

/// An answer that is being given.
struct Answering(Arc<Pulse>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.ends();
    }
}
