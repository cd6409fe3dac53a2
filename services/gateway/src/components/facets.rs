use askama::Template;

/// What a list is narrowed down by: where things stand, what they are.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/facets.html")]
pub(crate) struct Facets(pub(crate) Vec<Facet>);

/// One of them, with its values.
#[derive(Debug, Clone)]
pub(crate) struct Facet {
    /// What it is called in addresses.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) choices: Vec<Choice>,
}

/// A value, or all.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) href: String,
    pub(crate) text: String,
    /// How many there are; empty: nobody counts.
    pub(crate) count: String,
    pub(crate) current: bool,
}
