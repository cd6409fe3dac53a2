//! Pages of sections of parts, which have no template of their own yet.

use crate::components::{Badge, Bars, Link, Slider, Table, Timeline};
use crate::form::{Field, Form};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::refill::WithForms;
use crate::view::text;
use askama::Template;
use idesluss_proto::Fillable;
use idesluss_proto::pb::command::Text;
use std::collections::HashMap;

/// A page.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "page.html")]
pub(crate) struct Page {
    pub(crate) frame: Frame,
    pub(crate) title: String,
    /// A sentence or two under the title.
    pub(crate) intro: String,
    /// Where it stands, in few words.
    pub(crate) badges: Vec<Badge>,
    pub(crate) sections: Vec<Section>,
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

impl Page {
    pub(crate) fn new(frame: Frame, title: impl Into<String>) -> Self {
        Self {
            frame,
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

    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }
}

impl From<Table> for Part {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Form> for Part {
    fn from(form: Form) -> Self {
        Self::Form(form)
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
