//! Who asks: the session behind a request, and what it lets people do.

use crate::error::{ErrorKind, WebError};
use crate::lang::Lang;
use crate::rate::Rate;
use crate::reader::Reader;
use crate::services::Services;
use crate::sessions::{ActingAs, Sessions};
use arc_swap::ArcSwap;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use cookie::Cookie;
use http::header;
use idesluss_domain::words::{Actor, CommandId};
use idesluss_proto::pb::command::{Command, Query, Token};
use idesluss_proto::{CommandHead, Rpc, write_actor, write_command};
use idesluss_runtime::Directory;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// The name of the cookie with the session's id.
pub(crate) const SESSION: &str = "idesluss";
/// The name of the cookie with the language.
pub(crate) const LANGUAGE: &str = "language";

/// What every page works with.
pub(crate) struct Web {
    /// Who is who, as identity told it last.
    pub(crate) who: Arc<ArcSwap<Directory>>,
    pub(crate) services: Services,
    pub(crate) sessions: Sessions,
    pub(crate) demo: bool,
    /// The one-time link's secret, until somebody has used it.
    pub(crate) link: Mutex<Option<String>>,
    pub(crate) address: SocketAddr,
    /// How often each address may ask.
    pub(crate) rate: Rate,
}

impl Web {
    /// Who is who, as identity told it last.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.who.load_full()
    }
}

/// Somebody who may choose whom to be, but has perhaps not.
pub(crate) struct Session {
    pub(crate) web: Arc<Web>,
    /// The session's id; None: there is none.
    pub(crate) id: Option<String>,
    pub(crate) csrf: String,
    pub(crate) acting_as: Option<ActingAs>,
    pub(crate) lang: Lang,
}

/// Somebody who acts in a role.
pub(crate) struct User {
    pub(crate) web: Arc<Web>,
    pub(crate) csrf: String,
    pub(crate) acting_as: ActingAs,
    pub(crate) lang: Lang,
}

fn cookie(parts: &Parts, name: &str) -> Option<String> {
    let cookies = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut read = cookies.flat_map(Cookie::split_parse).flatten();
    read.find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

impl FromRequestParts<Arc<Web>> for Session {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Self::Rejection> {
        let id = cookie(parts, SESSION);
        let session = id.as_deref().and_then(|id| web.sessions.find(id));
        let lang = cookie(parts, LANGUAGE)
            .and_then(|code| Lang::of_code(&code))
            .unwrap_or_default();
        Ok(Self {
            web: web.clone(),
            csrf: session.as_ref().map(|session| session.csrf.clone()).unwrap_or_default(),
            acting_as: session.as_ref().and_then(|session| session.acting_as.clone()),
            id: session.and(id),
            lang,
        })
    }
}

/// Who has not chosen whom to be is sent to do so.
pub(crate) struct NotSignedIn;

impl IntoResponse for NotSignedIn {
    fn into_response(self) -> Response {
        Redirect::to("/").into_response()
    }
}

impl FromRequestParts<Arc<Web>> for User {
    type Rejection = NotSignedIn;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, NotSignedIn> {
        let Ok(session) = Session::from_request_parts(parts, web).await;
        let acting_as = session.acting_as.ok_or(NotSignedIn)?;
        Ok(Self {
            web: session.web,
            csrf: session.csrf,
            acting_as,
            lang: session.lang,
        })
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
    pub(crate) fn services(&self) -> Services {
        self.web.services.clone()
    }

    /// Whether the role that the user acts in is let in to an rpc at all: what leads nowhere is not linked to.
    pub(crate) fn may<R: Rpc>(&self) -> bool {
        idesluss_access::rule(R::PATH).is_some_and(|rule| rule.is_for(self.acting_as.role))
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor {
            person: self.acting_as.person,
            organisation: self.acting_as.organisation.clone(),
            role: self.acting_as.role,
        }
    }

    /// A query of this person's; `after` is what they have just done, as it stands in the address.
    pub(crate) fn asks(&self, after: Option<&str>) -> Option<Query> {
        Some(Query {
            actor: Some(write_actor(&self.actor())),
            after: after.and_then(read_token),
        })
    }

    /// A command of this person's. Its id was made with the form, so that a form sent twice is carried out once.
    pub(crate) fn command(&self, id: Uuid) -> Option<Command> {
        Some(write_command(&CommandHead {
            id: CommandId(id),
            actor: self.actor(),
        }))
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
