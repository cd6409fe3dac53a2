//! Who must not take part, and who must say that they may.

use super::*;
use crate::history::{ASSESSORS, COAUTHOR, DECIDER, DEPUTY, SUBMITTER};
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
    let found = found(|plan| conflict(plan, ASSESSORS[0], "assessor", "AssessmentSubmitted", 2));
    // Submitted, revised, shown, and on the panel.
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R10", "R10", "R17", "R10"],
        "{found:?}"
    );
}

#[test]
fn a_panel_member_in_conflict_is_found() {
    assert_found(
        |plan| conflict(plan, ASSESSORS[1], "assessor", "RecommendationIssued", 1),
        &["R10"],
        ("RecommendationIssued", 1),
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

#[test]
fn a_conflict_of_the_first_round_holds_in_the_second() {
    let found = found(|plan| conflict(plan, DEPUTY, "decision-maker", "MandateVerified", 0));
    // That they declared none there, decided, and reconsidered.
    assert_eq!(
        found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R10"; 3],
        "{found:?}"
    );
}

/// Lets a coordinator take somebody off before a step, for a conflict of interest or not.
fn taken_off(plan: &mut Plan, who: u128, for_conflict: bool, before: &str) {
    let assigned = index(plan, "AssessorAssigned", 0);
    let mut asked = plan.steps[assigned].clone();
    asked.event = EvaluationEvent::from(AssessorAssigned {
        assessor: person(who),
        load: 0,
    })
    .into();
    let recused = AssessorRecused {
        assessor: person(who),
        conflict: for_conflict,
        reason: Some(text(1)),
        replaced_by: None,
    };
    let mut off = asked.clone();
    off.event = EvaluationEvent::from(recused).into();
    (asked.command, off.command) = (1_000, 1_001);
    let at = index(plan, before, 0);
    plan.steps.insert(at, off);
    plan.steps.insert(at, asked);
}

#[test]
fn who_was_taken_off_for_a_conflict_and_decides_is_found() {
    let for_conflict = found(|plan| taken_off(plan, DECIDER, true, "AssessmentsRevealed"));
    // They declared none, and decided.
    assert_eq!(
        for_conflict.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
        ["R10"; 2],
        "{for_conflict:?}"
    );
    assert_eq!(found(|plan| taken_off(plan, DECIDER, false, "AssessmentsRevealed")), []);
}

#[test]
fn an_author_who_leads_the_judging_is_found_at_each_step() {
    for name in ["AssessorAssigned", "AssessmentsRevealed", "RecommendationIssued"] {
        assert_found(|plan| by(plan, name, 0, COAUTHOR), &["R11"], (name, 0));
    }
    assert_found(
        |plan| {
            by(plan, "NeedOwnerConfirmed", 0, COAUTHOR);
            let owned = |event: &mut EvaluationEvent| match event {
                EvaluationEvent::NeedOwnerConfirmed(event) => event.need_owner = person(COAUTHOR),
                _ => unreachable!("it is of that type"),
            };
            let at = index(plan, "NeedOwnerConfirmed", 0);
            let idesluss_domain::Event::Evaluation(event) = &mut plan.steps[at].event else {
                unreachable!("it is evaluation's")
            };
            owned(event);
        },
        &["R11"],
        ("NeedOwnerConfirmed", 0),
    );
}
