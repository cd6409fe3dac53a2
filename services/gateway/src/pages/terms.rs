//! The terms under which the reader's organisation takes ideas in.

use crate::error::WebError;
use crate::frame::Frame;
use crate::lang::{Lang, WRITTEN};
use crate::session::User;
use crate::view::drawn;
use askama::Template;
use axum::response::Response;

/// The terms in force.
#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    frame: Frame,
    of: String,
    /// The language that they are shown in, where it is not the page's.
    lang: &'static str,
    paragraphs: Vec<String>,
}

/// What holds in an organisation that has adopted no terms of its own.
const USUAL: [&str; 6] = [
    "terms-usual-1",
    "terms-usual-2",
    "terms-usual-3",
    "terms-usual-4",
    "terms-usual-5",
    "terms-usual-6",
];

pub(super) async fn page(user: User) -> Result<Response, WebError> {
    let l = user.lang;
    let directory = user.web.directory();
    let own = directory.organisation(&user.acting_as.organisation);
    let terms = own.and_then(|own| own.shown.terms.as_ref());
    let (lang, paragraphs) = match terms {
        None => (l.code(), USUAL.map(|name| l.t(name).to_owned()).to_vec()),
        Some((_, english)) if l != Lang::SWEDISH && !english.is_empty() => (Lang::ENGLISH.code(), paragraphs(english)),
        Some((swedish, _)) => (WRITTEN, paragraphs(swedish)),
    };
    let page = TermsPage {
        of: l.say(
            "terms-of",
            &[
                (
                    "organisation",
                    &user.organisation_name(user.acting_as.organisation.as_str()),
                ),
                ("version", &user.terms_in_force()),
            ],
        ),
        frame: Frame::of(&user),
        lang,
        paragraphs,
    };
    drawn(&user, &page)
}

fn paragraphs(text: &str) -> Vec<String> {
    let paragraphs = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(str::to_owned).collect()
}
