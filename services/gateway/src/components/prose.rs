use crate::components::Wording;
use askama::Template;

/// A text, paragraph for paragraph.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/prose.html")]
pub(crate) struct Prose(pub(crate) Wording);

impl Prose {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
