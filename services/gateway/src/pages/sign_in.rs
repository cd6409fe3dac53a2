//! Signing in and out: where one is sent, what one comes back with, and where one is signed in.

use super::Asked;
use super::entrance::Problem;
use crate::components::{Row, Table, Texts};
use crate::error::{ErrorKind, GivenBack, WebError};
use crate::frame::Frame;
use crate::kept;
use crate::lang::Lang;
use crate::own_path::own_path;
use crate::phrases;
use crate::posted::Posted;
use crate::session::{Acting, Session, User, Web};
use crate::sessions::Secret;
use crate::view::{drawn, moment};
use crate::voice::SignedIn;
use askama::Template;
use axum::extract::{Form as Sent, Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::{HeaderMap, StatusCode, header};
use idesluss_domain::words::{Actor, Role};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::pb::identity::session_query_service_client::SessionQueryServiceClient;
use serde::Deserialize;
use std::sync::Arc;
use tonic::Status;

/// The page that leads on, where a browser must not simply be sent: from a form to another host, which forms may not lead to, and from another host to a
/// page of ours, along which strict cookies are not sent.
#[derive(Template)]
#[template(path = "onwards.html")]
struct OnwardsPage<'a> {
    frame: Frame,
    heading: String,
    address: &'a str,
    /// What the link says.
    link: String,
}

/// Leads to a page of ours whoever came to it from elsewhere.
pub(crate) fn led_on(l: Lang, path: &str) -> Response {
    let path = own_path(path).unwrap_or("/");
    let page = onwards(
        l,
        l.t("signin-one-moment").to_owned(),
        l.t("signin-go-on").to_owned(),
        path,
    );
    page.unwrap_or_else(IntoResponse::into_response)
}

fn onwards(l: Lang, heading: String, link: String, address: &str) -> Result<Response, WebError> {
    let frame = Frame::bare(l);
    let page = OnwardsPage {
        frame,
        heading,
        address,
        link,
    };
    let html = page.render().map_err(|_| WebError::new(l, ErrorKind::Ours))?;
    Ok(Html(html).into_response())
}

/// A way in: a provider, by the organisations that it speaks for.
pub(super) struct WayIn {
    pub(super) href: String,
    pub(super) name: String,
}

/// Where one wants to go after signing in, as it stands in an address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default, rename = "till")]
    pub(super) next: String,
}

impl Next {
    pub(super) fn own(&self) -> &str {
        own_path(&self.next).unwrap_or_default()
    }
}

/// The address at which one signs in at a provider.
fn at_provider(provider: &str, next: &str) -> String {
    match next {
        "" => format!("/in/hos/{}", super::in_address(provider)),
        next => format!(
            "/in/hos/{}?till={}",
            super::in_address(provider),
            super::in_address(next)
        ),
    }
}

async fn providers(web: &Web, address: &str) -> Result<pb::ListProvidersResponse, Status> {
    let request = pb::ListProvidersRequest {
        address: address.to_owned(),
    };
    web.services.ask(request).await
}

/// The ways in at providers, in the order of what they are called, and whether there are accounts of here.
pub(super) async fn ways_in(session: &Session, next: &str) -> Result<(Vec<WayIn>, bool), WebError> {
    let web = &session.web;
    let found = providers(web, "").await;
    let found = found.map_err(|status| WebError::from_status(session.lang, &status))?;
    let has_accounts = found.has_local_accounts;
    let found = found.providers;
    let directory = web.directory();
    let name = |provider: &pb::Provider| {
        let named = provider.organisations.iter().filter_map(|id| {
            let organisation = directory.organisation(&id.parse().ok()?)?;
            Some(organisation.name.clone())
        });
        let names: Vec<String> = named.collect();
        if names.is_empty() {
            provider.provider.clone()
        } else {
            names.join(", ")
        }
    };
    let mut ways: Vec<WayIn> = found
        .iter()
        .map(|provider| WayIn {
            href: at_provider(&provider.provider, next),
            name: name(provider),
        })
        .collect();
    ways.sort_by(|one, other| one.name.cmp(&other.name));
    Ok((ways, has_accounts))
}

