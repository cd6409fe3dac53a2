//! What people are told, in the languages that there are: one file of [Fluent](https://projectfluent.org) messages each.
//!
//! Everything in the program that is told to people has a code: refusals, what is wrong with a field, events, states. What is said of it
//! stands here and nowhere else, under the code itself; what pages say stands under names that begin with the page's. Tests hold the files complete,
//! and find what nobody says.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Entry;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A language that people are spoken to in. Swedish first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Swedish.
    #[default]
    Swedish,
    /// English.
    English,
}

/// What a code is a code of. Each kind has its own names in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Why something was refused, such as `OWN_IDEA`.
    Refusal,
    /// What is wrong with a field, such as `TOO_LONG`.
    Problem,
    /// What happened, such as `IdeaSubmitted`.
    Event,
    /// Where something stands, such as `idea-needs clarification`.
    State,
    /// What a field is called, such as `expected_benefit`.
    Field,
    /// What was just done and what follows, by the rpc, such as `SubmitIdea`.
    Done,
}

/// What a phrase speaks of, by name: numbers as digits, and words.
pub type Parameter<'a> = (&'a str, &'a str);

static SWEDISH: LazyLock<Words> = LazyLock::new(|| Words::read(Language::Swedish, include_str!("sv.ftl")));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Language::English, include_str!("en.ftl")));

/// All that is said in one language.
struct Words {
    bundle: FluentBundle<FluentResource>,
    /// What speaks of nothing in particular, by name.
    plain: HashMap<String, &'static str>,
}

impl Words {
    fn read(language: Language, messages: &str) -> Self {
        let code = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![code]);
        // What can't be read is left out; the test that holds the files complete says so.
        let resource = FluentResource::try_new(messages.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let names: Vec<String> = resource.entries().filter_map(message_name).collect();
        let _ = bundle.add_resource(resource);
        // Pages put directions right themselves, and plain answers hold no marks that nobody sees.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language {
            Language::Swedish => |value, _| as_number(Language::Swedish, value),
            Language::English => |value, _| as_number(Language::English, value),
        }));
        let mut words = Self {
            bundle,
            plain: HashMap::new(),
        };
        for name in names {
            if let Some(said) = words.say(&name, &[]) {
                // Once for the life of the process, as if it had been written in the program.
                words.plain.insert(name, said.leak());
            }
        }
        words
    }

    /// None: there is no such message, or it speaks of something that no parameter tells.
    fn say(&self, name: &str, parameters: &[Parameter<'_>]) -> Option<String> {
        let message = self.bundle.get_message(name)?;
        let arguments: FluentArgs<'_> = parameters
            .iter()
            .map(|(name, value)| (*name, argument(value)))
            .collect();
        let mut errors = Vec::new();
        let said = self
            .bundle
            .format_pattern(message.value()?, Some(&arguments), &mut errors);
        errors.is_empty().then(|| said.into_owned())
    }
}

fn message_name(entry: &Entry<&str>) -> Option<String> {
    match entry {
        Entry::Message(message) => Some(message.id.name.to_owned()),
        _ => None,
    }
}

fn as_number(language: Language, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value >= 0.0 => Some(language.grouped(number.value as u64)),
        _ => None,
    }
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::Problem => "problem",
            Self::Event => "event",
            Self::State => "state",
            Self::Field => "field",
            Self::Done => "done",
        }
    }
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Swedish, Self::English];

    /// What is said of a code; None: nothing stands in the file.
    pub fn phrase(self, kind: Kind, code: &str, parameters: &[Parameter<'_>]) -> Option<String> {
        let name = format!("{}-{}", kind.prefix(), code.replace(' ', "-"));
        self.words().say(&name, parameters)
    }

    /// What a page says, by its name in the files. A name that stands in none of them is said itself: a test finds it.
    pub fn t(self, name: &'static str) -> &'static str {
        self.words().plain.get(name).copied().unwrap_or(name)
    }

    /// The same, of something.
    pub fn say(self, name: &'static str, parameters: &[Parameter<'_>]) -> String {
        let said = self.words().say(name, parameters);
        said.unwrap_or_else(|| name.to_owned())
    }

    /// What an organisation has named in two languages, in this one.
    pub fn either<T>(self, swedish: T, english: T) -> T {
        match self {
            Self::Swedish => swedish,
            Self::English => english,
        }
    }

    /// A number with its thousands apart: `12 345`, `12,345`.
    pub fn grouped(self, number: u64) -> String {
        let digits = number.to_string();
        // Not to be broken at the end of a line.
        let between = self.either("\u{a0}", ",");
        let mut said = String::new();
        for (place, digit) in digits.char_indices() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                said.push_str(between);
            }
            said.push(digit);
        }
        said
    }

    fn words(self) -> &'static Words {
        match self {
            Self::Swedish => &SWEDISH,
            Self::English => &ENGLISH,
        }
    }

    /// The code in HTML and in the cookie.
    pub fn code(self) -> &'static str {
        match self {
            Self::Swedish => "sv",
            Self::English => "en",
        }
    }

    /// The language of this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// Numbers are told apart, so that a sentence can say one thing of one and another of several.
fn argument(value: &str) -> FluentValue<'_> {
    match value.parse::<u32>() {
        Ok(number) => FluentValue::from(number),
        Err(_) => FluentValue::from(value),
    }
}
