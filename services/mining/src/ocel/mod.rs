//! Object-centric event logs (OCEL 2.0): each event with all that it is about, and what becomes of those things over time.

mod json;
mod object_attributes;
mod sqlite;
mod tables;

pub use json::write_ocel_json;
pub use sqlite::write_ocel_sqlite;

use super::MiningError;
use super::facts::Facts;
use super::object::{Kind, Object};
use super::occurrence::Occurrence;
use super::status::StatusTracker;
use super::value::{Attribute, Form, Value};
use idesluss_auditor::Reading;
use idesluss_domain::words::{PersonId, Timestamp};

/// When what was so from the beginning is said to have been so, by the standard.
const BEGINNING: &str = "1970-01-01T00:00:00Z";

impl Kind {
    /// What is told of things of this kind over time.
    fn attributes(self) -> &'static [(&'static str, Form)] {
        const STATE: (&str, Form) = ("state", Form::Text);
        const ORGANISATION: (&str, Form) = ("organisation", Form::Text);
        match self {
            Self::Idea | Self::Call => &[STATE, ORGANISATION],
            Self::Evaluation => &[
                STATE,
                ORGANISATION,
                ("gate", Form::Text),
                ("round", Form::Whole),
                ("outcome", Form::Text),
            ],
            Self::Criteria | Self::DelegationOrder => &[("version", Form::Whole)],
            Self::Mandate => &[("up_to_kronor", Form::Whole)],
            Self::Solution => &[STATE, ORGANISATION, ("kind", Form::Text), ("visibility", Form::Text)],
            Self::Adoption => &[STATE, ORGANISATION, ("form", Form::Text)],
            Self::Register
            | Self::Quota
            | Self::Organisation
            | Self::Person
            | Self::Grant
            | Self::Account
            | Self::Mapping
            | Self::Program
            | Self::Session
            | Self::Service => &[],
        }
    }
}

/// The name of a form as the standard writes it.
fn form_name(form: Form) -> &'static str {
    match form {
        Form::Text => "string",
        Form::Whole => "integer",
        Form::Truth => "boolean",
        Form::Moment => "time",
    }
}

/// An event with everything that it adds to the log.
struct Happening {
    occurrence: Occurrence,
    attributes: Vec<Attribute>,
    /// What it is about and how, each pair once.
    relations: Vec<(&'static str, Object)>,
    /// What no event was about before.
    new: Vec<Object>,
    links: Vec<(Object, &'static str, Object)>,
    /// What is so of a thing from its beginning.
    initial: Vec<(Object, Attribute)>,
    /// What is so of a thing from this event on.
    changes: Vec<(Object, Attribute)>,
}

/// Turns readings into what they add, one after the other.
#[derive(Default)]
struct Log {
    status: StatusTracker,
}

impl Log {
    fn take(&mut self, reading: Reading) -> Result<Happening, MiningError> {
        let time = reading.time;
        let occurrence = Occurrence::of(reading)?;
        let facts = Facts::of(&occurrence);
        let relations = relations(&occurrence, &facts);
        let ends = facts.links.iter().flat_map(|(from, _, to)| [from, to]);
        let all = relations.iter().map(|(_, object)| object).chain(ends);
        let new: Vec<Object> = all.filter(|object| self.status.sees(object)).cloned().collect();
        let mut initial = facts.born;
        let mut changes = Vec::new();
        for (object, attribute) in facts.changed {
            let from_the_beginning = new.contains(&object);
            let list = if from_the_beginning { &mut initial } else { &mut changes };
            list.push((object, attribute));
        }
        if let Some((state, first)) = self.status.after(&occurrence.subject, &occurrence.event) {
            let state = Attribute {
                name: "state",
                form: Form::Text,
                value: Some(Value::Text(state)),
            };
            let list = if first { &mut initial } else { &mut changes };
            list.push((occurrence.subject.clone(), state));
        }
        let mut attributes = common(&occurrence, time);
        attributes.extend(facts.attributes);
        Ok(Happening {
            occurrence,
            attributes,
            relations,
            new,
            links: facts.links,
            initial,
            changes,
        })
    }

    fn objects(&self) -> u64 {
        self.status.count()
    }
}

/// What every event says.
fn common(occurrence: &Occurrence, claimed: Timestamp) -> Vec<Attribute> {
    vec![
        Attribute::new("service", Some(occurrence.service)),
        Attribute::new("position", Some(occurrence.position)),
        Attribute::new("role", Some(occurrence.role.as_str())),
        Attribute::new("claimed", Some(claimed)),
    ]
}

/// Everything that an event is about: the aggregate, the idea behind it, who acted, for whom, under which mandate, and the rest.
fn relations(occurrence: &Occurrence, facts: &Facts) -> Vec<(&'static str, Object)> {
    // A service, or whoever sits at its machine: no person.
    let actor = if occurrence.person.is_nil() {
        Object::service(occurrence.service)
    } else {
        Object::from(PersonId(occurrence.person))
    };
    let subject = &occurrence.subject;
    let mut relations = vec![(subject.kind().as_str(), subject.clone())];
    let idea = (occurrence.case.kind() == Kind::Idea).then(|| ("idea", occurrence.case.clone()));
    relations.extend(idea);
    relations.push(("actor", actor));
    relations.push(("organisation", Object::from(&occurrence.organisation)));
    relations.extend(occurrence.mandate.clone().map(|mandate| ("mandate", mandate)));
    relations.extend(facts.about.iter().cloned());
    let mut distinct: Vec<(&'static str, Object)> = Vec::with_capacity(relations.len());
    for relation in relations {
        if !distinct.contains(&relation) {
            distinct.push(relation);
        }
    }
    distinct
}