/// Whoever knows their work address better than who signs them in is led to the right one.
pub(super) async fn by_address(
    session: Session,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let (posted, l) = (Posted(fields), session.lang);
    let found = providers(&session.web, posted.get("adress").trim()).await;
    let found = found.map_err(|status| WebError::from_status(l, &status))?.providers;
    let next = posted.get("till");
    let next = own_path(&next).unwrap_or_default();
    match found.first().filter(|_| !posted.get("adress").trim().is_empty()) {
        Some(provider) => {
            let address = at_provider(&provider.provider, next);
            onwards(
                l,
                l.t("signin-leads-on").to_owned(),
                l.t("signin-to-sign-in").to_owned(),
                &address,
            )
        }
        None => {
            let problem = Problem::Address(l.t("signin-no-such-address").to_owned());
            let mut page = super::entrance::offer(session, next, problem).await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(page)
        }
    }
}

/// Sends a browser to a provider.
pub(super) async fn leave_for(
    session: Session,
    Path(provider): Path<String>,
    Query(next): Query<Next>,
) -> Result<Response, WebError> {
    let request = pb::BeginSignInRequest {
        back: session
            .web
            .absolute(&format!("{BACK}/{}", super::in_address(&provider))),
        provider,
        next: next.own().to_owned(),
        replaces: secret_of(&session),
    };
    let begun = session.web.services.ask(request).await;
    let begun = begun.map_err(|status| WebError::from_status(session.lang, &status))?;
    let kept = session.web.cookie_of_sign_in(&BASE64.encode(&begun.kept));
    Ok(([(header::SET_COOKIE, kept)], Redirect::to(&begun.address)).into_response())
}

/// The secret of the session that a browser has; empty: none.
fn secret_of(session: &Session) -> Vec<u8> {
    let secret = session.secret.as_ref();
    secret.map(|secret| secret.bytes().to_vec()).unwrap_or_default()
}

/// Where providers send browsers back to, each to an address of its own below: nobody's answer is taken for another's.
const BACK: &str = "/in/tillbaka";

/// What a provider sends a browser back with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CameBack {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default, rename = "iss")]
    issuer: String,
}

/// A browser comes back from a provider.
pub(super) async fn come_back(
    session: Session,
    Path(provider): Path<String>,
    Query(back): Query<CameBack>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let l = session.lang;
    let request = pb::FinishSignInRequest {
        kept: BASE64.decode(&session.sign_in).unwrap_or_default(),
        state: back.state,
        code: back.code,
        issuer: back.issuer,
        browser: browser(&headers),
        provider,
    };
    let finished = SessionCommandServiceClient::new(session.web.services.identity().clone())
        .finish_sign_in(request)
        .await;
    let finished = finished
        .map_err(|status| WebError::from_status(l, &status))?
        .into_inner();
    arrived(&session, finished).await
}

/// The page that stands before a code is used: whoever only looks whether a link leads somewhere has not used it.
#[derive(Template)]
#[template(path = "code.html")]
struct CodePage<'a> {
    frame: Frame,
    code: &'a str,
}

pub(super) async fn code(session: Session, Path(code): Path<String>) -> Result<Response, WebError> {
    let frame = Frame::bare(session.lang);
    let page = CodePage { frame, code: &code };
    let html = page
        .render()
        .map_err(|_| WebError::new(session.lang, ErrorKind::Ours))?;
    Ok(Html(html).into_response())
}

pub(super) async fn use_code(
    session: Session,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let request = pb::UseSignInCodeRequest {
        code: hex::decode(Posted(fields).get("kod").trim()).unwrap_or_default(),
        browser: browser(&headers),
        replaces: secret_of(&session),
    };
    let used = SessionCommandServiceClient::new(session.web.services.identity().clone())
        .use_sign_in_code(request)
        .await;
    let used = used
        .map_err(|status| WebError::from_status(session.lang, &status))?
        .into_inner();
    arrived(&session, used).await
}

