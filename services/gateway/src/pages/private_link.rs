//! A private link: a page with a button, since programs that look through mail follow links, and behind it the idea. Whoever has the link renews it, ends it,
//! and closes what it has opened; whoever is signed in as well says that the idea is theirs.

use super::without_account::{Looking, Shown, draw, hash};
use super::{Asked, back_to, confirm};
use crate::act::{Act, Acts, Became, Done, SURE, send};
use crate::error::{ErrorKind, WebError};
use crate::form::Form;
use crate::frame::{Frame, Typed};
use crate::guard::Asker;
use crate::lang::Lang;
use crate::pages::sign_in::browser;
use crate::posted::Posted;
use crate::refill::{WithForms, refused, shown};
use crate::services::pause;
use crate::session::{NotSignedIn, Reads, User, Web, keep_language};
use crate::sessions::Secret;
use crate::voice::SignedIn;
use askama::Template;
use axum::Extension;
use axum::extract::{Form as Sent, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderValue, header};
use idesluss_domain::words::{IdeaId, PersonId};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::pb::submission::GetIdeaRequest;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where whoever has a link does something with it.
const OWN: &str = "/lank/min";
const RENEW: &str = "fornya";
const REVOKE: &str = "avsluta";
const CLAIM: &str = "gor-till-min";
const CLAIMED_AT: &str = "/lank/gor-till-min";
/// How long whoever claims an idea waits for it, and how often it is looked.
const FOLLOWS: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(100);

/// The commands behind the forms.
pub(super) const ACTS: &Acts = &[
    (RENEW, Act::one::<pb::RenewLinkRequest>()),
    (REVOKE, Act::one::<pb::RevokeLinkRequest>()),
    (CLAIM, Act::one::<pb::ClaimLinkRequest>()),
];

/// Whoever acts by a private link; everybody else is led to where links are spoken of.
pub(super) struct Holder(User);

impl FromRequestParts<Arc<Web>> for Holder {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Response> {
        match User::from_request_parts(parts, web).await {
            Ok(user) if user.is_by_link() => Ok(Self(user)),
            Ok(_) => Err(Redirect::to("/lank").into_response()),
            Err(nobody) => Err(nobody.into_response()),
        }
    }
}

/// Where the link leads.
#[derive(Template)]
#[template(path = "link_open.html")]
struct OpenPage {
    frame: Frame,
    secret: String,
    /// For whoever is signed in as well; None: nobody who submits ideas is.
    claim: Option<Form>,
}

impl WithForms for OpenPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.claim.iter_mut().collect()
    }
}

/// The form of whoever says that an idea is theirs.
pub(super) fn claim_form(l: Lang, secret: &str) -> Form {
    Form::of(ACTS, "/lank", CLAIM, l.t("link-the-idea-is-mine")).hidden("secret", secret)
}

/// The page of a link, which is not looked at: whoever only follows it learns nothing, whatever stands there.
fn opening(web: &Web, l: Lang, user: Option<&User>, secret: &str) -> OpenPage {
    let claims = user.filter(|user| user.may::<pb::ClaimLinkRequest>());
    let mut frame = user.map_or_else(|| Frame::of_nobody(web, l), Frame::of);
    frame.typed = Some(Typed {
        form: "oppna".to_owned(),
        action: "/lank/oppna".to_owned(),
    });
    OpenPage {
        frame,
        secret: secret.to_owned(),
        claim: claims.map(|user| claim_form(user.lang, secret)),
    }
}

pub(super) async fn page(
    Reads(l): Reads,
    State(web): State<Arc<Web>>,
    user: Result<User, NotSignedIn>,
    Path(secret): Path<String>,
) -> Result<Response, WebError> {
    draw(l, &opening(&web, l, user.as_ref().ok(), &secret))
}

/// Begins a session of whoever has a link.
async fn begin(
    web: &Web,
    l: Lang,
    (secret, before): (&[u8], Option<Secret>),
    headers: &HeaderMap,
) -> Result<(Secret, String), WebError> {
    let request = pb::OpenLinkRequest {
        secret: secret.to_vec(),
        browser: browser(headers),
        replaces: before
            .as_ref()
            .map(|before| before.bytes().to_vec())
            .unwrap_or_default(),
    };
    let opened = SessionCommandServiceClient::new(web.services.identity().clone())
        .open_link(request)
        .await;
    let opened = opened.map_err(|status| WebError::from_status(l, &status))?.into_inner();
    if let Some(before) = before {
        web.sessions.forget(&before);
    }
    let session = Secret::of(&opened.session).ok_or_else(|| WebError::new(l, ErrorKind::Ours))?;
    Ok((session, opened.idea))
}

