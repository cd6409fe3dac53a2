//! Who asks: the session behind a request, and what it lets people do.

use crate::directory::DirectoryCache;
use crate::error::{ErrorKind, WebError};
use crate::exposure::Exposure;
use crate::journal_look::JournalLook;
use crate::lang::Lang;
use crate::origin::Origin;
use crate::pages::{self, in_address};
use crate::phrases::Kind;
use crate::programs::Programs;
use crate::rate::{Rate, Seldom};
use crate::reader::Reader;
use crate::services::Services;
use crate::sessions::{Secret, Sessions};
use crate::voice::{OwnRole, SignedIn};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use cookie::Cookie;
use http::{HeaderMap, HeaderValue, header};
use idesluss_domain::words::{Actor, CommandId, IdeaId, Role};
use idesluss_proto::pb::command::{Command, Query, Token};
use idesluss_proto::status::Refusal;
use idesluss_proto::{Rpc, write_command};
use idesluss_runtime::Directory;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use subtle::ConstantTimeEq as _;
use tonic::Status;
use uuid::Uuid;

/// The name of the cookie with the session's secret.
pub(crate) const SESSION: &str = "idesluss";
/// The name of the cookie with what is kept while somebody signs in at their provider.
pub(crate) const SIGN_IN: &str = "inloggning";
/// The name of the cookie by which a browser is told from strangers' whose owner has signed in with it before.
pub(crate) const KNOWN: &str = "kand";
/// The name of the cookie of whoever has opened a private link.
pub(crate) const LINK: &str = "lank";
/// The name of the cookie with the language.
pub(crate) const LANGUAGE: &str = "language";
/// The name of the cookie with what was just done, until the next page has said so.
pub(crate) const DONE: &str = "done";

/// What every page works with.
pub(crate) struct Web {
    pub(crate) who: Arc<DirectoryCache>,
    pub(crate) services: Services,
    pub(crate) sessions: Sessions,
    /// The programs that were heard of lately.
    pub(crate) programs: Programs,
    pub(crate) demo: bool,
    /// People sign in: nobody chooses whom to be.
    pub(crate) signs_in: bool,
    /// The one-time link's secret, until somebody has used it.
    pub(crate) link: Mutex<Option<String>>,
    pub(crate) exposure: Exposure,
    /// How often each address may ask.
    pub(crate) rate: Rate,
    /// How often each address may give ideas without an account, and open private links.
    pub(crate) seldom: Seldom,
    pub(crate) journals: JournalLook,
}

impl Web {
    /// What a browser's cookie holds; None: it has none of ours.
    pub(crate) fn secret_of(&self, parts: &Parts) -> Option<Secret> {
        cookie(parts, self, SESSION).and_then(|text| Secret::read(&text))
    }

    /// The address under which a path of ours is reached from elsewhere.
    pub(crate) fn absolute(&self, path: &str) -> String {
        self.exposure.origin.link(path)
    }

    /// The cookie with a session's secret, until the browser is closed; no script sees it.
    pub(crate) fn cookie_of_session(&self, secret: &Secret) -> String {
        let cookie = self.exposure.origin.cookie(SESSION, secret.write());
        cookie.http_only(true).to_string()
    }

    /// The cookie of whoever has opened a private link, until the browser is closed; no script sees it. It is another than that of whoever is signed in,
    /// who goes on being so.
    pub(crate) fn cookie_of_link(&self, secret: &Secret) -> String {
        let cookie = self.exposure.origin.cookie(LINK, secret.write());
        cookie.http_only(true).to_string()
    }

    /// Has the browser forget that.
    pub(crate) fn no_cookie_of_link(&self) -> String {
        let cookie = self.exposure.origin.cookie(LINK, "").http_only(true);
        cookie.max_age(cookie::time::Duration::ZERO).to_string()
    }

    /// The secret of the session that a browser has by a private link; None: it has none.
    pub(crate) fn link_secret_of(&self, parts: &Parts) -> Option<Secret> {
        cookie(parts, self, LINK).and_then(|text| Secret::read(&text))
    }