/// Whoever has signed in is welcomed, and led on.
pub(super) async fn arrived(session: &Session, finished: pb::FinishSignInResponse) -> Result<Response, WebError> {
    let l = session.lang;
    let secret = Secret::of(&finished.secret).ok_or_else(|| WebError::new(l, ErrorKind::Ours))?;
    if let Some(before) = &session.secret {
        session.web.sessions.forget(before);
    }
    if let Some(token) = &finished.token {
        // Whoever was registered just now is called by their name on the next page.
        session.web.who.wait_for(token).await;
    }
    let next = own_path(&finished.next).unwrap_or("/start");
    let name = finished.person.parse().ok().and_then(|person| {
        let directory = session.web.directory();
        directory.person(person).map(|person| person.name.clone())
    });
    let heading = match name {
        Some(name) => l.say("signin-welcome", &[("name", &name)]),
        None => l.t("signin-welcome-nobody").to_owned(),
    };
    let page = match kept::take(&session.web, &secret).await {
        Some(late) => welcomed_back(l, heading, &late)?,
        None => onwards(l, heading, l.t("signin-go-on").to_owned(), next)?,
    };
    let mut cookies = vec![
        (header::SET_COOKIE, session.web.cookie_of_session(&secret)),
        (header::SET_COOKIE, session.web.no_cookie_of_sign_in()),
    ];
    if !finished.known.is_empty() {
        let known = session.web.cookie_of_known(&BASE64.encode(&finished.known));
        cookies.push((header::SET_COOKIE, known));
    }
    Ok((axum::response::AppendHeaders(cookies), page).into_response())
}

/// The page with a form that was sent after the end of a session: whoever sent it sees what they wrote, and goes on.
#[derive(Template)]
#[template(path = "late_form.html")]
struct LateFormPage<'a> {
    frame: Frame,
    heading: String,
    form: &'a GivenBack,
    written: Texts,
}

fn welcomed_back(l: Lang, heading: String, form: &GivenBack) -> Result<Response, WebError> {
    let frame = Frame::bare(l);
    let page = LateFormPage {
        frame,
        heading,
        form,
        written: crate::error::written(l, &form.posted),
    };
    let html = page.render().map_err(|_| WebError::new(l, ErrorKind::Ours))?;
    Ok(Html(html).into_response())
}

