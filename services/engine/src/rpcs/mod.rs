//! The rpcs of a service: named by the contract, each with its handler.
//!
//! A command is decoded once, read by the contract's rules, and handed to its handler as words of the domain with its texts sealed. A query is
//! handed over with whoever asks it. Nothing is served before every rpc of a service has its handler.

mod admitting;
mod codec;

use crate::asserted::Presented;
use crate::{Asker, CommandContext, MAX_ANSWER, PendingCommand};
pub(crate) use admitting::Admitting;
use bytes::Bytes;
use codec::{Received, ReceivingCodec};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use idesluss_access::{Permit, Rule};
use idesluss_domain::words::Rejection;
use idesluss_domain::{Aggregate, AggregateEvent, Event};
use idesluss_proto::pb::command::Token;
use idesluss_proto::status::{Reason, refuse};
use idesluss_proto::{Command, Question, Reader, Rpc, SERVICES};
use idesluss_runtime::Origin;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::codec::Codec;
use tonic::codegen::{StdError, http};
use tonic::server::Grpc;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

/// What handlers are called with has the engine and the directory in it.
pub trait Handles: AsRef<CommandContext> + Clone + Send + Sync + 'static {}
impl<S: AsRef<CommandContext> + Clone + Send + Sync + 'static> Handles for S {}

/// An aggregate on which people act by rpcs.
pub trait Acted:
    Aggregate<Id: 'static, Action: Send + Sync + 'static, Event: AggregateEvent + Into<Event>, Rejection: Send>
{
}
impl<D> Acted for D where
    D: Aggregate<Id: 'static, Action: Send + Sync + 'static, Event: AggregateEvent + Into<Event>, Rejection: Send>
{
}

/// How a service does something with one of its aggregates. Where the rules ask for more than its own stream, it says so here, once for all.
pub trait Acts<D: Acted>: Handles
where
    Rejection: From<D::Rejection>,
{
    /// Does something with an aggregate.
    fn act(
        pending: PendingCommand,
        id: D::Id,
        action: D::Action,
    ) -> impl Future<Output = Result<Token, Status>> + Send {
        pending.carry_out::<D>(id, action)
    }
}

type Answer = http::Response<Body>;
type Handler = Arc<dyn Fn(http::Request<Body>) -> BoxFuture<'static, Answer> + Send + Sync>;

/// The rpcs of a service; `S` is what its handlers are called with.
pub struct Rpcs<S> {
    service: S,
    largest: usize,
    handlers: BTreeMap<&'static str, Handler>,
    named: BTreeSet<&'static str>,
    /// The rpcs that were given two handlers.
    twice: Vec<String>,
}

/// Rpcs that nobody answers, or two: a mistake in the program.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The contract names them, and they have no handler.
    #[error("nobody answers {}", .0.join(", "))]
    Nobody(Vec<String>),
    /// The table of rights has no line for them.
    #[error("nobody is said to call {}", .0.join(", "))]
    Unruled(Vec<String>),
    /// They have two.
    #[error("two answer {}", .0.join(", "))]
    Two(Vec<String>),
}

impl<S: Handles> Rpcs<S> {
    /// None yet. Requests may have `largest` bytes.
    pub fn new(service: S, largest: usize) -> Self {
        Self {
            service,
            largest,
            handlers: BTreeMap::new(),
            named: BTreeSet::new(),
            twice: Vec::new(),
        }
    }

    /// A question, asked by somebody.
    pub fn query<Q, F, Fut>(self, handler: F) -> Self
    where
        Q: Question<Request: Rpc>,
        F: Fn(S, Asker, Q) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<<Q::Request as Rpc>::Response, Status>> + Send + 'static,
    {
        let service = self.service.clone();
        self.unary(move |permit, received: Received<Q::Request>| {
            let (service, handler) = (service.clone(), handler.clone());
            async move {
                let (asker, question) = service.as_ref().ask::<Q>(permit, received.message)?;
                handler(service, asker, question).await
            }
        })
    }

    /// A question whose answer comes in parts.
    pub fn streamed_query<Q, F, Fut>(self, handler: F) -> Self
    where
        Q: Question<Request: Rpc>,
        F: Fn(S, Asker, Q) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Parts<<Q::Request as Rpc>::Response>, Status>> + Send + 'static,
    {
        let (service, largest) = (self.service.clone(), self.largest);
        self.add::<Q::Request>(move |request| {
            let (service, handler) = (service.clone(), handler.clone());
            let answer = move |request: Request<Q::Request>| {
                let (service, handler) = (service.clone(), handler.clone());
                async move {
                    let (permit, request) = permitted(request)?;
                    let (asker, question) = service.as_ref().ask::<Q>(permit, request)?;
                    handler(service, asker, question).await.map(Response::new)
                }
            };
            Box::pin(async move {
                let mut grpc = limited(
                    ProstCodec::<<Q::Request as Rpc>::Response, Q::Request>::default(),
                    largest,
                );
                grpc.server_streaming(tower::service_fn(answer), request).await
            })
        })
    }

