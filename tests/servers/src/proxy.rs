//! A wire that can be cut: a proxy between two loopback ports.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How the wire is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    /// Everything goes through.
    Whole,
    /// Connections are there, and nothing goes through.
    Stalled,
    /// Connections are closed, and new ones at once.
    Cut,
}

/// Forwards connections from its own port to another one on 127.0.0.1. It ends with this value.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    wire: Arc<watch::Sender<Wire>>,
    _until: DropGuard,
}

impl Proxy {
    /// Starts on a free port. Panics with a sentence when that fails.
    pub async fn start(to: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("loopback can be listened on");
        let port = listener.local_addr().expect("an address").port();
        let wire = Arc::new(watch::Sender::new(Wire::Whole));
        let end = CancellationToken::new();
        tokio::spawn(serve(listener, to, wire.subscribe(), end.clone()));
        Self {
            port,
            wire,
            _until: end.drop_guard(),
        }
    }

    /// The port that clients connect to, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Closes every connection, and every new one at once.
    pub fn cut(&self) {
        self.wire.send_replace(Wire::Cut);
    }

    /// Forwards nothing more, and closes nothing.
    pub fn stall(&self) {
        self.wire.send_replace(Wire::Stalled);
    }

    /// Lets everything through again, also what has waited.
    pub fn heal(&self) {
        self.wire.send_replace(Wire::Whole);
    }
}

async fn serve(listener: TcpListener, to: u16, wire: watch::Receiver<Wire>, end: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((client, _)) = accepted else { continue };
        if *wire.borrow() != Wire::Cut {
            tokio::spawn(connect(client, to, wire.clone(), end.clone()));
        }
    }
}

async fn connect(client: TcpStream, to: u16, wire: watch::Receiver<Wire>, end: CancellationToken) {
    let Ok(server) = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, to))).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut cut = wire.clone();
    tokio::select! {
        () = end.cancelled() => {}
        _ = cut.wait_for(|wire| *wire == Wire::Cut) => {}
        () = forward(from_client, to_server, wire.clone()) => {}
        () = forward(from_server, to_client, wire.clone()) => {}
    }
}

/// Forwards one way until it ends. What has been read waits while the wire is stalled.
async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut wire: watch::Receiver<Wire>) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else {
            return;
        };
        if wire.wait_for(|wire| *wire == Wire::Whole).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
