//! Orders and mandates: who may decide, on what, and when.

use super::*;
use crate::history::{DECIDER, DEPUTY, HOME, NOBODY, revoked, today};
use crate::plan::{Plan, organisation, person};
use idesluss_domain::Event;
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::evaluation::{DelegationOrderEvent, EvaluationEvent};
use idesluss_domain::words::{Date, MandateReference};

#[test]
fn a_decision_without_a_verified_mandate_is_found() {
    assert_found(|plan| remove(plan, "MandateVerified", 0), &["R02"], ("DecisionMade", 0));
}

#[test]
fn a_mandate_that_was_verified_for_another_cost_is_found() {
    assert_found(
        |plan| change(plan, "MandateVerified", 0, verified, |it| it.cost_kronor = 1),
        &["R02"],
        ("DecisionMade", 0),
    );
}

#[test]
fn a_decision_without_an_order_in_force_is_found() {
    let late = |plan: &mut Plan| {
        let index = index(plan, "DelegationOrderAdopted", 0);
        if let Event::DelegationOrder(DelegationOrderEvent::DelegationOrderAdopted(order)) =
            &mut plan.steps[index].event
        {
            order.valid_from = tomorrow();
        }
        remove(plan, "MandateSubdelegated", 0);
        // Only the first round is judged here.
        let second = plan
            .steps
            .iter()
            .position(|step| step.event.type_name().ends_with(".GateDecided"))
            .expect("a step");
        plan.steps.truncate(second);
    };
    assert_found(late, &["R03"], ("DecisionMade", 0));
}

#[test]
fn a_decision_under_a_mandate_that_the_order_does_not_have_is_found() {
    let other = |plan: &mut Plan| {
        let reference: MandateReference = format!("{HOME}/1/9.9").parse().expect("in form");
        change(plan, "DecisionMade", 0, decision, |it| {
            it.decided_by = DecidedBy::Person {
                person: person(DECIDER),
                mandate: reference.clone(),
            }
        });
        change(plan, "MandateVerified", 0, verified, |it| {
            it.mandate = reference.clone()
        });
        let at = index(plan, "DecisionMade", 0);
        plan.steps[at].mandate = Some(reference.to_string());
    };
    assert_found(other, &["R03"], ("DecisionMade", 0));
}

#[test]
fn a_decision_under_another_s_mandate_is_found() {
    let other = |plan: &mut Plan| {
        // The deputy declares, and decides the first gate under the decider's own mandate.
        let declared = index(plan, "NoConflictDeclared", 2);
        plan.steps[declared].event = EvaluationEvent::from(NoConflictDeclared { person: person(DEPUTY) }).into();
        for (name, number) in [("NoConflictDeclared", 2), ("MandateVerified", 0), ("DecisionMade", 0)] {
            by(plan, name, number, DEPUTY);
        }
        change(plan, "MandateVerified", 0, verified, |it| it.decider = person(DEPUTY));
        change(plan, "DecisionMade", 0, decision, |it| decided_by(it, person(DEPUTY)));
    };
    assert_found(other, &["R04"], ("DecisionMade", 0));
}

#[test]
fn a_decision_under_a_mandate_that_had_been_taken_back_is_found() {
    let back = |plan: &mut Plan| {
        let mut step = plan.steps[index(plan, "DelegationOrderAdopted", 0)].clone();
        step.event = revoked().into();
        step.command = 1_000;
        let before = index(plan, "MandateVerified", 2);
        plan.steps.insert(before, step);
    };
    assert_found(back, &["R04"], ("DecisionReconsidered", 0));
}

#[test]
fn a_decision_on_more_than_the_mandate_covers_is_found() {
    let dear = |plan: &mut Plan| {
        change(plan, "DecisionMade", 1, decision, |it| it.cost_kronor = 50_001);
        change(plan, "MandateVerified", 1, verified, |it| it.cost_kronor = 50_001);
    };
    assert_found(dear, &["R05"], ("DecisionMade", 1));
}

