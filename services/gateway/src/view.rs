//! What a page consists of: sections of parts. The templates know only these.

use crate::door::Visitor;
use crate::error::{Fault, WebError};
use crate::lang::Lang;
use crate::phrases;
use crate::posted::Posted;
use crate::slider::Slider;
use crate::timeline::Timeline;
use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use idesluss_domain::words::Role;
use idesluss_proto::pb::command::{Text, TextState};
use idesluss_proto::status::Refusal;
use uuid::Uuid;

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

/// What was wrong with a form.
#[derive(Debug, Clone)]
pub(crate) struct Alert {
    pub(crate) sentence: String,
    /// Problems of fields that are not on the page.
    pub(crate) others: Vec<(String, String)>,
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
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// What is said when there are no rows.
    pub(crate) empty: String,
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

/// A form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) action: String,
    /// What the button says.
    pub(crate) button: String,
    /// What is folded away until somebody wants it; empty: it stands open.
    pub(crate) summary: String,
    /// A remark above the fields.
    pub(crate) note: String,
    pub(crate) fields: Vec<Field>,
    /// GET instead of POST: a search.
    pub(crate) search: bool,
    /// It sends a file.
    pub(crate) file: bool,
    /// The id of the command that it becomes.
    pub(crate) command: String,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) help: String,
    pub(crate) value: String,
    pub(crate) required: bool,
    pub(crate) kind: Kind,
    /// What was wrong with what was sent; empty: nothing.
    pub(crate) problem: String,
}

/// How a field is filled in.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Line,
    Lines,
    Date,
    Number,
    Hidden,
    Tick,
    File,
    /// One of several: value and what it is called.
    Select(Vec<(String, String)>),
    /// One of several that all are shown.
    Radio(Vec<(String, String)>),
    /// Any of several.
    Ticks(Vec<(String, String)>),
}

#[derive(Template)]
#[template(path = "page.html")]
struct Drawn<'a> {
    l: Lang,
    page: &'a Page,
    nav: Vec<Link>,
    who: String,
    csrf: &'a str,
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

    /// The value of a hidden field on the page.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let parts = self.sections.iter().flat_map(|section| &section.parts);
        let fields = parts.flat_map(|part| match part {
            Part::Form(form) => form.fields.as_slice(),
            _ => &[],
        });
        let found = fields.into_iter().find(|field| field.name == name);
        found.map(|field| field.value.clone()).unwrap_or_default()
    }

    /// Draws the page again after a service refused a form: it stands open, filled in as it was sent, each problem at its field.
    pub(crate) fn refused(
        mut self,
        visitor: &Visitor,
        action: &str,
        posted: &Posted,
        status: &tonic::Status,
    ) -> Result<Response, WebError> {
        let l = visitor.lang;
        let refusal = Refusal::from(status);
        let mut problems: Vec<(String, String, String)> = Vec::new();
        for (field, sentence) in &refusal.fields {
            problems.push((
                posted.place(field),
                phrases::field(l, field),
                phrases::problem(l, sentence),
            ));
        }
        let forms = self
            .sections
            .iter_mut()
            .flat_map(|section| &mut section.parts)
            .filter_map(|part| match part {
                Part::Form(form) if form.action == action && !form.search => Some(form),
                _ => None,
            });
        let mut found = false;
        for form in forms {
            found = true;
            form.summary.clear();
            form.command = posted.get("kommando");
            for field in &mut form.fields {
                field.value = match field.kind {
                    Kind::Ticks(_) => posted.all(&field.name).join("\u{1f}"),
                    Kind::File => String::new(),
                    _ => posted.get(&field.name),
                };
                let own = problems.iter().position(|(place, ..)| *place == field.name);
                field.problem = own.map(|own| problems.remove(own).2).unwrap_or_default();
            }
        }
        if !found {
            return Err(WebError::said(visitor.lang, status).keeping(posted.written()));
        }
        self.alert = Some(Alert {
            sentence: phrases::refusal(l, &refusal),
            others: problems.into_iter().map(|(_, name, problem)| (name, problem)).collect(),
        });
        let page = self.draw(visitor)?;
        Ok((crate::error::http_status(status), page).into_response())
    }

    /// Draws the page for a visitor.
    pub(crate) fn draw(&self, visitor: &Visitor) -> Result<Response, WebError> {
        let who = format!(
            "{}, {}, {}",
            visitor.name(&visitor.part.person.to_string()),
            phrases::role(visitor.lang, visitor.part.role),
            visitor.house(visitor.part.organisation.as_str()),
        );
        let drawn = Drawn {
            l: visitor.lang,
            page: self,
            nav: navigation(visitor.lang, visitor.part.role),
            who,
            csrf: &visitor.csrf,
        };
        let html = drawn.render().map_err(|error| {
            tracing::error!(%error, "a page could not be drawn");
            WebError::new(visitor.lang, Fault::Ours)
        })?;
        Ok(Html(html).into_response())
    }
}

