use crate::components::Link;
use askama::Template;

/// A way along a line of time: a slider in a form with a button, and links to the places beside it. It works without scripts.
#[derive(Debug, Clone, Template)]
#[template(path = "components/slider.html")]
pub(crate) struct Slider {
    /// The page.
    pub(crate) action: String,
    /// The name of the field, and its id.
    pub(crate) name: &'static str,
    pub(crate) label: String,
    /// What the present place stands for, in words.
    pub(crate) said: String,
    pub(crate) least: u32,
    pub(crate) most: u32,
    pub(crate) value: u32,
    pub(crate) button: String,
    /// Earlier, later, first, last.
    pub(crate) links: Vec<Link>,
}
