//! How an evaluation begins, who owns its need, and how it ends without a decision.

use super::*;
use EvaluationRejection as No;

fn opening_of(open: Open) -> Action {
    Action::Open(Box::new(open))
}

fn opened_event(gate: Gate) -> EvaluationOpened {
    EvaluationOpened {
        evaluation: EvaluationId::derive(idea(1), 1),
        idea: idea(1),
        gate,
        round: 1,
        organisation: organisation("uddevalla"),
        brief_version: 2,
        brief: idesluss_domain::words::copied(&[("title".to_owned(), text(1)), ("problem".to_owned(), text(2))].into()),
        excluded: people(&[SUBMITTER, COAUTHOR]),
        assessed_before: people(&[BEFORE]),
        criteria_set: form("standard"),
        criteria_version: 4,
        criteria: criteria(),
        assessments_required: 2,
    }
}

#[test]
fn an_evaluation_opens_from_a_brief_and_once() {
    let opening = opening_of(open(Gate::Concept));
    let nothing = Given::nothing();
    nothing.gives(0, Role::Service, opening.clone(), &[opened_event(Gate::Concept).into()]);
    nothing.gives(
        COORDINATOR,
        Role::Coordinator,
        opening.clone(),
        &[opened_event(Gate::Concept).into()],
    );
    nothing.is_only_for(&[Role::Coordinator, Role::Service], 0, &opening);
    let given = Given::opened_at(Gate::Concept);
    given.does_nothing(0, Role::Service, opening);
    // A repeat is told by idea, gate and round: the brief may have changed since.
    let later = Open {
        criteria: vec![],
        ..open(Gate::Concept)
    };
    given.does_nothing(0, Role::Service, opening_of(later));
    given.refuses(0, Role::Service, opening_of(open(Gate::Pilot)), No::OtherEvaluation);
}

#[test]
fn an_evaluations_id_follows_from_idea_and_round() {
    let nothing = Given::nothing();
    let foreign = Open {
        idea: idea(2),
        ..open(Gate::Opportunity)
    };
    nothing.refuses(0, Role::Service, opening_of(foreign), No::WrongId);
    let second = Open {
        round: 2,
        ..open(Gate::Opportunity)
    };
    nothing.refuses(0, Role::Service, opening_of(second), No::WrongId);
    // Round 0 belongs to what an older idea box had decided.
    let earlier = Open {
        round: 0,
        ..open(Gate::Opportunity)
    };
    Given::earlier().refuses(0, Role::Service, opening_of(earlier), No::WrongId);
}

#[test]
fn an_evaluation_needs_a_brief_and_distinct_weighted_criteria() {
    let refuses = |change: &dyn Fn(&mut Open), rejection| {
        let mut opening = open(Gate::Opportunity);
        change(&mut opening);
        Given::nothing().refuses(0, Role::Service, opening_of(opening), rejection);
    };
    refuses(&|open| open.brief.texts.clear(), No::NoBrief);
    refuses(&|open| open.brief.version = 0, No::NoBrief);
    refuses(&|open| open.criteria.clear(), No::NoCriteria);
    refuses(&|open| open.criteria[1].weight = 0, No::NoCriteria);
    refuses(&|open| open.criteria[1].key = form("benefit"), No::NoCriteria);
    refuses(&|open| open.assessments_required = 0, No::NoCriteria);
    let least = Open {
        assessments_required: 1,
        criteria: criteria()[1..].to_vec(),
        ..open(Gate::Opportunity)
    };
    let events = Given::nothing().when(0, Role::Service, opening_of(least));
    assert!(events.is_ok_and(|events| events.len() == 1));
}

