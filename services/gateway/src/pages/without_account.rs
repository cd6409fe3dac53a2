//! Giving an idea without an account: which organisations take one, the form, and the private link that whoever has given it is shown once.
//!
//! Nothing is kept of whoever only looks, here or in their browser. The link is made with the form, so that a form that is sent twice is one idea.

use super::{ideas, in_address, terms};
use crate::act::{Act, Acts, Became, find, send};
use crate::components::{Link, Links, Prose, Wording, qr};
use crate::error::{ErrorKind, WebError, http_status};
use crate::filling::fill;
use crate::form::Form;
use crate::frame::Frame;
use crate::guard::Asker;
use crate::lang::Lang;
use crate::pages::sign_in::browser;
use crate::posted::Posted;
use crate::refill::{WithForms, marked, returned};
use crate::services::pause;
use crate::session::{Reads, User, Web, keep_language};
use crate::sessions::Secret;
use askama::Template;
use axum::Extension;
use axum::extract::{Form as Sent, Path, Query, State};
use axum::response::{Html, IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::{HeaderMap, StatusCode, header};
use idesluss_domain::identity::terms::USUAL_TERMS;
use idesluss_domain::words::CommandId;
use idesluss_proto::pb::command::{Query as Asked, Token};
use idesluss_proto::pb::identity as id;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::status::{Reason, Refusal, invalid, refuse};
use idesluss_proto::write_command;
use idesluss_runtime::Organisation;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Status;
use uuid::Uuid;

/// How long the receipt waits for its reference, and how often it looks.
const FOLLOWS: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(50);

/// The command behind the form, as everybody's: only where it is sent is another.
pub(super) const ACTS: &Acts = ideas::ACTS;
const ACT: &str = "lamna";

/// Where an organisation's form stands, and is sent.
fn page_of(organisation: &str) -> String {
    format!("/lank/till/{}", in_address(organisation))
}

/// A page that nobody in particular sees.
pub(super) fn draw(l: Lang, page: &impl Template) -> Result<Response, WebError> {
    let html = page.render().map_err(|_| WebError::new(l, ErrorKind::Ours))?;
    Ok(Html(html).into_response())
}

/// The secret of a private link as it stands in its address.
pub(super) fn address_of(web: &Web, secret: &Secret) -> String {
    web.absolute(&format!("/lank/{}", secret.write()))
}

/// What is kept of a secret.
pub(super) fn hash(secret: &Secret) -> [u8; 32] {
    Sha256::digest(secret.bytes()).into()
}

/// A link as whoever has it is shown it.
pub(super) struct Shown {
    pub(super) address: String,
    /// The same as a picture that a telephone reads.
    pub(super) picture: String,
}

impl Shown {
    pub(super) fn of(web: &Web, l: Lang, secret: &Secret) -> Result<Self, WebError> {
        let address = address_of(web, secret);
        let picture = qr::picture(&address).ok_or_else(|| WebError::new(l, ErrorKind::Ours))?;
        Ok(Self { address, picture })
    }
}

/// The organisations that take ideas without an account.
#[derive(Template)]
#[template(path = "link_start.html")]
struct StartPage {
    frame: Frame,
    organisations: Links,
}

/// Whether any organisation takes ideas so.
pub(super) fn is_open(web: &Web) -> bool {
    web.directory().organisations.iter().any(takes)
}

fn takes(organisation: &Organisation) -> bool {
    organisation.shown.ideas_per_day > 0
}

pub(super) async fn start(Reads(l): Reads, State(web): State<Arc<Web>>) -> Result<Response, WebError> {
    let directory = web.directory();
    let known = directory.organisations.iter().filter(|known| takes(known));
    let page = StartPage {
        frame: Frame::of_nobody(&web, l),
        organisations: Links(
            known
                .map(|known| Link::new(page_of(known.id.as_str()), known.name.clone()))
                .collect(),
        ),
    };
    draw(l, &page)
}

/// The form.
#[derive(Template)]
#[template(path = "link_submit.html")]
struct GivePage {
    frame: Frame,
    /// To whom the idea goes.
    intro: String,
    /// Where the terms stand.
    terms: String,
    form: Form,
}

impl WithForms for GivePage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        vec![&mut self.form]
    }
}

/// An organisation by its short name. Errors: there is none.
fn known(web: &Web, l: Lang, organisation: &str) -> Result<Organisation, WebError> {
    let directory = web.directory();
    let found = organisation.parse().ok().and_then(|id| directory.organisation(&id));
    found.cloned().ok_or_else(|| WebError::new(l, ErrorKind::NoPage))
}

/// What the terms are called that hold there.
fn terms_in_force(organisation: &Organisation) -> String {
    match organisation.shown.terms_in_force.as_str() {
        "" => USUAL_TERMS.to_owned(),
        own => own.to_owned(),
    }
}

