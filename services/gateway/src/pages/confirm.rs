//! What can't be undone is read before it is done: what it leads to, and what was written.

use crate::act::{ASKED, SURE};
use crate::components::Texts;
use crate::error::{ErrorKind, WebError};
use crate::frame::{Frame, Typed};
use crate::phrases::Kind;
use crate::posted::Posted;
use crate::refill::{WithForms, forms_at, missing, refused};
use crate::session::User;
use crate::view::drawn;
use askama::Template;
use axum::response::Response;
use idesluss_proto::status::invalid;

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

/// The page that stands before a command is sent: `page` is where its form stands, and what that calls its fields and answers.
pub(super) fn page(
    user: &User,
    page: Result<impl WithForms, WebError>,
    action: &str,
    rpc: &str,
    posted: &Posted,
) -> Result<Response, WebError> {
    let l = user.lang;
    let said = |kind| l.phrase(kind, rpc, &[]).unwrap_or_default();
    let mut page = page?;
    let sent = posted.indexed();
    let forms = forms_at(&mut page, action);
    if forms.is_empty() {
        // Nobody is asked about what they are not offered.
        return Err(WebError::new(l, ErrorKind::OldForm));
    }
    let blank: Vec<_> = forms.iter().flat_map(|form| missing(form, &sent)).collect();
    if !blank.is_empty() {
        return refused(user, Ok(page), action, posted, &invalid(&blank));
    }
    let mut frame = Frame::of(user);
    let form = "sakert".to_owned();
    frame.typed = Some(Typed {
        form: form.clone(),
        action: action.to_owned(),
    });
    let written = forms_at(&mut page, action).into_iter().flat_map(|form| &form.fields);
    let written = written.filter_map(|field| Some((field.label.clone(), field.answer(l, sent.all(&field.name))?)));
    let confirm = Confirm {
        frame,
        action,
        form,
        act: said(Kind::Act),
        consequence: said(Kind::Consequence),
        written: Texts(written.collect()),
        posted: posted
            .0
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), SURE | ASKED))
            .collect(),
    };
    drawn(user, &confirm)
}
