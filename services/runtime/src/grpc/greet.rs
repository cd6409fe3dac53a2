//! Taking gRPC connections in: each shows its certificate and says that it speaks HTTP/2 before anything is kept for it, beside the others.

use super::caller::{Caller, Origin};
use super::in_memory::InMemoryListener;
use super::listen::{GrpcListener, MACHINE};
use crate::edge::{Admission, Admitted, PacedIo};
use crate::tls::Stranger;
use crate::{Tls, report_refusal};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::Connected;

/// How many connections there may be, and from one address: each service has one to each other, the command line a few.
const CONNECTIONS: usize = 1_024;
const CONNECTIONS_A_PEER: usize = 256;

/// How long a connection may take to show its certificate and to begin.
const GREETING: Duration = Duration::from_secs(5);

/// How every connection of HTTP/2 begins.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What bytes go through, with a certificate or without.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connection that has begun as it should.
pub(super) struct Greeted {
    wire: Box<dyn Wire>,
    /// How much of the preface, which has been read already, was read again.
    read: usize,
    caller: Caller,
    /// Ends when it is shown out.
    ended: Pin<Box<dyn Future<Output = ()> + Send>>,
    _place: Admitted,
}

/// Takes connections until `shutdown`; whoever comes from inside needs no certificate.
pub(super) fn greet(
    listener: GrpcListener,
    mut inside: Option<InMemoryListener>,
    tls: Option<Tls>,
    shutdown: CancellationToken,
) -> mpsc::Receiver<io::Result<Greeted>> {
    let (greeted, wait) = mpsc::channel(64);
    let admission = Admission::new(CONNECTIONS, CONNECTIONS_A_PEER);
    let accepting = async move {
        loop {
            let within = async {
                match &mut inside {
                    Some(inside) => inside.accept().await,
                    None => std::future::pending().await,
                }
            };
            let (stream, from, way): (Box<dyn Wire>, _, _) = tokio::select! {
                (stream, from) = listener.accept() => (stream, from, match &tls {
                    _ if listener.is_socket() => Way::Socket,
                    Some(tls) => Way::Secured(tls.clone()),
                    None => Way::Plain,
                }),
                stream = within => (Box::new(stream), MACHINE, Way::Within),
            };
            let Some(place) = admission.admit(from.ip()) else {
                report_refusal("too_many_connections");
                continue;
            };
            let greeted = greeted.clone();
            tokio::spawn(async move {
                let gives_way = place.gives_way.clone();
                tokio::select! {
                    begun = tokio::time::timeout(GREETING, begin(stream, way, place)) => match begun {
                        Ok(Ok(connection)) => drop(greeted.send(Ok(connection)).await),
                        Ok(Err(why)) => why.report(from),
                        Err(_) => report_refusal("slow_greeting"),
                    },
                    () = gives_way.cancelled() => report_refusal("too_many_connections"),
                }
            });
        }
    };
    tokio::spawn(shutdown.run_until_cancelled_owned(accepting));
    wait
}

/// How a connection comes in.
enum Way {
    /// From within the process.
    Within,
    /// Through a socket of the machine.
    Socket,
    /// At a port, without certificates.
    Plain,
    /// With them.
    Secured(Tls),
}

/// Why a connection was not taken.
enum NotBegun {
    /// No certificate of this instance's authority.
    Certificate(io::Error),
    /// One that speaks for nobody of this instance, or no longer.
    Stranger(Stranger),
    /// Something else than HTTP/2.
    Protocol,
    /// It ended, as that of somebody who only looks whether the port answers.
    Ended,
}

impl NotBegun {
    fn report(self, from: SocketAddr) {
        match self {
            Self::Certificate(error) => {
                tracing::debug!(%from, %error, "no certificate of this instance");
                report_refusal("no_certificate");
            }
            Self::Stranger(stranger) => {
                tracing::debug!(%from, %stranger, "none of this instance");
                report_refusal("stranger");
            }
            Self::Protocol => report_refusal("no_http2"),
            Self::Ended => {}
        }
    }
}

async fn begin(stream: Box<dyn Wire>, way: Way, place: Admitted) -> Result<Greeted, NotBegun> {
    let stream = PacedIo::new(stream, place.pulse.clone());
    let mut shown = None;
    let (mut wire, origin): (Box<dyn Wire>, _) = match way {
        Way::Within => (Box::new(stream), Origin::Within),
        Way::Socket => (Box::new(stream), Origin::Machine),
        Way::Plain => (Box::new(stream), Origin::Anybody),
        Way::Secured(tls) => {
            let acceptor = TlsAcceptor::from(tls.now().server.clone());
            let accepted = acceptor.accept(stream).await.map_err(NotBegun::Certificate)?;
            let names = tls.names_of(accepted.get_ref().1.peer_certificates());
            let names = names.map_err(NotBegun::Stranger)?;
            shown = Some((tls, names.clone()));
            (Box::new(accepted), Origin::Named(names))
        }
    };
    let mut preface = [0; PREFACE.len()];
    wire.read_exact(&mut preface).await.map_err(|_| NotBegun::Ended)?;
    if preface != *PREFACE {
        return Err(NotBegun::Protocol);
    }
    // From here on the server's own limits hold, and it asks whether the other side still lives. It gives way while it asks for nothing.
    place.pulse.greeted();
    let caller = Caller::new(origin, place.party, place.pulse.clone());
    let revoked = async move {
        match shown {
            Some((tls, names)) => tls.revoked(&names).await,
            None => std::future::pending().await,
        }
    };
    let (gives_way, taking) = (place.gives_way.clone(), caller.clone());
    let ended = async move {
        tokio::select! {
            () = gives_way.cancelled() => report_refusal("too_many_connections"),
            () = taking.overdue() => report_refusal("slow_reader"),
            () = revoked => report_refusal("revoked_certificate"),
        }
    };
    Ok(Greeted {
        wire,
        read: 0,
        caller,
        ended: Box::pin(ended),
        _place: place,
    })
}

impl Connected for Greeted {
    type ConnectInfo = Caller;

    fn connect_info(&self) -> Caller {
        self.caller.clone()
    }
}

impl AsyncRead for Greeted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Whoever serves the connection always waits to read, whatever else it waits for.
        if self.ended.as_mut().poll(context).is_ready() {
            self.ended = Box::pin(std::future::ready(()));
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let left = &PREFACE[self.read..];
        if left.is_empty() {
            return Pin::new(&mut self.wire).poll_read(context, buffer);
        }
        let part = left.len().min(buffer.remaining());
        buffer.put_slice(&left[..part]);
        self.read += part;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(context)
    }
}
