//! Everything that has a code has words in every language, all that pages say stands in the files, and nothing else does.

use idesluss_domain::evaluation::standard_criteria;
use idesluss_domain::words::{Rejection, Role, ScopeName};
use idesluss_domain::{AggregateStatus, Event};
use idesluss_phrases::{Kind, Language};
use idesluss_proto::status::Reason;
use idesluss_proto::{DESCRIPTORS, IRREVERSIBLE, Problem};
use prost_reflect::{DescriptorPool, MessageDescriptor};
use std::collections::BTreeSet;
use std::path::Path;

/// What pages say where no service has said anything.
const OF_PAGES: [&str; 1] = ["NO_ANSWER"];

/// What sentences may speak of; each is given a value, as a number where numbers stand.
const PARAMETERS: [(&str, &str); 9] = [
    ("min", "3"),
    ("max", "200"),
    ("most", "500"),
    ("required", "20"),
    ("weight", "100"),
    ("pixels", "1024"),
    ("found", "250"),
    ("why", "the disk is full"),
    ("what", "entry 7"),
];

/// What both languages call alike.
const SAME: [&str; 14] = [
    "{ $field } ({ $row })",
    "Journal",
    "Kronor",
    "Organisation",
    "Panel",
    "Partner",
    "Period",
    "Person",
    "Pilot",
    "Position",
    "Pseudonym",
    "Text",
    "Version",
    "delegation",
];
/// The kinds of codes; all other names begin with the page on which they stand.
const KINDS: [&str; 10] = [
    "refusal",
    "problem",
    "event",
    "state",
    "field",
    "done",
    "act",
    "consequence",
    "criterion",
    "scope",
];
/// What looks like a page's name and is another word.
const OTHER_WORDS: [&str; 1] = ["decision-maker"];
/// How a language writes numbers, days, times and money: asked for by no page.
const FORMAT: &str = "format";

fn codes() -> BTreeSet<(&'static str, String)> {
    let refusals = Rejection::all().map(|(_, rejection)| rejection.code.to_owned());
    let reasons = Reason::ALL.iter().map(|reason| reason.name().to_owned());
    let of_pages = OF_PAGES.iter().map(|code| (*code).to_owned());
    let refusals = refusals.chain(reasons).chain(of_pages).map(|code| ("refusal", code));
    let problems = Problem::ALL
        .iter()
        .map(|problem| ("problem", problem.code().to_owned()));
    let name = |kind: &str| kind.rsplit('.').next().unwrap_or(kind).to_owned();
    let events = Event::all_types().map(|kind| ("event", name(kind)));
    let state = |status: &AggregateStatus| format!("{}-{}", status.thing(), status.as_str().replace(' ', "-"));
    let states = AggregateStatus::ALL.iter().map(|status| ("state", state(status)));
    let fields = filled_in().into_iter().map(|field| ("field", field));
    let done = sent().into_iter().map(|rpc| ("done", rpc));
    let irreversible = irreversible().into_iter();
    let irreversible = irreversible.flat_map(|rpc| [("act", rpc.clone()), ("consequence", rpc)]);
    let criteria = (standard().into_iter()).map(|(code, ..)| ("criterion", code));
    let given: BTreeSet<ScopeName> = Role::ALL.into_iter().flat_map(idesluss_access::scopes).collect();
    let scopes = given
        .iter()
        .map(|scope| ("scope", format!("{}-{}", scope.service(), scope.rpc())));
    refusals
        .chain(problems)
        .chain(events)
        .chain(states)
        .chain(fields)
        .chain(done)
        .chain(irreversible)
        .chain(criteria)
        .chain(scopes)
        .collect()
}

/// The standard criteria and their steps, by code, as events have them in Swedish and in English.
fn standard() -> Vec<(String, String, String)> {
    let all = standard_criteria().into_iter().flat_map(|criterion| {
        let key = criterion.key.to_string();
        let steps = criterion.steps_sv.into_iter().zip(criterion.steps_en);
        let steps = steps
            .zip(1..)
            .map(|((swedish, english), step)| (format!("{key}-{step}"), swedish, english));
        let steps: Vec<_> = steps.collect();
        std::iter::once((key, criterion.name_sv, criterion.name_en)).chain(steps)
    });
    all.collect()
}

/// By that pages tell a standard criterion from one that an organisation has named itself.
#[test]
fn the_standard_criteria_are_called_in_the_files_what_events_call_them() {
    for (code, swedish, english) in standard() {
        let said = |language: Language| language.phrase(Kind::Criterion, &code, &[]);
        assert_eq!(said(Language::SWEDISH).as_deref(), Some(&*swedish), "{code}");
        assert_eq!(said(Language::ENGLISH).as_deref(), Some(&*english), "{code}");
    }
}

