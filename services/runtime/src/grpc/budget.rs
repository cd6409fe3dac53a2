//! How many requests are worked on at once, over all connections, and for how long each may be.

use crate::edge::Held;
use crate::report_refusal;
use http::{Request, Response};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

/// How many requests are worked on at once, over all connections.
const REQUESTS: usize = 1_024;
/// How many streams are open at once, over all connections: each follower of a journal has one, and each download while it lasts.
const STREAMS: usize = 256;
/// How long a request may take to the first of its answer.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long an upload may take: a file of 10 MiB over a slow line.
const UPLOAD: Duration = Duration::from_secs(15 * 60);

/// What an rpc costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    Request,
    Upload,
    Stream,
}

/// Says no to what goes beyond. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    requests: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    /// The rpcs that stream, by path; all others are requests.
    streaming: Arc<BTreeMap<String, Cost>>,
}

impl Budget {
    /// A budget for the rpcs of an encoded contract. Errors: it is none.
    pub(super) fn of(descriptors: &[u8]) -> Result<Self, prost::DecodeError> {
        let contract = FileDescriptorSet::decode(descriptors)?;
        let mut streaming = BTreeMap::new();
        for file in &contract.file {
            for service in &file.service {
                for method in &service.method {
                    let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                    if method.server_streaming() {
                        streaming.insert(path, Cost::Stream);
                    } else if method.client_streaming() {
                        streaming.insert(path, Cost::Upload);
                    }
                }
            }
        }
        Ok(Self {
            requests: Arc::new(Semaphore::new(REQUESTS)),
            streams: Arc::new(Semaphore::new(STREAMS)),
            streaming: Arc::new(streaming),
        })
    }

    /// A place for an rpc, held until its answer is out.
    fn take(&self, path: &str) -> Result<(OwnedSemaphorePermit, Duration), Status> {
        let cost = self.streaming.get(path).copied().unwrap_or(Cost::Request);
        let (places, deadline, what) = match cost {
            Cost::Request => (&self.requests, DEADLINE, "too_many_requests"),
            Cost::Upload => (&self.requests, UPLOAD, "too_many_requests"),
            // Those that the contract does not know (reflection, health) are others' and count as requests.
            Cost::Stream => (&self.streams, DEADLINE, "too_many_streams"),
        };
        match places.clone().try_acquire_owned() {
            Ok(place) => Ok((place, deadline)),
            Err(_) => {
                report_refusal(what);
                Err(Status::resource_exhausted(
                    "The service has as much to do as it can do at once: try again in a moment.",
                ))
            }
        }
    }
}

impl<S> Layer<S> for Budget {
    type Service = Budgeted<S>;

    fn layer(&self, inner: S) -> Budgeted<S> {
        let budget = self.clone();
        Budgeted { inner, budget }
    }
}

/// A service within its budget.
#[derive(Debug, Clone)]
pub(super) struct Budgeted<S> {
    inner: S,
    budget: Budget,
}

impl<S> Service<Request<Body>> for Budgeted<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Held<Body, Option<OwnedSemaphorePermit>>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (place, deadline) = match self.budget.take(request.uri().path()) {
            Ok(taken) => taken,
            Err(status) => {
                let refused = status.into_http().map(|body| Held::new(body, None));
                return Box::pin(async { Ok(refused) });
            }
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            match tokio::time::timeout(deadline, answer).await {
                Ok(answer) => answer.map(|answer| answer.map(|body| Held::new(body, Some(place)))),
                Err(_) => {
                    let status = Status::deadline_exceeded("It took too long: try again in a moment.");
                    Ok(status.into_http().map(|body| Held::new(body, None)))
                }
            }
        })
    }
}