/// The form for an idea to an organisation. `link` is what it brings along: the secret of the link that will be made with it, and what identity has sealed
/// for that one.
pub(super) fn form(l: Lang, organisation: &Organisation, link: [String; 2]) -> Form {
    let [secret, kept] = link;
    let owns = l.t("link-the-organisation-may-use-it");
    let page = page_of(organisation.id.as_str());
    ideas::of_idea(l, &page, owns, terms_in_force(organisation))
        .hidden("privat", secret)
        .hidden("forsegling", kept)
}

fn page(web: &Web, l: Lang, organisation: &Organisation, link: [String; 2]) -> GivePage {
    GivePage {
        frame: Frame::of_visitor(web, l, &organisation.id),
        intro: l.say("link-give-intro", &[("organisation", &organisation.name)]),
        terms: format!("{}/villkor", page_of(organisation.id.as_str())),
        form: form(l, organisation, link),
    }
}

/// Begins a form: with a secret of its own, of which nothing is kept anywhere but in the page.
async fn begin(web: &Web, organisation: &Organisation) -> Result<[String; 2], Status> {
    let secret = Secret::new().ok_or_else(|| Status::internal("no randomness"))?;
    let request = id::BeginLinkRequest {
        organisation: organisation.id.to_string(),
        hash: hash(&secret).to_vec(),
    };
    let begun = web.services.ask(request).await?;
    Ok([secret.write(), BASE64.encode(begun.kept)])
}

pub(super) async fn ask(
    Reads(l): Reads,
    State(web): State<Arc<Web>>,
    Path(organisation): Path<String>,
) -> Result<Response, WebError> {
    let organisation = known(&web, l, &organisation)?;
    let begun = begin(&web, &organisation).await;
    let link = begun.map_err(|status| WebError::from_status(l, &status))?;
    let mut page = page(&web, l, &organisation, link);
    page.takes_along();
    draw(l, &page)
}

/// The terms that hold there, before anybody is asked who they are.
#[derive(Template)]
#[template(path = "link_terms.html")]
struct TermsPage {
    frame: Frame,
    of: String,
    terms: Prose,
    back: String,
}

pub(super) async fn terms(
    Reads(l): Reads,
    State(web): State<Arc<Web>>,
    Path(organisation): Path<String>,
) -> Result<Response, WebError> {
    let organisation = known(&web, l, &organisation)?;
    let terms = match &organisation.shown.own_terms {
        None => terms::USUAL.map(|name| l.t(name)).join("\n\n").into(),
        Some((_, english)) if l != Lang::SWEDISH && !english.is_empty() => Wording::written_in(Lang::ENGLISH, english),
        Some((swedish, _)) => Wording::written(swedish),
    };
    let version = terms_in_force(&organisation);
    let names = [("organisation", &*organisation.name), ("version", &*version)];
    let page = TermsPage {
        frame: Frame::of_visitor(&web, l, &organisation.id),
        of: l.say("terms-of", &names),
        terms: Prose(terms),
        back: page_of(organisation.id.as_str()),
    };
    draw(l, &page)
}

/// In which language a form is to be shown again that was sent; empty: it is to be carried out.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Looking {
    sprak: String,
}

impl Looking {
    pub(super) fn is_looking(&self) -> bool {
        Lang::of_code(&self.sprak).is_some()
    }
}

/// What is wrong with a form before anything is made for it. Errors: something is.
fn look_over(filled: &Posted) -> Result<(), Status> {
    let Some(Act::One(sends)) = find(ACTS, ACT) else {
        return Ok(());
    };
    // Which idea it is and which command is said once the link is made.
    let filled = filled.clone().with("idea", Uuid::new_v4().to_string());
    let command = write_command(CommandId(Uuid::new_v4()));
    let request = fill(sends, &filled, Some(command))?;
    match (sends.problems)(request).as_slice() {
        [] => Ok(()),
        problems => Err(invalid(problems)),
    }
}

/// Somebody who gives an idea: what they have sent, and to whom.
struct Giver<'a> {
    web: &'a Arc<Web>,
    l: Lang,
    organisation: Organisation,
    posted: Posted,
}

/// What was made of it.
struct Given {
    user: User,
    session: Secret,
    secret: Secret,
    idea: String,
    token: Option<Token>,
}

