//! People, types and states as they are written in plain text.

use idesluss_auditor::{Author, Happened, spaced};
use idesluss_domain::words::PersonId;
use idesluss_runtime::Directory;

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
        None if pseudonym.parse::<PersonId>().is_ok_and(|person| person.0.is_nil()) => {
            "whoever sits at the machine".to_owned()
        }
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
