//! A way to a service of the same process, without a socket: the same calls, the same limits, and nobody else on it.

use hyper_util::rt::TokioIo;
use std::io;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tonic::transport::{Channel, Endpoint, Uri};

/// How many bytes may be on their way in each direction.
const BYTES: usize = 256 * 1024;

/// The service's end of a way from within its process.
pub struct InMemoryListener(mpsc::Receiver<DuplexStream>);

/// A way to a service of this process: its client's end, and the end that it serves.
///
/// Connects when it is first used; what is asked before the service serves waits for it.
pub fn in_memory_channel() -> (Channel, InMemoryListener) {
    let (dials, dialled) = mpsc::channel(1);
    let connector = tower::service_fn(move |_: Uri| {
        let dials = dials.clone();
        async move {
            let (near, far) = tokio::io::duplex(BYTES);
            let sent = dials.send(far).await;
            sent.map_err(|_| io::Error::from(io::ErrorKind::ConnectionRefused))?;
            Ok::<_, io::Error>(TokioIo::new(near))
        }
    });
    // Only the authority of what is asked.
    let endpoint = Endpoint::from_static("http://inside");
    (
        endpoint.connect_with_connector_lazy(connector),
        InMemoryListener(dialled),
    )
}

impl InMemoryListener {
    /// The next connection; never again when nobody is left who could connect.
    pub(super) async fn accept(&mut self) -> DuplexStream {
        match self.0.recv().await {
            Some(stream) => stream,
            None => std::future::pending().await,
        }
    }
}