    /// Whoever has opened a private link, where a page is one of theirs. None: it is not, or nobody has.
    async fn by_link(&self, parts: &Parts) -> Option<(Secret, Acting)> {
        let pages = LinkPages::of(parts.uri.path())?;
        let secret = self.link_secret_of(parts)?;
        let is_signed_in = self.secret_of(parts).is_some();
        if pages == LinkPages::Everybodys && is_signed_in {
            return None;
        }
        let acting = self.acting(&secret).await;
        let is_own = match (&pages, &acting) {
            (LinkPages::Idea(idea), Acting::As(actor, _)) => IdeaId::of_link(actor.person).to_string() == *idea,
            // Whoever is signed in beside it is not stopped by a link that has ended.
            (LinkPages::Idea(_), _) => !is_signed_in,
            _ => true,
        };
        is_own.then_some((secret, acting))
    }

    /// The cookie with what a browser keeps while whoever sits at it is at their provider, who sends it back here: so it is not a strict one.
    pub(crate) fn cookie_of_sign_in(&self, kept: &str) -> String {
        self.sign_in_cookie(kept, cookie::time::Duration::hours(1))
    }

    /// Has the browser forget that.
    pub(crate) fn no_cookie_of_sign_in(&self) -> String {
        self.sign_in_cookie("", cookie::time::Duration::ZERO)
    }

    /// The cookie by which a browser is told from strangers' who try passwords, for half a year.
    pub(crate) fn cookie_of_known(&self, known: &str) -> String {
        let cookie = self.exposure.origin.cookie(KNOWN, known).http_only(true);
        cookie.max_age(cookie::time::Duration::days(180)).to_string()
    }

    fn sign_in_cookie(&self, kept: &str, age: cookie::time::Duration) -> String {
        let cookie = self.exposure.origin.cookie(SIGN_IN, kept).http_only(true).max_age(age);
        cookie.same_site(cookie::SameSite::Lax).to_string()
    }

    /// Who is who, as identity told it last.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.who.current()
    }
}

/// The pages that there are for whoever has opened a private link, and no others.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LinkPages<'a> {
    /// Of the link itself.
    Link,
    /// Of an idea, whichever it is.
    Idea(&'a str),
    /// What everybody reads: words, and terms.
    Everybodys,
}

impl<'a> LinkPages<'a> {
    fn of(path: &'a str) -> Option<Self> {
        if path == "/lank/min" || path.starts_with("/lank/min/") {
            return Some(Self::Link);
        }
        if path == "/ord" || path.starts_with("/villkor/") {
            return Some(Self::Everybodys);
        }
        let idea = path.strip_prefix("/ideer/")?;
        Some(Self::Idea(idea.split('/').next().unwrap_or(idea)))
    }
}

/// Somebody at a browser, who acts as somebody or does not.
pub(crate) struct Session {
    pub(crate) web: Arc<Web>,
    /// What the browser's cookie holds; None: it has none of ours.
    pub(crate) secret: Option<Secret>,
    pub(crate) csrf: String,
    pub(crate) acting: Acting,
    pub(crate) lang: Lang,
    /// What the browser has kept while whoever sits at it was at their provider; empty: nothing.
    pub(crate) sign_in: String,
    /// What it has kept of whoever signed in with it before; empty: nobody has.
    pub(crate) known: String,
    /// Under which origin passkeys are asked for; None: under none.
    pub(crate) origin_of_passkeys: Option<String>,
    /// It is one that a private link has opened, or had.
    by_link: bool,
}

/// As whom somebody acts.
pub(crate) enum Acting {
    /// As nobody.
    Nobody,
    /// As somebody who is signed in.
    As(Actor, Arc<SignedIn>),
    /// As nobody: whoever is signed in does not hold the role any more.
    RoleNotHeld(Arc<SignedIn>),
    /// Identity can't be asked.
    Unknown(Status),
}

/// Somebody who acts in a role.
pub(crate) struct User {
    pub(crate) web: Arc<Web>,
    pub(crate) csrf: String,
    pub(crate) acting_as: Actor,
    voice: Arc<SignedIn>,
    pub(crate) lang: Lang,
    secret: Secret,
    /// Where the request goes.
    pub(crate) path: String,
    /// A word on what was just done; None: nothing.
    pub(crate) done: Option<String>,
    /// A form is to be shown as it was filled in, and not to be carried out.
    pub(crate) is_looking: bool,
}

