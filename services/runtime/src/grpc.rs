use crate::rpc_metrics::RpcMetrics;
use crate::{Health, Tls};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower::{Layer, Service};

type Request = http::Request<tonic::body::Body>;
type Response = http::Response<tonic::body::Body>;

/// How many requests one connection may have under way.
const STREAMS_A_CONNECTION: u32 = 1_024;
/// How many requests a connection may work on at once; the rest wait, and are shed when too many do.
const WORKING_A_CONNECTION: usize = 256;
/// How long a command or query may take. Streams that follow a journal set none for themselves: only
/// the time to the first answer counts.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long a connection may take to show its certificate, and how many may be about it at once.
const HANDSHAKE: Duration = Duration::from_secs(5);
const HANDSHAKES: usize = 128;

/// Why a gRPC server could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum GrpcError {
    /// The port can't be listened on.
    #[error("gRPC can't listen on {0}: {1}")]
    Port(SocketAddr, std::io::Error),
    /// The reflection service could not be built from the contract.
    #[error("the contract can't be described: {0}")]
    Contract(#[from] tonic_reflection::server::Error),
    /// The transport failed.
    #[error("the gRPC server has stopped: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// How a gRPC server is reached, and how it says that it is well.
#[derive(Clone, Default)]
pub struct Reach {
    /// Only whoever shows a certificate of the same authority is let in; None: anybody who reaches the port.
    pub tls: Option<Tls>,
    /// Told over grpc.health.v1; None: always well.
    pub health: Option<Health>,
}

/// Serves `routes` with health and reflection until `shutdown`, then lets what is under way end.
///
/// `descriptors` is the encoded contract; `before` stands before every request.
pub async fn serve_grpc<L>(
    listener: TcpListener,
    routes: Routes,
    descriptors: &'static [u8],
    reach: Reach,
    before: L,
    shutdown: CancellationToken,
) -> Result<(), GrpcError>
where
    L: Layer<Routes> + Clone + Send + 'static,
    L::Service: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    <L::Service as Service<Request>>::Future: Send,
{
    let (reporter, health_service) = tonic_health::server::health_reporter();
    reporter.set_service_status("", ServingStatus::Serving).await;
    if let Some(health) = reach.health {
        tokio::spawn(shutdown.clone().run_until_cancelled_owned(report(health, reporter)));
    }
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        .build_v1()?;
    let router = Server::builder()
        .max_concurrent_streams(STREAMS_A_CONNECTION)
        .concurrency_limit_per_connection(WORKING_A_CONNECTION)
        .load_shed(true)
        .timeout(DEADLINE)
        .layer(RpcMetrics)
        .layer(before)
        .add_routes(routes)
        .add_service(health_service)
        .add_service(reflection);
    let ended = shutdown.clone().cancelled_owned();
    match reach.tls {
        None => {
            // The server's own option reaches only listeners that it binds itself.
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            router.serve_with_incoming_shutdown(incoming, ended).await?;
        }
        Some(tls) => {
            let incoming = ReceiverStream::new(greet(listener, tls, shutdown));
            router.serve_with_incoming_shutdown(incoming, ended).await?;
        }
    }
    Ok(())
}

/// Tells over grpc.health.v1 what the process knows of itself.
async fn report(health: Health, reporter: HealthReporter) {
    let mut changes = health.changes();
    loop {
        changes.borrow_and_update();
        let status = if health.is_ready() {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        reporter.set_service_status("", status).await;
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Takes connections and has each show its certificate, beside the others: one that is slow keeps nobody waiting.
fn greet(
    listener: TcpListener,
    tls: Tls,
    shutdown: CancellationToken,
) -> mpsc::Receiver<std::io::Result<TlsStream<TcpStream>>> {
    let (greeted, wait) = mpsc::channel(64);
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    let accepting = async move {
        loop {
            let Ok(place) = places.clone().acquire_owned().await else {
                return;
            };
            let (stream, from) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let acceptor = TlsAcceptor::from(tls.now().server.clone());
            let greeted = greeted.clone();
            tokio::spawn(async move {
                let _place = place;
                let _ = stream.set_nodelay(true);
                match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => drop(greeted.send(Ok(stream)).await),
                    Ok(Err(error)) => tracing::warn!(%from, %error, "turned away: no certificate of this instance"),
                    Err(_) => tracing::warn!(%from, "turned away: no certificate in time"),
                }
            });
        }
    };
    tokio::spawn(shutdown.run_until_cancelled_owned(accepting));
    wait
}
