//! What people can be found by: their names.

use idesluss_domain::Event;
use idesluss_domain::identity::PersonEvent;
use idesluss_domain::identity::person::{PersonChanged, PersonRegistered};
use idesluss_engine::Recorded;
use idesluss_search::{Document, Subject, Words};

/// The index of people.
pub(crate) const PEOPLE: Subject = Subject {
    name: "people",
    version: 1,
    read: &[(PersonRegistered::TYPE, read), (PersonChanged::TYPE, read)],
    gone: None,
};

fn read(entry: &Recorded) -> Option<Document> {
    let (organisation, name) = match entry.event.as_ref()? {
        Event::Person(PersonEvent::PersonRegistered(registered)) => (&registered.organisation, registered.name),
        Event::Person(PersonEvent::PersonChanged(changed)) => (&entry.meta.organisation, changed.name),
        _ => return None,
    };
    let members = entry.sealed_members().into_iter();
    Some(Document {
        id: entry.aggregate_id().parse().ok()?,
        organisation: organisation.clone(),
        is_open: false,
        words: Words::Sealed(members.filter(|member| member.digest == name.0).collect()),
    })
}