fn navigation(l: Lang, role: Role) -> Vec<Link> {
    let ideas = ("/ideer", l.t("Mina idéer", "My ideas"));
    let new = ("/ideer/ny", l.t("Lämna en idé", "Submit an idea"));
    let inbox = ("/inkorg", l.t("Inkorg", "Inbox"));
    let assess = ("/bedoma", l.t("Att bedöma", "To assess"));
    let decide = ("/besluta", l.t("Att besluta", "To decide"));
    let evaluations = ("/bedomningar", l.t("Bedömningar", "Evaluations"));
    let calls = ("/utlysningar", l.t("Utlysningar", "Calls"));
    let solutions = ("/losningar", l.t("Lösningar", "Solutions"));
    let adoptions = ("/inforanden", l.t("Införanden", "Adoptions"));
    let benefits = ("/nytta", l.t("Nytta", "Benefits"));
    let revision = ("/revision", l.t("Revision", "Audit"));
    let mandates = ("/mandat", l.t("Mandat", "Mandates"));
    let links: Vec<(&str, &str)> = match role {
        Role::Submitter => vec![ideas, new, calls, solutions, benefits],
        Role::Coordinator => vec![
            inbox,
            evaluations,
            decide,
            calls,
            solutions,
            adoptions,
            benefits,
            mandates,
        ],
        Role::Assessor => vec![assess, solutions],
        Role::DecisionMaker => vec![decide, evaluations, solutions, benefits, mandates],
        Role::Registrar => vec![inbox, evaluations, decide, solutions, mandates],
        Role::Auditor => vec![revision, inbox, evaluations, solutions, benefits, mandates],
        Role::NeedOwner => vec![evaluations, calls, solutions, benefits],
        Role::Steward | Role::Adopter => vec![solutions, adoptions, benefits],
        Role::Operator | Role::Service => vec![],
    };
    let link = |(href, text): (&str, &str)| Link {
        href: href.to_owned(),
        text: text.to_owned(),
    };
    links.into_iter().map(link).collect()
}

impl Form {
    /// A form that stands open.
    pub(crate) fn new(action: impl Into<String>, button: &str) -> Self {
        Self {
            action: action.into(),
            button: button.to_owned(),
            summary: String::new(),
            note: String::new(),
            fields: Vec::new(),
            search: false,
            file: false,
            command: Uuid::now_v7().to_string(),
        }
    }

