use crate::CommandContext;
use crate::asserted::Presented;
use futures_util::future::BoxFuture;
use std::convert::Infallible;
use std::task::{Context, Poll};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::NamedService;

/// A service of generated code behind the table of rights.
#[derive(Clone)]
pub(crate) struct Admitting<S> {
    context: CommandContext,
    service: S,
}

impl<S> Admitting<S> {
    pub(crate) fn new(context: CommandContext, service: S) -> Self {
        Self { context, service }
    }
}

impl<S: NamedService> NamedService for Admitting<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> tower::Service<http::Request<Body>> for Admitting<S>
where
    S: tower::Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let (context, mut service) = (self.context.clone(), self.service.clone());
        let presented = Presented::of(&request);
        Box::pin(async move {
            let Some(rule) = idesluss_access::rule(request.uri().path()) else {
                return Ok(Status::unimplemented("There is no such rpc.").into_http());
            };
            match context.admit(rule, presented).await {
                Ok(_) => service.call(request).await,
                Err(status) => Ok(status.into_http()),
            }
        })
    }
}
