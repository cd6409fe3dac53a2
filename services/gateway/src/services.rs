//! The services behind the pages.

use crate::retry::Retry;
use crate::voice::SignedIn;
use axum::extract::Request as WebRequest;
use axum::middleware::Next;
use axum::response::Response;
use bytes::{BufMut as _, Bytes};
use http::uri::PathAndQuery;
use idesluss_evidence as evidence;
use idesluss_proto::Rpc;
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_runtime::{ForCommand, Peer};
use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;
use tonic::client::Grpc;
use tonic::codec::{Codec, EncodeBuf, Encoder};
use tonic::{Code, Request, Status};
use tonic_prost::{ProstCodec, ProstDecoder};

tokio::task_local! {
    /// How often the page that is being made has asked a service.
    static ASKED: Cell<usize>;
}

/// The most that one page asks. What a page asks does not grow with what stands on it: a question for each row would.
const MOST_ASKED: usize = 24;

/// Has a page be made, and counts what it asks. Where it is tried out it may not ask too often.
pub(crate) async fn counted(request: WebRequest, next: Next) -> Response {
    ASKED.scope(Cell::new(0), next.run(request)).await
}

/// Counts one question.
fn count() {
    // What is asked beside all pages is counted by nobody.
    let before = ASKED
        .try_with(|asked| asked.replace(asked.get() + 1))
        .unwrap_or_default();
    debug_assert!(before < MOST_ASKED, "a page asks more than {MOST_ASKED} times");
}

/// Waits before the same is asked again, which does not count.
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
    let _ = ASKED.try_with(|asked| asked.set(asked.get().saturating_sub(1)));
}

/// A way to each of them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Services {
    submission: Retry,
    evaluation: Retry,
    sharing: Retry,
    identity: Retry,
    /// For what is read in streams: whoever has seen half of one begins anew.
    pub(crate) evidence: evidence::Services,
}

impl Services {
    /// The same ways, in somebody's name.
    pub(crate) fn speaking(&self, voice: Arc<SignedIn>) -> Self {
        Self::new(self.evidence.speaking(voice))
    }

    /// The way to identity, in nobody's name.
    pub(crate) fn identity(&self) -> &Peer {
        &self.evidence.identity
    }

    pub(crate) fn new(services: evidence::Services) -> Self {
        Self {
            submission: Retry(services.submission.clone()),
            evaluation: Retry(services.evaluation.clone()),
            sharing: Retry(services.sharing.clone()),
            identity: Retry(services.identity.clone()),
            evidence: services,
        }
    }

    /// The service that an rpc belongs to, by its path or its service's full name. Errors: none behind the pages has it.
    pub(crate) fn of(&self, name: &str) -> Result<Retry, Status> {
        match name.trim_start_matches('/').split('.').nth(1) {
            Some("submission") => Ok(self.submission.clone()),
            Some("evaluation") => Ok(self.evaluation.clone()),
            Some("sharing") => Ok(self.sharing.clone()),
            Some("identity") => Ok(self.identity.clone()),
            _ => Err(Status::unimplemented(format!("no service behind the pages has {name}"))),
        }
    }

    /// Asks the service that the request is for.
    pub(crate) async fn ask<R: Rpc>(&self, request: R) -> Result<R::Response, Status> {
        ask(self.of(R::SERVICE)?, request).await
    }

    /// Asks each service the same, at once. Answers in the order submission, evaluation, sharing.
    pub(crate) async fn ask_each<R: Rpc + Clone>(&self, request: R) -> Result<[R::Response; 3], Status> {
        let [submission, evaluation, sharing] = [&self.submission, &self.evaluation, &self.sharing];
        let (submission, evaluation, sharing) = tokio::try_join!(
            ask(submission.clone(), request.clone()),
            ask(evaluation.clone(), request.clone()),
            ask(sharing.clone(), request),
        )?;
        Ok([submission, evaluation, sharing])
    }

    /// Asks submission what all of them answer.
    pub(crate) async fn ask_submission<R: Rpc>(&self, request: R) -> Result<R::Response, Status> {
        ask(self.submission.clone(), request).await
    }

    /// Asks evaluation what all of them answer.
    pub(crate) async fn ask_evaluation<R: Rpc>(&self, request: R) -> Result<R::Response, Status> {
        ask(self.evaluation.clone(), request).await
    }

    /// Sends a command of this id that is encoded already. Returns where its events stand.
    pub(crate) async fn send(&self, path: &'static str, id: &str, request: Bytes) -> Result<Option<Token>, Status> {
        let mut grpc = Grpc::new(self.of(path)?);
        ready(&mut grpc).await?;
        let mut request = Request::new(request);
        if idesluss_access::rule(path).is_some_and(|rule| rule.is_bound) {
            request.extensions_mut().insert(ForCommand(id.to_owned()));
        }
        let path = PathAndQuery::from_static(path);
        let answer = grpc.unary(request, path, Encoded(PhantomData)).await;
        let answer: Carried = answer?.into_inner();
        Ok(answer.token)
    }

    /// For the histories of an idea, which come in parts.
    pub(crate) fn histories(&self) -> evidence::Histories<Retry> {
        evidence::Histories {
            submission: SubmissionQueryServiceClient::new(self.submission.clone()),
            evaluation: EvaluationQueryServiceClient::new(self.evaluation.clone()),
            sharing: SharingQueryServiceClient::new(self.sharing.clone()),
        }
    }

    /// For files, which come in pieces.
    pub(crate) fn uploads(&self) -> SubmissionCommandServiceClient<Retry> {
        SubmissionCommandServiceClient::new(self.submission.clone())
    }

    /// For files, which go in pieces.
    pub(crate) fn downloads(&self) -> SubmissionQueryServiceClient<Retry> {
        SubmissionQueryServiceClient::new(self.submission.clone())
    }
}

/// What every answer to a command begins with; a test of the contract holds it.
#[derive(Clone, PartialEq, prost::Message)]
struct Carried {
    #[prost(message, optional, tag = "1")]
    token: Option<Token>,
}

async fn ask<R: Rpc>(service: Retry, request: R) -> Result<R::Response, Status> {
    let mut grpc = Grpc::new(service);
    ready(&mut grpc).await?;
    let path = PathAndQuery::from_static(R::PATH);
    let answer = grpc.unary(Request::new(request), path, ProstCodec::default()).await;
    Ok(answer?.into_inner())
}

async fn ready(grpc: &mut Grpc<Retry>) -> Result<(), Status> {
    count();
    let ready = grpc.ready().await;
    ready.map_err(|error| Status::new(Code::Unavailable, error.to_string()))
}

/// Requests that are encoded already, with answers of a kind.
struct Encoded<A>(PhantomData<A>);

impl<A: prost::Message + Default + Send + 'static> Codec for Encoded<A> {
    type Encode = Bytes;
    type Decode = A;
    type Encoder = Self;
    type Decoder = ProstDecoder<A>;

    fn encoder(&mut self) -> Self {
        Self(PhantomData)
    }

    fn decoder(&mut self) -> ProstDecoder<A> {
        ProstDecoder::default()
    }
}

impl<A> Encoder for Encoded<A> {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, request: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(request);
        Ok(())
    }
}
