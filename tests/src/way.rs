//! A way to a service on which each request is asked in the name of whoever says it.

use crate::Someone;
use idesluss_gateway::Voices;
use idesluss_runtime::Peer;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::transport::Channel;
use tower::Service;

/// A way to a service. Cheap to clone.
#[derive(Clone)]
pub struct Way {
    peer: Peer,
    voices: Arc<Voices>,
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Way")
    }
}

impl Way {
    /// To `service` over a channel, for people whom the identity of the same instance knows.
    pub fn new(service: &str, channel: Channel, voices: &Arc<Voices>) -> Self {
        Self {
            peer: Peer::new(service, channel),
            voices: voices.clone(),
        }
    }
}

impl Service<http::Request<Body>> for Way {
    type Response = http::Response<Body>;
    type Error = <Peer as Service<http::Request<Body>>>::Error;
    type Future = <Peer as Service<http::Request<Body>>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.peer.poll_ready(context)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        if let Some(someone) = request.extensions_mut().remove::<Someone>() {
            return self.peer.speaking(self.voices.of(&someone.actor())).call(request);
        }
        self.peer.call(request)
    }
}

/// Whoever speaks over channels to this identity.
pub fn voices(identity: Channel) -> Arc<Voices> {
    Arc::new(Voices::new(Peer::new("identity", identity)))
}
