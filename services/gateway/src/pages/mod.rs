//! The pages, one file a thing that people do.

mod adoption;
mod asked;
mod benefits;
mod calls;
mod confirm;
mod decide;
mod dossier;
mod entrance;
mod evaluation;
mod evaluation_acts;
mod evaluation_forms;
mod evaluation_view;
mod evaluations;
mod files;
#[cfg(test)]
mod forms_tests;
mod histories;
mod history;
mod idea;
mod idea_acts;
mod idea_forms;
mod ideas;
mod inbox;
mod invitation;
mod list;
mod local;
mod look;
mod mandate_acts;
mod mandates;
mod mapping;
mod organisation;
mod own_means;
mod people;
mod private_link;
mod programs;
pub(crate) mod revision;
mod search;
mod sign_in;
mod solution;
mod solutions;
mod terms;
mod titles;
mod without_account;
mod words;

pub(crate) use self::sign_in::led_on;

use self::asked::Asked;
use crate::act::{Acts, Became, Done, send};
use crate::components::Link;
use crate::error::{ErrorKind, WebError};
use crate::posted::Posted;
use crate::refill::{WithForms, refused, shown};
use crate::refusals;
use crate::session::{DONE, Session, User, Web, write_token};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use cookie::time::Duration;
use http::header;
use idesluss_domain::words::MAX_FILE_BYTES;
use idesluss_proto::Rpc;
use idesluss_proto::status::Refusal;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// How long after it was done something may be said to have been done.
const SOON: Duration = Duration::seconds(30);

/// How much of a form with a file is read: a browser shows why a file is too large only after it has sent all of it. No more than a few pieces
/// are in memory.
const LARGEST_FILE_FORM: usize = 10 * MAX_FILE_BYTES as usize;

/// No form with a file has more fields.
const MOST_PARTS: usize = 16;

pub(crate) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/", get(entrance::entrance))
        .route("/in/{token}", get(entrance::one_time_link))
        .route("/in/adress", post(sign_in::by_address))
        .route("/in/hos/{provider}", get(sign_in::leave_for))
        .route("/in/tillbaka/{provider}", get(sign_in::come_back))
        .route("/in/losenord", post(local::by_password))
        .route("/in/engangskod", post(local::by_code))
        .route("/in/nyckel", post(local::by_passkey))
        .route("/in/inbjudan", post(invitation::open))
        .route("/in/inbjudan/{link}", get(invitation::page))
        .route("/in/inbjudan/losenord", post(invitation::with_password))
        .route("/in/inbjudan/nyckel", post(invitation::with_passkey))
        .route("/in/kod", post(sign_in::use_code))
        .route("/in/kod/{code}", get(sign_in::code))
        .route("/ut/bakvag", post(sign_in::signed_out))
        .route("/ut/framvag", get(sign_in::signed_out_in_front))
        .route("/inloggningar", get(sign_in::sessions).post(sign_in::end_sessions))
        .route("/inloggning", get(own_means::page))
        .route("/inloggning/app", get(own_means::codes))
        .route("/inloggning/{act}", post(own_means::act))
        .route("/roll", post(sign_in::change_role))
        .route("/valj", post(entrance::choose))
        .route("/lamna", post(entrance::leave))
        .route("/start", get(entrance::start))
        .route("/sprak/{code}", get(entrance::language))
        .route("/stil.css", get(entrance::style))
        .route("/ikon.svg", get(entrance::icon))
        .route("/skript.js", get(entrance::script))
        .route("/ideer", get(ideas::mine).post(ideas::submit))
        .route("/ideer/ny", get(ideas::new).post(ideas::look))
        .route("/ideer/{idea}", get(idea::page))
        .route(
            "/ideer/{idea}/fil",
            post(files::attach).layer(DefaultBodyLimit::max(LARGEST_FILE_FORM)),
        )
        .route("/ideer/{idea}/fil/{file}", get(files::download))
        .route("/ideer/{idea}/historik", get(history::page))
        .route("/ideer/{idea}/{act}", post(idea_acts::act))
        .route("/villkor", get(terms::in_force))
        .route("/villkor/{organisation}/{version}", get(terms::version))
        .route("/ord", get(words::page))
        .route("/logo/{organisation}", get(look::logo))
        .route("/farg/{organisation}", get(look::colour))
        .route("/inkorg", get(inbox::page))
        .route("/sok", get(search::page))
        .route("/bedoma", get(evaluations::to_assess))
        .route("/besluta", get(evaluations::to_decide))
        .route("/bedomningar", get(evaluations::overview))
        .route("/bedomningar/{evaluation}", get(evaluation::page))
        .route(
            "/bedomningar/{evaluation}/beslut",
            get(decide::page).post(decide::decide),
        )
        .route("/bedomningar/{evaluation}/grund", get(dossier::page))
        .route("/bedomningar/{evaluation}/{act}", post(evaluation_acts::act))
        .route("/utlysningar", get(calls::page).post(calls::open))
        .route("/utlysningar/{call}/stang", post(calls::close))
        .route("/losningar", get(solutions::page))
        .route("/losningar/{solution}", get(solution::page))
        .route("/losningar/{solution}/{act}", post(solution::act))
        .route("/inforanden", get(adoption::list))
        .route("/inforanden/{adoption}", get(adoption::page))
        .route("/inforanden/{adoption}/{act}", post(adoption::act))
        .route("/nytta", get(benefits::page))
        .route("/revision", get(revision::instance))
        .route("/revision/paket", post(revision::bundle))
        .route("/revision/ideer/{idea}", get(revision::idea))
        .route("/revision/ideer/{idea}/paket", post(revision::idea_bundle))
        .route("/revision/beslut/{evaluation}", get(revision::decision))
        .route("/personer", get(people::list))
        .route("/personer/ny", post(people::add))
        .route("/personer/{person}", get(people::page))
        .route("/personer/{person}/{act}", post(people::act))
        .route("/program", get(programs::list))
        .route("/program/ny", post(programs::add))
        .route("/program/{program}", get(programs::page))
        .route("/program/{program}/{act}", post(programs::act))
        .route("/organisation", get(organisation::page))
        .route(
            "/organisation/utseende",
            post(organisation::look).layer(DefaultBodyLimit::max(LARGEST_FILE_FORM)),
        )
        .route("/organisation/inloggning", get(mapping::page))
        .route("/organisation/inloggning/visa", post(mapping::look))
        .route("/organisation/inloggning/{act}", post(mapping::act))
        .route("/organisation/{act}", post(organisation::act))
        .route("/lank", get(without_account::start))
        .route(
            "/lank/till/{organisation}",
            get(without_account::ask).post(without_account::give),
        )
        .route("/lank/till/{organisation}/villkor", get(without_account::terms))
        .route("/lank/oppna", post(private_link::open))
        .route("/lank/gor-till-min", post(private_link::claim))
        .route("/lank/min", get(private_link::own))
        .route("/lank/min/ide", get(private_link::idea))
        .route("/lank/min/ny", get(private_link::new))
        .route("/lank/min/{act}", post(private_link::act))
        .route("/lank/{secret}", get(private_link::page))
        .route("/mandat", get(mandates::page))
        .route("/mandat/{act}", post(mandate_acts::act))
}