/// The commands that can't be undone, by rpc: pages send them only for whoever has read what they lead to.
fn irreversible() -> BTreeSet<String> {
    let rpcs: BTreeSet<String> = IRREVERSIBLE.iter().map(|rpc| (*rpc).to_owned()).collect();
    assert!(rpcs.contains("WithdrawIdea") && rpcs.is_subset(&sent()), "{rpcs:?}");
    rpcs
}

/// The commands that pages send, by rpc.
fn sent() -> BTreeSet<String> {
    let sources = sources();
    let names = |source: &'_ String| -> Vec<String> {
        let acts = source
            .split("Act::one::<")
            .skip(1)
            .chain(source.split("Act::either::<").skip(1));
        let requests = acts
            .filter_map(|rest| rest.split('>').next())
            .flat_map(|named| named.split(','));
        let name = |request: &str| Some(request.trim().rsplit("::").next()?.strip_suffix("Request")?.to_owned());
        requests.filter_map(name).collect()
    };
    // A file is sent as it comes, by no form of fields; sessions are ended, and what one signs in with is changed, by their owner's secret.
    let others = ["AttachFile", "EndOtherSessions", "ChangeSignInMeans"].map(str::to_owned);
    let sent: BTreeSet<String> = sources.iter().flat_map(names).chain(others).collect();
    assert!(sent.len() > 50, "{sent:?}");
    sent
}

fn kind(name: &str) -> Kind {
    match name {
        "refusal" => Kind::Refusal,
        "problem" => Kind::Problem,
        "event" => Kind::Event,
        "state" => Kind::State,
        "done" => Kind::Done,
        "act" => Kind::Act,
        "consequence" => Kind::Consequence,
        "criterion" => Kind::Criterion,
        "scope" => Kind::Scope,
        _ => Kind::Field,
    }
}

/// All that stands in a language's file.
fn file(language: Language) -> String {
    let languages = Path::new(env!("CARGO_MANIFEST_DIR")).join("languages");
    let path = languages.join(format!("{}.ftl", language.code()));
    std::fs::read_to_string(path).expect("a language's file")
}

fn written(language: Language) -> BTreeSet<(String, String)> {
    let file = file(language);
    let messages = file
        .lines()
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()));
    let id = |line: &str| {
        let id = line.split(" = ").next().unwrap_or(line);
        let (kind, code) = id.split_once('-').unwrap_or((id, ""));
        (kind.to_owned(), code.to_owned())
    };
    let ids: Vec<_> = messages.map(id).collect();
    let set: BTreeSet<_> = ids.iter().cloned().collect();
    assert_eq!(set.len(), ids.len(), "{language:?} says something twice");
    set
}

#[test]
fn every_code_has_its_words_in_every_language() {
    for language in Language::all() {
        for (name, code) in codes() {
            let phrase = language.phrase(kind(name), &code, &PARAMETERS);
            let phrase = phrase.unwrap_or_else(|| panic!("{language:?} has no words for {name}-{code}"));
            assert!(!phrase.contains('{'), "{phrase}");
            if name == "refusal" {
                assert!(phrase.starts_with(char::is_uppercase), "{phrase}");
            }
        }
    }
}

#[test]
fn rules_and_problems_give_their_sentences_what_these_speak_of() {
    let rules = Rejection::all().map(|(_, rule)| (Kind::Refusal, rule.code, rule.limits.to_vec()));
    let problems = Problem::ALL.iter();
    let problems = problems.map(|problem| (Kind::Problem, problem.code(), problem.parameters()));
    for (kind, code, given) in rules.chain(problems) {
        let given: Vec<(&str, String)> = given
            .into_iter()
            .map(|(name, value)| (name, value.to_string()))
            .collect();
        let given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for language in Language::all() {
            assert!(language.phrase(kind, code, &given).is_some(), "{language:?} {code}");
        }
    }
}

#[test]
fn nothing_stands_in_the_files_that_has_no_code() {
    let (fields, codes) = (fields(), codes());
    for language in Language::all() {
        for (name, code) in written(language) {
            let known = match name.as_str() {
                "field" => fields.contains(&code),
                kind if !KINDS.contains(&kind) => continue,
                // Some say of one field in particular what is wrong.
                "problem" if code.contains('-') => {
                    code.split_once('-').is_some_and(|(_, field)| fields.contains(field))
                }
                _ => codes.contains(&(name.as_str(), code.clone())),
            };
            assert!(
                known,
                "{language:?} has words for {name}-{code}, which nothing is called"
            );
        }
    }
    for language in Language::all() {
        assert_eq!(written(Language::SWEDISH), written(language));
    }
}

