//! People, types and states as they are written in plain text.

use idesluss_auditor::dossier::TextNow;
use idesluss_auditor::{Author, Happened, spaced};
use idesluss_domain::words::PersonId;
use idesluss_runtime::Directory;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Who, in which role, for whom.
pub(super) fn who(author: &Author, directory: &Directory) -> String {
    let name = match author.role.as_str() {
        "service" => "the service itself".to_owned(),
        _ => person(&author.person, directory),
    };
    format!("{name}, {} in {}", author.role, author.organisation)
}

/// A person by name where the folder knows it, always with the pseudonym.
pub(super) fn person(pseudonym: &str, directory: &Directory) -> String {
    let known = pseudonym
        .parse::<PersonId>()
        .ok()
        .and_then(|person| directory.person(person));
    match known {
        Some(person) => format!("{} ({pseudonym})", person.name),
        None => pseudonym.to_owned(),
    }
}

/// Time, place, what and who of something that happened, on one line.
pub(super) fn happened(happened: &Happened, directory: &Directory) -> String {
    format!(
        "{}  {}:{}  {}  by {}",
        happened.recorded,
        happened.service.as_str(),
        happened.position,
        spaced(&happened.event),
        who(&happened.who, directory)
    )
}

/// A text, or why it can't be read.
pub(super) fn text(text: &TextNow) -> String {
    match text {
        TextNow::Readable(text) => text.clone(),
        TextNow::Erased {
            on: Some(on),
            basis: Some(basis),
        } => format!("(erased on {on} on the basis of {basis})"),
        TextNow::Erased { .. } => "(erased, and no event here says on which basis)".to_owned(),
        TextNow::KeyMissing => "(its key is not found here; nobody decided to erase it)".to_owned(),
        TextNow::Hidden => "(hidden)".to_owned(),
    }
}

/// Texts by field, each further line as far in as the first.
pub(super) fn texts(out: &mut String, indent: usize, texts: &BTreeMap<String, TextNow>) {
    let margin = " ".repeat(indent);
    for (field, written) in texts {
        let written = text(written).replace('\n', &format!("\n{margin}  "));
        let _ = writeln!(out, "{margin}{field}: {written}");
    }
}

/// Hundredths as a number with two decimals.
pub(super) fn hundredths(number: u32) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}
