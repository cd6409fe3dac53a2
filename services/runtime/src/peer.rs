//! A way to a service: carries the trace that a request belongs to, and in whose name it is asked.

use crate::trace::{HEADER, traceparent};
use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue};
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::Status;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::{Service, ServiceExt as _};

/// Somebody in whose name services are asked.
pub trait Voice: Send + Sync {
    /// The header that shows one service, by its name, who asks; where it is said, for one command alone, by its id. Errors: what the service would
    /// answer if it could not be shown.
    fn speak<'a>(
        &'a self,
        service: &'a str,
        command: Option<&'a str>,
    ) -> BoxFuture<'a, Result<(HeaderName, HeaderValue), Status>>;
}

/// Among a request's extensions: the command, by its id, for which alone it is to be shown who asks.
#[derive(Debug, Clone)]
pub struct ForCommand(pub String);

impl ForCommand {
    /// A request that is a command of this id, and can't be taken back.
    pub fn request<T>(id: &str, request: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(request);
        request.extensions_mut().insert(Self(id.to_owned()));
        request
    }
}

/// A way to a service. Cheap to clone.
#[derive(Clone)]
pub struct Peer {
    service: Arc<str>,
    channel: Channel,
    voice: Option<Arc<dyn Voice>>,
}

impl Peer {
    /// A way over `channel`, in nobody's name: whoever asks, asks for itself.
    pub fn new(service: &str, channel: Channel) -> Self {
        Self {
            service: service.into(),
            channel,
            voice: None,
        }
    }

    /// The same way, in somebody's name.
    #[must_use]
    pub fn speaking(&self, voice: Arc<dyn Voice>) -> Self {
        Self {
            voice: Some(voice),
            ..self.clone()
        }
    }
}

/// Marks an answer that no service gave: the request was not sent, since who asks could not be said.
#[derive(Debug, Clone, Copy)]
pub struct NotSent;

impl Service<http::Request<Body>> for Peer {
    type Response = http::Response<Body>;
    type Error = tonic::transport::Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // Each request waits for its own turn, once it is known who asks.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        if let Some(value) = traceparent().and_then(|text| text.parse().ok()) {
            request.headers_mut().insert(HEADER, value);
        }
        let Self {
            service,
            channel,
            voice,
        } = self.clone();
        Box::pin(async move {
            if let Some(voice) = voice {
                let command = request.extensions_mut().remove::<ForCommand>();
                match voice
                    .speak(&service, command.as_ref().map(|command| command.0.as_str()))
                    .await
                {
                    Ok((name, value)) => drop(request.headers_mut().insert(name, value)),
                    Err(status) => {
                        let mut answer = status.into_http();
                        answer.extensions_mut().insert(NotSent);
                        return Ok(answer);
                    }
                }
            }
            channel.oneshot(request).await
        })
    }
}
