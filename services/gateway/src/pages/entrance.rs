//! Coming in: whom to be, in which language.

use super::sign_in::{self, Next, WayIn};
use super::{local, without_account};
use crate::error::{ErrorKind, WebError};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::posted::Posted;
use crate::session::{Acting, Session, User, Web, keep_language};
use crate::sessions::Secret;
use crate::view::drawn;
use crate::voice::SignedIn;
use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::{Method, header};
use idesluss_domain::words::{Actor, OrganisationId, Role};
use idesluss_proto::pb::{audit, evaluation as ev, identity as id, sharing as sh, submission as sub};
use idesluss_runtime::{Organisation, Person};
use std::sync::{Arc, PoisonError};
use subtle::ConstantTimeEq as _;

const STYLE: &str = include_str!("../../static/stil.css");
const SCRIPT: &str = include_str!("../../static/skript.js");
const ICON: &str = include_str!("../../static/ikon.svg");

struct OrganisationChoice {
    id: String,
    name: String,
    roles: Vec<RoleChoice>,
}

/// A role that somebody holds there.
struct RoleChoice {
    id: &'static str,
    name: &'static str,
    people: Vec<Sign>,
}

/// A person who holds it, as they can be chosen.
struct Sign {
    id: String,
    name: String,
}

/// What whoever is not signed in is offered.
enum Offer {
    /// To open the link that the program wrote.
    Link,
    /// To choose whom to be.
    Choose(Vec<OrganisationChoice>),
    /// To sign in.
    SignIn(SignIn),
}

/// How one signs in.
struct SignIn {
    /// At a provider.
    ways: Vec<WayIn>,
    /// With an account of here; None: there are none.
    here: Option<local::Here>,
    /// Where one wants to go.
    next: String,
    /// What was wrong with the address of whoever asks for their provider; empty: nothing.
    problem: String,
}

/// What was wrong with what was written here.
#[derive(Debug, Default)]
pub(super) enum Problem {
    #[default]
    None,
    /// With the address of whoever asks for their provider.
    Address(String),
    /// With what somebody signs in with here, who is called so.
    Here { address: String, sentence: String },
}

#[derive(Template)]
#[template(path = "entrance.html")]
struct EntrancePage {
    frame: Frame,
    demo: bool,
    offer: Offer,
    /// Whether any organisation takes ideas without an account.
    is_open: bool,
}

/// Where those begin who run the machines: there is no page for them.
#[derive(Template)]
#[template(path = "operator.html")]
struct OperatorPage {
    frame: Frame,
}

/// A browser that has no session yet.
fn visitor(l: Lang) -> Result<Secret, WebError> {
    Secret::new().ok_or_else(|| WebError::new(l, ErrorKind::Ours))
}

impl Session {
    /// In a sample region whoever comes, and otherwise who has opened the one-time link, may choose whom to be; nobody where people sign in.
    fn may_choose(&self) -> bool {
        if self.web.signs_in {
            return false;
        }
        let invited = |secret: &Secret| self.web.sessions.is_invited(secret);
        let signed_in = matches!(self.acting, Acting::As(..) | Acting::RoleNotHeld(_));
        self.web.demo || signed_in || self.secret.as_ref().is_some_and(invited)
    }
}

pub(super) async fn entrance(session: Session, Query(next): Query<Next>) -> Result<Response, WebError> {
    if matches!(session.acting, Acting::As(..)) {
        let next = next.own();
        return Ok(Redirect::to(if next.is_empty() { "/start" } else { next }).into_response());
    }
    let l = session.lang;
    if let Acting::Unknown(status) = &session.acting {
        return Err(WebError::from_status(l, status));
    }
    offer(session, next.own(), Problem::None).await
}

