//! What can't be undone is read before it is done: what it leads to, and what was written.

use crate::act::SURE;
use crate::components::Texts;
use crate::error::WebError;
use crate::frame::{Frame, Typed};
use crate::lang::Lang;
use crate::phrases::Kind;
use crate::posted::Posted;
use crate::refusals;
use crate::session::User;
use crate::view::drawn;
use askama::Template;
use axum::response::Response;

/// The question whether somebody means it.
#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm<'a> {
    frame: Frame,
    action: &'a str,
    /// The form's id, for the other languages' buttons.
    form: String,
    /// What is about to be done, as its button says.
    act: String,
    consequence: String,
    written: Texts,
    /// The form as it was sent.
    posted: Vec<&'a (String, String)>,
}

/// The page that stands before a command is sent.
pub(super) fn page(user: &User, action: &str, rpc: &str, posted: &Posted) -> Result<Response, WebError> {
    let l = user.lang;
    let said = |kind| l.phrase(kind, rpc, &[]).unwrap_or_default();
    let mut frame = Frame::of(user);
    let form = "sakert".to_owned();
    frame.typed = Some(Typed {
        form: form.clone(),
        action: action.to_owned(),
    });
    let page = Confirm {
        frame,
        action,
        form,
        act: said(Kind::Act),
        consequence: said(Kind::Consequence),
        written: written(l, posted),
        posted: posted.0.iter().filter(|(name, _)| name != SURE).collect(),
    };
    drawn(user, &page)
}

fn written(l: Lang, posted: &Posted) -> Texts {
    let texts = posted.written();
    let texts = texts.map(|(name, value)| (refusals::field(l, name), value.to_owned()));
    Texts(texts.collect())
}
