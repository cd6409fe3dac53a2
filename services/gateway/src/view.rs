//! What a page consists of: sections of parts. The templates know only these.

use crate::components::Alert;
use crate::error::{ErrorKind, WebError};
use crate::form::Field;
pub(crate) use crate::form::{Form, choices, in_row};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::refill::WithForms;
use crate::session::{self, User};
use crate::slider::Slider;
use crate::timeline::Timeline;
use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};

use idesluss_proto::pb::command::{Text, TextState};
use idesluss_proto::{Fillable, MOST_COUNTED};
use std::collections::HashMap;

/// A page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) title: String,
    /// A sentence or two under the title.
    pub(crate) intro: String,
    /// Where it stands, in few words.
    pub(crate) badges: Vec<Badge>,
    pub(crate) sections: Vec<Section>,
    /// What was wrong with a form that was sent.
    pub(crate) alert: Option<Alert>,
}

/// A state in few words.
#[derive(Debug, Clone)]
pub(crate) struct Badge {
    pub(crate) text: String,
    /// Somebody should do something soon.
    pub(crate) urgent: bool,
}

/// A part of a page under a heading of its own.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// Empty: none.
    pub(crate) heading: String,
    pub(crate) parts: Vec<Part>,
}

/// What stands in a section.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// Paragraphs that somebody wrote.
    Text(String),
    /// Paragraphs that somebody wrote, each under what it tells.
    Written(Vec<(String, String)>),
    /// A quiet remark of ours.
    Note(String),
    /// Names and values.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// A picture, with its numbers in a table behind it.
    Bars(Bars),
    /// Links.
    Links(Vec<Link>),
    /// A form, open or folded.
    Form(Form),
    /// A way along a line of time.
    Slider(Slider),
    /// What happened, as a picture; the page has its table.
    Timeline(Timeline),
}

/// A link.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: String,
}

/// A table; the first cell of a row is its heading, and may be a link.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/table.html")]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// What is said when there are no rows.
    pub(crate) empty: String,
}

impl Table {
    /// What the column of a cell is called: beside it where a row is a card.
    pub(crate) fn named(&self, column: usize) -> &str {
        self.head.get(column).map(String::as_str).unwrap_or_default()
    }

    /// Says in the caption how many there are in all.
    pub(crate) fn in_all(mut self, l: Lang, total: u64) -> Self {
        self.caption = in_all(l, &self.caption, total);
        self
    }

    /// The same of a list that is counted up to a limit.
    pub(crate) fn in_all_up_to(mut self, l: Lang, total: u64) -> Self {
        self.caption = in_all_up_to(l, &self.caption, total);
        self
    }
}

/// A caption that says how many there are in all.
fn in_all(l: Lang, caption: &str, total: u64) -> String {
    match total {
        0 => caption.to_owned(),
        total => format!("{caption} ({})", l.grouped(total)),
    }
}

/// The same of a list that is counted up to a limit.
pub(crate) fn in_all_up_to(l: Lang, caption: &str, total: u64) -> String {
    if total <= MOST_COUNTED.into() {
        return in_all(l, caption, total);
    }
    let most = l.say("common-more-than", &[("most", &MOST_COUNTED.to_string())]);
    format!("{caption} ({most})")
}

/// A row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Where its first cell leads; empty: nowhere.
    pub(crate) href: String,
    pub(crate) cells: Vec<String>,
    pub(crate) urgent: bool,
}

/// Horizontal bars over a scale.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    pub(crate) caption: String,
    pub(crate) bars: Vec<Bar>,
}

/// One bar: places in tenths of a percent of the scale.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) said: String,
    /// Where the pale span begins and how long it is.
    pub(crate) from: u32,
    pub(crate) length: u32,
    /// Where the mark stands; None: there is none.
    pub(crate) mark: Option<u32>,
    /// Which colour, by name of a class.
    pub(crate) class: &'static str,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Drawn<'a> {
    frame: Frame,
    page: &'a Page,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    pub(crate) fn intro(mut self, intro: impl Into<String>) -> Self {
        self.intro = intro.into();
        self
    }

    pub(crate) fn badge(&mut self, text: impl Into<String>, urgent: bool) {
        let text = text.into();
        if !text.is_empty() {
            self.badges.push(Badge { text, urgent });
        }
    }

    /// Adds a section, unless there is nothing in it.
    pub(crate) fn section(&mut self, heading: &str, parts: Vec<Part>) {
        if !parts.is_empty() {
            let heading = heading.to_owned();
            self.sections.push(Section { heading, parts });
        }
    }

    fn fields(&self) -> impl Iterator<Item = &Field> {
        let parts = self.sections.iter().flat_map(|section| &section.parts);
        parts.flat_map(|part| match part {
            Part::Form(form) => form.fields.as_slice(),
            _ => &[],
        })
    }

    /// The value of a hidden field on the page.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let found = self.fields().find(|field| field.name == name);
        found.map(|field| field.value.clone()).unwrap_or_default()
    }

    /// Whether something is wrong with what was looked for.
    pub(crate) fn has_problem(&self) -> bool {
        self.fields().any(|field| !field.problem.is_empty())
    }
}

