//! How far an evaluation has come, and what is remembered of it.

use super::earlier::{decision_of, score, scored};
use super::opening::close;
use super::panel::recuse;
use super::*;
use idesluss_domain::EvaluationStatus;
use idesluss_domain::evaluation::evaluation::Given as Remembered;

#[test]
fn an_evaluation_goes_from_phase_to_phase() {
    let recommended = Given::revealed().coordinator(Action::Recommend(recommend()));
    let decided = recommended
        .clone()
        .then(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict)
        .then(DECIDER, Role::DecisionMaker, decide(Outcome::Advance));
    for (given, phase) in [
        (Given::nothing(), None),
        (Given::opened(), Some(EvaluationStatus::Assessing)),
        (Given::assessed(), Some(EvaluationStatus::Assessing)),
        (Given::revealed(), Some(EvaluationStatus::Revealed)),
        (recommended.clone(), Some(EvaluationStatus::Recommended)),
        (
            recommended.service(close(CloseReason::Linked)),
            Some(EvaluationStatus::Closed),
        ),
        (decided.clone(), Some(EvaluationStatus::Decided)),
        // A decision outlasts the closing.
        (
            decided.service(close(CloseReason::Withdrawn)),
            Some(EvaluationStatus::Decided),
        ),
    ] {
        assert_eq!(given.state().status(), phase);
    }
}

#[test]
fn who_is_still_to_assess_is_known() {
    let given = Given::assigned().coordinator(recuse(ANNA, Some((CECILIA, 0))));
    let state = given.state();
    let active: Vec<_> = state.active_assessors().map(|(person, _)| *person).collect();
    assert_eq!(active, people(&[BERTIL, CECILIA]));
    assert_eq!(state.assessors[&person(ANNA)].replaced_by, Some(person(CECILIA)));
}

#[test]
fn authors_are_excluded_and_nobody_else() {
    let state = Given::opened().state();
    let excluded: Vec<_> = (0..=10).filter(|&who| state.is_excluded(person(who))).collect();
    assert_eq!(excluded, [SUBMITTER, COAUTHOR]);
    assert!(!Given::nothing().state().is_excluded(person(SUBMITTER)));
}

#[test]
fn what_was_given_is_remembered_with_its_revisions() {
    let given = Given::assessed().then(ANNA, Role::Assessor, Action::Revise(assessment(43, 1, 1)));
    let revised = assessment(43, 1, 1);
    let remembered = Remembered {
        commitment: committed(&revised),
        sealed: revised.sealed,
        rationales: revised.rationales,
        revisions: 1,
    };
    assert_eq!(given.state().assessors[&person(ANNA)].given, Some(remembered));
    assert_eq!(
        given.state().assessors[&person(BERTIL)]
            .given
            .as_ref()
            .map(|given| given.revisions),
        Some(0)
    );
}

#[test]
fn what_came_of_a_decision_stands_beside_the_decision_that_it_belongs_to() {
    let report = Action::Report(Report {
        board: "Kommunstyrelsen".into(),
        meeting: day(24),
        paragraph: None,
    });
    let given = Given::decided(Outcome::Advance)
        .then(REGISTRAR, Role::Registrar, report.clone())
        .then(
            DECIDER,
            Role::DecisionMaker,
            Action::Reconsider(Box::new(decision(Outcome::Reject))),
        )
        .then(REGISTRAR, Role::Registrar, report)
        .then(REGISTRAR, Role::Registrar, Action::Correct(text(80)));
    let state = given.state();
    let reported: Vec<_> = state.reports.iter().map(|(decision, _)| *decision).collect();
    assert_eq!((reported, state.corrections), (vec![0, 1], vec![(1, text(80))]));
    assert_eq!(state.mandates.len(), 2);
}

#[test]
fn a_taken_over_record_opens_nothing() {
    let mut given = Given::earlier().coordinator(Action::EarlierAssessment(super::earlier::scored(
        "idélådan",
        &[super::earlier::score("nytta", 3)],
    )));
    given.events.push(
        TextsErased {
            idea: idea(1),
            scopes: vec![],
        }
        .into(),
    );
    let state = given.state();
    assert_eq!(
        (state.status(), state.earlier_assessments.len()),
        (Some(EvaluationStatus::TakenOver), 1)
    );
}

#[test]
fn pilots_and_resources_and_support_are_all_remembered() {
    let given = Given::decided_at(Gate::Concept, Outcome::Advance)
        .coordinator(super::afterwards::begin())
        .coordinator(super::afterwards::complete(20));
    let state = given.state();
    assert_eq!(state.need_owner, Some(person(OWNER)));
    assert_eq!(
        state.pilots[0]
            .completed
            .as_ref()
            .map(|completed| completed.completed_on),
        Some(day(20))
    );
}

#[test]
fn it_is_known_which_idea_an_evaluation_is_about() {
    let earlier = |action: Action| Given::earlier().then(COORDINATOR, Role::Coordinator, action);
    for (given, about) in [
        (Given::nothing(), None),
        (Given::opened(), Some(idea(1))),
        (earlier(Action::EarlierDecision(decision_of("idélådan"))), Some(idea(1))),
        (
            earlier(Action::EarlierAssessment(scored("idélådan", &[score("nytta", 4)]))),
            Some(idea(1)),
        ),
    ] {
        assert_eq!(given.state().about(), about);
    }
}
