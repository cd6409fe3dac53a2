//! Who assesses: assigning, declaring conflicts of interest, stepping aside.

use super::*;
use EvaluationRejection as No;

fn asks(people: &[(u128, u32)], cap: u32) -> Action {
    Action::Assign(Assign {
        assessors: people.iter().map(|&(who, load)| (person(who), load)).collect(),
        cap,
    })
}

fn assigned(who: u128, load: u32) -> EvaluationEvent {
    AssessorAssigned {
        assessor: person(who),
        load,
    }
    .into()
}

#[test]
fn a_coordinator_asks_people_who_have_room_for_it() {
    let given = Given::opened();
    let action = asks(&[(ANNA, 0), (BERTIL, 9)], 10);
    given.gives(
        COORDINATOR,
        Role::Coordinator,
        action.clone(),
        &[assigned(ANNA, 0), assigned(BERTIL, 9)],
    );
    given.is_only_for(&[Role::Coordinator], COORDINATOR, &action);
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        asks(&[(ANNA, 0), (BERTIL, 10)], 10),
        No::LoadCapReached,
    );
    Given::nothing().refuses(COORDINATOR, Role::Coordinator, action, No::Unknown);
}

#[test]
fn whoever_is_asked_already_is_not_asked_again_whatever_their_load() {
    let given = Given::assigned();
    given.does_nothing(COORDINATOR, Role::Coordinator, asks(&[(ANNA, 99)], 10));
    let action = asks(&[(ANNA, 99), (CECILIA, 1)], 10);
    given.gives(COORDINATOR, Role::Coordinator, action, &[assigned(CECILIA, 1)]);
    // Nothing new is asked of anybody: also a repeat that arrives after the reveal does nothing.
    Given::revealed().does_nothing(COORDINATOR, Role::Coordinator, assign(&[ANNA, BERTIL]));
}

#[test]
fn people_are_named_and_each_once() {
    let given = Given::opened();
    given.refuses(COORDINATOR, Role::Coordinator, asks(&[], 10), No::NobodyNamed);
    let twice = asks(&[(ANNA, 0), (BERTIL, 0), (ANNA, 1)], 10);
    given.refuses(COORDINATOR, Role::Coordinator, twice, No::NobodyNamed);
}

#[test]
fn neither_authors_nor_the_conflicted_nor_who_stepped_aside_are_asked() {
    let given = Given::opened();
    for author in [SUBMITTER, COAUTHOR] {
        given.refuses(COORDINATOR, Role::Coordinator, assign(&[ANNA, author]), No::OwnIdea);
    }
    let biased = given
        .clone()
        .then(DECIDER, Role::DecisionMaker, Action::DeclareConflict(None));
    biased.refuses(
        COORDINATOR,
        Role::Coordinator,
        assign(&[DECIDER]),
        No::ConflictOfInterest,
    );
    let without = Given::assigned().coordinator(recuse(BERTIL, None));
    without.refuses(COORDINATOR, Role::Coordinator, assign(&[BERTIL]), No::SteppedAside);
    Given::revealed().refuses(COORDINATOR, Role::Coordinator, assign(&[CECILIA]), No::AlreadyRevealed);
}

#[test]
fn assessors_and_deciders_declare_to_have_no_conflict_once() {
    let declare = Action::DeclareNoConflict;
    let given = Given::assigned();
    let declared = |who| [NoConflictDeclared { person: person(who) }.into()];
    given.gives(ANNA, Role::Assessor, declare.clone(), &declared(ANNA));
    given.gives(DECIDER, Role::DecisionMaker, declare.clone(), &declared(DECIDER));
    given.refuses(CECILIA, Role::Assessor, declare.clone(), No::NotAssigned);
    given.refuses(OWNER, Role::NeedOwner, declare.clone(), No::WrongRole);
    let elsewhere = Actor {
        organisation: organisation("trollhattan"),
        ..actor(DECIDER, Role::DecisionMaker)
    };
    assert_eq!(given.when_by(elsewhere, declare.clone()), Err(No::WrongOrganisation));
    // An assessor may come from a neighbour: what counts is to be asked.
    let neighbour = Actor {
        organisation: organisation("trollhattan"),
        ..actor(ANNA, Role::Assessor)
    };
    assert_eq!(
        given.when_by(neighbour, declare.clone()).as_deref(),
        Ok(&declared(ANNA)[..])
    );
    Given::nothing().refuses(ANNA, Role::Assessor, declare.clone(), No::Unknown);
    Given::declared().does_nothing(ANNA, Role::Assessor, declare.clone());
    given.refuses(SUBMITTER, Role::DecisionMaker, declare, No::OwnIdea);
}

#[test]
fn a_declared_conflict_stands() {
    let conflict = Action::DeclareConflict(Some(text(30)));
    let given = Given::assigned().then(ANNA, Role::Assessor, conflict.clone());
    given.does_nothing(ANNA, Role::Assessor, conflict);
    given.refuses(ANNA, Role::Assessor, Action::DeclareNoConflict, No::DeclaredConflict);
}

#[test]
fn who_declares_a_conflict_before_the_reveal_steps_aside_with_what_they_gave() {
    let reason = Some(text(30));
    let given = Given::assessed();
    let recused = AssessorRecused {
        assessor: person(ANNA),
        conflict: true,
        reason: None,
        replaced_by: None,
    };
    let declared = ConflictDeclared {
        person: person(ANNA),
        reason,
    };
    given.gives(
        ANNA,
        Role::Assessor,
        Action::DeclareConflict(reason),
        &[declared.into(), recused.into()],
    );
    let without = given.then(ANNA, Role::Assessor, Action::DeclareConflict(reason));
    without.refuses(
        ANNA,
        Role::Assessor,
        Action::Revise(assessment(41, 1, 1)),
        No::ConflictOfInterest,
    );
    without.refuses(COORDINATOR, Role::Coordinator, reveal(), No::TooFewAssessments);
}

