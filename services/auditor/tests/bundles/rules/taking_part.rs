//! Who acts, in which role, for whom.

use super::*;
use crate::history::{COORDINATOR, HOME, NOBODY};
use crate::plan::{Who, idea};
use crate::plan::{organisation, person, text};
use idesluss_domain::submission::DisclosureEvent;
use idesluss_domain::submission::disclosure::TextsDisclosed;
use idesluss_domain::words::StreamName;

#[test]
fn somebody_who_declares_for_another_is_found() {
    assert_found(
        |plan| by(plan, "NoConflictDeclared", 0, NOBODY),
        &["R24"],
        ("NoConflictDeclared", 0),
    );
}

#[test]
fn an_assessment_that_another_wrote_is_found() {
    assert_found(
        |plan| by(plan, "AssessmentSubmitted", 0, COORDINATOR),
        &["R24"],
        ("AssessmentSubmitted", 0),
    );
}

#[test]
fn a_decision_in_a_role_that_may_not_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "DecisionMade", 0);
            plan.steps[at].who.role = "coordinator";
        },
        &["R24"],
        ("DecisionMade", 0),
    );
}

#[test]
fn an_assessor_who_chooses_an_assessor_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "AssessorAssigned", 0);
            plan.steps[at].who.role = "assessor";
        },
        &["R24"],
        ("AssessorAssigned", 0),
    );
}

#[test]
fn a_decision_for_another_organisation_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "DecisionMade", 0);
            plan.steps[at].who.organisation = organisation("vanersborg");
        },
        &["R24"],
        ("DecisionMade", 0),
    );
}

#[test]
fn texts_that_somebody_else_than_an_auditor_of_the_organisation_took_home_are_found() {
    let disclosed = |to: u128, role: &'static str, acts_for: &str, owner: &str| {
        let who = Who {
            person: person(20),
            role,
            organisation: organisation(acts_for),
        };
        let event = DisclosureEvent::from(TextsDisclosed {
            idea: idea(1),
            organisation: organisation(owner),
            to: person(to),
            purpose: text(1),
        });
        found(|plan| {
            plan.act("submission", &StreamName::disclosure(idea(1)), idea(1), &who, event);
        })
        .into_iter()
        .map(|(code, _)| code)
        .collect::<Vec<_>>()
    };
    assert_eq!(disclosed(20, "auditor", HOME, HOME), [""; 0]);
    assert_eq!(disclosed(20, "coordinator", HOME, HOME), ["R31"]);
    assert_eq!(disclosed(21, "auditor", HOME, HOME), ["R24"]);
    assert_eq!(disclosed(20, "auditor", "trollhattan", HOME), ["R24"]);
}
