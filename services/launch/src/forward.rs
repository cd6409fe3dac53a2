//! Several replicas, one writer: a command that comes to another replica is passed on to whoever holds the lease.

use idesluss_engine::Engine;
use idesluss_journal::Lease;
use idesluss_proto::status::{Reason, refuse};
use idesluss_runtime::{DialError, Tls, dial};
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::{Layer, Service, ServiceExt as _};

/// How long a command waits for somebody to hold the lease before its sender is asked to try again.
const PATIENCE: Duration = Duration::from_secs(3);

/// Marks a request that was passed on once, so that two replicas that disagree don't pass it to and fro.
const PASSED_ON: &str = "idesluss-passed-on";

/// Passes commands on while this process does not hold the lease.
#[derive(Clone)]
pub(crate) struct Forward(Arc<Inner>);

struct Inner {
    engine: Engine,
    tls: Option<Tls>,
    /// Channels to holders, by address; as many as there are replicas.
    channels: Mutex<HashMap<String, Channel>>,
}

impl Forward {
    pub(crate) fn new(engine: Engine, tls: Option<Tls>) -> Self {
        let channels = Mutex::default();
        Self(Arc::new(Inner { engine, tls, channels }))
    }

    fn channel(&self, address: &str) -> Result<Channel, DialError> {
        let mut channels = self.0.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(address) {
            return Ok(channel.clone());
        }
        let channel = dial(self.0.engine.service(), &[address.to_owned()], self.0.tls.as_ref())?;
        channels.insert(address.to_owned(), channel.clone());
        Ok(channel)
    }

    /// The holder's channel; None: it is this process.
    async fn holder(&self) -> Result<Option<Channel>, tonic::Status> {
        let nobody = || refuse(Reason::NoWriter);
        let mut lease = self.0.engine.store().lease();
        let known = |lease: &Lease| !matches!(lease, Lease::Elsewhere { address: None });
        let waited = tokio::time::timeout(PATIENCE, lease.wait_for(known)).await;
        let lease = waited.map_err(|_| nobody())?.map_err(|_| nobody())?.clone();
        match lease {
            Lease::Held => Ok(None),
            Lease::Elsewhere { address } => self.channel(&address.unwrap_or_default()).map(Some).map_err(|error| {
                tracing::error!(%error, "the holder of the lease can't be reached");
                nobody()
            }),
        }
    }
}

impl<S> Layer<S> for Forward {
    type Service = Forwarding<S>;

    fn layer(&self, inner: S) -> Forwarding<S> {
        let forward = self.clone();
        Forwarding { inner, forward }
    }
}

/// The services of this process behind the lease.
#[derive(Clone)]
pub(crate) struct Forwarding<S> {
    inner: S,
    forward: Forward,
}

/// Whether a request is a command, by its path `/<package>.<Name>CommandService/<Rpc>`.
fn is_command(path: &str) -> bool {
    path.split('/')
        .nth(1)
        .is_some_and(|service| service.ends_with("CommandService"))
}

impl<S> Service<http::Request<Body>> for Forwarding<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let passed_on = request.headers().contains_key(PASSED_ON);
        let held = self.forward.0.engine.store().lease().borrow().is_held();
        if held || passed_on || !is_command(request.uri().path()) {
            return Box::pin(self.inner.call(request));
        }
        let (mut inner, forward) = (self.inner.clone(), self.forward.clone());
        Box::pin(async move {
            let channel = match forward.holder().await {
                Ok(Some(channel)) => channel,
                Ok(None) => return inner.call(request).await,
                Err(status) => return Ok(status.into_http()),
            };
            request
                .headers_mut()
                .insert(PASSED_ON, http::HeaderValue::from_static("1"));
            match channel.oneshot(request).await {
                Ok(answer) => Ok(answer),
                Err(error) => {
                    tracing::debug!(%error, "a command could not be passed on");
                    Ok(refuse(Reason::FateUnknown).into_http())
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::is_command;

    #[test]
    fn commands_are_told_by_their_service() {
        assert!(is_command(
            "/idesluss.submission.v1.SubmissionCommandService/SubmitIdea"
        ));
        for other in [
            "/idesluss.submission.v1.SubmissionQueryService/GetIdea",
            "/grpc.health.v1.Health/Check",
            "/",
        ] {
            assert!(!is_command(other), "{other}");
        }
    }
}
