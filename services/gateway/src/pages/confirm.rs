//! What can't be undone is read before it is done: what it leads to, and what was written.

use crate::act::{ASKED, SURE};
use crate::components::{Badges, Table, Texts, Wording};
use crate::error::{ErrorKind, WebError};
use crate::form::Form;
use crate::frame::{Frame, Typed};
use crate::phrases::Kind;
use crate::posted::Posted;
use crate::refill::{WithForms, beside_choices, forms_at, missing, refused};
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
    /// What it is done with; None: the question says it all.
    subject: Option<(Wording, Badges)>,
    /// What is about to be done, as its button says.
    act: String,
    consequence: String,
    /// What would come of it, as far as it shows; None: nothing does.
    foreseen: Option<(String, Table)>,
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
    // What is carried out is what was shown: an answer that the page does not offer has no words.
    let problem = |form: &&mut Form| [missing(form, &sent), beside_choices(form, &sent)].concat();
    let problems: Vec<_> = forms.iter().flat_map(problem).collect();
    if !problems.is_empty() {
        return refused(user, Ok(page), action, posted, &invalid(&problems));
    }
    let mut frame = Frame::of(user);
    let form = "sakert".to_owned();
    frame.typed = Some(Typed {
        form: form.clone(),
        action: action.to_owned(),
    });
    let (subject, foreseen) = (page.subject(action), page.foreseen());
    let written = forms_at(&mut page, action).into_iter().flat_map(|form| &form.fields);
    let written = written.filter_map(|field| Some((field.label.clone(), field.answer(l, sent.all(&field.name))?)));
    let confirm = Confirm {
        frame,
        action,
        form,
        subject,
        act: said(Kind::Act),
        consequence: said(Kind::Consequence),
        foreseen,
        written: Texts(written.collect()),
        posted: posted
            .0
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), SURE | ASKED))
            .collect(),
    };
    drawn(user, &confirm)
}