pub(crate) async fn not_found(session: Session) -> WebError {
    WebError::new(session.lang, ErrorKind::NoPage)
}

/// A number of the contract's as an address has it; all are asked for by none.
fn number(number: i32) -> String {
    match number {
        0 => String::new(),
        number => number.to_string(),
    }
}

/// What is written with its bytes in an address: all but what RFC 3986 leaves alone everywhere.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value as it stands in an address.
pub(crate) fn in_address(value: &str) -> impl std::fmt::Display {
    utf8_percent_encode(value, UNRESERVED)
}

/// Where a form was sent, and where whoever sent it is led when it was carried out.
struct Way<'a> {
    action: &'a str,
    next: &'a str,
}

/// Sends the form `act` of a page on, one of `acts`: onwards when it was carried out, otherwise the page as `draw` shows it, with what was wrong.
async fn carry_out(
    user: &User,
    (acts, act): (&Acts, &str),
    posted: &Posted,
    way: Way<'_>,
    draw: impl Future<Output = Result<impl WithForms, WebError>>,
) -> Result<Response, WebError> {
    match send(user, acts, act, posted).await? {
        Became::Done(done) => Ok(back_to(user, way.next, done)),
        Became::Refused(status) => refused(user, draw.await, way.action, posted, &status),
        Became::Unsure(rpc) => confirm::page(user, draw.await, way.action, rpc, posted),
        Became::Shown => shown(user, draw.await, way.action, posted),
    }
}

/// The same of a form that leads back to the page on which it stands: it is sent to the page's address and the act's name.
async fn carry_out_here(
    user: &User,
    (acts, act): (&Acts, &str),
    posted: &Posted,
    page: &str,
    draw: impl Future<Output = Result<impl WithForms, WebError>>,
) -> Result<Response, WebError> {
    let action = format!("{page}/{act}");
    let way = Way {
        action: &action,
        next: page,
    };
    carry_out(user, (acts, act), posted, way, draw).await
}

/// Back to a page, which waits for what was just done, and says it.
fn back_to(user: &User, page: &str, done: Done) -> Response {
    let token = write_token(done.token);
    let after = in_address(&token).to_string();
    // The path may hold what somebody wrote into an address.
    let page = utf8_percent_encode(page, CONTROLS);
    let said = user.says_done(done.rpc, &after);
    let said = user
        .web
        .exposure
        .origin
        .cookie(DONE, said)
        .http_only(true)
        .max_age(SOON);
    let back = Redirect::to(&format!("{page}?efter={after}"));
    ([(header::SET_COOKIE, said.to_string())], back).into_response()
}

impl User {
    /// What is wrong with the words of a search, for its field. Errors: something else went wrong.
    fn search_problem(&self, status: &tonic::Status) -> Result<String, WebError> {
        let refusal = Refusal::from(status);
        match refusal.fields.as_slice() {
            [problem] if matches!(problem.field.as_str(), "text" | "words") => {
                Ok(refusals::problem(self.lang, problem))
            }
            _ => Err(self.web_error(status)),
        }
    }

    /// A link to a page, for whoever sees one that begins with this question.
    fn link<R: Rpc>(&self, href: &str, text: &'static str) -> Option<Link> {
        self.may::<R>().then(|| Link::new(href, self.lang.t(text)))
    }

    /// What a service said instead.
    fn web_error(&self, status: &tonic::Status) -> WebError {
        WebError::from_status(self.lang, status)
    }
}