/// The secret of the session that a browser has by a link.
pub(super) struct Before(Option<Secret>);

impl FromRequestParts<Arc<Web>> for Before {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Self::Rejection> {
        Ok(Self(web.link_secret_of(parts)))
    }
}

pub(super) async fn open(
    Reads(l): Reads,
    State(web): State<Arc<Web>>,
    Extension(Asker(from)): Extension<Asker>,
    (user, Before(before)): (Result<User, NotSignedIn>, Before),
    headers: HeaderMap,
    Query(looking): Query<Looking>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let text = Posted(fields).get("lank");
    if looking.is_looking() {
        let mut page = draw(l, &opening(&web, l, user.as_ref().ok(), &text))?;
        keep_language(&mut page, &web.exposure.origin, l);
        return Ok(page);
    }
    web.seldom.links.check(l, from)?;
    // What is no secret at all is asked for like one that nobody has.
    let secret = Secret::read(text.trim()).map(|secret| secret.bytes().to_vec());
    let (session, idea) = begin(&web, l, (&secret.unwrap_or_default(), before), &headers).await?;
    let cookie = [(header::SET_COOKIE, web.cookie_of_link(&session))];
    Ok((cookie, Redirect::to(&format!("/ideer/{idea}"))).into_response())
}

/// What can be done with one's own link.
#[derive(Template)]
#[template(path = "link_own.html")]
struct OwnPage {
    frame: Frame,
    intro: String,
    revoke: Form,
}

impl WithForms for OwnPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        vec![&mut self.revoke]
    }
}

pub(super) fn revoke_form(l: Lang) -> Form {
    Form::of(ACTS, OWN, REVOKE, l.t("link-revoke"))
}

fn own_page(user: &User) -> OwnPage {
    let l = user.lang;
    let organisation = user.organisation_name(user.acting_as.organisation.as_str());
    OwnPage {
        frame: Frame::of(user),
        intro: l.say("link-own-intro", &[("organisation", &organisation)]),
        revoke: revoke_form(l),
    }
}

pub(super) async fn own(Holder(user): Holder, Query(_): Query<Asked>) -> Result<Response, WebError> {
    own_page(&user).draw(&user)
}

/// To the idea of one's link.
pub(super) async fn idea(Holder(user): Holder) -> Redirect {
    let idea = IdeaId::of_link(user.acting_as.person);
    Redirect::to(&format!("/ideer/{idea}"))
}

/// The link that will take the place of the one before: it is shown first, so that nobody is left without one.
#[derive(Template)]
#[template(path = "link_new.html")]
struct NewPage {
    frame: Frame,
    shown: Shown,
    form: Form,
}

impl WithForms for NewPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        vec![&mut self.form]
    }
}

pub(super) fn renew_form(l: Lang, secret: &Secret) -> Form {
    Form::of(ACTS, OWN, RENEW, l.t("link-renew")).hidden("nyckel", secret.write())
}

fn new_page(user: &User, secret: &Secret) -> Result<NewPage, WebError> {
    Ok(NewPage {
        frame: Frame::of(user).shown_once(),
        shown: Shown::of(&user.web, user.lang, secret)?,
        form: renew_form(user.lang, secret),
    })
}

pub(super) async fn new(Holder(user): Holder) -> Result<Response, WebError> {
    let secret = Secret::new().ok_or_else(|| WebError::new(user.lang, ErrorKind::Ours))?;
    new_page(&user, &secret)?.draw(&user)
}

/// The end of what a link has opened, or of the link.
#[derive(Template)]
#[template(path = "link_ended.html")]
struct EndedPage {
    frame: Frame,
    heading: &'static str,
    said: &'static str,
}

/// Says that it has ended, and has the browser forget it.
fn ended(user: &User, heading: &'static str, said: &'static str) -> Result<Response, WebError> {
    let (web, l) = (&user.web, user.lang);
    web.sessions.forget(user.secret());
    let page = EndedPage {
        frame: Frame::of_nobody(web, l),
        heading: l.t(heading),
        said: l.t(said),
    };
    let gone = [(header::SET_COOKIE, web.no_cookie_of_link())];
    Ok((gone, draw(l, &page)?).into_response())
}

pub(super) async fn act(
    Holder(user): Holder,
    Path(act): Path<String>,
    headers: HeaderMap,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    match act.as_str() {
        RENEW => renew(user, posted, &headers).await,
        REVOKE => revoke(&user, &posted).await,
        "stang" => close(&user, &posted).await,
        _ => Err(WebError::new(user.lang, ErrorKind::NoPage)),
    }
}

