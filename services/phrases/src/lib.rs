//! What people are told, in the languages that there are: one file of [Fluent](https://projectfluent.org) messages each.
//!
//! Everything in the program that is told to people has a code: refusals, what is wrong with a field, events, states. What is said of it
//! stands here and nowhere else, under the code itself. A test holds both files complete.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
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
}

/// What a phrase speaks of, by name: numbers as digits, and words.
pub type Parameter<'a> = (&'a str, &'a str);

static SWEDISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(Language::Swedish, include_str!("sv.ftl")));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(Language::English, include_str!("en.ftl")));

fn bundle(language: Language, messages: &str) -> FluentBundle<FluentResource> {
    let language = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // What can't be read is left out; the test that holds the files complete says so.
    let resource = FluentResource::try_new(messages.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let _ = bundle.add_resource(resource);
    // Pages put directions right themselves, and plain answers hold no marks that nobody sees.
    bundle.set_use_isolating(false);
    bundle
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::Problem => "problem",
            Self::Event => "event",
            Self::State => "state",
            Self::Field => "field",
        }
    }
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Swedish, Self::English];

    /// What is said of a code; None: nothing stands in the file.
    pub fn phrase(self, kind: Kind, code: &str, parameters: &[Parameter<'_>]) -> Option<String> {
        let bundle = match self {
            Self::Swedish => &*SWEDISH,
            Self::English => &*ENGLISH,
        };
        let id = format!("{}-{}", kind.prefix(), code.replace(' ', "-"));
        let message = bundle.get_message(&id)?;
        let arguments: FluentArgs<'_> = parameters
            .iter()
            .map(|(name, value)| (*name, argument(value)))
            .collect();
        let mut errors = Vec::new();
        let phrase = bundle.format_pattern(message.value()?, Some(&arguments), &mut errors);
        errors.is_empty().then(|| phrase.into_owned())
    }

    /// One of two wordings, for words that stand where they are used.
    pub fn t<'a>(self, swedish: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Swedish => swedish,
            Self::English => english,
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
