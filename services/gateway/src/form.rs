//! Forms: what somebody fills in, and what was wrong with it.
//!
//! A form that leads to an act asks for its fields as the contract has them; the page says what they are called and in which order they stand.

use crate::act::{Act, Acts, find};
use crate::components::Wording;
use crate::lang::Lang;
use idesluss_domain::words::MediaType;
use idesluss_proto::{Choices, FieldKind, ONE_LINE};
use uuid::Uuid;

/// Whether somebody has sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormState {
    Untouched,
    /// It comes back with what is wrong with it, which is told on top.
    Refused,
    /// It comes back as it was filled in, and is what the page is about.
    Returned,
}

/// A form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) action: String,
    /// What it leads to; None: no command that is filled in from its fields.
    pub(crate) act: Option<Act>,
    /// What the button says.
    pub(crate) button: String,
    /// What is folded away until somebody wants it; empty: it stands open.
    pub(crate) summary: String,
    pub(crate) state: FormState,
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
    /// So many characters at the most.
    Lines(usize),
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
        said: String,
    },
    /// One of several: value and what it is called.
    Select(Vec<(String, String)>),
    /// One of several that all are shown.
    Radio(Vec<(String, String)>),
    /// Any of several.
    Ticks(Vec<(String, String)>),
}

impl Form {
    /// A form of an act, on the page at `page`: it is sent to that and the act's name.
    pub(crate) fn of(acts: &Acts, page: &str, act: &str, button: &str) -> Self {
        let found = find(acts, act);
        debug_assert!(found.is_some(), "no form leads to {act} from {page}");
        let mut form = Self::new(format!("{page}/{act}"), button);
        form.act = found;
        form
    }

