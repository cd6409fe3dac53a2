//! Who must not take part, and who must say that they may.

use super::*;
use crate::history::{ASSESSORS, COAUTHOR, DECIDER, SUBMITTER};
use crate::plan::{Plan, person, text};
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::words::Gate;

#[test]
fn an_assessor_who_had_not_declared_is_found() {
    let found = found(|plan| remove(plan, "NoConflictDeclared", 0));
    // Submitted, revised, and on the panel.
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R09"; 3],
        "{found:?}"
    );
}

#[test]
fn a_decider_who_had_not_declared_is_found() {
    assert_found(
        |plan| remove(plan, "NoConflictDeclared", 2),
        &["R09"],
        ("DecisionMade", 0),
    );
}

/// Puts a declared conflict of somebody before a step.
fn conflict(plan: &mut Plan, who: u128, role: &'static str, name: &str, number: usize) {
    let before = index(plan, name, number);
    let mut step = plan.steps[before].clone();
    step.who.person = person(who);
    step.who.role = role;
    step.mandate = None;
    step.command = 1_000;
    step.event = EvaluationEvent::from(ConflictDeclared {
        person: person(who),
        reason: None,
    })
    .into();
    plan.steps.insert(before, step);
}

#[test]
fn an_assessor_in_conflict_is_found_wherever_they_act() {
    let found = found(|plan| conflict(plan, ASSESSORS[0], "assessor", "AssessmentSubmitted", 0));
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R10"; 3],
        "{found:?}"
    );
}

#[test]
fn a_panel_member_in_conflict_is_found() {
    assert_found(
        |plan| conflict(plan, ASSESSORS[1], "assessor", "RecommendationIssued", 0),
        &["R10"],
        ("RecommendationIssued", 0),
    );
}

#[test]
fn a_decider_in_conflict_is_found() {
    assert_found(
        |plan| conflict(plan, DECIDER, "decision-maker", "MandateVerified", 0),
        &["R10"],
        ("DecisionMade", 0),
    );
}

#[test]
fn a_submitter_who_decides_their_own_idea_is_found() {
    let own = |plan: &mut Plan| {
        let declared = index(plan, "NoConflictDeclared", 2);
        plan.steps[declared].event = EvaluationEvent::from(NoConflictDeclared {
            person: person(SUBMITTER),
        })
        .into();
        for (name, number) in [("NoConflictDeclared", 2), ("MandateVerified", 0), ("DecisionMade", 0)] {
            by(plan, name, number, SUBMITTER);
        }
        change(plan, "MandateVerified", 0, verified, |it| {
            it.decider = person(SUBMITTER)
        });
        change(plan, "DecisionMade", 0, decision, |it| {
            decided_by(it, person(SUBMITTER))
        });
    };
    let found = found(own);
    // That the mandate is another's is found as well.
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R11", "R11", "R04"],
        "{found:?}"
    );
}

#[test]
fn a_co_author_who_is_asked_to_assess_is_found() {
    assert_found(
        |plan| {
            let mut step = plan.steps[index(plan, "AssessorAssigned", 1)].clone();
            step.event = EvaluationEvent::from(AssessorAssigned {
                assessor: person(COAUTHOR),
                load: 0,
            })
            .into();
            let recused = AssessorRecused {
                assessor: person(COAUTHOR),
                conflict: false,
                reason: Some(text(1)),
                replaced_by: None,
            };
            let off = crate::plan::Step {
                event: EvaluationEvent::from(recused).into(),
                ..step.clone()
            };
            let at = index(plan, "AssessorAssigned", 1);
            step.command = 1_000;
            plan.steps.insert(at, step);
            plan.steps.insert(at + 1, crate::plan::Step { command: 1_000, ..off });
        },
        &["R11"],
        ("AssessorAssigned", 1),
    );
}

#[test]
fn an_evaluation_that_does_not_exclude_an_author_is_found() {
    assert_found(
        |plan| change(plan, "EvaluationOpened", 0, opened, |it| it.excluded.truncate(1)),
        &["R11"],
        ("EvaluationOpened", 0),
    );
}

#[test]
fn an_assessor_who_decides_the_same_gate_is_found() {
    let found = found(|plan| {
        let assessor = person(ASSESSORS[0]);
        for (name, number) in [("MandateVerified", 0), ("DecisionMade", 0)] {
            by(plan, name, number, ASSESSORS[0]);
        }
        change(plan, "MandateVerified", 0, verified, |it| it.decider = assessor);
        change(plan, "DecisionMade", 0, decision, |it| decided_by(it, assessor));
    });
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R12", "R04"],
        "{found:?}"
    );
}

#[test]
fn an_evaluation_that_does_not_name_who_assessed_the_gate_before_is_found() {
    // The second round is at the first gate again.
    let found = found(|plan| change(plan, "EvaluationOpened", 1, opened, |it| it.gate = Gate::Opportunity));
    assert!(
        found.iter().any(|(code, step)| *code == "R12" && step.is_some()),
        "{found:?}"
    );
}
