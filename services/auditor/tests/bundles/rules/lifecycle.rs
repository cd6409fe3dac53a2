//! Whether one thing follows on another.

use super::*;
use crate::history::{ASSESSORS, true_plan};
use crate::journal::World;
use crate::make::{Wanted, broken, bundle, report};
use crate::plan::{Plan, person, text};
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::words::{Digest, Outcome, SealedText};

#[test]
fn a_decision_on_an_evaluation_that_was_never_opened_is_found() {
    let found = found(|plan| remove(plan, "EvaluationOpened", 0));
    assert!(
        !found.is_empty() && found.iter().all(|(code, _)| *code == "R01"),
        "{found:?}"
    );
}

#[test]
fn a_decision_about_another_idea_than_its_evaluation_s_is_found() {
    assert_found(
        |plan| change(plan, "DecisionMade", 0, decision, |it| it.idea = crate::plan::idea(5)),
        &["R01"],
        ("DecisionMade", 0),
    );
}

#[test]
fn an_evaluation_whose_id_does_not_follow_from_its_idea_is_found() {
    assert_found(
        |plan| {
            change(plan, "EvaluationOpened", 0, opened, |it| {
                it.evaluation.0 = uuid::Uuid::nil()
            })
        },
        &["R01"],
        ("EvaluationOpened", 0),
    );
}

#[test]
fn a_decision_that_hands_to_the_line_what_does_not_advance_is_found() {
    let hand = |it: &mut DecisionMade| (it.home, it.outcome) = (true, Outcome::Park);
    assert_found(
        |plan| change(plan, "DecisionMade", 0, decision, hand),
        &["R01"],
        ("DecisionMade", 0),
    );
}

#[test]
fn a_decision_without_reasons_is_found() {
    let nothing: Digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        .parse()
        .expect("the hash of nothing");
    for void in [nothing, Digest([0; 32])] {
        assert_found(
            |plan| change(plan, "DecisionMade", 0, decision, |it| it.reasons = SealedText(void)),
            &["R15"],
            ("DecisionMade", 0),
        );
    }
}

#[test]
fn advancing_a_concept_without_a_need_owner_is_found() {
    let found = found(|plan| remove(plan, "NeedOwnerConfirmed", 0));
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R22", "R22"],
        "{found:?}"
    );
}

#[test]
fn a_decision_before_the_assessments_are_shown_is_found() {
    let found = found(|plan| {
        remove(plan, "RecommendationIssued", 0);
        remove(plan, "AssessmentsRevealed", 0);
    });
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R23"],
        "{found:?}"
    );
}

#[test]
fn an_assessment_after_all_were_shown_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "AssessmentRevised", 1);
            let to = index(plan, "RecommendationIssued", 0);
            let mut step = plan.steps[at].clone();
            if let Event::Evaluation(EvaluationEvent::AssessmentRevised(revised)) = &mut step.event {
                revised.revision = 2;
            }
            step.command = 1_000;
            plan.steps.insert(to, step);
        },
        &["R23"],
        ("AssessmentRevised", 2),
    );
}

#[test]
fn a_second_decision_that_is_not_a_reconsideration_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "DecisionReconsidered", 0);
            if let Event::Evaluation(EvaluationEvent::DecisionReconsidered(anew)) = plan.steps[at].event.clone() {
                plan.steps[at].event = EvaluationEvent::from(anew.decision).into();
            }
        },
        &["R23"],
        ("DecisionMade", 2),
    );
}

#[test]
fn a_decision_after_the_evaluation_was_closed_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "MandateVerified", 0);
            let event = EvaluationEvent::from(EvaluationClosed {
                reason: CloseReason::Withdrawn,
                decided: false,
            })
            .into();
            let step = crate::plan::Step {
                event,
                command: 1_000,
                mandate: None,
                ..plan.steps[at].clone()
            };
            plan.steps.insert(at, step);
            plan.steps[at].who.role = "service";
        },
        &["R23"],
        ("DecisionMade", 0),
    );
}

#[test]
fn an_assessor_who_is_assigned_twice_or_taken_off_after_all_were_shown_is_found() {
    let again = |plan: &mut Plan| {
        let step = plan.steps[index(plan, "AssessorAssigned", 0)].clone();
        let at = index(plan, "AssessorAssigned", 1) + 1;
        plan.steps.insert(at, crate::plan::Step { command: 1_000, ..step });
    };
    assert_found(again, &["R23"], ("AssessorAssigned", 2));
    let off = |plan: &mut Plan| {
        let at = index(plan, "RecommendationIssued", 0);
        let recused = AssessorRecused {
            assessor: person(ASSESSORS[0]),
            conflict: false,
            reason: Some(text(1)),
            replaced_by: None,
        };
        let event = EvaluationEvent::from(recused).into();
        let step = crate::plan::Step {
            event,
            command: 1_000,
            ..plan.steps[at].clone()
        };
        plan.steps.insert(at, step);
    };
    assert_found(off, &["R23"], ("AssessorRecused", 0));
}

#[test]
fn an_event_that_does_not_hold_what_its_type_says_is_found() {
    // The form of lines is kept; the data lacks its reasons.
    let mut world = World::of(&true_plan());
    let journal = world.journal_mut("evaluation");
    let at = journal
        .lines
        .iter()
        .position(|line| String::from_utf8_lossy(line).contains("v1.DecisionMade"))
        .expect("one");
    let line = String::from_utf8(journal.lines[at].clone())
        .expect("a line")
        .replace("\"reasons\":", "\"raisons\":");
    journal.lines[at] = line.into_bytes();
    let found = broken(&report(&bundle(&world, &Wanted::instance())));
    assert!(
        found.contains(&("L11", "evaluation".to_owned(), Some(at as u64))),
        "{found:?}"
    );
}
