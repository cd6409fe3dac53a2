//! Coming in: whom to be, in which language.

use crate::error::{ErrorKind, WebError};
use crate::lang::Lang;
use crate::phrases;
use crate::posted::Posted;
use crate::session::{LANGUAGE, SESSION, Session, User, Web};
use crate::sessions::ActingAs;
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use cookie::time::Duration;
use cookie::{Cookie, CookieBuilder, SameSite};
use http::header;
use idesluss_domain::words::Role;
use idesluss_proto::pb::{audit, evaluation as ev, identity as id, sharing as sh, submission as sub};
use std::sync::{Arc, PoisonError};

const STYLE: &str = include_str!("../../static/stil.css");
const ICON: &str = include_str!("../../static/ikon.svg");

struct OrganisationChoice {
    id: String,
    name: String,
    people: Vec<Sign>,
}

/// A person in a role, as they can be chosen.
struct Sign {
    id: String,
    name: String,
    role: &'static str,
    role_name: &'static str,
}

#[derive(Template)]
#[template(path = "entrance.html")]
struct EntrancePage {
    l: Lang,
    demo: bool,
    csrf: String,
    organisations: Vec<OrganisationChoice>,
}

/// A cookie of the whole web that is never sent along from elsewhere.
fn cookie<'a>(name: &'a str, value: &'a str) -> CookieBuilder<'a> {
    Cookie::build((name, value)).path("/").same_site(SameSite::Strict)
}

/// The session's, until the browser is closed; no script sees it.
fn session_cookie(id: &str) -> String {
    cookie(SESSION, id).http_only(true).to_string()
}

pub(super) async fn entrance(session: Session) -> Result<Response, WebError> {
    if session.acting_as.is_some() {
        return Ok(Redirect::to("/start").into_response());
    }
    let l = session.lang;
    let (id, csrf, fresh) = match (session.id, session.web.demo) {
        (Some(id), _) => (Some(id), session.csrf, false),
        (None, true) => {
            let id = session
                .web
                .sessions
                .begin()
                .ok_or_else(|| WebError::new(l, ErrorKind::Ours))?;
            let csrf = session
                .web
                .sessions
                .find(&id)
                .map(|record| record.csrf)
                .unwrap_or_default();
            (Some(id), csrf, true)
        }
        (None, false) => (None, String::new(), false),
    };
    let organisations = if id.is_some() {
        organisations(&session.web, l)
    } else {
        Vec::new()
    };
    let demo = session.web.demo;
    let page = EntrancePage {
        l,
        demo,
        csrf,
        organisations,
    };
    let html = Html(page.render().map_err(|_| WebError::new(l, ErrorKind::Ours))?);
    Ok(match id.filter(|_| fresh) {
        Some(id) => ([(header::SET_COOKIE, session_cookie(&id))], html).into_response(),
        None => html.into_response(),
    })
}

fn organisations(web: &Web, l: Lang) -> Vec<OrganisationChoice> {
    let directory = web.directory();
    let people = |id: &idesluss_domain::words::OrganisationId| {
        let mut signs = Vec::new();
        for person in &directory.people {
            for held in person
                .roles
                .iter()
                .filter(|held| held.organisation == *id && held.role != Role::Service)
            {
                signs.push(Sign {
                    id: person.id.to_string(),
                    name: person.name.clone(),
                    role: held.role.as_str(),
                    role_name: phrases::role(l, held.role),
                });
            }
        }
        signs
    };
    let choice = |organisation: &idesluss_runtime::Organisation| OrganisationChoice {
        id: organisation.id.to_string(),
        name: organisation.name.clone(),
        people: people(&organisation.id),
    };
    directory.organisations.iter().map(choice).collect()
}

pub(super) async fn one_time_link(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    session: Session,
) -> Result<Response, WebError> {
    use subtle::ConstantTimeEq as _;
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
    let id = web
        .sessions
        .begin()
        .ok_or_else(|| WebError::new(session.lang, ErrorKind::Ours))?;
    // Strict cookies are not sent along a redirect from elsewhere: the link is answered with a page that leads on.
    let onwards = "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url=/\"><a href=\"/\">Idésluss</a>";
    Ok(([(header::SET_COOKIE, session_cookie(&id))], Html(onwards)).into_response())
}

pub(super) async fn choose(
    State(web): State<Arc<Web>>,
    session: Session,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    session.check(&posted.get("csrf"))?;
    let acting_as = (|| {
        Some(ActingAs {
            person: posted.get("person").parse().ok()?,
            organisation: posted.get("organisation").parse().ok()?,
            role: posted.get("role").parse().ok()?,
        })
    })();
    let holds = |acting_as: &ActingAs| {
        web.directory().holds(&idesluss_domain::words::Actor {
            person: acting_as.person,
            organisation: acting_as.organisation.clone(),
            role: acting_as.role,
        })
    };
    let acting_as = acting_as
        .filter(holds)
        .ok_or_else(|| WebError::new(session.lang, ErrorKind::NoPage))?;
    renewed(&session, Some(acting_as), "/start")
}

pub(super) async fn leave(session: Session, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, WebError> {
    session.check(&Posted(fields).get("csrf"))?;
    renewed(&session, None, "/")
}

/// Another session in the place of this one, in which somebody acts so: an id from before opens nothing.
fn renewed(session: &Session, acting_as: Option<ActingAs>, onwards: &str) -> Result<Response, WebError> {
    let id = session.id.as_deref();
    let id = id.and_then(|id| session.web.sessions.renew(id, acting_as));
    let id = id.ok_or_else(|| WebError::new(session.lang, ErrorKind::OldForm))?;
    Ok(([(header::SET_COOKIE, session_cookie(&id))], Redirect::to(onwards)).into_response())
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
        let l = user.lang;
        let page = crate::view::Page::new(l.t("Drift", "Operations")).intro(l.t(
            "Driftansvariga sköter maskinerna och läser inget innehåll. Använd kommandona i terminalen.",
            "Operators run the machines and read no content. Use the commands in the terminal.",
        ));
        return page.draw(&user);
    };
    Ok(Redirect::to(page).into_response())
}

pub(super) async fn language(
    Path(code): Path<String>,
    session: Session,
    headers: http::HeaderMap,
) -> Result<Response, WebError> {
    let lang = Lang::of_code(&code).ok_or_else(|| WebError::new(session.lang, ErrorKind::NoPage))?;
    let set = [(
        header::SET_COOKIE,
        cookie(LANGUAGE, lang.code()).max_age(Duration::days(365)).to_string(),
    )];
    // Back to the page that it was asked from, if it was one of ours.
    let came_from = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let ours = format!("http://{}", session.web.address);
    let path = came_from
        .and_then(|from| from.strip_prefix(&ours))
        .filter(|path| path.starts_with('/') && !path.starts_with("//"));
    Ok((set, Redirect::to(path.unwrap_or("/"))).into_response())
}

pub(super) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, STYLE).into_response()
}

pub(super) async fn icon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, ICON).into_response()
}
