//! Bytes and bodies that keep us waiting no longer than they may.

use super::pace::Pace;
use super::pulse::Pulse;
use crate::report_refusal;
use http_body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that says when something comes, and whose other side must take what is written.
pub(crate) struct PacedIo<S> {
    stream: S,
    pulse: Arc<Pulse>,
    pace: Pace,
}

impl<S> PacedIo<S> {
    pub(crate) fn new(stream: S, pulse: Arc<Pulse>) -> Self {
        let pace = Pace::new();
        Self { stream, pulse, pace }
    }

    fn written(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => self.pace.moved(bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending if self.pace.is_overdue(context) => {
                report_refusal("slow_reader");
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            Poll::Pending => {}
        }
        written
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for PacedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.pulse.came();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PacedIo<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A request's body, which must go on coming; its connection gives way to others while it does not.
pub(crate) struct PacedBody<B> {
    body: B,
    awaited: Awaited,
    pace: Pace,
}

/// Whether the connection knows that a body of it is waited for.
struct Awaited {
    pulse: Arc<Pulse>,
    noted: bool,
}

impl Awaited {
    fn note(&mut self, awaited: bool) {
        match (self.noted, awaited) {
            (false, true) => self.pulse.waits_for_body(),
            (true, false) => self.pulse.body_came(),
            _ => {}
        }
        self.noted = awaited;
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.note(false);
    }
}

/// The body was too slow in coming.
#[derive(Debug, thiserror::Error)]
#[error("the rest of the request did not come in time")]
pub(crate) struct TooSlow;

impl<B> PacedBody<B> {
    pub(crate) fn new(body: B, pulse: Arc<Pulse>) -> Self {
        let (awaited, pace) = (Awaited { pulse, noted: false }, Pace::new());
        Self { body, awaited, pace }
    }
}

impl<B> Body for PacedBody<B>
where
    B: Body + Unpin,
    B::Data: bytes::Buf,
    B::Error: Into<axum::BoxError>,
{
    type Data = B::Data;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        use bytes::Buf as _;
        let next = Pin::new(&mut self.body).poll_frame(context);
        self.awaited.note(next.is_pending());
        match next {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, |data| data.remaining());
                self.pace.moved(bytes);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if self.pace.is_overdue(context) => {
                report_refusal("slow_request");
                Poll::Ready(Some(Err(TooSlow.into())))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