    /// A request that comes in parts: what is asked stands in the first.
    pub fn upload<R, F, Fut>(self, handler: F) -> Self
    where
        R: Rpc,
        F: Fn(S, Permit, Streaming<R>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<R::Response, Status>> + Send + 'static,
    {
        let (service, largest) = (self.service.clone(), self.largest);
        self.add::<R>(move |request| {
            let (service, handler) = (service.clone(), handler.clone());
            let answer = move |request: Request<Streaming<R>>| {
                let (service, handler) = (service.clone(), handler.clone());
                async move {
                    let (permit, parts) = permitted(request)?;
                    handler(service, permit, parts).await.map(Response::new)
                }
            };
            Box::pin(async move {
                let mut grpc = limited(ProstCodec::<R::Response, R>::default(), largest);
                grpc.client_streaming(tower::service_fn(answer), request).await
            })
        })
    }

    /// A command whose texts are sealed as the contract says.
    pub fn command<C, F, Fut>(self, handler: F) -> Self
    where
        C: Command<Request: Rpc>,
        F: Fn(S, PendingCommand, C) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<<C::Request as Rpc>::Response, Status>> + Send + 'static,
    {
        self.checked_command(|_, _, _| {}, handler)
    }

    /// A command that does one thing with one aggregate.
    pub fn act<D, C>(self, action: fn(C) -> (D::Id, D::Action)) -> Self
    where
        S: Acts<D>,
        D: Acted,
        Rejection: From<D::Rejection>,
        C: Command<Request: Rpc<Response: From<Token>>>,
    {
        self.command(move |_, pending, command: C| {
            let (id, action) = action(command);
            async move { Ok(S::act(pending, id, action).await?.into()) }
        })
    }

    /// The same as `command` where more is to be said of its fields than the contract does. `check` notes it for the request as it came, so that people hear it
    /// together with the rest.
    pub fn checked_command<C, F, Fut>(self, check: Check<S, C::Request>, handler: F) -> Self
    where
        C: Command<Request: Rpc>,
        F: Fn(S, PendingCommand, C) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<<C::Request as Rpc>::Response, Status>> + Send + 'static,
    {
        self.read::<C, _, _>(check, move |service, mut pending, plain| {
            let handler = handler.clone();
            async move {
                let command = pending.seal::<C>(plain).await?;
                handler(service, pending, command).await
            }
        })
    }

    /// A command that seals its texts itself.
    pub fn plain_command<C, F, Fut>(self, handler: F) -> Self
    where
        C: Command<Request: Rpc>,
        F: Fn(S, PendingCommand, C::Plain) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<<C::Request as Rpc>::Response, Status>> + Send + 'static,
    {
        self.read::<C, _, _>(|_, _, _| {}, handler)
    }

    fn read<C, F, Fut>(self, check: Check<S, C::Request>, handler: F) -> Self
    where
        C: Command<Request: Rpc>,
        F: Fn(S, PendingCommand, C::Plain) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<<C::Request as Rpc>::Response, Status>> + Send + 'static,
    {
        let service = self.service.clone();
        self.unary(move |permit, received: Received<C::Request>| {
            let (service, handler) = (service.clone(), handler.clone());
            async move {
                let Received { message, bytes } = received;
                let check = |request: &C::Request, reader: &mut Reader| check(&service, request, reader);
                let (pending, plain) = service.as_ref().read::<C::Request, C>(permit, bytes, message, check)?;
                handler(service, pending, plain).await
            }
        })
    }

    /// What a member of the instance asks for itself.
    pub fn member<R, F, Fut>(self, handler: F) -> Self
    where
        R: Rpc,
        F: Fn(S, MemberCall<R>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<R::Response, Status>> + Send + 'static,
    {
        let (service, largest) = (self.service.clone(), self.largest);
        self.add::<R>(move |request| {
            let (service, handler) = (service.clone(), handler.clone());
            let origin = Origin::of(request.extensions()).cloned();
            let answer = move |request: Request<R>| {
                let (service, handler, origin) = (service.clone(), handler.clone(), origin.clone());
                async move {
                    let (_, request) = permitted(request)?;
                    let origin = origin.unwrap_or(Origin::Anybody);
                    let call = MemberCall { origin, request };
                    handler(service, call).await.map(Response::new)
                }
            };
            Box::pin(async move {
                let mut grpc = limited(ProstCodec::<R::Response, R>::default(), largest);
                grpc.unary(tower::service_fn(answer), request).await
            })
        })
    }

    /// The routes, beside those of other services. Errors: rpcs without a handler.
    pub fn serve(self, routes: Routes) -> Result<Routes, Unanswered> {
        let mut missing = Vec::new();
        for (name, methods) in SERVICES.iter().filter(|(name, _)| self.named.contains(name)) {
            let paths = methods.iter().map(|method| format!("/{name}/{method}"));
            missing.extend(paths.filter(|path| !self.handlers.contains_key(path.as_str())));
        }
        if !missing.is_empty() {
            return Err(Unanswered::Nobody(missing));
        }
        if !self.twice.is_empty() {
            return Err(Unanswered::Two(self.twice));
        }
        let (mut handlers, mut unruled) = (BTreeMap::new(), Vec::new());
        for (rpc, handler) in self.handlers {
            match idesluss_access::rule(rpc) {
                Some(rule) => drop(handlers.insert(rpc, (rule, handler))),
                None => unruled.push(rpc.to_owned()),
            }
        }
        if !unruled.is_empty() {
            return Err(Unanswered::Unruled(unruled));
        }
        let server = Server {
            context: self.service.as_ref().clone(),
            handlers: Arc::new(handlers),
        };
        let mut router = routes.into_axum_router();
        for name in self.named {
            router = router.route_service(&format!("/{name}/{{*rest}}"), server.clone());
        }
        Ok(router.into())
    }

    fn unary<R, F, Fut>(self, call: F) -> Self
    where
        R: Rpc,
        F: Fn(Permit, Received<R>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<R::Response, Status>> + Send + 'static,
    {
        let largest = self.largest;
        self.add::<R>(move |request| {
            let call = call.clone();
            let answer = move |request: Request<Received<R>>| {
                let call = call.clone();
                async move {
                    let (permit, received) = permitted(request)?;
                    call(permit, received).await.map(Response::new)
                }
            };
            Box::pin(async move {
                let mut grpc = limited(ReceivingCodec::<R>::default(), largest);
                grpc.unary(tower::service_fn(answer), request).await
            })
        })
    }

    fn add<R: Rpc>(
        mut self,
        handler: impl Fn(http::Request<Body>) -> BoxFuture<'static, Answer> + Send + Sync + 'static,
    ) -> Self {
        if self.handlers.insert(R::PATH, Arc::new(handler)).is_some() {
            self.twice.push(R::PATH.to_owned());
        }
        self.named.insert(R::SERVICE);
        self
    }
}

/// Serves with limits on what comes and goes.
fn limited<C: Codec>(codec: C, largest: usize) -> Grpc<C> {
    Grpc::new(codec)
        .max_decoding_message_size(largest)
        .max_encoding_message_size(MAX_ANSWER)
}

/// An answer in parts.
pub type Parts<T> = BoxStream<'static, Result<T, Status>>;

/// What else is to be said of a request's fields.
pub type Check<S, R> = fn(&S, &R, &mut Reader);

/// What a member of the instance asks for itself.
pub struct MemberCall<R> {
    /// Over what it came.
    pub origin: Origin,
    /// What is asked.
    pub request: R,
}

/// What was let in before it was read.
fn permitted<T>(mut request: Request<T>) -> Result<(Permit, T), Status> {
    let permit = request.extensions_mut().remove::<Permit>();
    // Nothing is served but behind the table.
    let permit = permit.ok_or_else(|| refuse(Reason::Internal))?;
    Ok((permit, request.into_inner()))
}

#[derive(Clone)]
struct Server {
    context: CommandContext,
    handlers: Arc<BTreeMap<&'static str, (&'static Rule, Handler)>>,
}

impl<B> tower::Service<http::Request<B>> for Server
where
    B: tonic::codegen::Body<Data = Bytes, Error: Into<StdError>> + Send + 'static,
{
    type Response = Answer;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Answer, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let Some((rule, handler)) = self.handlers.get(request.uri().path()).cloned() else {
            return Box::pin(async { Ok(Status::unimplemented("There is no such rpc.").into_http()) });
        };
        let (context, presented) = (self.context.clone(), Presented::of(&request));
        let mut request = request.map(Body::new);
        Box::pin(async move {
            Ok(match context.admit(rule, presented).await {
                Ok(permit) => {
                    request.extensions_mut().insert(permit);
                    handler(request).await
                }
                Err(status) => status.into_http(),
            })
        })
    }
}