#[test]
fn who_declares_a_conflict_after_the_reveal_leaves_what_was_shown() {
    let declared = |who, reason| {
        [ConflictDeclared {
            person: person(who),
            reason,
        }
        .into()]
    };
    Given::revealed().gives(
        ANNA,
        Role::Assessor,
        Action::DeclareConflict(None),
        &declared(ANNA, None),
    );
    // A decider has nothing to be taken off.
    Given::opened().gives(
        DECIDER,
        Role::DecisionMaker,
        Action::DeclareConflict(Some(text(9))),
        &declared(DECIDER, Some(text(9))),
    );
    // Neither has an assessor who was taken off before.
    let without = Given::assigned().coordinator(recuse(BERTIL, None));
    without.gives(
        BERTIL,
        Role::Assessor,
        Action::DeclareConflict(None),
        &declared(BERTIL, None),
    );
}

pub(super) fn recuse(who: u128, replaced_by: Option<(u128, u32)>) -> Action {
    recuse_for(false, who, replaced_by)
}

/// Takes somebody off, for a conflict of interest or not.
pub(super) fn recuse_for(conflict: bool, who: u128, replaced_by: Option<(u128, u32)>) -> Action {
    Action::Recuse(Recuse {
        assessor: person(who),
        conflict,
        reason: text(31),
        replaced_by: replaced_by.map(|(who, load)| (person(who), load)),
        cap: 10,
    })
}

fn recused(who: u128, replaced_by: Option<u128>) -> EvaluationEvent {
    AssessorRecused {
        assessor: person(who),
        conflict: false,
        reason: Some(text(31)),
        replaced_by: replaced_by.map(person),
    }
    .into()
}

#[test]
fn a_coordinator_takes_an_assessor_off_and_may_name_another() {
    let given = Given::assigned();
    given.gives(
        COORDINATOR,
        Role::Coordinator,
        recuse(ANNA, None),
        &[recused(ANNA, None)],
    );
    let both = [recused(ANNA, Some(CECILIA)), assigned(CECILIA, 9)];
    given.gives(COORDINATOR, Role::Coordinator, recuse(ANNA, Some((CECILIA, 9))), &both);
    // Who assesses already takes over without being asked again.
    given.gives(
        COORDINATOR,
        Role::Coordinator,
        recuse(ANNA, Some((BERTIL, 99))),
        &[recused(ANNA, Some(BERTIL))],
    );
    for role in Role::ALL {
        let refused = match role {
            Role::Coordinator => continue,
            Role::Assessor => No::NotAssigned,
            _ => No::WrongRole,
        };
        given.refuses(COORDINATOR, role, recuse(ANNA, None), refused);
    }
    let elsewhere = Actor {
        organisation: organisation("trollhattan"),
        ..actor(COORDINATOR, Role::Coordinator)
    };
    assert_eq!(given.when_by(elsewhere, recuse(ANNA, None)), Err(No::WrongOrganisation));
    // Assessors take nobody off but themselves.
    given.refuses(BERTIL, Role::Assessor, recuse(ANNA, None), No::WrongRole);
    Given::nothing().refuses(COORDINATOR, Role::Coordinator, recuse(ANNA, None), No::Unknown);
}

#[test]
fn an_assessor_steps_aside_and_does_not_choose_who_takes_over() {
    let given = Given::assigned();
    given.gives(ANNA, Role::Assessor, recuse(ANNA, None), &[recused(ANNA, None)]);
    given.refuses(ANNA, Role::Assessor, recuse(ANNA, Some((CECILIA, 0))), No::WrongRole);
    given.refuses(ANNA, Role::Assessor, recuse(BERTIL, None), No::WrongRole);
    // Not as somebody in another role either.
    given.refuses(ANNA, Role::DecisionMaker, recuse(ANNA, None), No::WrongRole);
}

#[test]
fn nobody_is_taken_off_twice_or_after_the_reveal() {
    let given = Given::assigned().coordinator(recuse(ANNA, Some((CECILIA, 0))));
    given.does_nothing(COORDINATOR, Role::Coordinator, recuse(ANNA, Some((CECILIA, 5))));
    given.refuses(COORDINATOR, Role::Coordinator, recuse(ANNA, None), No::SteppedAside);
    given.refuses(COORDINATOR, Role::Coordinator, recuse(DECIDER, None), No::NotAssigned);
    Given::revealed().refuses(COORDINATOR, Role::Coordinator, recuse(ANNA, None), No::AlreadyRevealed);
}

#[test]
fn a_successor_is_somebody_else_who_may_assess() {
    let given = Given::assigned();
    let replace = |who, load| recuse(ANNA, Some((who, load)));
    given.refuses(COORDINATOR, Role::Coordinator, replace(ANNA, 0), No::SteppedAside);
    given.refuses(COORDINATOR, Role::Coordinator, replace(COAUTHOR, 0), No::OwnIdea);
    given.refuses(COORDINATOR, Role::Coordinator, replace(CECILIA, 10), No::LoadCapReached);
    let without = given.coordinator(recuse(BERTIL, None));
    without.refuses(COORDINATOR, Role::Coordinator, replace(BERTIL, 0), No::SteppedAside);
}