/// A word on what this session has just done, on the page that it led to and on no other.
fn done(parts: &Parts, web: &Web, secret: &Secret, lang: Lang) -> Option<String> {
    let (rpc, shown) = cookie(parts, web, DONE).and_then(|told| {
        let (rpc, shown) = told.split_once('.')?;
        Some((rpc.to_owned(), shown.to_owned()))
    })?;
    let after = parts
        .uri
        .query()?
        .split('&')
        .find_map(|part| part.strip_prefix("efter="))?;
    let is_own = bool::from(secret.shows(&rpc, after).as_bytes().ct_eq(shown.as_bytes()));
    if !is_own || !parts.method.is_safe() {
        return None;
    }
    lang.phrase(Kind::Done, &rpc, &[])
}

/// Has the browser forget what was just done.
pub(crate) fn forget_done(response: &mut Response, origin: &Origin) {
    let gone = origin.cookie(DONE, "").max_age(cookie::time::Duration::ZERO);
    if let Ok(value) = HeaderValue::from_str(&gone.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Has the browser keep the language that was chosen.
pub(crate) fn keep_language(response: &mut Response, origin: &Origin, lang: Lang) {
    // Not a strict one: whoever comes back from their provider reads on in their language.
    let chosen = origin
        .cookie(LANGUAGE, lang.code())
        .same_site(cookie::SameSite::Lax)
        .max_age(cookie::time::Duration::days(365));
    if let Ok(value) = HeaderValue::from_str(&chosen.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

fn cookie(parts: &Parts, web: &Web, name: &'static str) -> Option<String> {
    let name = web.exposure.origin.cookie_name(name);
    let cookies = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut read = cookies.flat_map(Cookie::split_parse).flatten();
    read.find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

/// Under which origin a browser asks for passkeys; None: under none.
pub(crate) fn origin_of_passkeys(headers: &HeaderMap, web: &Web) -> Option<String> {
    let asked = headers.get(header::HOST)?.to_str().ok()?;
    web.exposure.origin.of_passkeys(asked)
}

/// The reader's language, whoever it is.
pub(crate) struct Reads(pub(crate) Lang);

/// The language in which a form that was sent is to be shown again; None: it is to be carried out.
pub(crate) fn shown_in(parts: &Parts) -> Option<Lang> {
    let asked = parts
        .uri
        .query()?
        .split('&')
        .find_map(|part| part.strip_prefix("sprak="))?;
    Lang::of_code(asked).filter(|_| !parts.method.is_safe())
}

impl FromRequestParts<Arc<Web>> for Reads {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Infallible> {
        let chosen = shown_in(parts).or_else(|| cookie(parts, web, LANGUAGE).and_then(|code| Lang::of_code(&code)));
        Ok(Self(chosen.unwrap_or_default()))
    }
}

impl FromRequestParts<Arc<Web>> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Infallible> {
        let Ok(Reads(lang)) = Reads::from_request_parts(parts, web).await;
        let link = web.by_link(parts).await;
        let by_link = link.is_some() || LinkPages::of(parts.uri.path()) == Some(LinkPages::Link);
        let (secret, acting) = match (link, web.secret_of(parts)) {
            (Some((secret, acting)), _) => (Some(secret), acting),
            (None, Some(secret)) => {
                let acting = web.acting(&secret).await;
                (Some(secret), acting)
            }
            (None, None) => (None, Acting::Nobody),
        };
        Ok(Self {
            web: web.clone(),
            csrf: secret.as_ref().map(Secret::csrf).unwrap_or_default(),
            secret,
            acting,
            lang,
            sign_in: cookie(parts, web, SIGN_IN).unwrap_or_default(),
            known: cookie(parts, web, KNOWN).unwrap_or_default(),
            origin_of_passkeys: origin_of_passkeys(&parts.headers, web),
            by_link,
        })
    }
}

impl Web {
    async fn acting(&self, secret: &Secret) -> Acting {
        let voice = self.sessions.of(self.services.identity(), secret);
        match voice.actor().await {
            Ok(actor) => {
                self.sessions.keep(secret, &voice);
                Acting::As(actor, voice)
            }
            Err(status) => match Refusal::from(&status).reason.as_str() {
                "ROLE_NOT_HELD" => Acting::RoleNotHeld(voice),
                "SESSION_ENDED" => {
                    self.sessions.end(secret);
                    Acting::Nobody
                }
                _ => Acting::Unknown(status),
            },
        }
    }
}

/// Who acts as nobody is sent to choose, unless a form would be lost; where identity can't be asked, it is said.
pub(crate) enum NotSignedIn {
    /// Nobody, who wanted to go there.
    Nobody(String),
    /// Nobody any more, who had come by a private link.
    ByLink,
    /// Nobody knows: whoever comes from another site's page brings no strict cookies along, and is led here by a page of ours first.
    FromElsewhere(Lang, String),
    Error(WebError),
}

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        match self {
            Self::FromElsewhere(lang, path) => pages::led_on(lang, &path),
            Self::ByLink => Redirect::to("/lank").into_response(),
            Self::Nobody(path) if path.is_empty() => Redirect::to("/").into_response(),
            Self::Nobody(path) => Redirect::to(&format!("/?till={}", in_address(&path))).into_response(),
            Self::Error(error) => error.into_response(),
        }
    }
}

/// Whether somebody has followed a link on another site's page.
fn comes_from_elsewhere(parts: &Parts) -> bool {
    let site = parts.headers.get("sec-fetch-site");
    parts.method == http::Method::GET
        && site.is_some_and(|site| matches!(site.as_bytes(), b"cross-site" | b"same-site"))
}

impl FromRequestParts<Arc<Web>> for User {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, NotSignedIn> {
        let Ok(session) = Session::from_request_parts(parts, web).await;
        match session.acting {
            Acting::Nobody if session.secret.is_none() && comes_from_elsewhere(parts) => {
                let path = parts.uri.path_and_query().map(ToString::to_string);
                Err(NotSignedIn::FromElsewhere(session.lang, path.unwrap_or_default()))
            }
            Acting::Nobody | Acting::RoleNotHeld(_) if session.by_link && parts.method.is_safe() => {
                Err(NotSignedIn::ByLink)
            }
            Acting::Nobody | Acting::RoleNotHeld(_) if session.by_link => {
                let error = WebError::new(session.lang, ErrorKind::LinkClosed);
                Err(NotSignedIn::Error(error))
            }
            Acting::Nobody | Acting::RoleNotHeld(_) if parts.method.is_safe() => {
                // Where people sign in, they are led back to where they wanted to go.
                let path = parts
                    .uri
                    .path_and_query()
                    .map(ToString::to_string)
                    .filter(|_| web.signs_in);
                Err(NotSignedIn::Nobody(
                    path.filter(|path| path != "/start").unwrap_or_default(),
                ))
            }
            Acting::Nobody | Acting::RoleNotHeld(_) => {
                let error = WebError::new(session.lang, ErrorKind::NotSignedIn);
                Err(NotSignedIn::Error(error))
            }
            Acting::Unknown(status) => Err(NotSignedIn::Error(WebError::from_status(session.lang, &status))),
            Acting::As(acting_as, voice) => Ok(Self {
                done: session
                    .secret
                    .as_ref()
                    .and_then(|secret| done(parts, web, secret, session.lang)),
                secret: session.secret.ok_or_else(|| NotSignedIn::Nobody(String::new()))?,
                web: session.web,
                csrf: session.csrf,
                acting_as,
                voice,
                lang: session.lang,
                path: parts.uri.path().to_owned(),
                is_looking: shown_in(parts).is_some(),
            }),
        }
    }
}

impl User {
    /// Whoever has just been let in by a private link, at a form that nobody had a session for.
    pub(crate) async fn by_link(web: &Arc<Web>, secret: Secret, lang: Lang, path: &str) -> Result<Self, WebError> {
        match web.acting(&secret).await {
            Acting::As(acting_as, voice) => Ok(Self {
                web: web.clone(),
                csrf: secret.csrf(),
                acting_as,
                voice,
                lang,
                secret,
                path: path.to_owned(),
                done: None,
                is_looking: false,
            }),
            Acting::Unknown(status) => Err(WebError::from_status(lang, &status)),
            Acting::Nobody | Acting::RoleNotHeld(_) => Err(WebError::new(lang, ErrorKind::LinkClosed)),
        }
    }

    /// Whether they act by a private link.
    pub(crate) fn is_by_link(&self) -> bool {
        self.acting_as.role == Role::LinkHolder
    }
}

impl Session {
    /// Errors: the form was not this session's.
    pub(crate) fn check(&self, csrf: &str) -> Result<(), WebError> {
        same(&self.csrf, csrf, self.lang)
    }
}

fn same(expected: &str, sent: &str, lang: Lang) -> Result<(), WebError> {
    if !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(sent.as_bytes())) {
        Ok(())
    } else {
        Err(WebError::new(lang, ErrorKind::OldForm))
    }
}

impl User {
    /// The cookie by which the page at which something ended says that it was done.
    pub(crate) fn says_done(&self, rpc: &str, after: &str) -> String {
        format!("{rpc}.{}", self.secret.shows(rpc, after))
    }

    /// The roles that this person may act in, the one that they act in among them.
    pub(crate) fn roles(&self) -> Vec<OwnRole> {
        self.voice.roles()
    }

    /// The secret of their session.
    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(crate) fn services(&self) -> Services {
        self.web.services.speaking(self.voice.clone())
    }

    /// Whether the role that the user acts in is let in to an rpc at all: what leads nowhere is not linked to.
    pub(crate) fn may<R: Rpc>(&self) -> bool {
        idesluss_access::rule(R::PATH).is_some_and(|rule| rule.is_for_people(self.acting_as.role))
    }

    /// A query of this person's; `after` is what they have just done, as it stands in the address.
    pub(crate) fn asks(&self, after: Option<&str>) -> Option<Query> {
        Some(Query {
            after: after.and_then(read_token),
        })
    }

    /// A command of this person's. Its id was made with the form, so that a form sent twice is carried out once.
    pub(crate) fn command(&self, id: Uuid) -> Option<Command> {
        Some(write_command(CommandId(id)))
    }

    /// Errors: the form was not this session's.
    pub(crate) fn check(&self, csrf: &str) -> Result<(), WebError> {
        same(&self.csrf, csrf, self.lang)
    }

    /// The name of a person whose pseudonym stands somewhere.
    pub(crate) fn name(&self, person: &str) -> String {
        Reader::of(self).name(person)
    }

    /// The name of an organisation.
    pub(crate) fn organisation_name(&self, organisation: &str) -> String {
        Reader::of(self).organisation(organisation)
    }
}

#[cfg(test)]
impl User {
    /// Somebody who acts so, before services that never answer.
    pub(crate) fn acting(acting_as: Actor, directory: Directory) -> Self {
        use idesluss_runtime::{Peer, in_memory_channel};
        let peer = |service: &str| Peer::new(service, in_memory_channel().0);
        let services = idesluss_evidence::Services {
            submission: peer("submission"),
            evaluation: peer("evaluation"),
            sharing: peer("sharing"),
            identity: peer("identity"),
        };
        let secret = Secret::of(&[1; 32]).expect("32 bytes");
        Self {
            csrf: secret.csrf(),
            voice: Arc::new(SignedIn::new(services.identity.clone(), secret.bytes().to_vec())),
            secret,
            acting_as,
            lang: Lang::default(),
            path: "/".to_owned(),
            done: None,
            is_looking: false,
            web: Arc::new(Web {
                who: Arc::new(DirectoryCache::new(Arc::new(directory))),
                services: Services::new(services),
                sessions: Sessions::default(),
                programs: Programs::default(),
                demo: true,
                signs_in: false,
                link: Mutex::new(None),
                exposure: Exposure::local(([127, 0, 0, 1], 80).into()),
                rate: Rate::new(0),
                seldom: Seldom::default(),
                journals: JournalLook::default(),
            }),
        }
    }
}

/// A token as it stands in an address.
pub(crate) fn write_token(token: Option<Token>) -> String {
    let token = token.unwrap_or_default();
    format!("{}~{}~{}~{}", token.source, token.epoch, token.sequence, token.position)
}

fn read_token(text: &str) -> Option<Token> {
    let mut pieces = text.split('~');
    Some(Token {
        source: pieces.next()?.to_owned(),
        epoch: pieces.next()?.parse().ok()?,
        sequence: pieces.next()?.parse().ok()?,
        position: pieces.next()?.parse().ok()?,
    })
}
