use askama::Template;

/// What somebody wrote, paragraph for paragraph.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/prose.html")]
pub(crate) struct Prose(pub(crate) String);

impl Prose {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