/// Which browser it is, in a few words that its owner knows it by: nothing more of what it says of itself is kept.
pub(super) fn browser(headers: &HeaderMap) -> String {
    let said = headers
        .get(header::USER_AGENT)
        .and_then(|said| said.to_str().ok())
        .unwrap_or_default();
    let find = |known: &[(&str, &'static str)]| {
        let found = known.iter().find(|(mark, _)| said.contains(mark));
        found.map(|(_, name)| *name)
    };
    // Each says that it is like others, too: the one that says most comes first.
    let program = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    let known: Vec<&str> = program.into_iter().chain(system).collect();
    known.join(", ")
}

/// Signs somebody out, here and at their provider.
pub(super) async fn leave(session: &Session, voice: &SignedIn) -> Result<Option<Response>, WebError> {
    let l = session.lang;
    let address = voice.end(&session.web.absolute("/")).await;
    let address = address.map_err(|status| WebError::from_status(l, &status))?;
    if address.is_empty() {
        return Ok(None);
    }
    onwards(
        l,
        l.t("signin-signed-out-here").to_owned(),
        l.t("signin-sign-out-there").to_owned(),
        &address,
    )
    .map(Some)
}

/// A provider says that somebody was signed out there (back-channel).
pub(super) async fn signed_out(State(web): State<Arc<Web>>, Sent(fields): Sent<Vec<(String, String)>>) -> StatusCode {
    let request = pb::EndSessionsOfProviderRequest {
        logout_token: Posted(fields).get("logout_token"),
        ..pb::EndSessionsOfProviderRequest::default()
    };
    if request.logout_token.is_empty() {
        return StatusCode::BAD_REQUEST;
    }
    ended(&web, request).await
}

/// What a browser says that was signed out at a provider (front-channel).
#[derive(Debug, Default, Deserialize)]
pub(super) struct SignedOutThere {
    #[serde(default, rename = "iss")]
    issuer: String,
    #[serde(default, rename = "sid")]
    session: String,
}

pub(super) async fn signed_out_in_front(State(web): State<Arc<Web>>, Query(out): Query<SignedOutThere>) -> StatusCode {
    let request = pb::EndSessionsOfProviderRequest {
        logout_token: String::new(),
        issuer: out.issuer,
        session: out.session,
    };
    ended(&web, request).await
}

async fn ended(web: &Web, request: pb::EndSessionsOfProviderRequest) -> StatusCode {
    let ended = SessionCommandServiceClient::new(web.services.identity().clone())
        .end_sessions_of_provider(request)
        .await;
    match ended {
        Ok(ended) => {
            // Whoever says so of nobody disturbs nobody.
            if ended.into_inner().token.is_some() {
                web.sessions.hear_anew();
            }
            StatusCode::OK
        }
        Err(status) if crate::error::http_status(&status).is_server_error() => StatusCode::SERVICE_UNAVAILABLE,
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

/// Acts in another role from now on: another session takes the place of this one.
pub(super) async fn change_role(
    session: Session,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let (posted, l) = (Posted(fields), session.lang);
    session.check(&posted.get("csrf"))?;
    let person = match &session.acting {
        Acting::As(actor, _) => actor.person,
        Acting::Unknown(status) => return Err(WebError::from_status(l, status)),
        Acting::RoleNotHeld(_) | Acting::Nobody => return Err(WebError::new(l, ErrorKind::NotSignedIn)),
    };
    let (organisation, role) = (posted.get("organisation").parse(), posted.get("role").parse::<Role>());
    let (Ok(organisation), Ok(role)) = (organisation, role) else {
        return Err(WebError::new(l, ErrorKind::NoPage));
    };
    let actor = Actor {
        person,
        organisation,
        role,
    };
    super::entrance::begin(&session, &actor).await
}

/// Where one is signed in.
#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    frame: Frame,
    table: Table,
    /// Those that can be ended: id, and what it is called.
    others: Vec<(String, String)>,
}

pub(super) async fn sessions(user: User, Query(_): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::ListSessionsRequest {
        secret: user.secret().bytes().to_vec(),
    };
    let found = SessionQueryServiceClient::new(user.web.services.identity().clone())
        .list_sessions(request)
        .await;
    let found = found.map_err(|status| user.web_error(&status))?.into_inner();
    let as_whom = |row: &pb::SessionRow| {
        let role = row.role.clone().unwrap_or_default();
        let name = Role::try_from(role.role())
            .map(|role| phrases::role(l, role))
            .unwrap_or_default();
        format!("{name}, {}", user.organisation_name(&role.organisation))
    };
    let browser = |row: &pb::SessionRow| match row.browser.as_str() {
        "" => l.t("sessions-unknown-browser").to_owned(),
        known => known.to_owned(),
    };
    let row = |row: &pb::SessionRow| {
        let place = match row.is_own {
            true => l.say("sessions-this-one", &[("browser", &browser(row))]),
            false => browser(row),
        };
        Row::of([place, as_whom(row), moment(l, &row.begun), moment(l, &row.used)])
    };
    let head = [
        l.t("sessions-browser"),
        l.t("people-role"),
        l.t("sessions-begun"),
        l.t("sessions-used"),
    ];
    let others = found.sessions.iter().filter(|row| !row.is_own);
    let others = others.map(|row| {
        let called = format!("{}, {}, {}", browser(row), as_whom(row), moment(l, &row.begun));
        (row.session.clone(), called)
    });
    let page = SessionsPage {
        frame: Frame::of(&user),
        others: others.collect(),
        table: Table::new(l.t("sessions-title"), head).rows(found.sessions.iter().map(row)),
    };
    drawn(&user, &page)
}

/// Ends one of them, or all others.
pub(super) async fn end_sessions(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = Posted(fields);
    user.check(&posted.get("csrf"))?;
    let one = posted.get("session");
    let request = pb::EndOtherSessionsRequest {
        secret: user.secret().bytes().to_vec(),
        sessions: Some(one).filter(|one| !one.is_empty()).into_iter().collect(),
    };
    let ended = SessionCommandServiceClient::new(user.web.services.identity().clone())
        .end_other_sessions(request)
        .await;
    let ended = ended.map_err(|status| user.web_error(&status))?.into_inner();
    user.web.sessions.hear_anew();
    let done = crate::act::Done {
        token: ended.token,
        rpc: "EndOtherSessions",
    };
    Ok(super::back_to(&user, "/inloggningar", done))
}
