//! What people are told, in the languages that there are: one file of [Fluent](https://projectfluent.org) messages each.
//!
//! Everything in the program that is told to people has a code: refusals, what is wrong with a field, events, states. What is said of it
//! stands here and nowhere else, under the code itself; what pages say stands under names that begin with the page's. Tests hold the files complete,
//! and find what nobody says.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Entry;
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use std::collections::HashMap;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// A language that people are spoken to in: one that has a file in `languages/`. Swedish is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Language(usize);

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
    /// What a button says that can't be undone, by the rpc.
    Act,
    /// What it leads to, by the rpc.
    Consequence,
    /// What a standard criterion is called, by its key, and what each of its steps means, such as `novelty` and `novelty-1`.
    Criterion,
    /// What a program is let do, by the service and the rpc, such as `submission-SubmitIdea`.
    Scope,
}

/// What a phrase speaks of, by name: numbers as digits, and words.
pub type Parameter<'a> = (&'a str, &'a str);

static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| Language::all().map(Words::read).collect());

/// All that is said in one language.
struct Words {
    bundle: FluentBundle<FluentResource>,
    /// What speaks of nothing in particular, by name.
    plain: HashMap<String, &'static str>,
}

impl Words {
    fn read(language: Language) -> Self {
        let messages = FILES[language.0].1;
        let code = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![code]);
        // What can't be read is left out; the test that holds the files complete says so.
        let resource = FluentResource::try_new(messages.to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.set_formatter(Some(as_number));
        let names: Vec<String> = resource.entries().filter_map(message_name).collect();
        let _ = bundle.add_resource(resource);
        // Pages put directions right themselves, and plain answers hold no marks that nobody sees.
        bundle.set_use_isolating(false);
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
            .map(|(name, value)| (*name, argument(name, value)))
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

/// How a language writes numbers, days and times: the phrases whose names begin with `format-`.
struct Marks {
    thousands: &'static str,
    decimal: &'static str,
    day: &'static str,
    months: Vec<&'static str>,
    moment: &'static str,
    second: &'static str,
}

/// Read by themselves, since words with numbers in them are made with these.
static MARKS: LazyLock<Vec<Marks>> = LazyLock::new(|| Language::all().map(Marks::read).collect());

impl Marks {
    fn read(language: Language) -> Self {
        let lines = FILES[language.0].1.lines();
        let marks: HashMap<&'static str, &'static str> = lines
            .filter_map(|line| line.strip_prefix("format-")?.split_once(" = "))
            .collect();
        let mark = |name| marks.get(name).copied().unwrap_or_default();
        Self {
            thousands: mark("thousands"),
            decimal: mark("decimal"),
            day: mark("day"),
            months: mark("months").split(' ').collect(),
            moment: mark("moment"),
            second: mark("second"),
        }
    }
}

/// What writes numbers, made once for each language.
struct Writes(Language);

impl Memoizable for Writes {
    type Args = ();
    type Error = ();

    fn construct(lang: LanguageIdentifier, (): ()) -> Result<Self, ()> {
        Language::of_code(&lang.to_string()).map(Self).ok_or(())
    }
}

fn as_number(value: &FluentValue<'_>, languages: &IntlLangMemoizer) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value >= 0.0 => {
            let grouped = |writes: &Writes| writes.0.grouped(number.value as u64);
            languages.with_try_get::<Writes, _, _>((), grouped).ok()
        }
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
            Self::Act => "act",
            Self::Consequence => "consequence",
            Self::Criterion => "criterion",
            Self::Scope => "scope",
        }
    }
}

impl Language {
    /// Swedish: what people here write, and what holds where nothing else was chosen.
    pub const SWEDISH: Self = Self(of_code("sv"));
    /// English.
    pub const ENGLISH: Self = Self(of_code("en"));

