//! Forms: what somebody fills in, and what was wrong with it.

use crate::lang::Lang;
use idesluss_domain::words::MediaType;
use uuid::Uuid;

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
    /// Another button, which looks something up in what has been written so far: where it leads, and what it says.
    pub(crate) look: Option<(String, String)>,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) help: String,
    pub(crate) value: String,
    pub(crate) required: bool,
    /// That it may be left empty is said where it stands.
    pub(crate) is_optional: bool,
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
    /// Hidden too, and never as it was sent: what the page says that was drawn anew holds.
    Renewed,
    Tick,
    File {
        /// The ends of names of what is taken, as `accept` has them.
        kinds: String,
        /// How many bytes at most.
        most: u64,
        /// What is said where it is larger, or of another kind.
        said: &'static str,
    },
    /// One of several: value and what it is called.
    Select(Vec<(String, String)>),
    /// One of several that all are shown.
    Radio(Vec<(String, String)>),
    /// Any of several.
    Ticks(Vec<(String, String)>),
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
            look: None,
        }
    }

    /// Its id on the page.
    pub(crate) fn id(&self) -> String {
        format!("f{}", self.action.replace(['/', '?', '=', '.'], "-"))
    }

    /// Whether it stands open with something to fill in.
    pub(crate) fn is_written_in(&self) -> bool {
        let is_seen = |field: &Field| !matches!(field.kind, Kind::Hidden | Kind::Renewed | Kind::File { .. });
        !self.search && !self.file && self.summary.is_empty() && self.fields.iter().any(is_seen)
    }

    /// Another button, which looks something up in what has been written so far.
    pub(crate) fn look(mut self, action: &str, button: &str) -> Self {
        self.look = Some((action.to_owned(), button.to_owned()));
        self
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
            is_optional: false,
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

    /// A file of these kinds and at most so many bytes, as is told before it is sent.
    pub(crate) fn upload(
        mut self,
        name: &str,
        label: &str,
        kinds: &[MediaType],
        most: u64,
        said: &'static str,
    ) -> Self {
        self.file = true;
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.extensions()).collect();
        let kind = Kind::File {
            kinds: kinds.join(","),
            most,
            said,
        };
        self.field(name, label, kind, true)
    }

    pub(crate) fn hidden(self, name: &str, value: impl Into<String>) -> Self {
        self.field(name, "", Kind::Hidden, false).value(value)
    }

    /// What whoever sends the form can have seen: on a page that is drawn anew, what stands there now.
    pub(crate) fn renewed(self, name: &str, value: impl Into<String>) -> Self {
        self.field(name, "", Kind::Renewed, false).value(value)
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

    /// What was wrong with the last field; empty: nothing.
    pub(crate) fn problem(self, problem: impl Into<String>) -> Self {
        self.last(|field| field.problem = problem.into())
    }

    /// The last field may be left empty.
    pub(crate) fn optional(self) -> Self {
        self.last(|field| {
            field.required = false;
            field.is_optional = true;
        })
    }

    /// The last field may be left empty where another one is not.
    pub(crate) fn one_of_several(self) -> Self {
        self.last(|field| field.required = false)
    }
}

impl Field {
    /// Whether this is what has been chosen already.
    pub(crate) fn is(&self, value: &str) -> bool {
        self.value.split('\u{1f}').any(|chosen| chosen == value)
    }

    /// What was answered, as people read it; None: nothing, or nothing that anybody sees.
    pub(crate) fn answer(&self, l: Lang, sent: &[String]) -> Option<String> {
        let called = |choices: &[(String, String)], sent: &[String]| -> String {
            let chosen = choices.iter().filter(|(value, _)| sent.contains(value));
            chosen.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let first = sent.first().map(String::as_str).unwrap_or_default();
        let told = match &self.kind {
            Kind::Hidden | Kind::Renewed | Kind::File { .. } => String::new(),
            Kind::Tick => match first {
                "ja" => l.t("form-yes").to_owned(),
                _ => String::new(),
            },
            Kind::Select(choices) | Kind::Radio(choices) => called(choices, &sent[..sent.len().min(1)]),
            Kind::Ticks(choices) => called(choices, sent),
            Kind::Date => l.day(first),
            Kind::Line | Kind::Lines | Kind::Number => first.to_owned(),
        };
        (!told.trim().is_empty()).then_some(told)
    }

    /// The attributes that tie a field to its help and its problem. `id` is made of our own names.
    pub(crate) fn described(&self, id: &str) -> String {
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

    /// An id for the label to point to, the same on every drawing. `action` is where the form is sent.
    pub(crate) fn id(&self, action: &str) -> String {
        format!(
            "{}-{}",
            action.replace(['/', '?', '=', '.'], "-"),
            self.name.replace(['.', '[', ']'], "-")
        )
    }

    /// The id of what takes the focus when the field is to be filled in.
    pub(crate) fn first_id(&self, action: &str) -> String {
        let id = self.id(action);
        match &self.kind {
            Kind::Radio(choices) | Kind::Ticks(choices) => match choices.first() {
                Some((value, _)) => format!("{id}-{value}"),
                None => id,
            },
            _ => id,
        }
    }
}

/// What a field is called that stands in several rows of a form: each with its own name.
pub(crate) fn in_row(l: Lang, field: &'static str, row: &str) -> String {
    l.say("form-in-row", &[("field", l.t(field)), ("row", row)])
}

/// Choices whose values are a contract's numbers.
pub(crate) fn choices<'a>(choices: impl IntoIterator<Item = (i32, &'a str)>) -> Vec<(String, String)> {
    let choice = |(value, name): (i32, &str)| (value.to_string(), name.to_owned());
    choices.into_iter().map(choice).collect()
}
