use crate::components::Link;
use askama::Template;

/// What stands in the place of a list or a table in which there is nothing.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/empty.html")]
pub(crate) struct Empty {
    /// What would stand here, and that nothing does.
    pub(crate) said: String,
    /// Leads to what can be done about it; None: nothing can.
    pub(crate) next: Option<Link>,
}

impl Empty {
    /// A word on it, and where it leads.
    pub(crate) fn new(said: &str, next: Option<Link>) -> Self {
        let said = said.to_owned();
        Self { said, next }
    }
}

impl From<&str> for Empty {
    fn from(said: &str) -> Self {
        Self::new(said, None)
    }
}
