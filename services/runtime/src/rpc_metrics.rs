//! What every request over gRPC leaves behind: a span, a count and a time. Never what was in it.

use crate::trace;
use http::{Request, Response};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;
use tower::{Layer, Service};
use tracing::Instrument as _;

/// Counts requests by service, rpc and status code.
pub const REQUESTS: &str = "idesluss_grpc_requests_total";
/// Time from a request to the first of its answer, by service and rpc.
pub const SECONDS: &str = "idesluss_grpc_seconds";

/// Measures the rpcs of one service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RpcMetrics(pub(crate) &'static str);

impl<S> Layer<S> for RpcMetrics {
    type Service = RpcMetricsService<S>;

    fn layer(&self, inner: S) -> RpcMetricsService<S> {
        RpcMetricsService(inner, self.0)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct RpcMetricsService<S>(S, &'static str);

impl<S, A, B> Service<Request<A>> for RpcMetricsService<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Send,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let rpc = request.uri().path().trim_start_matches('/').to_owned();
        // The name of the rpc and nothing else: requests hold texts and people.
        tracing::debug!(rpc = request.uri().path(), "called");
        let span = tracing::info_span!("rpc", otel.name = %rpc, otel.kind = "server");
        trace::continue_from(&span, request.headers());
        let (began, service) = (Instant::now(), self.1);
        let answer = self.0.call(request);
        let measured = async move {
            let answer = answer.await;
            let code = match &answer {
                Ok(answer) => code(answer.headers()),
                Err(_) => "14".to_owned(),
            };
            // Anybody can ask for a path; only those that there are get metrics of their own.
            if code != "12" {
                metrics::histogram!(SECONDS, "service" => service, "rpc" => rpc.clone())
                    .record(began.elapsed().as_secs_f64());
                metrics::counter!(REQUESTS, "service" => service, "rpc" => rpc, "code" => code).increment(1);
            }
            answer
        };
        Box::pin(measured.instrument(span))
    }
}

/// The status code of an answer that was refused at once; what succeeds says so only at its end.
fn code(headers: &http::HeaderMap) -> String {
    let said = headers.get("grpc-status").and_then(|value| value.to_str().ok());
    said.unwrap_or("0").to_owned()
}