/// All that stands in a file of pages' templates and of what draws them.
fn sources() -> Vec<String> {
    fn read(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                read(&path, found);
            } else {
                found.push(std::fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    let gateway = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gateway");
    let mut found = Vec::new();
    for folder in ["src", "templates"] {
        read(&gateway.join(folder), &mut found);
    }
    found
}

/// The names that sources ask for, one way or the other: `.t("name")`, `.say("name", …)`.
fn asked(sources: &[String]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for source in sources {
        for call in [".t(", ".say(", "in_row(l, ", "named("] {
            let calls = source.split(call).skip(1);
            let named = calls.filter_map(|rest| rest.trim_start().strip_prefix('"'));
            names.extend(named.filter_map(|rest| rest.split('"').next()));
        }
    }
    names
}

#[test]
fn all_that_pages_say_stands_in_the_files_and_is_said() {
    let sources = sources();
    let asked = asked(&sources);
    assert!(asked.len() > 500, "{}", asked.len());
    let written: BTreeSet<String> = (written(Language::SWEDISH).into_iter())
        .filter(|(kind, _)| !KINDS.contains(&kind.as_str()) && kind != FORMAT)
        .map(|(kind, code)| format!("{kind}-{code}"))
        .collect();
    let formats = format!("{FORMAT}-");
    let without_words: Vec<_> = asked
        .iter()
        .filter(|name| !name.starts_with(&formats) && !written.contains(**name))
        .collect();
    assert!(without_words.is_empty(), "{without_words:?}");
    let is_said = |name: &String| sources.iter().any(|source| source.contains(&format!("\"{name}\"")));
    let unused: Vec<_> = written.iter().filter(|name| !is_said(name)).collect();
    assert!(unused.is_empty(), "{unused:?}");
    let pages: BTreeSet<&str> = written.iter().filter_map(|name| name.split('-').next()).collect();
    let is_name = |literal: &str| {
        let of_page = literal.split_once('-').is_some_and(|(page, _)| pages.contains(page));
        of_page
            && literal
                .bytes()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-')
    };
    let literals = sources.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    let misnamed: BTreeSet<&str> = literals
        .filter(|literal| is_name(literal) && !written.contains(*literal) && !OTHER_WORDS.contains(literal))
        .collect();
    assert!(misnamed.is_empty(), "{misnamed:?}");
}

/// What a message says with all the names in braces standing as they are.
fn bare(language: Language) -> Vec<(String, String)> {
    let file = file(language);
    let messages = file.lines().filter_map(|line| line.split_once(" = "));
    // Of one that has several forms, the forms stand below.
    let messages = messages.filter(|(_, said)| !said.ends_with("->"));
    messages
        .map(|(name, said)| (name.to_owned(), said.to_owned()))
        .collect()
}

#[test]
fn swedish_is_not_english() {
    let english: std::collections::BTreeMap<_, _> = bare(Language::ENGLISH).into_iter().collect();
    let same: BTreeSet<String> = (bare(Language::SWEDISH).into_iter())
        .filter(|(name, said)| english.get(name) == Some(said))
        .map(|(_, said)| said)
        .collect();
    // Words that both languages write alike.
    assert_eq!(same, SAME.map(str::to_owned).into());
}

fn contract() -> DescriptorPool {
    DescriptorPool::decode(DESCRIPTORS).expect("the contract")
}

/// Every field of a command, and of what it consists of: something may be wrong with any of them.
fn filled_in() -> BTreeSet<String> {
    fn add(message: &MessageDescriptor, found: &mut BTreeSet<String>) {
        for field in message.fields() {
            match field.kind() {
                prost_reflect::Kind::Message(part) if part.package_name().ends_with("command.v1") => {}
                prost_reflect::Kind::Message(part) => {
                    found.insert(field.name().to_owned());
                    add(&part, found);
                }
                _ => drop(found.insert(field.name().to_owned())),
            }
        }
    }
    let mut found = BTreeSet::new();
    let is_command = |message: &MessageDescriptor| message.get_field_by_name("command").is_some();
    for message in contract().all_messages().filter(is_command) {
        add(&message, &mut found);
    }
    assert!(found.len() > 100, "{found:?}");
    found
}

/// Every field of the contract, by its own name.
fn fields() -> BTreeSet<String> {
    let pool = contract();
    let messages = pool.all_messages();
    messages
        .flat_map(|message| {
            message
                .fields()
                .map(|field| field.name().to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}