impl Giver<'_> {
    /// The page with the form as it was sent.
    fn page(&self) -> GivePage {
        let link = ["privat", "forsegling"].map(|field| self.posted.get(field));
        page(self.web, self.l, &self.organisation, link)
    }

    fn action(&self) -> String {
        page_of(self.organisation.id.as_str())
    }

    /// Nothing that was written is lost: the form with what was wrong. One that holds no longer goes on as a new one.
    async fn refused(mut self, status: &Status) -> Result<Response, WebError> {
        let is_over = matches!(Refusal::from(status).reason.as_str(), "OLD_LINK_FORM" | "BAD_LINK");
        let mut said = status.clone();
        if is_over && let Ok([secret, kept]) = begin(self.web, &self.organisation).await {
            let command = Uuid::now_v7().to_string();
            self.posted = self
                .posted
                .with("privat", secret)
                .with("forsegling", kept)
                .with("command", command);
            said = refuse(Reason::OldLinkForm);
        }
        let mut page = marked(self.l, Ok(self.page()), &self.action(), &self.posted, &said)?;
        page.takes_along();
        Ok((http_status(&said), draw(self.l, &page)?).into_response())
    }

    /// The form again, as it is.
    fn shown(&self) -> Result<Response, WebError> {
        let mut page = self.page();
        returned(&mut page, &self.action(), &self.posted);
        page.takes_along();
        draw(self.l, &page)
    }

    /// Makes the link of the form, and gives the idea as whoever has it.
    async fn give(&self, filled: &Posted, browser: String) -> Result<Result<Given, Status>, WebError> {
        let Some(secret) = Secret::read(&filled.get("privat")) else {
            return Err(WebError::new(self.l, ErrorKind::OldForm));
        };
        let request = id::MakeLinkRequest {
            kept: BASE64.decode(filled.get("forsegling")).unwrap_or_default(),
            hash: hash(&secret).to_vec(),
            browser,
        };
        let made = SessionCommandServiceClient::new(self.web.services.identity().clone())
            .make_link(request)
            .await;
        let made = match made {
            Ok(made) => made.into_inner(),
            Err(status) => return Ok(Err(status)),
        };
        let ours = || WebError::new(self.l, ErrorKind::Ours);
        let session = Secret::of(&made.session).ok_or_else(ours)?;
        let user = User::by_link(self.web, session.clone(), self.l, &self.action()).await?;
        if user.acting_as.organisation != self.organisation.id {
            // It was begun for another.
            return Ok(Err(refuse(Reason::OldLinkForm)));
        }
        // What comes so answers no call, and is the one idea of its link.
        let filled = filled
            .clone()
            .with("idea", made.idea.clone())
            .with("call", String::new())
            .with("csrf", user.csrf.clone());
        Ok(match send(&user, ACTS, ACT, &filled).await? {
            Became::Done(done) => Ok(Given {
                user,
                session,
                secret,
                idea: made.idea,
                token: done.token,
            }),
            Became::Refused(status) => Err(status),
            Became::Unsure(_) | Became::Shown => return Err(ours()),
        })
    }
}

pub(super) async fn give(
    Reads(l): Reads,
    State(web): State<Arc<Web>>,
    Extension(Asker(from)): Extension<Asker>,
    headers: HeaderMap,
    Path(organisation): Path<String>,
    Query(looking): Query<Looking>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let organisation = known(&web, l, &organisation)?;
    let read = terms_in_force(&organisation);
    let posted = Posted(fields);
    let filled = posted.clone().with(
        "terms",
        if posted.ticked("terms") {
            posted.get("terms_read")
        } else {
            String::new()
        },
    );
    // Terms that hold no longer are accepted by nobody: whoever had read them reads the new ones.
    let posted = match posted.get("terms_read") == read {
        true => posted,
        false => posted.with("terms", String::new()),
    };
    let giver = Giver {
        web: &web,
        l,
        organisation,
        posted,
    };
    if looking.is_looking() {
        let mut page = giver.shown()?;
        keep_language(&mut page, &web.exposure.origin, l);
        return Ok(page);
    }
    web.seldom.ideas.check(l, from)?;
    if let Err(status) = look_over(&filled) {
        return giver.refused(&status).await;
    }
    match giver.give(&filled, browser(&headers)).await? {
        Ok(given) => receipt(&giver, given).await,
        Err(status) => giver.refused(&status).await,
    }
}

/// What whoever has given an idea is shown once: its reference, and the link.
#[derive(Template)]
#[template(path = "link_given.html")]
struct GivenPage {
    frame: Frame,
    /// Empty: it is not there yet.
    reference: String,
    shown: Shown,
    idea: String,
}

async fn receipt(giver: &Giver<'_>, given: Given) -> Result<Response, WebError> {
    let Given {
        user,
        session,
        secret,
        idea,
        token,
    } = given;
    let began = Instant::now();
    let reference = loop {
        let request = pb::GetIdeaRequest {
            query: Some(Asked { after: token.clone() }),
            idea: idea.clone(),
        };
        // It is given, whatever becomes of this: its page says the reference later.
        let found = user.services().ask(request).await.ok();
        let reference = found
            .and_then(|found| found.row)
            .map(|row| row.reference)
            .unwrap_or_default();
        if !reference.is_empty() || began.elapsed() > FOLLOWS {
            break reference;
        }
        pause(LOOK).await;
    };
    let page = GivenPage {
        frame: Frame::of(&user).shown_once(),
        reference,
        shown: Shown::of(giver.web, giver.l, &secret)?,
        idea: format!("/ideer/{idea}"),
    };
    let cookie = [(header::SET_COOKIE, giver.web.cookie_of_link(&session))];
    Ok((StatusCode::OK, cookie, draw(giver.l, &page)?).into_response())
}