    /// The same, sent to an address of its own.
    pub(crate) fn sent_to(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// A form of no command that is filled in from its fields: a search, a file.
    pub(crate) fn new(action: impl Into<String>, button: &str) -> Self {
        Self {
            action: action.into(),
            act: None,
            button: button.to_owned(),
            summary: String::new(),
            state: FormState::Untouched,
            note: String::new(),
            fields: Vec::new(),
            search: false,
            file: false,
            command: Uuid::now_v7().to_string(),
            look: None,
        }
    }

    /// Whether it stands open.
    pub(crate) fn is_open(&self) -> bool {
        self.summary.is_empty() || self.state != FormState::Untouched
    }

    /// Its id on the page.
    pub(crate) fn id(&self) -> String {
        format!("f{}", self.action.replace(['/', '?', '=', '.'], "-"))
    }

    /// Whether it stands open with something to fill in.
    pub(crate) fn is_written_in(&self) -> bool {
        let is_seen = |field: &Field| !matches!(field.kind, Kind::Hidden | Kind::Renewed | Kind::File { .. });
        !self.search && !self.file && self.is_open() && self.fields.iter().any(is_seen)
    }

    /// Another button, which looks something up in what has been written so far.
    pub(crate) fn look(mut self, action: &str, button: &str) -> Self {
        self.look = Some((action.to_owned(), button.to_owned()));
        self
    }

    /// Folded away under `summary`.
    pub(crate) fn folded(mut self, summary: &str) -> Self {
        summary.clone_into(&mut self.summary);
        self
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

    /// A field of the act's, as the contract has it. What is chosen is `select`, `radio` or `ticks`.
    pub(crate) fn ask(self, path: &str, label: &str) -> Self {
        let kind = match self.contract(path).map(|(field, _)| &field.kind) {
            Some(FieldKind::Text(longest)) if *longest > ONE_LINE => Kind::Lines(*longest),
            Some(FieldKind::Date) => Kind::Date,
            Some(FieldKind::Bool) => Kind::Tick,
            Some(FieldKind::Number(_)) => Kind::Number,
            _ => Kind::Line,
        };
        self.asked(path, label, kind)
    }

    /// A field of the act's, filled in so; it may be left empty where the contract says that it may.
    fn asked(self, path: &str, label: &str, kind: Kind) -> Self {
        let is_of_page = match self.act {
            None => true,
            // The answer that chooses one of two commands is a field of neither.
            Some(Act::Either(answer, ..)) => answer == path,
            Some(Act::One(_)) => false,
        };
        let known = self.contract(path);
        debug_assert!(
            known.is_some() || is_of_page,
            "{}: the contract has no {path}",
            self.action
        );
        let asks_once = self.act.is_some_and(|act| act.asks_once(path));
        debug_assert!(
            !matches!(kind, Kind::Line) || asks_once || known.is_none_or(|(field, _)| field.many.is_none()),
            "{}: the contract takes several of {path}",
            self.action
        );
        let required = known.is_none_or(|(_, required)| required);
        let form = self.field(path, label, kind, required);
        if required { form } else { form.optional() }
    }

    fn contract(&self, path: &str) -> Option<(&'static idesluss_proto::Field, bool)> {
        self.act?.field(path)
    }

    /// A line that is no field of the contract's.
    pub(crate) fn line(self, name: &str, label: &str) -> Self {
        self.field(name, label, Kind::Line, true)
    }

    /// A tick that is no boolean of the contract's.
    pub(crate) fn tick(self, name: &str, label: &str) -> Self {
        self.field(name, label, Kind::Tick, true)
    }

    /// A file of these kinds and at most so many bytes, as is told before it is sent.
    pub(crate) fn upload(mut self, name: &str, label: &str, kinds: &[MediaType], most: u64, said: String) -> Self {
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
        self.asked(name, label, Kind::Select(choices))
    }

    pub(crate) fn radio(self, name: &str, label: &str, choices: Vec<(String, String)>) -> Self {
        self.asked(name, label, Kind::Radio(choices))
    }

    pub(crate) fn ticks(self, name: &str, label: &str, choices: Vec<(String, String)>) -> Self {
        self.asked(name, label, Kind::Ticks(choices))
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

    /// The last field may be left empty: the contract has none of it, or all else of its row may be empty too.
    pub(crate) fn optional(self) -> Self {
        self.last(|field| {
            field.required = false;
            field.is_optional = true;
        })
    }

    /// The last field may be left empty where another one is not.
    pub(crate) fn one_of_several(self) -> Self {
        self.last(|field| {
            field.required = false;
            field.is_optional = false;
        })
    }

    /// The last field must be filled in here, though the contract has a use for it empty.
    pub(crate) fn required(self) -> Self {
        self.last(|field| {
            field.required = true;
            field.is_optional = false;
        })
    }
}

impl Field {
    /// Whether this is what has been chosen already.
    pub(crate) fn is(&self, value: &str) -> bool {
        self.value.split('\u{1f}').any(|chosen| chosen == value)
    }

    /// What was answered, as people read it; None: nothing, or nothing that anybody sees.
    pub(crate) fn answer(&self, l: Lang, sent: &[String]) -> Option<Wording> {
        let called = |choices: &[(String, String)], sent: &[String]| -> String {
            let chosen = choices.iter().filter(|(value, _)| sent.contains(value));
            chosen.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
        };
        let first = sent.first().map(String::as_str).unwrap_or_default();
        let told = match &self.kind {
            Kind::Hidden | Kind::Renewed | Kind::File { .. } => Wording::default(),
            Kind::Tick => match first {
                "ja" => l.t("form-yes").into(),
                _ => Wording::default(),
            },
            Kind::Select(choices) | Kind::Radio(choices) => called(choices, &sent[..sent.len().min(1)]).into(),
            Kind::Ticks(choices) => called(choices, sent).into(),
            Kind::Date => l.day(first).into(),
            Kind::Line | Kind::Lines(_) | Kind::Number => Wording::written(first),
        };
        (!told.text.trim().is_empty()).then_some(told)
    }

    /// What is to be known before it is filled in: what the page says of it, and how long a text may be.
    pub(crate) fn explained(&self, l: Lang) -> String {
        let limit = match &self.kind {
            Kind::Lines(most) => l.say("form-at-most-characters", &[("max", &most.to_string())]),
            _ => String::new(),
        };
        format!("{} {limit}", self.help).trim().to_owned()
    }

    /// The attributes that tie a field to its help and its problem. `id` is made of our own names.
    pub(crate) fn described(&self, id: &str) -> String {
        let mut by = Vec::new();
        if !self.help.is_empty() || matches!(self.kind, Kind::Lines(_)) {
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

/// All that the contract has of a word to choose from, each called so.
pub(crate) fn all_called<C: Choices>(called: impl Fn(C) -> &'static str) -> Vec<(String, String)> {
    choices(C::ALL.iter().map(|choice| ((*choice).into(), called(*choice))))
}

/// Choices whose values are a contract's numbers.
pub(crate) fn choices<'a>(choices: impl IntoIterator<Item = (i32, &'a str)>) -> Vec<(String, String)> {
    let choice = |(value, name): (i32, &str)| (value.to_string(), name.to_owned());
    choices.into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;
    use idesluss_proto::pb::evaluation as ev;
    use idesluss_proto::pb::submission as sub;

    const ACTS: &Acts = &[
        ("avboj", Act::one::<sub::DeclineIdeaRequest>()),
        ("besluta", Act::one::<ev::RecordBoardDecisionRequest>()),
        (
            "jav",
            Act::either::<ev::DeclareConflictRequest, ev::DeclareNoConflictRequest>("conflict"),
        ),
    ];

    fn form(act: &str) -> Form {
        Form::of(ACTS, "/sida", act, "Skicka")
    }

    #[test]
    fn a_field_is_filled_in_as_the_contract_has_it() {
        let form = form("besluta")
            .ask("reasons", "Skäl")
            .ask("conditions", "Villkor")
            .ask("cost_kronor", "Kostnad")
            .ask("home", "Hemma")
            .ask("board", "Nämnd")
            .ask("meeting", "Dag")
            .ask("paragraph", "Paragraf")
            .radio("outcome", "Beslut", Vec::new());
        let filled = |field: &Field| (format!("{:?}", field.kind), field.required, field.is_optional);
        let expected = [
            ("Lines(10000)", true),
            ("Lines(10000)", false),
            ("Number", true),
            ("Tick", false),
            ("Line", true),
            ("Date", true),
            ("Line", true),
            ("Radio([])", true),
        ];
        let expected = expected.map(|(kind, required)| (kind.to_owned(), required, !required));
        assert_eq!(form.fields.iter().map(filled).collect::<Vec<_>>(), expected);
        assert_eq!(form.action, "/sida/besluta");
    }

    #[test]
    fn the_answer_that_chooses_a_command_is_asked_for_and_what_one_of_them_takes_may_be_left_empty() {
        let form = form("jav")
            .radio("conflict", "Jäv?", Vec::new())
            .ask("reason", "Vilket?");
        let required: Vec<bool> = form.fields.iter().map(|field| field.required).collect();
        assert_eq!(required, [true, false]);
    }

    #[test]
    fn how_long_a_text_may_be_is_said_beside_it_and_belongs_to_its_help() {
        let form = form("avboj")
            .ask("text", "Varför")
            .help("Skriv så att den förstås.")
            .ask("instead", "Annars");
        let page = Frame::bare(Lang::SWEDISH).form(&form).to_string();
        let help = |field: &str, said: &str| format!("id=\"-sida-avboj-{field}-hjalp\">{said}<");
        for (field, said) in [
            ("text", "Skriv så att den förstås. Högst 10\u{a0}000 tecken."),
            ("instead", "Högst 10\u{a0}000 tecken."),
        ] {
            assert!(page.contains(&help(field, said)), "{page}");
            let by = format!("aria-describedby=\"-sida-avboj-{field}-hjalp\"");
            assert!(page.contains(&by), "{page}");
        }
        assert!(!page.contains("maxlength"), "a browser cuts what is pasted: {page}");
    }

    #[cfg(debug_assertions)]
    #[test]
    #[should_panic(expected = "the contract has no reason_why")]
    fn a_field_that_the_contract_does_not_have_is_a_mistake() {
        let _ = form("avboj").ask("reason_why", "Varför");
    }

    #[cfg(debug_assertions)]
    #[test]
    #[should_panic(expected = "no form leads to avslag")]
    fn an_act_that_the_page_does_not_have_is_a_mistake() {
        let _ = form("avslag");
    }
}
