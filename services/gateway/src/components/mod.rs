//! Parts of pages that several of them share, each with a template of its own: a page's template says where one stands.

mod account;
mod bars;
mod cards;
mod empty;
mod facets;
mod facts;
mod matrix;
mod next;
mod pager;
mod prose;
pub(crate) mod qr;
mod slider;
mod table;
mod thread;
mod timeline;
mod traced;
mod word;
mod wording;

pub(crate) use account::Account;
pub(crate) use bars::{Bar, Bars, Change, change, hundredths, scored};
pub(crate) use cards::{Card, Cards};
pub(crate) use empty::Empty;
pub(crate) use facets::{Choice, Facet, Facets};
pub(crate) use facts::{Facts, Texts, facts, fields_of, written};
pub(crate) use matrix::{Matrix, MatrixCell, MatrixRow};
pub(crate) use next::Next;
pub(crate) use pager::Pager;
pub(crate) use prose::Prose;
pub(crate) use slider::Slider;
pub(crate) use table::{Row, Table, in_all, in_all_up_to};
pub(crate) use thread::{Message, Thread};
pub(crate) use timeline::{Mark, Timeline};
pub(crate) use traced::Traced;
pub(crate) use word::{Explained, Word};
pub(crate) use wording::Wording;

use crate::form::{Form, Kind};
use crate::frame::Frame;
use crate::lang::Lang;
use askama::Template;
use askama::filters::HtmlSafe;

/// A link.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: Wording,
}

impl Link {
    pub(crate) fn new(href: impl Into<String>, text: impl Into<Wording>) -> Self {
        Self {
            href: href.into(),
            text: text.into(),
        }
    }
}

/// Links below each other.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/links.html")]
pub(crate) struct Links(pub(crate) Vec<Link>);

/// A state in few words.
#[derive(Debug, Clone)]
pub(crate) struct Badge {
    pub(crate) text: String,
    /// Somebody should do something soon.
    pub(crate) urgent: bool,
}

/// Where a thing stands, in few words each.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/badges.html")]
pub(crate) struct Badges(pub(crate) Vec<Badge>);

impl Badges {
    /// One more, unless there is nothing to say.
    pub(crate) fn and(mut self, text: impl Into<String>, urgent: bool) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.0.push(Badge { text, urgent });
        }
        self
    }
}

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
    l: Lang,
    bars: &'a Bars,
}

/// Bars for whoever reads that language.
pub(crate) fn bars(l: Lang, bars: &Bars) -> BarsPart<'_> {
    BarsPart { l, bars }
}

/// What comes next as it stands on somebody's page.
#[derive(Template)]
#[template(path = "components/next.html")]
pub(crate) struct NextPart<'a> {
    frame: &'a Frame,
    next: &'a Next,
}

/// Cards as they stand on somebody's page.
#[derive(Template)]
#[template(path = "components/cards.html")]
pub(crate) struct CardsPart<'a> {
    frame: &'a Frame,
    cards: &'a Cards,
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

/// Lists beside each other: links of which one is where one is.
#[derive(Template)]
#[template(path = "components/tabs.html")]
pub(crate) struct Tabs {
    pub(crate) label: &'static str,
    pub(crate) tabs: Vec<Tab>,
}

/// One of several lists.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) current: bool,
}

/// What is to be done until the next step, and what of it is done.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/tasks.html")]
pub(crate) struct Tasks {
    pub(crate) label: &'static str,
    pub(crate) tasks: Vec<Task>,
}

/// One thing of several that are to be done.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) text: String,
    /// How far it has come, in a word or as `1/2`.
    pub(crate) state: String,
    pub(crate) done: bool,
}

/// How far something has come on its way.
#[derive(Debug, Clone, Template)]
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

    /// An adoption's way, to the step at which it is.
    pub(crate) fn of_an_adoption(l: Lang, here: usize) -> Self {
        Self {
            label: l.t("steps-how-far-the-adoption-has-come"),
            steps: vec![
                l.t("steps-interest"),
                l.t("steps-adoption-decided"),
                l.t("steps-started"),
                l.t("steps-in-use"),
                l.t("steps-measured"),
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

    /// What comes next, for whoever sees the page.
    pub(crate) fn next<'a>(&'a self, next: &'a Next) -> NextPart<'a> {
        NextPart { frame: self, next }
    }

    /// Cards, for whoever sees the page.
    pub(crate) fn cards<'a>(&'a self, cards: &'a Cards) -> CardsPart<'a> {
        CardsPart { frame: self, cards }
    }

    /// What stands in the place of what there is not, by its name in the files.
    pub(crate) fn empty(&self, name: &'static str) -> Empty {
        self.l.t(name).into()
    }

    /// A picture for whoever sees the page.
    pub(crate) fn bars<'a>(&'a self, bars: &'a Bars) -> BarsPart<'a> {
        self::bars(self.l, bars)
    }
}

// Each escapes what it is given by itself.
impl HtmlSafe for FormPart<'_> {}
impl HtmlSafe for BarsPart<'_> {}
impl HtmlSafe for NextPart<'_> {}
impl HtmlSafe for CardsPart<'_> {}
impl HtmlSafe for Empty {}
impl HtmlSafe for Facets {}
impl HtmlSafe for Pager {}
impl HtmlSafe for Alert {}
impl HtmlSafe for Badges {}
impl HtmlSafe for Tabs {}
impl HtmlSafe for Tasks {}
impl HtmlSafe for Steps {}
impl HtmlSafe for Account {}
impl HtmlSafe for Facts {}
impl HtmlSafe for Texts {}
impl HtmlSafe for Matrix {}
impl HtmlSafe for Prose {}
impl HtmlSafe for Thread {}
impl HtmlSafe for Table {}
impl HtmlSafe for Traced {}
impl HtmlSafe for Slider {}
impl HtmlSafe for Timeline {}
impl HtmlSafe for Explained {}
impl HtmlSafe for Links {}
