//! Parts of pages that several of them share, each with a template of its own: a page's template says where one stands.

use crate::form::{Form, Kind};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::slider::Slider;
use crate::timeline::Timeline;
use crate::view::{Bars, Table};
use askama::Template;
use askama::filters::HtmlSafe;

/// A form as it stands on somebody's page.
#[derive(Template)]
#[template(path = "components/form.html")]
pub(crate) struct FormPart<'a> {
    frame: &'a Frame,
    form: &'a Form,
}

/// Bars as they stand on a page in the reader's language.
#[derive(Template)]
#[template(path = "components/bars.html")]
pub(crate) struct BarsPart<'a> {
    frame: &'a Frame,
    bars: &'a Bars,
}

/// What was wrong with a form.
#[derive(Debug, Clone, Template)]
#[template(path = "components/alert.html")]
pub(crate) struct Alert {
    /// How much is to be mended.
    pub(crate) heading: String,
    pub(crate) sentence: String,
    pub(crate) problems: Vec<FieldAlert>,
    /// That everything that was written stands in the form again; None: it does not.
    pub(crate) kept: Option<&'static str>,
}

/// What is wrong with a field.
#[derive(Debug, Clone)]
pub(crate) struct FieldAlert {
    /// Leads to the field; empty: it is not on the page.
    pub(crate) href: String,
    /// What the field is called on the page.
    pub(crate) field: String,
    pub(crate) said: String,
}

/// Ways to look at a list: links of which one is where one is.
#[derive(Template)]
#[template(path = "components/tabs.html")]
pub(crate) struct Tabs {
    pub(crate) label: &'static str,
    pub(crate) tabs: Vec<Tab>,
}

/// One of several ways to look at a list.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) text: String,
    /// How many there are; empty: nobody counts.
    pub(crate) count: String,
    pub(crate) current: bool,
}

/// How far something has come on its way.
#[derive(Template)]
#[template(path = "components/steps.html")]
pub(crate) struct Steps {
    label: &'static str,
    steps: Vec<&'static str>,
    /// Which of them it has come to, from 0.
    here: usize,
}

impl Steps {
    /// An idea's way, to the step at which it is.
    pub(crate) fn of_an_idea(l: Lang, here: usize) -> Self {
        Self {
            label: l.t("steps-how-far-the-idea-has-come"),
            steps: vec![
                l.t("steps-submitted"),
                l.t("steps-read"),
                l.t("steps-assessed"),
                l.t("steps-decided"),
                l.t("steps-carried-out"),
            ],
            here,
        }
    }
}

impl Frame {
    /// A form for whoever sees the page.
    pub(crate) fn form<'a>(&'a self, form: &'a Form) -> FormPart<'a> {
        FormPart { frame: self, form }
    }

    /// A picture for whoever sees the page.
    pub(crate) fn bars<'a>(&'a self, bars: &'a Bars) -> BarsPart<'a> {
        BarsPart { frame: self, bars }
    }
}

// Each escapes what it is given by itself.
impl HtmlSafe for FormPart<'_> {}
impl HtmlSafe for BarsPart<'_> {}
impl HtmlSafe for Alert {}
impl HtmlSafe for Tabs {}
impl HtmlSafe for Steps {}
impl HtmlSafe for Table {}
impl HtmlSafe for Slider {}
impl HtmlSafe for Timeline {}