/// The same page again, with what was wrong with what was written there.
async fn sign_in(session: &Session, next: &str, problem: Problem) -> Result<SignIn, WebError> {
    let (ways, has_accounts) = sign_in::ways_in(session, next).await?;
    let (of_address, of_here) = match problem {
        Problem::None => (String::new(), None),
        Problem::Address(sentence) => (sentence, None),
        Problem::Here { address, sentence } => (String::new(), Some((address, sentence))),
    };
    Ok(SignIn {
        ways,
        here: match has_accounts {
            true => Some(local::offer(session, of_here.unwrap_or_default()).await?),
            false => None,
        },
        next: next.to_owned(),
        problem: of_address,
    })
}

pub(super) async fn offer(session: Session, next: &str, problem: Problem) -> Result<Response, WebError> {
    let (l, demo) = (session.lang, session.web.demo);
    let fresh = match &session.secret {
        None if demo => Some(visitor(l)?),
        _ => None,
    };
    let csrf = fresh.as_ref().map_or(session.csrf.clone(), Secret::csrf);
    let offer = match (session.web.signs_in, session.may_choose()) {
        (true, _) => Offer::SignIn(sign_in(&session, next, problem).await?),
        (false, true) => Offer::Choose(organisations(&session.web, l)),
        (false, false) => Offer::Link,
    };
    let frame = Frame {
        csrf,
        ..Frame::of_nobody(&session.web, l)
    };
    let page = EntrancePage {
        frame,
        demo,
        offer,
        is_open: without_account::is_open(&session.web),
    };
    let html = Html(page.render().map_err(|_| WebError::new(l, ErrorKind::Ours))?);
    Ok(match fresh {
        Some(secret) => ([(header::SET_COOKIE, session.web.cookie_of_session(&secret))], html).into_response(),
        None => html.into_response(),
    })
}

fn organisations(web: &Web, l: Lang) -> Vec<OrganisationChoice> {
    let directory = web.directory();
    let people = |id: &OrganisationId, role: Role| -> Vec<Sign> {
        let holds = |person: &&Person| {
            let mut roles = person.roles.iter();
            roles.any(|held| held.organisation == *id && held.role == role)
        };
        let sign = |person: &Person| Sign {
            id: person.id.to_string(),
            name: person.name.clone(),
        };
        directory.people.iter().filter(holds).map(sign).collect()
    };
    let roles = |id: &OrganisationId| {
        let role = |role: Role| RoleChoice {
            id: role.as_str(),
            name: phrases::role(l, role),
            people: people(id, role),
        };
        let held = Role::of_people().map(role).filter(|role| !role.people.is_empty());
        held.collect()
    };
    let choice = |organisation: &Organisation| OrganisationChoice {
        id: organisation.id.to_string(),
        name: organisation.name.clone(),
        roles: roles(&organisation.id),
    };
    directory.organisations.iter().map(choice).collect()
}

pub(super) async fn one_time_link(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    method: Method,
    session: Session,
) -> Result<Response, WebError> {
    // Whoever only looks whether it leads somewhere has not opened it.
    if method != Method::GET {
        return Ok(Response::default());
    }
    let used = {
        let mut link = web.link.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = link
            .as_ref()
            .is_some_and(|link| bool::from(link.as_bytes().ct_eq(token.as_bytes())));
        if fits { link.take() } else { None }
    };
    if used.is_none() {
        return Err(WebError::new(session.lang, ErrorKind::NoLink));
    }
    let secret = visitor(session.lang)?;
    web.sessions.invite(&secret);
    // Strict cookies are not sent along a redirect from elsewhere: the link is answered with a page that leads on.
    let onwards = "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url=/\"><a href=\"/\">Idésluss</a>";
    Ok(([(header::SET_COOKIE, web.cookie_of_session(&secret))], Html(onwards)).into_response())
}

