//! What may stand in an event in anybody's own words, though no key can erase it: every such place, with why.

use super::all;
use idesluss_domain::Event;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const SENTENCE: &str = "Anna Andersson, 850101-1234, har ringt.";

const PUBLIC: &str = "public words, written to be read by everybody";
const CRITERION: &str = "what a criterion means, adopted for everybody to read";
const OFFICES: &str = "what an organisation's offices and parts of its work are called";
const ORGANISATION: &str = "the name of an organisation";
const TERMS: &str = "the terms under which ideas are taken in, adopted for everybody to read";
const PROGRAM: &str = "the name of a program";
const PROVIDER: &str = "what a provider calls its claims, its groups and the ways to sign in there";
const BOARD: &str = "the name of a board";
const SOURCE: &str = "a journal's name, from this machine's own settings";
const MEASURED: &str = "what is measured is compared by its words, before and after and between those who adopt";

/// Places that hold any text. A new one needs a reason here, or rather a form of its own or a seal.
const FREE: &[(&str, &str)] = &[
    (
        "AssessmentsRevealed.assessments.*.scores",
        "hashed byte for byte; nothing that is not the scores of its criteria is committed to, and the auditor opens it",
    ),
    ("BaselineRecorded.measurement.metric", MEASURED),
    ("BaselineRecorded.measurement.unit", MEASURED),
    ("BenefitMeasured.measurement.metric", MEASURED),
    ("BenefitMeasured.measurement.unit", MEASURED),
    ("CodesAdopted.codes.*.name", OFFICES),
    ("CriteriaAdopted.criteria.*.name_en", CRITERION),
    ("CriteriaAdopted.criteria.*.name_sv", CRITERION),
    ("CriteriaAdopted.criteria.*.steps_en.*", CRITERION),
    ("CriteriaAdopted.criteria.*.steps_sv.*", CRITERION),
    ("DecisionMade.basis.sources.*.source", SOURCE),
    ("DecisionMade.decided_by.board.board", BOARD),
    ("DecisionReconsidered.decision.basis.sources.*.source", SOURCE),
    ("DecisionReconsidered.decision.decided_by.board.board", BOARD),
    ("DecisionReported.board", BOARD),
    ("DelegationOrderAdopted.adopted_by", BOARD),
    ("EpochOpened.kept.<name>", SOURCE),
    ("ExperienceShared.experience", PUBLIC),
    ("MappingAdopted.mapping.claim", PROVIDER),
    ("MappingAdopted.mapping.demands.acr.*", PROVIDER),
    ("MappingAdopted.mapping.demands.amr.*", PROVIDER),
    ("MappingAdopted.mapping.lines.*.value", PROVIDER),
    ("OrganisationChanged.settings.name", ORGANISATION),
    ("OrganisationRegistered.settings.name", ORGANISATION),
    ("ProgramRegistered.name", PROGRAM),
    ("SolutionPublished.description.contact", PUBLIC),
    ("SolutionPublished.description.licence", PUBLIC),
    ("SolutionPublished.description.prerequisites", PUBLIC),
    ("SolutionPublished.description.summary", PUBLIC),
    ("SolutionPublished.description.title", PUBLIC),
    ("SolutionRetired.reason", PUBLIC),
    ("SolutionVersioned.changes", PUBLIC),
    ("SolutionVersioned.description.contact", PUBLIC),
    ("SolutionVersioned.description.licence", PUBLIC),
    ("SolutionVersioned.description.prerequisites", PUBLIC),
    ("SolutionVersioned.description.summary", PUBLIC),
    ("SolutionVersioned.description.title", PUBLIC),
    ("TermsAdopted.terms.en", TERMS),
    ("TermsAdopted.terms.sv", TERMS),
    ("TextsErased.scopes.*", "written from ids"),
];

/// Every value that differs from `value` in one text, which has become a sentence about somebody, with the place of that text; a name in
/// a map is a text as well.
fn told(value: &Value, place: &str) -> Vec<(String, Value)> {
    match value {
        Value::String(_) => vec![(place.to_owned(), SENTENCE.into())],
        Value::Array(values) => {
            let mut found = vec![];
            for (index, below) in values.iter().enumerate() {
                for (place, below) in told(below, &format!("{place}.*")) {
                    let mut values = values.clone();
                    values[index] = below;
                    found.push((place, Value::Array(values)));
                }
            }
            found
        }
        Value::Object(members) => {
            let mut found = vec![];
            for (name, below) in members {
                let with = |name: &str, below: Value, but: &str| {
                    let others = members.iter().filter(|(other, _)| *other != but);
                    let mut object: Map<_, _> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
                    object.insert(name.to_owned(), below);
                    Value::Object(object)
                };
                for (place, below) in told(below, &format!("{place}.{name}")) {
                    found.push((place, with(name, below, name)));
                }
                found.push((format!("{place}.<name>"), with(SENTENCE, below.clone(), name)));
            }
            found
        }
        _ => vec![],
    }
}

#[test]
fn an_event_takes_a_sentence_in_nowhere_but_where_it_is_said_why() {
    let mut taken = BTreeSet::new();
    for (type_name, _, event) in all().iter() {
        let data: Value = serde_json::from_str(&event.to_data()).expect("JSON");
        let (_, name) = type_name.rsplit_once('.').expect("a type's name");
        for (place, changed) in told(&data, name) {
            // A member that may be left out is left out when it has another name, and the sentence with it.
            let read = Event::from_stored(type_name, &changed.to_string());
            if read.is_ok_and(|read| read.to_data().contains(SENTENCE)) {
                taken.insert(place);
            }
        }
    }
    let taken: Vec<_> = taken.iter().map(String::as_str).collect();
    let known: Vec<_> = FREE.iter().map(|(place, _)| *place).collect();
    assert_eq!(taken, known);
}
