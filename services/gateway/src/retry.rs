//! Sending a request again while the service behind is being taken over by another replica.
//!
//! Commands carry their id, so that one that was carried out before its answer was lost is not carried out twice.

use backon::{BackoffBuilder as _, ExponentialBuilder};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use idesluss_runtime::{NotSent, Peer};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Service, ServiceExt as _};

/// How long people are kept waiting before they are told.
const LONGEST: Duration = Duration::from_secs(8);
/// How long is waited before the next attempt; up to as long again by chance, so that many do not come at the same moment.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(50))
    .with_max_delay(LONGEST_PAUSE)
    .with_jitter()
    .without_max_times();
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The rpc whose request is a stream of a file: too large to be kept for another time.
pub(crate) const STREAMED: &str = "/AttachFile";

/// A way to a service that does not give up at the first failure. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Retry(pub(crate) Peer);

type Request = http::Request<Body>;
type Response = http::Response<Body>;

impl Service<Request> for Retry {
    type Response = Response;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        // Each attempt waits for its own turn.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let peer = self.0.clone();
        if request.uri().path().ends_with(STREAMED) {
            return Box::pin(async move { peer.oneshot(request).await.map_err(away) });
        }
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body: Bytes = body.collect().await?.to_bytes();
            let until = Instant::now() + LONGEST;
            let mut pauses = PAUSES.build();
            loop {
                let again = Request::from_parts(
                    parts.clone(),
                    Body::new(Full::new(body.clone()).map_err(|never| match never {})),
                );
                let answer = peer.clone().oneshot(again).await;
                let failed = match &answer {
                    // Who asks could not be asserted: that was waited for already.
                    Ok(answer) => is_unavailable(answer.headers()) && answer.extensions().get::<NotSent>().is_none(),
                    Err(_) => true,
                };
                let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
                if !failed || Instant::now() + pause > until {
                    return answer.map_err(away);
                }
                sleep(pause).await;
            }
        })
    }
}

fn is_unavailable(headers: &http::HeaderMap) -> bool {
    let code = (Code::Unavailable as i32).to_string();
    headers
        .get("grpc-status")
        .is_some_and(|status| status.as_bytes() == code.as_bytes())
}

fn away(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Status {
    Status::from_error(error.into())
}