    /// All of them, Swedish first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FILES.len()).map(Self)
    }

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

    /// What an organisation has named in Swedish and in English, in this language: English stands in for all others.
    pub fn either<T>(self, swedish: T, english: T) -> T {
        if self == Self::SWEDISH { swedish } else { english }
    }

    /// A number with its thousands apart: `12 345`, `12,345`.
    pub fn grouped(self, number: u64) -> String {
        let digits = number.to_string();
        let mut said = String::new();
        for (place, digit) in digits.char_indices() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                said.push_str(self.marks().thousands);
            }
            said.push(digit);
        }
        said
    }

    /// A decimal number as the contract writes it, `1234.50`: `1 234,50`, `1,234.50`. What is no such number stays as it is.
    pub fn decimal(self, number: &str) -> String {
        let (minus, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("−", digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        match whole.parse() {
            Ok(whole) if part.is_empty() => format!("{minus}{}", self.grouped(whole)),
            Ok(whole) => format!("{minus}{}{}{part}", self.grouped(whole), self.marks().decimal),
            Err(_) => number.to_owned(),
        }
    }

    /// A day as the contract writes it, `2026-11-05`: as it is in Swedish, `5 November 2026`. What is no day stays as it is.
    pub fn day(self, day: &str) -> String {
        let marks = self.marks();
        let pieces: Vec<&str> = day.split('-').collect();
        let month = |number: &str| marks.months.get(number.parse::<usize>().ok()?.checked_sub(1)?).copied();
        let ([year, number, of_month], true) = (pieces.as_slice(), day.len() == 10) else {
            return day.to_owned();
        };
        let Some(name) = month(number) else {
            return day.to_owned();
        };
        let pieces = [
            ("<year>", *year),
            ("<month>", name),
            ("<mm>", number),
            ("<dd>", of_month),
            ("<d>", of_month.trim_start_matches('0')),
        ];
        filled(marks.day, &pieces)
    }

    /// A day with the time of day, `14:30` or to the second, `14:30:05`: `5 November 2026, 14:30`.
    pub fn moment(self, day: &str, time: &str) -> String {
        let marks = self.marks();
        let mut pieces = time.split(':');
        let mut piece = || pieces.next().unwrap_or_default();
        let (hour, minute, second) = (piece(), piece(), piece());
        let form = if second.is_empty() { marks.moment } else { marks.second };
        let day = self.day(day);
        filled(
            form,
            &[("<day>", &day), ("<hh>", hour), ("<mm>", minute), ("<ss>", second)],
        )
    }

    fn words(self) -> &'static Words {
        &WORDS[self.0]
    }

    fn marks(self) -> &'static Marks {
        &MARKS[self.0]
    }

    /// The code in HTML and in the cookie.
    pub fn code(self) -> &'static str {
        FILES[self.0].0
    }

    /// The language of this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::all().find(|language| language.code() == code)
    }
}

/// A form with its places filled in.
fn filled(form: &str, pieces: &[Parameter<'_>]) -> String {
    let fill = |form: String, (place, said): &Parameter<'_>| form.replace(place, said);
    pieces.iter().fold(form.to_owned(), fill)
}

/// The place of a language that there always is.
const fn of_code(code: &str) -> usize {
    let mut place = 0;
    while place < FILES.len() {
        let (found, wanted) = (FILES[place].0.as_bytes(), code.as_bytes());
        if found.len() == wanted.len() && found[0] == wanted[0] && found[1] == wanted[1] {
            return place;
        }
        place += 1;
    }
    panic!("Swedish and English have a file each")
}

/// What sentences call numbers. All else is words, even where somebody wrote digits: a title, a clause.
const NUMBERS: [&str; 17] = [
    "count", "done", "found", "highest", "hours", "last", "lowest", "max", "min", "most", "of", "pixels", "required",
    "seconds", "spread", "step", "total",
];

/// Numbers are told apart, so that a sentence can say one thing of one and another of several.
fn argument<'a>(name: &str, value: &'a str) -> FluentValue<'a> {
    match value.parse::<u32>() {
        Ok(number) if NUMBERS.contains(&name) => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_wrote_in_digits_stays_as_it_was_written() {
        let measured = [("metric", "2026"), ("by", "Anna")];
        let said = Language::SWEDISH.say("benefits-metric-by", &measured);
        assert!(said.starts_with("2026, "), "{said}");
        let said = Language::SWEDISH.say("common-more-than", &[("most", "1000")]);
        assert_eq!(said, "fler än 1\u{a0}000");
    }

    #[test]
    fn numbers_and_days_are_written_as_each_language_writes_them() {
        let (sv, en) = (Language::SWEDISH, Language::ENGLISH);
        assert_eq!(
            (sv.grouped(1_234_567), en.grouped(1_234_567)),
            ("1\u{a0}234\u{a0}567".into(), "1,234,567".into())
        );
        assert_eq!(
            (sv.decimal("-1234.50"), en.decimal("-1234.50")),
            ("−1\u{a0}234,50".into(), "−1,234.50".into())
        );
        assert_eq!(
            (sv.decimal("0.25"), en.decimal("about 3")),
            ("0,25".into(), "about 3".into())
        );
        assert_eq!(
            (sv.day("2026-05-09"), en.day("2026-05-09")),
            ("2026-05-09".into(), "9 May 2026".into())
        );
        assert_eq!(
            (en.day("2026"), en.day("2026-13-01")),
            ("2026".into(), "2026-13-01".into())
        );
        assert_eq!(
            (sv.moment("2026-05-09", "14:30"), en.moment("2026-05-09", "14:30")),
            ("2026-05-09 14:30".into(), "9 May 2026, 14:30".into())
        );
        assert_eq!(en.moment("2026-05-09", "14:30:05"), "9 May 2026, 14:30:05");
    }
}
