//! A service's gRPC, with its limits, health and reflection.

mod budget;
mod caller;
mod greet;
mod in_memory;
mod listen;

pub use caller::Origin;
pub(crate) use caller::{Caller, Taking};
pub use in_memory::{InMemoryListener, in_memory_channel};
pub use listen::{GrpcListener, dial_socket};

use crate::rpc_metrics::RpcMetrics;
use crate::{ServiceHealth, Tls};
use budget::{Budget, RPCS_A_CONNECTION};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower::{Layer, Service};

type Request = http::Request<tonic::body::Body>;
type Response = http::Response<tonic::body::Body>;

/// How large a request's metadata may be.
const METADATA_BYTES: u32 = 16 * 1024;
/// A connection on which nothing comes for so long is asked whether it still stands, and given up if it does not say so in time.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(10);

/// Why a gRPC server could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum GrpcError {
    /// The port can't be listened on.
    #[error("gRPC can't listen on {0}: {1}")]
    Port(SocketAddr, std::io::Error),
    /// The reflection service could not be built from the contract.
    #[error("the contract can't be described: {0}")]
    Contract(#[from] tonic_reflection::server::Error),
    /// The contract's description is none.
    #[error("the contract can't be read: {0}")]
    Descriptors(#[from] prost::DecodeError),
    /// The transport failed.
    #[error("the gRPC server has stopped: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// How a gRPC server is reached, and how it says that it is well.
#[derive(Default)]
pub struct Reach {
    /// Only whoever shows a certificate of the same authority is let in; None: anybody who reaches the port.
    pub tls: Option<Tls>,
    /// Told over grpc.health.v1; None: always well.
    pub health: Option<ServiceHealth>,
    /// Whose rpcs they are, for metrics.
    pub service: &'static str,
    /// The way from within the process; None: there is none.
    pub inside: Option<InMemoryListener>,
}

/// Serves `routes` with health and reflection until `shutdown`, then lets what is under way end.
///
/// `descriptors` is the encoded contract; `before` stands before every request.
pub async fn serve_grpc<L>(
    listener: impl Into<GrpcListener>,
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
        .max_concurrent_streams(RPCS_A_CONNECTION)
        .http2_max_header_list_size(METADATA_BYTES)
        .http2_keepalive_interval(Some(KEEP_ALIVE))
        .http2_keepalive_timeout(Some(KEEP_ALIVE_ANSWER))
        .layer(RpcMetrics(reach.service))
        .layer(Budget::of(descriptors)?)
        .layer(before)
        .add_routes(routes)
        .add_service(health_service)
        .add_service(reflection);
    let ended = shutdown.clone().cancelled_owned();
    let incoming = ReceiverStream::new(greet::greet(listener.into(), reach.inside, reach.tls, shutdown));
    router.serve_with_incoming_shutdown(incoming, ended).await?;
    Ok(())
}

/// Tells over grpc.health.v1 what the process knows of the service.
async fn report(health: ServiceHealth, reporter: HealthReporter) {
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