async fn renew(user: User, posted: Posted, headers: &HeaderMap) -> Result<Response, WebError> {
    let l = user.lang;
    let secret = Secret::read(&posted.get("nyckel")).ok_or_else(|| WebError::new(l, ErrorKind::OldForm))?;
    let posted = posted.with("hash", hex::encode(hash(&secret)));
    let action = format!("{OWN}/{RENEW}");
    let drawn = new_page(&user, &secret);
    let done = match send(&user, ACTS, RENEW, &posted).await? {
        Became::Done(done) => done,
        Became::Refused(status) => return refused(&user, drawn, &action, &posted, &status),
        Became::Unsure(rpc) => return confirm::page(&user, drawn, &action, rpc, &posted),
        Became::Shown => return shown(&user, drawn, &action, &posted),
    };
    // What the link before had opened has ended, this browser's session too.
    let before = Some(user.secret().clone());
    let (session, _) = begin(&user.web, l, (secret.bytes(), before), headers).await?;
    let user = User::by_link(&user.web, session.clone(), l, OWN).await?;
    let mut back = back_to(&user, OWN, done);
    add_cookie(&mut back, &user.web.cookie_of_link(&session));
    Ok(back)
}

fn add_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

async fn revoke(user: &User, posted: &Posted) -> Result<Response, WebError> {
    let action = format!("{OWN}/{REVOKE}");
    let drawn = || Ok(own_page(user));
    match send(user, ACTS, REVOKE, posted).await? {
        Became::Done(_) => ended(user, "link-revoked", "link-revoked-said"),
        Became::Refused(status) => refused(user, drawn(), &action, posted, &status),
        Became::Unsure(rpc) => confirm::page(user, drawn(), &action, rpc, posted),
        Became::Shown => shown(user, drawn(), &action, posted),
    }
}

/// Ends what the link has opened in this browser; the link goes on.
async fn close(user: &User, posted: &Posted) -> Result<Response, WebError> {
    user.check(&posted.get("csrf"))?;
    let session = SignedIn::new(user.web.services.identity().clone(), user.secret().bytes().to_vec());
    // Whoever is told that it is closed has closed it.
    session
        .end("")
        .await
        .map_err(|status| WebError::from_status(user.lang, &status))?;
    ended(user, "link-closed", "link-closed-said")
}

/// Makes what was given by a link the idea of whoever is signed in.
pub(super) async fn claim(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let drawn = || Ok(opening(&user.web, user.lang, Some(&user), &posted.get("secret")));
    if !posted.ticked(SURE) || user.is_looking {
        // It can't be undone, and so is asked about: nothing is carried out here.
        return match send(&user, ACTS, CLAIM, &posted).await? {
            Became::Refused(status) => refused(&user, drawn(), CLAIMED_AT, &posted, &status),
            Became::Unsure(rpc) => confirm::page(&user, drawn(), CLAIMED_AT, rpc, &posted),
            Became::Done(_) | Became::Shown => shown(&user, drawn(), CLAIMED_AT, &posted),
        };
    }
    let request = pb::ClaimLinkRequest {
        command: posted.command(&user)?,
        secret: posted.get("secret"),
    };
    let claimed = match user.services().ask(request).await {
        Ok(claimed) => claimed,
        Err(status) => return refused(&user, drawn(), CLAIMED_AT, &posted, &status),
    };
    let idea = claimed.link.parse::<PersonId>().map(IdeaId::of_link);
    let idea = idea.map_err(|_| WebError::new(user.lang, ErrorKind::Ours))?;
    let page = match is_theirs(&user, idea).await {
        true => format!("/ideer/{idea}"),
        // It will be, and then stands among theirs.
        false => "/ideer".to_owned(),
    };
    let done = Done {
        // Submission is asked after that, and answers when it has heard of it.
        token: claimed.token,
        rpc: "ClaimLink",
    };
    let mut back = back_to(&user, &page, done);
    add_cookie(&mut back, &user.web.no_cookie_of_link());
    Ok(back)
}

/// Whether an idea is somebody's by now, who has just claimed it.
async fn is_theirs(user: &User, idea: IdeaId) -> bool {
    let began = Instant::now();
    loop {
        let request = GetIdeaRequest {
            query: user.asks(None),
            idea: idea.to_string(),
        };
        let found = user.services().ask(request).await;
        if found.is_ok_and(|found| found.own) {
            return true;
        }
        if began.elapsed() > FOLLOWS {
            return false;
        }
        pause(LOOK).await;
    }
}
