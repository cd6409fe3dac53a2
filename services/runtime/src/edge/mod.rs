//! What stands between a listener and whoever reaches it: how many connections there may be, and how long each may keep us waiting.

mod admission;
mod files;
mod http;
mod pace;
mod paced;
mod pulse;
mod rewound;

pub use admission::one_peer;
pub(crate) use admission::{Admission, Admitted, Party};
pub use files::raise_open_files;
pub use http::{HttpLimits, HttpListener, serve_http};
pub(crate) use paced::{PacedBody, PacedIo};
pub(crate) use pulse::Pulse;

use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// How long nothing is accepted after an error, such as that there are too many open files.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

/// The next connection, whose small packets leave at once: an answer that waits for the client's delayed acknowledgement takes 40 ms.
pub(crate) async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                let _ = stream.set_nodelay(true);
                return (stream, from);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