#[test]
fn one_person_owns_the_need_while_nothing_is_decided() {
    let confirm = Action::ConfirmNeedOwner;
    Given::nothing().refuses(OWNER, Role::NeedOwner, confirm.clone(), No::Unknown);
    let given = Given::opened();
    let confirmed = NeedOwnerConfirmed {
        need_owner: person(OWNER),
        organisation: organisation("uddevalla"),
    };
    given.gives(OWNER, Role::NeedOwner, confirm.clone(), &[confirmed.into()]);
    given.is_only_for(&[Role::NeedOwner], OWNER, &confirm);
    let owned = given.clone().then(OWNER, Role::NeedOwner, confirm.clone());
    owned.does_nothing(OWNER, Role::NeedOwner, confirm.clone());
    owned.refuses(DECIDER, Role::NeedOwner, confirm.clone(), No::NeedOwned);
    given
        .service(close(CloseReason::Withdrawn))
        .refuses(OWNER, Role::NeedOwner, confirm.clone(), No::Closed);
    Given::decided(Outcome::Advance).refuses(OWNER, Role::NeedOwner, confirm, No::AlreadyDecided);
}

pub(super) fn close(reason: CloseReason) -> Action {
    Action::Close(Close { reason })
}

#[test]
fn an_evaluation_is_closed_once_when_the_idea_goes_another_way() {
    Given::nothing().refuses(0, Role::Service, close(CloseReason::Linked), No::Unknown);
    let given = Given::opened();
    let closed = |reason, decided| [EvaluationClosed { reason, decided }.into()];
    for reason in [
        CloseReason::Withdrawn,
        CloseReason::Linked,
        CloseReason::Superseded,
        CloseReason::Parked,
    ] {
        given.gives(0, Role::Service, close(reason), &closed(reason, false));
    }
    given.is_only_for(&[Role::Service], 0, &close(CloseReason::Parked));
    let over = given.service(close(CloseReason::Withdrawn));
    over.does_nothing(0, Role::Service, close(CloseReason::Parked));
    // A decision made before the withdrawal arrived stands, and the closing says so.
    let decided = Given::decided(Outcome::Advance);
    decided.gives(
        0,
        Role::Service,
        close(CloseReason::Parked),
        &closed(CloseReason::Parked, true),
    );
}

#[test]
fn a_decision_to_park_does_not_close_what_it_decided() {
    let parked = Given::decided(Outcome::Park);
    parked.does_nothing(0, Role::Service, close(CloseReason::Parked));
    let closed = EvaluationClosed {
        reason: CloseReason::Withdrawn,
        decided: true,
    };
    parked.gives(0, Role::Service, close(CloseReason::Withdrawn), &[closed.into()]);
}

#[test]
fn nothing_goes_on_in_a_closed_evaluation() {
    let closed = Given::assigned().service(close(CloseReason::Withdrawn));
    closed.refuses(COORDINATOR, Role::Coordinator, assign(&[CECILIA]), No::Closed);
    closed.refuses(ANNA, Role::Assessor, Action::DeclareNoConflict, No::Closed);
    closed.refuses(ANNA, Role::Assessor, Action::DeclareConflict(None), No::Closed);
    closed.refuses(COORDINATOR, Role::Coordinator, reveal(), No::Closed);
    let declared = Given::declared().service(close(CloseReason::Withdrawn));
    declared.refuses(ANNA, Role::Assessor, Action::Submit(annas()), No::Closed);
    let shown = Given::ready().service(close(CloseReason::Withdrawn));
    shown.refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::Recommend(recommend()),
        No::Closed,
    );
    shown.refuses(DECIDER, Role::DecisionMaker, decide(Outcome::Reject), No::Closed);
}

#[test]
fn an_erasure_is_recorded_apart_from_every_round() {
    let scopes = vec!["brief/1".to_owned(), "evaluation/1".to_owned()];
    let erased = Action::Erased(Erased {
        idea: idea(1),
        scopes: scopes.clone(),
    });
    let event = TextsErased { idea: idea(1), scopes };
    Given::earlier().gives(0, Role::Service, erased.clone(), &[event.into()]);
    Given::earlier().refuses(COORDINATOR, Role::Coordinator, erased.clone(), No::WrongRole);
    Given::opened().refuses(0, Role::Service, erased, No::WrongId);
}
