//! Signing in with an account of here: a passkey, or an address and a password, and a code where one is asked for.

use super::entrance::{self, Problem};
use super::sign_in::{arrived, browser};
use crate::error::{ErrorKind, WebError, refused_with};
use crate::frame::Frame;
use crate::own_path::own_path;
use crate::posted::Posted;
use crate::refusals;
use crate::session::Session;
use askama::Template;
use axum::extract::Form as Sent;
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::HeaderMap;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::pb::identity::sign_in_locally_request::Proof;
use idesluss_proto::status::Refusal;
use tonic::Status;

/// What a browser is asked so that a passkey answers, and what the page keeps meanwhile.
pub(super) struct Question {
    /// As JSON, for the script.
    pub(super) options: String,
    pub(super) kept: String,
}

/// How one signs in here.
pub(super) struct Here {
    /// By a passkey; None: none is asked for under this name.
    pub(super) passkey: Option<Question>,
    pub(super) address: String,
    /// What was wrong; empty: nothing.
    pub(super) problem: String,
}

/// What a browser is asked. None: under this name passkeys are not asked for.
pub(super) async fn question(
    session: &Session,
    of: impl FnOnce(String) -> pb::BeginPasskeyRequest,
) -> Result<Option<Question>, Status> {
    let Some(origin) = session.origin_of_passkeys.clone() else {
        return Ok(None);
    };
    let begun = session.web.services.ask(of(origin)).await?;
    Ok(Some(Question {
        options: begun.options,
        kept: BASE64.encode(&begun.kept),
    }))
}

/// What the entrance offers whoever has an account here.
pub(super) async fn offer(session: &Session, (address, problem): (String, String)) -> Result<Here, WebError> {
    let sign_in = |origin| pb::BeginPasskeyRequest {
        origin,
        ..pb::BeginPasskeyRequest::default()
    };
    let passkey = question(session, sign_in).await;
    Ok(Here {
        passkey: passkey.map_err(|status| WebError::from_status(session.lang, &status))?,
        address,
        problem,
    })
}

/// The browser as identity knows it.
pub(super) fn arrival(session: &Session, headers: &HeaderMap, next: &str) -> pb::Arrival {
    let secret = session.secret.as_ref();
    pb::Arrival {
        browser: browser(headers),
        known: BASE64.decode(&session.known).unwrap_or_default(),
        replaces: secret.map(|secret| secret.bytes().to_vec()).unwrap_or_default(),
        next: own_path(next).unwrap_or_default().to_owned(),
    }
}

/// What the page has kept, or the link that it came with.
pub(super) fn bytes(posted: &Posted, field: &str) -> Vec<u8> {
    BASE64.decode(posted.get(field)).unwrap_or_default()
}

/// What a passkey has said, as the script has put it into a form.
pub(super) fn said(posted: &Posted) -> pb::PasskeyProof {
    pb::PasskeyProof {
        kept: bytes(posted, "halften"),
        answer: posted.get("svar"),
        name: posted.get("namn"),
    }
}

async fn send(session: &Session, request: pb::SignInLocallyRequest) -> Result<pb::FinishSignInResponse, Status> {
    let sent = SessionCommandServiceClient::new(session.web.services.identity().clone())
        .sign_in_locally(request)
        .await;
    Ok(sent?.into_inner())
}

/// What was refused stands on the page on which it was written.
async fn refused(session: Session, posted: &Posted, address: String, status: &Status) -> Result<Response, WebError> {
    let (l, next) = (session.lang, posted.get("till"));
    let problem = Problem::Here {
        address,
        sentence: refusals::refusal(l, &Refusal::from(status)),
    };
    let next = own_path(&next).unwrap_or_default();
    Ok(refused_with(entrance::offer(session, next, problem).await?, status))
}

pub(super) async fn by_password(
    session: Session,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let address = posted.get("adress").trim().to_owned();
    let request = pb::SignInLocallyRequest {
        arrival: Some(arrival(&session, &headers, &posted.get("till"))),
        proof: Some(Proof::Password(pb::PasswordProof {
            address: address.clone(),
            password: posted.get("losenord"),
        })),
    };
    match send(&session, request).await {
        Ok(finished) if finished.kept.is_empty() => arrived(&session, finished).await,
        Ok(finished) => code_page(&session, &BASE64.encode(&finished.kept), String::new()),
        Err(status) => refused(session, &posted, address, &status).await,
    }
}

pub(super) async fn by_passkey(
    session: Session,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let request = pb::SignInLocallyRequest {
        arrival: Some(arrival(&session, &headers, &posted.get("till"))),
        proof: Some(Proof::Passkey(said(&posted))),
    };
    match send(&session, request).await {
        Ok(finished) => arrived(&session, finished).await,
        Err(status) => refused(session, &posted, String::new(), &status).await,
    }
}

/// Where the code is asked for.
#[derive(Template)]
#[template(path = "one_time_code.html")]
struct CodePage<'a> {
    frame: Frame,
    kept: &'a str,
    /// What was wrong; empty: nothing.
    problem: String,
}

fn code_page(session: &Session, kept: &str, problem: String) -> Result<Response, WebError> {
    let frame = Frame::bare(session.lang).shown_once();
    let page = CodePage { frame, kept, problem };
    let html = page
        .render()
        .map_err(|_| WebError::new(session.lang, ErrorKind::Ours))?;
    Ok(Html(html).into_response())
}

pub(super) async fn by_code(
    session: Session,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let request = pb::SignInLocallyRequest {
        arrival: Some(arrival(&session, &headers, "")),
        proof: Some(Proof::Code(pb::CodeProof {
            kept: bytes(&posted, "halften"),
            code: posted.get("kod"),
        })),
    };
    match send(&session, request).await {
        Ok(finished) => arrived(&session, finished).await,
        Err(status) => {
            let refusal = Refusal::from(&status);
            if !matches!(refusal.reason.as_str(), "WRONG_SIGN_IN_CODE" | "TRIED_TOO_OFTEN") {
                return refused(session, &posted, String::new(), &status).await;
            }
            let sentence = refusals::refusal(session.lang, &refusal);
            let page = code_page(&session, &posted.get("halften"), sentence)?;
            Ok(refused_with(page, &status))
        }
    }
}