pub(super) async fn choose(session: Session, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, WebError> {
    let (posted, l) = (Posted(fields), session.lang);
    session.check(&posted.get("csrf"))?;
    if !session.may_choose() {
        return Err(WebError::new(l, ErrorKind::OldForm));
    }
    let actor = (|| {
        Some(Actor {
            person: posted.get("person").parse().ok()?,
            organisation: posted.get("organisation").parse().ok()?,
            role: posted.get("role").parse().ok()?,
        })
    })();
    let actor = actor.ok_or_else(|| WebError::new(l, ErrorKind::NoPage))?;
    begin(&session, &actor).await
}

/// Begins a session in which somebody acts so, in the place of the one that there is: a secret from before opens nothing, and the day goes on counting.
pub(super) async fn begin(session: &Session, actor: &Actor) -> Result<Response, WebError> {
    let l = session.lang;
    let before = match &session.acting {
        Acting::As(..) | Acting::RoleNotHeld(_) => session.secret.as_ref(),
        Acting::Nobody | Acting::Unknown(_) => None,
    };
    let begun = SignedIn::begin(session.web.services.identity(), actor, before.map(Secret::bytes)).await;
    let secret = Secret::of(&begun.map_err(|status| WebError::from_status(l, &status))?);
    let secret = secret.ok_or_else(|| WebError::new(l, ErrorKind::Ours))?;
    if let Some(before) = &session.secret {
        session.web.sessions.forget(before);
    }
    let cookie = session.web.cookie_of_session(&secret);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/start")).into_response())
}

pub(super) async fn leave(session: Session, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, WebError> {
    session.check(&Posted(fields).get("csrf"))?;
    let may_choose = session.may_choose();
    let onwards = match &session.acting {
        Acting::As(_, voice) | Acting::RoleNotHeld(voice) => sign_in::leave(&session, voice).await?,
        // Whoever is told that they are signed out is.
        Acting::Unknown(status) => return Err(WebError::from_status(session.lang, status)),
        Acting::Nobody => None,
    };
    if let Some(ended) = &session.secret {
        session.web.sessions.forget(ended);
    }
    let secret = visitor(session.lang)?;
    if may_choose {
        session.web.sessions.invite(&secret);
    }
    let onwards = onwards.unwrap_or_else(|| Redirect::to("/").into_response());
    Ok(([(header::SET_COOKIE, session.web.cookie_of_session(&secret))], onwards).into_response())
}

/// Where each role begins its day.
pub(super) async fn start(user: User) -> Result<Response, WebError> {
    // By what nobody else does, or looks at first.
    let pages = [
        (user.may::<id::ListPeopleRequest>(), "/personer"),
        (user.may::<ev::ListToAssessRequest>(), "/bedoma"),
        (user.may::<audit::ListChangesRequest>(), "/revision"),
        (user.may::<sub::ListMyIdeasRequest>(), "/ideer"),
        (user.may::<ev::MakeDecisionRequest>(), "/besluta"),
        (user.may::<sub::SearchIdeasRequest>(), "/inkorg"),
        (user.may::<ev::ConfirmNeedOwnerRequest>(), "/bedomningar"),
        (user.may::<sh::ListSolutionsRequest>(), "/losningar"),
    ];
    let Some((_, page)) = pages.into_iter().find(|(may, _)| *may) else {
        let frame = Frame::of(&user);
        return drawn(&user, &OperatorPage { frame });
    };
    Ok(Redirect::to(page).into_response())
}

pub(super) async fn language(
    Path(code): Path<String>,
    session: Session,
    headers: http::HeaderMap,
) -> Result<Response, WebError> {
    let lang = Lang::of_code(&code).ok_or_else(|| WebError::new(session.lang, ErrorKind::NoPage))?;
    // Back to the page that it was asked from, if it was one of ours.
    let came_from = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let origin = &session.web.exposure.origin;
    let path = came_from.and_then(|from| origin.path_of(from));
    let mut back = Redirect::to(path.unwrap_or("/")).into_response();
    keep_language(&mut back, origin, lang);
    Ok(back)
}

pub(super) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, STYLE).into_response()
}

pub(super) async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, SCRIPT).into_response()
}

pub(super) async fn icon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, ICON).into_response()
}
