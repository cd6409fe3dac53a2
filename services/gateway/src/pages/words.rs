//! What the words mean that the pages use.

use crate::error::WebError;
use crate::frame::Frame;
use crate::session::User;
use crate::view::drawn;
use askama::Template;
use axum::response::Response;

/// A word by its place on the page, what it is called and what it means, by their names in the files.
const WORDS: [(&str, &str, &str); 11] = [
    ("slussledare", "words-coordinator", "words-coordinator-means"),
    ("underlag", "words-brief", "words-brief-means"),
    ("grind", "words-gate", "words-gate-means"),
    ("jav", "words-conflict", "words-conflict-means"),
    ("behovsagare", "words-need-owner", "words-need-owner-means"),
    ("mandat", "words-mandate", "words-mandate-means"),
    ("avvikande", "words-dissent", "words-dissent-means"),
    ("utlysning", "words-call", "words-call-means"),
    ("losning", "words-solution", "words-solution-means"),
    ("inforande", "words-adoption", "words-adoption-means"),
    ("fore", "words-baseline", "words-baseline-means"),
];

/// The glossary.
#[derive(Template)]
#[template(path = "words.html")]
struct WordsPage {
    frame: Frame,
}

impl WordsPage {
    fn words(&self) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> + '_ {
        let said = |(id, word, meaning)| (id, self.frame.l.t(word), self.frame.l.t(meaning));
        WORDS.into_iter().map(said)
    }
}

pub(super) async fn page(user: User) -> Result<Response, WebError> {
    let frame = Frame::of(&user);
    drawn(&user, &WordsPage { frame })
}
