use crate::components::Link;
use askama::Template;

/// The way through a list that goes on on another page.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/pager.html")]
pub(crate) struct Pager {
    /// Back to its beginning; None: this is it.
    pub(crate) first: Option<Link>,
    /// On to the rest of it; None: this is its end.
    pub(crate) next: Option<Link>,
}
