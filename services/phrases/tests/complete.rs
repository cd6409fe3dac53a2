//! Everything that has a code has words in every language, and nothing else has.

use idesluss_domain::words::Rejection;
use idesluss_domain::{AggregateStatus, Event};
use idesluss_phrases::{Kind, Language};
use idesluss_proto::status::Reason;
use idesluss_proto::{DESCRIPTORS, Problem};
use prost_reflect::{DescriptorPool, MessageDescriptor};
use std::collections::BTreeSet;

/// What pages say where no service has said anything.
const OF_PAGES: [&str; 1] = ["NO_ANSWER"];

/// What sentences may speak of; each is given a value, as a number where numbers stand.
const PARAMETERS: [(&str, &str); 5] = [
    ("min", "3"),
    ("max", "200"),
    ("found", "250"),
    ("why", "the disk is full"),
    ("what", "entry 7"),
];

/// What both languages call alike.
const SAME: [&str; 4] = ["organisation", "panel", "person", "text"];

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
    refusals
        .chain(problems)
        .chain(events)
        .chain(states)
        .chain(fields)
        .collect()
}

fn kind(name: &str) -> Kind {
    match name {
        "refusal" => Kind::Refusal,
        "problem" => Kind::Problem,
        "event" => Kind::Event,
        "state" => Kind::State,
        _ => Kind::Field,
    }
}

fn written(language: Language) -> BTreeSet<(String, String)> {
    let file = match language {
        Language::Swedish => include_str!("../src/sv.ftl"),
        Language::English => include_str!("../src/en.ftl"),
    };
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
    for language in Language::ALL {
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
fn nothing_stands_in_the_files_that_has_no_code() {
    let fields = fields();
    for language in Language::ALL {
        for (name, code) in written(language) {
            let known = match name.as_str() {
                "field" => fields.contains(&code),
                _ => codes().iter().any(|(of, known)| *of == name && *known == code),
            };
            assert!(
                known,
                "{language:?} has words for {name}-{code}, which nothing is called"
            );
        }
    }
    assert_eq!(written(Language::Swedish), written(Language::English));
}

#[test]
fn swedish_is_not_english() {
    let same = |(name, code): &(&str, String)| {
        let say = |language: Language| language.phrase(kind(name), code, &PARAMETERS);
        say(Language::Swedish) == say(Language::English)
    };
    let same: Vec<_> = codes().into_iter().filter(same).map(|(_, code)| code).collect();
    // Words that both languages write alike.
    assert_eq!(same, SAME);
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
