//! What each type of event says that may leave: dates, numbers, words of ours, and which things it is about.
//!
//! Every type is named here, so that a new one does not compile before somebody has decided what of it is exported. Texts, their digests,
//! references and register numbers stay where they are; so do metrics and criteria, whose names people make up.

mod evaluation;
mod identity;
mod sharing;
mod submission;

use super::object::Object;
use super::occurrence::Occurrence;
use super::value::{Attribute, Says};
use idesluss_domain::Event;
use idesluss_domain::instance::InstanceEvent;

/// What one event says.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Members of the event; the same ones for each event of a type, with or without a value.
    pub(super) attributes: Vec<Attribute>,
    /// What else it is about, beside its subject, by what that is to the event.
    pub(super) about: Vec<(&'static str, Object)>,
    /// How things hang together: from, how, to.
    pub(super) links: Vec<(Object, &'static str, Object)>,
    /// What a thing is from its beginning.
    pub(super) born: Vec<(Object, Attribute)>,
    /// What a thing is from now on.
    pub(super) changed: Vec<(Object, Attribute)>,
}

impl Facts {
    pub(super) fn of(occurrence: &Occurrence) -> Self {
        let mut facts = Self::default();
        let subject = &occurrence.subject;
        match &occurrence.event {
            Event::Idea(event) => submission::of_idea(event, subject, &mut facts),
            Event::Call(event) => submission::of_call(event, subject, &mut facts),
            Event::Register(event) => submission::of_register(event, subject, &occurrence.organisation, &mut facts),
            Event::Quota(event) => submission::of_quota(event, subject, &occurrence.organisation, &mut facts),
            Event::Disclosure(event) => submission::of_disclosure(event, subject, &mut facts),
            Event::Evaluation(event) => evaluation::of_evaluation(event, subject, &mut facts),
            Event::Criteria(event) => evaluation::of_criteria(event, subject, &mut facts),
            Event::DelegationOrder(event) => evaluation::of_order(event, subject, &mut facts),
            Event::Solution(event) => sharing::of_solution(event, subject, &mut facts),
            Event::Adoption(event) => sharing::of_adoption(event, subject, &mut facts),
            Event::Organisation(event) => identity::of_organisations(event, &mut facts),
            Event::Person(event) => identity::of_person(event, subject, &mut facts),
            Event::Grant(event) => identity::of_grant(event, &mut facts),
            Event::SigningKey(event) => identity::of_signing_key(event, &mut facts),
            Event::Account(event) => identity::of_account(event, subject, &mut facts),
            Event::Mapping(event) => identity::of_mapping(event, &mut facts),
            Event::Program(event) => identity::of_program(event, &mut facts),
            // What it says is in its type and its subject.
            Event::Session(_) => {}
            Event::Instance(InstanceEvent::EpochOpened(opened)) => {
                facts.says("epoch", opened.epoch).says("size", opened.size);
            }
            Event::Instance(InstanceEvent::PolicyInForce(policy)) => {
                facts.says("version", &policy.version);
            }
        }
        facts
    }

    fn says<T: Says>(&mut self, name: &'static str, value: T) -> &mut Self {
        self.says_if(name, Some(value))
    }

    fn says_if<T: Says>(&mut self, name: &'static str, value: Option<T>) -> &mut Self {
        self.attributes.push(Attribute::new(name, value));
        self
    }

    fn about(&mut self, what: &'static str, object: impl Into<Object>) -> &mut Self {
        self.about.push((what, object.into()));
        self
    }

    fn about_each<T: Into<Object>>(&mut self, what: &'static str, objects: impl IntoIterator<Item = T>) -> &mut Self {
        self.about
            .extend(objects.into_iter().map(|object| (what, object.into())));
        self
    }

    /// A link that the event states. Both ends are things that the event is about: some readers drop what no event is about.
    fn links(&mut self, from: &Object, how: &'static str, to: impl Into<Object>) -> &mut Self {
        let to = to.into();
        self.about.push((how, to.clone()));
        self.links.push((from.clone(), how, to));
        self
    }

    fn born<T: Says>(&mut self, object: &Object, name: &'static str, value: T) -> &mut Self {
        self.born.push((object.clone(), Attribute::new(name, Some(value))));
        self
    }

    fn changes<T: Says>(&mut self, object: &Object, name: &'static str, value: T) -> &mut Self {
        self.changed.push((object.clone(), Attribute::new(name, Some(value))));
        self
    }
}
