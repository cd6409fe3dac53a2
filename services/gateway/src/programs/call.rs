//! A program's call of the contract: gRPC over HTTP/2, handed on as it came to the service whose it is, with identity's assertion of who calls.
//!
//! What the program may, the service decides, by the table of rights and what it was given; nothing is decided here but that it is one.

use super::UnderWay;
use crate::retry::STREAMED;
use crate::session::Web;
use crate::sessions::Secret;
use axum::body::Body as WebBody;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use http_body::{Frame, SizeHint};
use http_body_util::Limited;
use idesluss_domain::words::MAX_FILE_BYTES;
use idesluss_proto::status::{Reason, refuse};
use idesluss_runtime::report_refusal;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::ServiceExt as _;

/// The largest request that is no file, and the largest that is one, in bytes.
const LARGEST: usize = 1024 * 1024;
const LARGEST_FILE: usize = MAX_FILE_BYTES as usize + LARGEST;
/// How long a service may take to begin its answer, and how long where a file is sent.
const ANSWER: Duration = Duration::from_secs(60);
const ANSWER_TO_FILE: Duration = Duration::from_secs(15 * 60);
/// What a program may say beside its request.
const TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
/// How its messages are packed: here they are not, since what is packed small may be unpacked to anything.
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ENCODINGS: HeaderName = HeaderName::from_static("grpc-accept-encoding");
const PLAIN: HeaderValue = HeaderValue::from_static("identity");

fn refused(status: Status) -> Response {
    let unauthenticated = status.code() == Code::Unauthenticated;
    let mut answer = status.into_http::<WebBody>();
    if unauthenticated {
        let bearer = HeaderValue::from_static("Bearer");
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
    }
    answer
}

/// Answers a call.
pub(super) async fn answer(web: &Arc<Web>, from: IpAddr, request: Request) -> Response {
    let is_grpc = (request.headers().get(header::CONTENT_TYPE)).is_some_and(|kind| {
        kind.as_bytes().starts_with(b"application/grpc") && !kind.as_bytes().starts_with(b"application/grpc-web")
    });
    if request.version() != Version::HTTP_2 || request.method() != Method::POST || !is_grpc {
        let said = "Programs call this by gRPC, over HTTP/2.\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, said).into_response();
    }
    if web.rate.wait(from, request.uri().path()).is_some() {
        report_refusal("too_many_web_requests");
        return refused(Status::resource_exhausted("Too many requests: try again in a moment."));
    }
    if (request.headers().get(ENCODING)).is_some_and(|encoding| encoding != PLAIN) {
        let mut answer = refused(Status::unimplemented(
            "Send messages as they are, without compressing them.",
        ));
        answer.headers_mut().insert(ENCODINGS, PLAIN);
        return answer;
    }
    match call(web, request).await {
        Ok(answer) => answer,
        Err(status) => refused(status),
    }
}

/// The access token that a request shows. Errors: none, or not only one.
fn token(headers: &HeaderMap) -> Result<Secret, Status> {
    let mut shown = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(shown), None) = (shown.next(), shown.next()) else {
        report_refusal("NO_ASSERTION");
        return Err(refuse(Reason::NoAssertion));
    };
    let shown = shown.to_str().ok().and_then(|text| text.split_once(' '));
    let secret = shown
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, token)| Secret::read(token.trim()));
    secret.ok_or_else(|| {
        report_refusal("program_token_unknown");
        refuse(Reason::SessionEnded)
    })
}

async fn call(web: &Arc<Web>, request: Request) -> Result<Response, Status> {
    let path = request.uri().path().to_owned();
    // What is none of people's, no program knows of.
    let is_known = idesluss_access::rule(&path).is_some_and(idesluss_access::Rule::is_asked_by_people);
    if !is_known {
        return Err(Status::unimplemented("There is no such rpc for programs."));
    }
    let secret = token(request.headers())?;
    let program = web.programs.of(web.services.identity(), &secret);
    let actor = match program.actor().await {
        Ok(actor) => actor,
        Err(status) => {
            if status.code() == Code::Unauthenticated {
                web.programs.forget(&secret);
                report_refusal("program_token_unknown");
            }
            return Err(status);
        }
    };
    web.programs.keep(&secret, &program);
    let place = web.programs.enter(actor.person).ok_or_else(|| {
        report_refusal("too_many_program_calls");
        Status::resource_exhausted("This program has as many calls under way as it may: wait for one to end.")
    })?;
    let is_file = path.ends_with(STREAMED);
    let (largest, patience) = match is_file {
        true => (LARGEST_FILE, ANSWER_TO_FILE),
        false => (LARGEST, ANSWER),
    };
    let handed_on = handed_on(request, &path, largest)?;
    let service = web.services.speaking(program.clone()).of(&path)?;
    let answer = tokio::time::timeout(patience, service.oneshot(handed_on)).await;
    let answer =
        answer.map_err(|_| Status::deadline_exceeded("The service took too long: try again in a moment."))??;
    // It may have been shut out meanwhile, which the service knows first: identity is asked before the next call.
    let code = answer.headers().get("grpc-status").map(HeaderValue::as_bytes);
    if code.is_some_and(|code| code == b"16") {
        program.invalidate();
    }
    Ok(answer.map(|body| WebBody::new(Held { body, _place: place })))
}

/// The request as the service gets it: what says how long its sender waits, and nothing else that they have written beside it.
fn handed_on(request: Request, path: &str, largest: usize) -> Result<http::Request<Body>, Status> {
    let timeout = request.headers().get(TIMEOUT).cloned();
    let body = Limited::new(request.into_body(), largest);
    let unreadable = |_| Status::invalid_argument("The path is none.");
    let mut handed_on = http::Request::post(path)
        .version(Version::HTTP_2)
        .header(header::CONTENT_TYPE, "application/grpc")
        .header(header::TE, "trailers")
        .body(Body::new(Sized(body)))
        .map_err(unreadable)?;
    if let Some(timeout) = timeout {
        handed_on.headers_mut().insert(TIMEOUT, timeout);
    }
    Ok(handed_on)
}

/// A request's body, which is refused where it is larger than any of ours.
struct Sized(Limited<WebBody>);

impl http_body::Body for Sized {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let next = Pin::new(&mut self.0).poll_frame(context);
        next.map_err(|_| Status::resource_exhausted("The request is too large, or did not come whole."))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// An answer's body, with the call's place until it is given.
struct Held {
    body: Body,
    _place: UnderWay,
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