#[test]
fn a_decision_that_bears_another_day_than_it_was_recorded_on_is_found() {
    let earlier = today().saturating_sub(idesluss_days(3));
    let back_dated = |plan: &mut Plan| {
        change(plan, "DecisionMade", 0, decision, |it| it.decided_on = earlier);
        change(plan, "MandateVerified", 0, verified, |it| it.on = earlier);
        let at = index(plan, "DelegationOrderAdopted", 0);
        if let Event::DelegationOrder(DelegationOrderEvent::DelegationOrderAdopted(order)) = &mut plan.steps[at].event {
            order.valid_from = earlier;
        }
    };
    assert_found(back_dated, &["R06"], ("DecisionMade", 0));
}

fn idesluss_days(days: i64) -> jiff::Span {
    jiff::Span::new().days(days)
}

#[test]
fn an_order_that_was_adopted_in_a_role_that_may_not_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "DelegationOrderAdopted", 0);
            plan.steps[at].who.role = "decision-maker";
        },
        &["R31"],
        ("DelegationOrderAdopted", 0),
    );
}

#[test]
fn a_mandate_that_was_taken_back_by_somebody_who_may_not_is_found() {
    assert_found(
        |plan| {
            let mut step = plan.steps[index(plan, "MandateSubdelegated", 0)].clone();
            step.event = revoked().into();
            step.command = 1_000;
            step.who.person = person(NOBODY);
            plan.steps.push(step);
        },
        &["R25"],
        ("MandateRevoked", 0),
    );
}

#[test]
fn a_mandate_handed_on_further_than_it_reaches_is_found() {
    assert_found(
        |plan| {
            let at = index(plan, "MandateSubdelegated", 0);
            if let Event::DelegationOrder(DelegationOrderEvent::MandateSubdelegated(event)) = &mut plan.steps[at].event
            {
                event.up_to_kronor = 100_001;
            }
        },
        &["R25"],
        ("MandateSubdelegated", 0),
    );
}

#[test]
fn a_mandate_handed_on_by_another_than_its_holder_is_found() {
    assert_found(
        |plan| by(plan, "MandateSubdelegated", 0, NOBODY),
        &["R25"],
        ("MandateSubdelegated", 0),
    );
}

#[test]
fn orders_that_are_not_numbered_one_after_the_other_are_found() {
    let found = found(|plan| {
        let at = index(plan, "DelegationOrderAdopted", 0);
        if let Event::DelegationOrder(DelegationOrderEvent::DelegationOrderAdopted(order)) = &mut plan.steps[at].event {
            order.version = 2;
        }
    });
    assert_eq!(found.first().map(|(code, _)| *code), Some("R27"), "{found:?}");
}

#[test]
fn a_board_s_decision_needs_no_mandate_and_no_meeting_to_come_or_before_the_opening() {
    let board = |plan: &mut Plan, meeting: Date| {
        remove(plan, "MandateVerified", 0);
        let at = index(plan, "DecisionMade", 0);
        plan.steps[at].mandate = None;
        change(plan, "DecisionMade", 0, decision, |it| {
            it.decided_on = meeting;
            it.decided_by = DecidedBy::Board {
                board: "Kommunstyrelsen".into(),
                meeting,
                paragraph: "§ 12".parse().expect("in form"),
                recorded_by: person(DECIDER),
            };
        });
    };
    assert_eq!(found(|plan| board(plan, today())), []);
    let yesterday = today().yesterday().expect("a day");
    for day in [tomorrow(), yesterday] {
        assert_found(|plan| board(plan, day), &["R06"], ("DecisionMade", 0));
    }
}

#[test]
fn the_other_organisation_s_mandates_do_not_count_at_home() {
    assert_eq!(organisation(HOME).as_str(), HOME);
    let foreign = |plan: &mut Plan| {
        let reference: MandateReference = "trollhattan/1/4.1".parse().expect("in form");
        change(plan, "DecisionMade", 0, decision, |it| {
            it.decided_by = DecidedBy::Person {
                person: person(DECIDER),
                mandate: reference.clone(),
            }
        });
        change(plan, "MandateVerified", 0, verified, |it| {
            it.mandate = reference.clone()
        });
        let at = index(plan, "DecisionMade", 0);
        plan.steps[at].mandate = Some(reference.to_string());
    };
    assert_found(foreign, &["R03"], ("DecisionMade", 0));
}
