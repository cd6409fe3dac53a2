use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;
use tower::util::MapRequestLayer;

/// How many requests one connection may have under way.
const STREAMS_A_CONNECTION: u32 = 1_024;
/// How many requests a connection may work on at once; the rest wait, and are shed when too many do.
const WORKING_A_CONNECTION: usize = 256;
/// How long a command or query may take. Streams that follow a journal set none for themselves: only
/// the time to the first answer counts.
const DEADLINE: Duration = Duration::from_secs(30);

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

/// Serves `routes` with health and reflection until `shutdown`, then lets what is under way end.
///
/// `descriptors` is the encoded contract.
pub async fn serve_grpc(
    listener: TcpListener,
    routes: Routes,
    descriptors: &'static [u8],
    shutdown: CancellationToken,
) -> Result<(), GrpcError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health
        .set_service_status("", tonic_health::ServingStatus::Serving)
        .await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        .build_v1()?;
    Server::builder()
        .max_concurrent_streams(STREAMS_A_CONNECTION)
        .concurrency_limit_per_connection(WORKING_A_CONNECTION)
        .load_shed(true)
        .timeout(DEADLINE)
        .tcp_nodelay(true)
        .layer(MapRequestLayer::new(|request: http::Request<_>| {
            // The name of the rpc and nothing else: requests hold texts and people.
            tracing::debug!(rpc = request.uri().path(), "called");
            request
        }))
        .add_routes(routes)
        .add_service(health_service)
        .add_service(reflection)
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), shutdown.cancelled_owned())
        .await?;
    Ok(())
}
