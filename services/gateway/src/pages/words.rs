//! What the words mean that the pages use.

use crate::components::Word;
use crate::error::WebError;
use crate::frame::Frame;
use crate::session::User;
use crate::view::drawn;
use askama::Template;
use axum::response::Response;

/// The glossary.
#[derive(Template)]
#[template(path = "words.html")]
struct WordsPage {
    frame: Frame,
}

impl WordsPage {
    fn words(&self) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> + '_ {
        let said = |word: Word| (word.id, self.frame.l.t(word.name), self.frame.l.t(word.meaning));
        Word::ALL.into_iter().map(said)
    }
}

pub(super) async fn page(user: User) -> Result<Response, WebError> {
    let frame = Frame::of(&user);
    drawn(&user, &WordsPage { frame })
}
