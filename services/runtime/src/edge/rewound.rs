//! Which HTTP somebody speaks who does not say it beforehand: their first bytes are looked at, and read again by whoever serves them.

use bytes::{Buf as _, Bytes, BytesMut};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

/// What a connection of HTTP/2 begins with (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A stream of which the beginning has been read, and is read again.
pub(crate) struct Rewound<S> {
    head: Bytes,
    stream: S,
}

impl<S: AsyncRead + Unpin> Rewound<S> {
    /// Reads as much as tells which HTTP it is. Returns the whole stream, and whether it is HTTP/2. Errors: it ended before, or failed.
    pub(crate) async fn look(mut stream: S) -> io::Result<(Self, bool)> {
        let mut head = BytesMut::with_capacity(PREFACE.len());
        let is_http2 = loop {
            let mut more = (&mut stream).take((PREFACE.len() - head.len()) as u64);
            if more.read_buf(&mut head).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match PREFACE.starts_with(&head) {
                false => break false,
                true if head.len() == PREFACE.len() => break true,
                true => {}
            }
        };
        let head = head.freeze();
        Ok((Self { head, stream }, is_http2))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Rewound<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.head.is_empty() {
            let some = self.head.len().min(buffer.remaining());
            buffer.put_slice(&self.head[..some]);
            self.head.advance(some);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Rewound<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt as _;

    async fn looked(parts: &[&[u8]]) -> io::Result<(Vec<u8>, bool)> {
        let (mut ours, theirs) = tokio::io::duplex(64);
        let parts: Vec<Vec<u8>> = parts.iter().map(|part| part.to_vec()).collect();
        let send = async move {
            for part in parts {
                ours.write_all(&part).await.expect("room");
                tokio::task::yield_now().await;
            }
        };
        let look = async {
            let (mut all, is_http2) = Rewound::look(theirs).await?;
            let mut read = Vec::new();
            all.read_to_end(&mut read).await?;
            Ok((read, is_http2))
        };
        tokio::join!(send, look).1
    }

    #[tokio::test]
    async fn it_is_known_which_http_it_is_and_nothing_is_lost() {
        let both: Vec<u8> = [PREFACE, b"more"].concat();
        assert_eq!(looked(&[&both]).await.unwrap(), (both.clone(), true));
        assert_eq!(
            looked(&[&both[..5], &both[5..20], &both[20..]]).await.unwrap(),
            (both, true)
        );
        for plain in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"POST / HTTP/1.1\r\n",
            b"PRI * HTTP/1.1\r\n",
        ] {
            assert_eq!(
                looked(&[&plain[..1], &plain[1..]]).await.unwrap(),
                (plain.to_vec(), false)
            );
        }
        assert!(looked(&[b"PR"]).await.is_err());
    }
}
