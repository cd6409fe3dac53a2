//! Coming in: whom to be, in which language.

use crate::door::{Guest, LANGUAGE, SESSION, Visitor, Web};
use crate::error::{Fault, WebError};
use crate::lang::Lang;
use crate::phrases;
use crate::posted::Posted;
use crate::sessions::Part;
use askama::Template;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use http::header;
use idesluss_domain::words::Role;
use std::sync::{Arc, PoisonError};

const STYLE: &str = include_str!("../../static/stil.css");
const ICON: &str = include_str!("../../static/ikon.svg");

struct House {
    id: String,
    name: String,
    people: Vec<Sign>,
}

/// A person in a role, as they stand beside the door.
struct Sign {
    id: String,
    name: String,
    role: &'static str,
    role_name: &'static str,
}

#[derive(Template)]
#[template(path = "door.html")]
struct Door {
    l: Lang,
    demo: bool,
    csrf: String,
    houses: Vec<House>,
}

fn cookie(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict")
}

pub(super) async fn door(guest: Guest) -> Result<Response, WebError> {
    if guest.part.is_some() {
        return Ok(Redirect::to("/start").into_response());
    }
    let l = guest.lang;
    let (session, csrf, fresh) = match (guest.session, guest.web.demo) {
        (Some(session), _) => (Some(session), guest.csrf, false),
        (None, true) => {
            let id = guest
                .web
                .sessions
                .begin()
                .ok_or_else(|| WebError::new(l, Fault::Ours))?;
            let csrf = guest
                .web
                .sessions
                .find(&id)
                .map(|session| session.csrf)
                .unwrap_or_default();
            (Some(id), csrf, true)
        }
        (None, false) => (None, String::new(), false),
    };
    let houses = if session.is_some() {
        houses(&guest.web, l)
    } else {
        Vec::new()
    };
    let demo = guest.web.demo;
    let page = Door { l, demo, csrf, houses };
    let html = Html(page.render().map_err(|_| WebError::new(l, Fault::Ours))?);
    Ok(match session.filter(|_| fresh) {
        Some(id) => ([(header::SET_COOKIE, cookie(SESSION, &id))], html).into_response(),
        None => html.into_response(),
    })
}

fn houses(web: &Web, l: Lang) -> Vec<House> {
    let directory = &web.directory;
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
    let house = |organisation: &idesluss_runtime::Organisation| House {
        id: organisation.id.to_string(),
        name: organisation.name.clone(),
        people: people(&organisation.id),
    };
    directory.organisations.iter().map(house).collect()
}

pub(super) async fn one_time_link(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    guest: Guest,
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
        return Err(WebError::new(guest.lang, Fault::NoLink));
    }
    let id = web
        .sessions
        .begin()
        .ok_or_else(|| WebError::new(guest.lang, Fault::Ours))?;
    // Strict cookies are not sent along a redirect from elsewhere: the link is answered with a page that leads on.
    let onwards = "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url=/\"><a href=\"/\">Idésluss</a>";
    Ok(([(header::SET_COOKIE, cookie(SESSION, &id))], Html(onwards)).into_response())
}

pub(super) async fn choose(
    State(web): State<Arc<Web>>,
    guest: Guest,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    guest.check(&posted.get("csrf"))?;
    let part = (|| {
        Some(Part {
            person: posted.get("person").parse().ok()?,
            organisation: posted.get("organisation").parse().ok()?,
            role: posted.get("roll").parse().ok()?,
        })
    })();
    let holds = |part: &Part| {
        web.directory.holds(&idesluss_domain::words::Actor {
            person: part.person,
            organisation: part.organisation.clone(),
            role: part.role,
        })
    };
    let part = part
        .filter(holds)
        .ok_or_else(|| WebError::new(guest.lang, Fault::NoPage))?;
    if let Some(session) = &guest.session {
        web.sessions.act_as(session, Some(part));
    }
    Ok(Redirect::to("/start").into_response())
}

pub(super) async fn leave(guest: Guest, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, WebError> {
    guest.check(&Posted(fields).get("csrf"))?;
    if let Some(session) = &guest.session {
        guest.web.sessions.act_as(session, None);
    }
    Ok(Redirect::to("/").into_response())
}

/// Where each role begins its day.
pub(super) async fn start(visitor: Visitor) -> Result<Response, WebError> {
    let page = match visitor.part.role {
        Role::Submitter => "/ideer",
        Role::Coordinator | Role::Registrar => "/inkorg",
        Role::Auditor => "/revision",
        Role::Assessor => "/bedoma",
        Role::DecisionMaker => "/besluta",
        Role::NeedOwner => "/bedomningar",
        Role::Steward | Role::Adopter => "/losningar",
        Role::Operator | Role::Service => {
            let l = visitor.lang;
            let page = crate::view::Page::new(l.t("Drift", "Operations")).intro(l.t(
                "Driftansvariga sköter maskinerna och läser inget innehåll. Använd kommandona i terminalen.",
                "Operators run the machines and read no content. Use the commands in the terminal.",
            ));
            return page.draw(&visitor);
        }
    };
    Ok(Redirect::to(page).into_response())
}

pub(super) async fn language(
    Path(code): Path<String>,
    guest: Guest,
    headers: http::HeaderMap,
) -> Result<Response, WebError> {
    let lang = Lang::read(&code).ok_or_else(|| WebError::new(guest.lang, Fault::NoPage))?;
    let set = [(
        header::SET_COOKIE,
        format!("{LANGUAGE}={}; Path=/; Max-Age=31536000; SameSite=Strict", lang.code()),
    )];
    // Back to the page that it was asked from, if it was one of ours.
    let came_from = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok());
    let ours = format!("http://{}", guest.web.address);
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