    /// A form that is folded away under `summary`.
    pub(crate) fn folded(action: impl Into<String>, summary: &str, button: &str) -> Self {
        let mut form = Self::new(action, button);
        form.summary = summary.to_owned();
        form
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub(crate) fn search(mut self) -> Self {
        self.search = true;
        self
    }

    fn field(mut self, name: &str, label: &str, kind: Kind, required: bool) -> Self {
        self.fields.push(Field {
            name: name.to_owned(),
            label: label.to_owned(),
            help: String::new(),
            value: String::new(),
            required,
            kind,
            problem: String::new(),
        });
        self
    }

    pub(crate) fn line(self, name: &str, label: &str) -> Self {
        self.field(name, label, Kind::Line, true)
    }

    pub(crate) fn lines(self, name: &str, label: &str) -> Self {
        self.field(name, label, Kind::Lines, true)
    }

    pub(crate) fn date(self, name: &str, label: &str) -> Self {
        self.field(name, label, Kind::Date, true)
    }

    pub(crate) fn number(self, name: &str, label: &str) -> Self {
        self.field(name, label, Kind::Number, true)
    }

    pub(crate) fn tick(self, name: &str, label: &str) -> Self {
        self.field(name, label, Kind::Tick, true)
    }

    pub(crate) fn upload(mut self, name: &str, label: &str) -> Self {
        self.file = true;
        self.field(name, label, Kind::File, true)
    }

    pub(crate) fn hidden(self, name: &str, value: impl Into<String>) -> Self {
        self.field(name, "", Kind::Hidden, false).value(value)
    }

    pub(crate) fn select(self, name: &str, label: &str, choices: Vec<(String, String)>) -> Self {
        self.field(name, label, Kind::Select(choices), true)
    }

    pub(crate) fn radio(self, name: &str, label: &str, choices: Vec<(String, String)>) -> Self {
        self.field(name, label, Kind::Radio(choices), true)
    }

    pub(crate) fn ticks(self, name: &str, label: &str, choices: Vec<(String, String)>) -> Self {
        self.field(name, label, Kind::Ticks(choices), false)
    }

    fn last(mut self, change: impl FnOnce(&mut Field)) -> Self {
        if let Some(field) = self.fields.last_mut() {
            change(field);
        }
        self
    }

    /// Fills the last field in.
    pub(crate) fn value(self, value: impl Into<String>) -> Self {
        self.last(|field| field.value = value.into())
    }

    /// Explains the last field.
    pub(crate) fn help(self, help: &str) -> Self {
        self.last(|field| field.help = help.to_owned())
    }

    /// The last field may be left empty.
    pub(crate) fn optional(self) -> Self {
        self.last(|field| field.required = false)
    }
}

impl From<Form> for Part {
    fn from(form: Form) -> Self {
        Self::Form(form)
    }
}

impl From<Table> for Part {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl Field {
    /// Whether this is what has been chosen already.
    fn is(&self, value: &str) -> bool {
        self.value.split('\u{1f}').any(|chosen| chosen == value)
    }

    /// The attributes that tie a field to its help and its problem. `id` is made of our own names.
    fn described(&self, id: &str) -> String {
        let mut by = Vec::new();
        if !self.help.is_empty() {
            by.push(format!("{id}-hjalp"));
        }
        let mut attributes = String::new();
        if !self.problem.is_empty() {
            by.push(format!("{id}-fel"));
            attributes.push_str(" aria-invalid=\"true\"");
        }
        if !by.is_empty() {
            attributes.push_str(&format!(" aria-describedby=\"{}\"", by.join(" ")));
        }
        attributes
    }

    /// An id for the label to point to, the same on every drawing.
    pub(crate) fn id(&self, form: &Form) -> String {
        format!(
            "{}-{}",
            form.action.replace(['/', '?', '=', '.'], "-"),
            self.name.replace('.', "-")
        )
    }
}

/// Choices whose values are a contract's numbers.
pub(crate) fn choices<const N: usize>(choices: [(i32, &str); N]) -> Vec<(String, String)> {
    choices
        .map(|(value, name)| (value.to_string(), name.to_owned()))
        .to_vec()
}

/// A text as the asker may read it.
pub(crate) fn text(l: Lang, text: Option<&Text>) -> String {
    let Some(text) = text else { return String::new() };
    match text.state() {
        TextState::Readable => text.text.clone(),
        TextState::Erased => l.t("(raderat enligt beslut)", "(erased by decision)").to_owned(),
        TextState::KeyMissing => l
            .t(
                "(kan inte läsas: nyckeln saknas, säg till driften)",
                "(can't be read: its key is missing, tell the operator)",
            )
            .to_owned(),
        TextState::Hidden => l.t("(visas inte för dig nu)", "(not shown to you now)").to_owned(),
        TextState::Unspecified => String::new(),
    }
}

/// A text part, unless there is nothing to show.
pub(crate) fn text_part(l: Lang, written: Option<&Text>) -> Option<Part> {
    let shown = text(l, written);
    (!shown.is_empty()).then_some(Part::Text(shown))
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

/// A number of kronor with a space between thousands.
pub(crate) fn kronor(amount: u64) -> String {
    let digits = amount.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    format!("{grouped}\u{a0}kr")
}
