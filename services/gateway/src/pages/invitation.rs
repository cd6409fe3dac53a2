//! The link by which somebody chooses what they sign in with: a page with a button, since programs that look through mail follow links, and behind it the
//! choice.

use super::local::{self, Question, arrival, said};
use super::sign_in::arrived;
use crate::error::{ErrorKind, WebError, refused_with};
use crate::frame::Frame;
use crate::posted::Posted;
use crate::refusals;
use crate::session::Session;
use askama::Template;
use axum::extract::{Form as Sent, Path};
use axum::response::{Html, IntoResponse as _, Response};
use http::HeaderMap;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::accept_invitation_request::Chosen;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::status::Refusal;
use tonic::Status;

/// Where the link leads.
#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage<'a> {
    frame: Frame,
    link: &'a str,
}

/// Where one chooses.
#[derive(Template)]
#[template(path = "choose_means.html")]
struct ChoosePage<'a> {
    frame: Frame,
    link: &'a str,
    intro: String,
    address: String,
    /// None: passkeys are not asked for under this name.
    passkey: Option<Question>,
    /// What was wrong; empty: nothing.
    problem: String,
}

fn draw(session: &Session, page: &impl Template) -> Result<Response, WebError> {
    let html = page
        .render()
        .map_err(|_| WebError::new(session.lang, ErrorKind::Ours))?;
    Ok(Html(html).into_response())
}

pub(super) async fn page(session: Session, Path(link): Path<String>) -> Result<Response, WebError> {
    let frame = Frame::bare(session.lang);
    draw(&session, &InvitationPage { frame, link: &link })
}

fn link(posted: &Posted) -> Vec<u8> {
    hex::decode(posted.get("lank").trim()).unwrap_or_default()
}

pub(super) async fn open(session: Session, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    choices(&session, &Posted(fields), String::new()).await
}

async fn choices(session: &Session, posted: &Posted, problem: String) -> Result<Response, WebError> {
    let refused = |status: Status| WebError::from_status(session.lang, &status);
    let request = pb::GetInvitationRequest { link: link(posted) };
    let known = session.web.services.ask(request).await.map_err(refused)?;
    let new = |origin| pb::BeginPasskeyRequest {
        origin,
        link: link(posted),
        ..pb::BeginPasskeyRequest::default()
    };
    let page = ChoosePage {
        frame: Frame::bare(session.lang).shown_once(),
        link: &posted.get("lank"),
        intro: session.lang.say(
            "local-choose-intro",
            &[("name", &known.name), ("address", &known.address)],
        ),
        address: known.address,
        passkey: local::question(session, new).await.map_err(refused)?,
        problem,
    };
    draw(session, &page)
}

pub(super) async fn with_password(
    session: Session,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let chosen = Chosen::Password(posted.get("losenord"));
    accept(&session, &headers, &posted, chosen).await
}

pub(super) async fn with_passkey(
    session: Session,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let chosen = Chosen::Passkey(said(&posted));
    accept(&session, &headers, &posted, chosen).await
}

async fn accept(session: &Session, headers: &HeaderMap, posted: &Posted, chosen: Chosen) -> Result<Response, WebError> {
    let request = pb::AcceptInvitationRequest {
        link: link(posted),
        arrival: Some(arrival(session, headers, "")),
        chosen: Some(chosen),
    };
    let accepted = SessionCommandServiceClient::new(session.web.services.identity().clone())
        .accept_invitation(request)
        .await;
    match accepted {
        Ok(finished) => arrived(session, finished.into_inner()).await,
        Err(status) => {
            let sentence = refusals::refusal(session.lang, &Refusal::from(&status));
            // What is wrong with the link itself is all that there is to say.
            let page = choices(session, posted, sentence).await;
            let page = page.map_err(|_| WebError::from_status(session.lang, &status))?;
            Ok(refused_with(page, &status))
        }
    }
}