impl WithForms for Page {
    fn forms(&mut self) -> Vec<&mut Form> {
        let parts = self.sections.iter_mut().flat_map(|section| &mut section.parts);
        let forms = parts.filter_map(|part| match part {
            Part::Form(form) if !form.search => Some(form),
            _ => None,
        });
        forms.collect()
    }

    fn alert(&mut self, alert: Alert) {
        self.alert = Some(alert);
    }

    fn draw(&self, user: &User) -> Result<Response, WebError> {
        let frame = Frame::of(user);
        drawn(user, &Drawn { frame, page: self })
    }
}

/// Draws a template for a user. What was just done is said once.
pub(crate) fn drawn(user: &User, template: &impl Template) -> Result<Response, WebError> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be drawn");
        WebError::new(user.lang, ErrorKind::Ours)
    })?;
    let mut response = Html(html).into_response();
    if user.done.is_some() {
        session::forget_done(&mut response);
    }
    Ok(response)
}

impl From<Table> for Part {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

/// A text as the asker may read it.
pub(crate) fn text(l: Lang, text: Option<&Text>) -> String {
    let Some(text) = text else { return String::new() };
    match text.state() {
        TextState::Readable => text.text.clone(),
        TextState::Erased => l.t("common-erased-by-decision").to_owned(),
        TextState::KeyMissing => l.t("common-cant-be-read-its-key").to_owned(),
        TextState::Hidden => l.t("common-not-shown-to-you-now").to_owned(),
        TextState::Unspecified => String::new(),
    }
}

/// A text part, unless there is nothing to show.
pub(crate) fn text_part(l: Lang, written: Option<&Text>) -> Option<Part> {
    let shown = text(l, written);
    (!shown.is_empty()).then_some(Part::Text(shown))
}

/// What was written into the fields of a request, in its order, each with what the field is called; what is empty is left out.
pub(crate) fn written<R: Fillable>(l: Lang, texts: &HashMap<String, Text>) -> Vec<(String, String)> {
    let fields = R::FIELDS.iter().filter_map(|field| {
        let shown = text(l, texts.get(field.name));
        let name = l.phrase(phrases::Kind::Field, field.name, &[])?;
        (!shown.is_empty()).then_some((name, shown))
    });
    fields.collect()
}

/// Facts without those that are empty.
pub(crate) fn facts<const N: usize>(facts: [(&str, String); N]) -> Vec<Part> {
    let known = facts.into_iter().filter(|(_, value)| !value.is_empty());
    let known: Vec<_> = known.map(|(name, value)| (name.to_owned(), value)).collect();
    if known.is_empty() {
        Vec::new()
    } else {
        vec![Part::Facts(known)]
    }
}

/// The day and minute of a time in UTC, in Sweden.
pub(crate) fn moment(time: &str) -> String {
    let Ok(stamp) = time.parse::<jiff::Timestamp>() else {
        // Older registers know some times less precisely: as they are.
        return time.to_owned();
    };
    match stamp.in_tz("Europe/Stockholm") {
        Ok(zoned) => zoned.strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => time.to_owned(),
    }
}

/// A number of kronor, as they are written in Sweden.
pub(crate) fn kronor(amount: u64) -> String {
    format!("{}\u{a0}kr", Lang::Swedish.grouped(amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_says_how_many_there_are_and_of_what_is_counted_up_to_a_limit_no_more_than_is_known() {
        let listed = |total, is_exact: bool, l| {
            let table = Table {
                caption: "X".to_owned(),
                ..Table::default()
            };
            let table = if is_exact {
                table.in_all(l, total)
            } else {
                table.in_all_up_to(l, total)
            };
            table.caption
        };
        assert_eq!(listed(0, true, Lang::Swedish), "X");
        assert_eq!(listed(999, true, Lang::Swedish), "X (999)");
        assert_eq!(listed(1_001, true, Lang::Swedish), "X (1\u{a0}001)");
        assert_eq!(listed(1_234_567, true, Lang::English), "X (1,234,567)");
        assert_eq!(listed(1_000, false, Lang::Swedish), "X (1\u{a0}000)");
        assert_eq!(listed(1_001, false, Lang::Swedish), "X (fler än 1\u{a0}000)");
        assert_eq!(listed(1_001, false, Lang::English), "X (more than 1,000)");
        assert_eq!(kronor(40_000), "40\u{a0}000\u{a0}kr");
    }
}
