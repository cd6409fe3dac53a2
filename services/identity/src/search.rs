//! What people can be found by: their names.

use idesluss_domain::Event;
use idesluss_domain::identity::PersonEvent;
use idesluss_domain::identity::person::{PersonChanged, PersonRegistered};
use idesluss_domain::words::{OrganisationId, SealedText};
use idesluss_engine::Recorded;
use idesluss_search::{Document, Subject, Words};

/// The index of people.
pub(crate) const PEOPLE: Subject = Subject {
    name: "people",
    version: 1,
    read: &[(PersonRegistered::TYPE, registered), (PersonChanged::TYPE, changed)],
    gone: None,
};

fn registered(entry: &Recorded) -> Option<Document> {
    match entry.event.as_ref()? {
        Event::Person(PersonEvent::PersonRegistered(event)) => document(entry, &event.organisation, event.name),
        _ => None,
    }
}

fn changed(entry: &Recorded) -> Option<Document> {
    match entry.event.as_ref()? {
        Event::Person(PersonEvent::PersonChanged(event)) => document(entry, &entry.meta.organisation, event.name),
        _ => None,
    }
}

fn document(entry: &Recorded, organisation: &OrganisationId, name: SealedText) -> Option<Document> {
    let members = entry.sealed_members().into_iter();
    Some(Document {
        id: entry.aggregate_id().parse().ok()?,
        organisation: organisation.clone(),
        is_open: false,
        words: Words::Sealed(members.filter(|member| member.digest == name.0).collect()),
    })
}
