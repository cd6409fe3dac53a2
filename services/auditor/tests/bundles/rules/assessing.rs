//! Assessments, what they are committed to, and the criteria they are made by.

use super::*;
use crate::history::NOBODY;
use crate::plan::{Plan, person};
use idesluss_domain::Event;
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::evaluation::{CriteriaEvent, EvaluationEvent};

#[test]
fn a_score_that_was_changed_after_it_was_committed_to_is_found() {
    let changed = |it: &mut AssessmentsRevealed| {
        let other = it.assessments[0].scores.replace('4', "5");
        assert_ne!(it.assessments[0].scores, other);
        it.assessments[0].scores = other;
        let criteria = it.criteria.iter().map(|one| one.criterion.clone()).zip([25, 20]);
        let criteria: Vec<_> = criteria
            .map(|(key, weight)| WeightedCriterion { key, weight })
            .collect();
        let scores = it
            .assessments
            .iter()
            .map(|one| serde_json::from_str(&one.scores).expect("scores"));
        (it.criteria, it.weighted_hundredths) = summarise(&criteria, &scores.collect::<Vec<_>>());
    };
    assert_found(
        |plan| change(plan, "AssessmentsRevealed", 0, shown, changed),
        &["R07"],
        ("AssessmentsRevealed", 0),
    );
}

#[test]
fn an_assessment_that_nobody_had_committed_to_is_found() {
    let invented = |plan: &mut Plan| {
        remove(plan, "AssessmentRevised", 0);
        remove(plan, "AssessmentSubmitted", 0);
    };
    assert_found(invented, &["R07"], ("AssessmentsRevealed", 0));
}

#[test]
fn fewer_assessments_than_are_required_are_found_when_shown_and_when_decided() {
    let found = found(|plan| {
        for name in [
            "AssessorAssigned",
            "NoConflictDeclared",
            "AssessmentSubmitted",
            "AssessmentRevised",
        ] {
            remove(plan, name, 1);
        }
        let one = |it: &mut AssessmentsRevealed| {
            it.assessments.pop();
            let criteria: Vec<_> = it
                .criteria
                .iter()
                .zip([25, 20])
                .map(|(one, weight)| WeightedCriterion {
                    key: one.criterion.clone(),
                    weight,
                })
                .collect();
            let scores = it
                .assessments
                .iter()
                .map(|one| serde_json::from_str(&one.scores).expect("scores"));
            (it.criteria, it.weighted_hundredths) = summarise(&criteria, &scores.collect::<Vec<_>>());
        };
        change(plan, "AssessmentsRevealed", 0, shown, one);
        change(plan, "RecommendationIssued", 0, issued, |it| it.dissent.clear());
    });
    let codes: Vec<_> = found.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["R08", "R08"], "{found:?}");
}

#[test]
fn a_score_that_is_not_1_to_5_is_found_though_it_was_committed_to() {
    let six = |plan: &mut Plan| {
        let scores = "{\"citizen-benefit\":6,\"feasibility\":4}".to_owned();
        let nonce = Nonce([3; 32]);
        change(plan, "AssessmentRevised", 0, revised, |it| {
            it.commitment = commitment(&nonce, &scores)
        });
        change(plan, "AssessmentsRevealed", 0, shown, |it| {
            it.assessments[0].scores.clone_from(&scores)
        });
    };
    assert_found(six, &["R13"], ("AssessmentsRevealed", 0));
}

#[test]
fn scores_for_other_criteria_than_those_in_force_are_found() {
    let other = |plan: &mut Plan| {
        let scores = "{\"citizen-benefit\":4,\"novelty\":4}".to_owned();
        let nonce = Nonce([3; 32]);
        change(plan, "AssessmentRevised", 0, revised, |it| {
            it.commitment = commitment(&nonce, &scores)
        });
        change(plan, "AssessmentsRevealed", 0, shown, |it| {
            it.assessments[0].scores.clone_from(&scores)
        });
    };
    assert_found(other, &["R13"], ("AssessmentsRevealed", 0));
}

#[test]
fn means_that_are_not_those_of_the_scores_are_found() {
    for alter in [
        (|it: &mut AssessmentsRevealed| it.weighted_hundredths += 1) as fn(&mut AssessmentsRevealed),
        |it| it.criteria[0].mean_hundredths += 1,
        |it| it.criteria[1].spread += 1,
        |it| it.criteria[1].count += 1,
    ] {
        assert_found(
            |plan| change(plan, "AssessmentsRevealed", 0, shown, alter),
            &["R14"],
            ("AssessmentsRevealed", 0),
        );
    }
}

#[test]
fn an_assessment_without_reasons_for_a_criterion_is_found() {
    assert_found(
        |plan| {
            change(plan, "AssessmentSubmitted", 0, submitted, |it| {
                drop(it.rationales.pop_first())
            })
        },
        &["R15"],
        ("AssessmentSubmitted", 0),
    );
}

#[test]
fn an_evaluation_by_other_criteria_than_those_in_force_is_found() {
    for alter in [
        (|it: &mut EvaluationOpened| it.criteria_version = 0) as fn(&mut EvaluationOpened),
        |it| it.criteria_set = "other".parse().expect("in form"),
        |it| it.assessments_required = 1,
    ] {
        assert_found(
            |plan| change(plan, "EvaluationOpened", 0, opened, alter),
            &["R16"],
            ("EvaluationOpened", 0),
        );
    }
}

#[test]
fn criteria_that_were_replaced_after_the_idea_came_to_the_gate_may_still_be_used_and_not_before() {
    let replaced = |plan: &mut Plan, before: &str| {
        let mut step = plan.steps[index(plan, "CriteriaAdopted", 0)].clone();
        if let Event::Criteria(CriteriaEvent::CriteriaAdopted(adopted)) = &mut step.event {
            (adopted.version, adopted.assessments_required) = (2, 1);
        }
        step.command = 1_000;
        let at = index(plan, before, 0);
        plan.steps.insert(at, step);
    };
    let first = |found: Vec<(&'static str, Option<usize>)>| found.first().map(|(code, _)| *code);
    // It comes to the gate a second time later on: there they are not in force any more.
    let after = found(|plan| {
        replaced(plan, "EvaluationOpened");
        let second = index(plan, "GateDecided", 0);
        plan.steps.truncate(second);
    });
    assert_eq!(first(after), None);
    let before = found(|plan| {
        replaced(plan, "IdeaAccepted");
        let second = index(plan, "GateDecided", 0);
        plan.steps.truncate(second);
    });
    assert_eq!(first(before), Some("R16"));
}

#[test]
fn an_assessment_that_is_left_out_when_all_are_shown_is_found() {
    let found = found(|plan| {
        let step = plan.steps[index(plan, "AssessorAssigned", 1)].clone();
        let at = index(plan, "AssessorAssigned", 1) + 1;
        let event = EvaluationEvent::from(AssessorAssigned {
            assessor: person(33),
            load: 0,
        })
        .into();
        plan.steps.insert(
            at,
            crate::plan::Step {
                command: 1_000,
                event,
                ..step
            },
        );
    });
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R17"],
        "{found:?}"
    );
}

#[test]
fn a_panel_member_whose_assessment_was_not_shown_is_found() {
    let found = found(|plan| {
        change(plan, "RecommendationIssued", 0, issued, |it| {
            it.panel.push(person(NOBODY))
        })
    });
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R26", "R09"],
        "{found:?}"
    );
}
