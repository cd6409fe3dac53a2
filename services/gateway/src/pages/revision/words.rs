//! Things and their states as they stand on these pages.

use crate::components::Wording;
use crate::lang::Lang;
use crate::phrases;
use crate::reader::Reader;
use idesluss_auditor::dossier::TextNow;
use idesluss_auditor::{Author, Happened};
use idesluss_domain::AggregateStatus;
use idesluss_domain::words::{Gate, Outcome};
use std::collections::BTreeMap;

/// What kind of thing, in the plural.
pub(super) fn things(l: Lang, thing: &str) -> &str {
    match thing {
        "idea" => l.t("common-ideas"),
        "call" => l.t("common-calls"),
        "evaluation" => l.t("common-evaluations"),
        "solution" => l.t("common-solutions"),
        "adoption" => l.t("common-adoptions"),
        other => other,
    }
}

/// What kind of thing.
pub(super) fn thing(l: Lang, thing: &str) -> &str {
    match thing {
        "idea" => l.t("common-idea"),
        "call" => l.t("revision-call"),
        "evaluation" => l.t("common-evaluation"),
        "solution" => l.t("common-solution"),
        "adoption" => l.t("revision-adoption"),
        other => other,
    }
}

/// A state, as the auditor's library words it, in the words of every other page; in small letters, since it stands inside sentences.
pub(super) fn state(l: Lang, thing: &str, state: &str) -> String {
    let words = match AggregateStatus::read(thing, state) {
        Some(status) => phrases::state(l, Some(status)),
        None => state.to_owned(),
    };
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A gate by its word in the journal.
pub(super) fn gate(l: Lang, gate: &str) -> &str {
    let known = Gate::ALL.into_iter().find(|known| known.as_str() == gate);
    known.map_or(gate, |gate| phrases::gate(l, gate.into()))
}

/// An outcome by its word in the journal.
pub(super) fn outcome(l: Lang, outcome: &str) -> &str {
    let known = Outcome::ALL.into_iter().find(|known| known.as_str() == outcome);
    known.map_or(outcome, |outcome| phrases::outcome(l, outcome.into()))
}

/// Who, in which role, for whom.
pub(super) fn who(reader: &Reader<'_>, author: &Author) -> String {
    let l = reader.lang;
    if author.role == "service" {
        return l.t("role-the-service-itself").to_owned();
    }
    let role = author.role.parse().ok().map(|role| phrases::role(l, role));
    format!(
        "{}, {}, {}",
        reader.name(&author.person),
        role.unwrap_or_default(),
        reader.organisation(&author.organisation)
    )
}

/// A place in a journal.
pub(super) fn place(happened: &Happened) -> String {
    format!("{}:{}", happened.service.as_str(), happened.position)
}

/// A text, or why it can't be read.
pub(super) fn text(reader: &Reader<'_>, written: &TextNow) -> Wording {
    let l = reader.lang;
    match written {
        TextNow::Readable(text) => Wording::written(text),
        TextNow::Erased {
            on: Some(on),
            basis: Some(basis),
        } => l
            .say(
                "revision-erased-on",
                &[("moment", &reader.moment(on)), ("basis", basis)],
            )
            .into(),
        TextNow::Erased { .. } => l.t("revision-erased-no-event-says-on").into(),
        TextNow::KeyMissing => l.t("revision-cant-be-read-its-key").into(),
        TextNow::Hidden => l.t("common-not-shown-to-you-now").into(),
    }
}

/// Texts with the names of their fields.
pub(super) fn texts(reader: &Reader<'_>, texts: &BTreeMap<String, TextNow>) -> Vec<(String, Wording)> {
    let one = |(field, written): (&String, &TextNow)| (reader.field(field), text(reader, written));
    texts.iter().map(one).collect()
}

/// Texts in one cell.
pub(super) fn cell(reader: &Reader<'_>, written: &BTreeMap<String, TextNow>) -> Wording {
    let named = |(field, text): (String, Wording)| text.within(|text| format!("{field}: {text}"));
    Wording::joined(texts(reader, written).into_iter().map(named), " – ")
}
