//! One person with a mandate, or a board, decides.

use super::*;
use EvaluationRejection as No;
use idesluss_domain::evaluation::delegation_order::{Mandate, NoMandate};

fn change(change: impl FnOnce(&mut Decide)) -> Action {
    let mut decision = decision(Outcome::Advance);
    change(&mut decision);
    Action::Decide(Box::new(decision))
}

#[test]
fn a_person_decides_under_a_mandate_that_is_told_beside_it() {
    for outcome in [Outcome::Advance, Outcome::Return, Outcome::Park, Outcome::Reject] {
        let events = [
            verified(Gate::Opportunity).into(),
            made(Gate::Opportunity, outcome).into(),
        ];
        Given::ready().gives(DECIDER, Role::DecisionMaker, decide(outcome), &events);
    }
    Given::ready().is_only_for(&[Role::DecisionMaker], DECIDER, &decide(Outcome::Reject));
    Given::nothing().refuses(DECIDER, Role::DecisionMaker, decide(Outcome::Reject), No::Unknown);
}

#[test]
fn conditions_and_home_are_part_of_the_decision() {
    let action = change(|decide| {
        decide.home = true;
        decide.conditions = Some(text(72));
    });
    let decided = DecisionMade {
        home: true,
        conditions: Some(text(72)),
        ..made(Gate::Opportunity, Outcome::Advance)
    };
    let events = [verified(Gate::Opportunity).into(), decided.into()];
    Given::ready().gives(DECIDER, Role::DecisionMaker, action, &events);
    for outcome in [Outcome::Return, Outcome::Park, Outcome::Reject] {
        let action = change(|decide| {
            decide.home = true;
            decide.outcome = outcome;
        });
        Given::ready().refuses(DECIDER, Role::DecisionMaker, action, No::HomeNeedsAdvance);
    }
}

#[test]
fn what_is_decided_is_decided_once() {
    let given = Given::decided(Outcome::Advance);
    given.does_nothing(DECIDER, Role::DecisionMaker, decide(Outcome::Advance));
    // The page may have been drawn anew, and the mandate be found or not: it is the same decision.
    let again = change(|decide| {
        decide.who = Who::Actor(Err(NoMandate::NoOrder));
        decide.basis.seen = 999;
    });
    given.does_nothing(DECIDER, Role::DecisionMaker, again);
    let differs = |action| given.refuses(DECIDER, Role::DecisionMaker, action, No::AlreadyDecided);
    differs(decide(Outcome::Reject));
    differs(change(|decide| decide.home = true));
    differs(change(|decide| decide.reasons = text(9)));
    differs(change(|decide| decide.conditions = Some(text(9))));
    differs(change(|decide| decide.cost_kronor = 1));
    differs(decide_by(board()));
    // Said by somebody else it is another decision.
    given.refuses(OWNER, Role::DecisionMaker, decide(Outcome::Advance), No::NotDeclared);
    let given = given.then(OWNER, Role::DecisionMaker, Action::DeclareNoConflict);
    given.refuses(OWNER, Role::DecisionMaker, decide(Outcome::Advance), No::AlreadyDecided);
    // Who may not decide does not learn whether it was the same.
    given.refuses(DECIDER, Role::Assessor, decide(Outcome::Advance), No::WrongRole);
}

#[test]
fn nobody_decides_on_an_idea_of_their_own_or_in_conflict() {
    let given = Given::revealed();
    for author in [SUBMITTER, COAUTHOR] {
        given.refuses(author, Role::DecisionMaker, decide(Outcome::Advance), No::OwnIdea);
        given.refuses(author, Role::Registrar, decide_by(board()), No::OwnIdea);
    }
    let biased = given.then(DECIDER, Role::DecisionMaker, Action::DeclareConflict(None));
    biased.refuses(
        DECIDER,
        Role::DecisionMaker,
        decide(Outcome::Advance),
        No::ConflictOfInterest,
    );
    biased.refuses(DECIDER, Role::DecisionMaker, decide_by(board()), No::ConflictOfInterest);
}

#[test]
fn who_assessed_this_gate_does_not_decide_on_it() {
    let given = Given::revealed();
    let refuses = |given: &Given, who| {
        given.refuses(who, Role::DecisionMaker, decide(Outcome::Advance), No::AssessedThisGate);
    };
    refuses(&given, ANNA);
    refuses(&given, BEFORE);
    // Neither does who was asked, or who assessed and was taken off.
    let cecilias = assessment(46, 2, 2);
    let replaced = Given::assessed()
        .coordinator(super::panel::recuse(BERTIL, Some((CECILIA, 0))))
        .then(CECILIA, Role::Assessor, Action::DeclareNoConflict)
        .then(CECILIA, Role::Assessor, Action::Submit(cecilias.clone()))
        .coordinator(Action::Reveal(vec![
            opening(ANNA, &annas()),
            opening(CECILIA, &cecilias),
        ]));
    refuses(&replaced, BERTIL);
    // Who was taken off before giving anything may.
    let never = Given::assigned()
        .coordinator(assign(&[CECILIA]))
        .coordinator(super::panel::recuse(CECILIA, None));
    assert!(!never.state().assesses_this_gate(person(CECILIA)));
    assert!(never.state().assesses_this_gate(person(ANNA)));
    assert!(!never.state().assesses_this_gate(person(DECIDER)));
}

#[test]
fn a_decider_declares_first_and_sees_everything_that_was_assessed() {
    Given::revealed().refuses(DECIDER, Role::DecisionMaker, decide(Outcome::Advance), No::NotDeclared);
    let hidden = Given::assessed().then(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict);
    hidden.refuses(DECIDER, Role::DecisionMaker, decide(Outcome::Advance), No::NotRevealed);
    hidden.refuses(REGISTRAR, Role::Registrar, decide_by(board()), No::NotRevealed);
}

#[test]
fn from_concept_on_nothing_advances_without_a_need_owner() {
    for gate in [Gate::Concept, Gate::Pilot, Gate::Rollout] {
        let given = Given::opened_at(gate).with_everything_shown().then(
            DECIDER,
            Role::DecisionMaker,
            Action::DeclareNoConflict,
        );
        given.refuses(DECIDER, Role::DecisionMaker, decide(Outcome::Advance), No::NoNeedOwner);
        // What does not advance needs nobody.
        let no = [verified(gate).into(), made(gate, Outcome::Reject).into()];
        given.gives(DECIDER, Role::DecisionMaker, decide(Outcome::Reject), &no);
        let yes = [verified(gate).into(), made(gate, Outcome::Advance).into()];
        Given::ready_at(gate).gives(DECIDER, Role::DecisionMaker, decide(Outcome::Advance), &yes);
    }
}

#[test]
fn a_page_that_is_older_than_the_latest_news_decides_nothing() {
    let given = Given::ready();
    let page = |seen, size, latest| {
        change(|decide| {
            decide.basis.seen = seen;
            decide.basis.size = size;
            decide.latest = latest;
        })
    };
    given.refuses(DECIDER, Role::DecisionMaker, page(41, 50, Some(42)), No::SomethingNew);
    given.refuses(DECIDER, Role::DecisionMaker, page(42, 42, Some(41)), No::SeenAhead);
    given.refuses(DECIDER, Role::DecisionMaker, page(43, 42, None), No::SeenAhead);
    for fresh in [page(41, 42, Some(41)), page(41, 42, Some(3)), page(41, 42, None)] {
        assert!(given.when(DECIDER, Role::DecisionMaker, fresh).is_ok());
    }
}

#[test]
fn without_a_mandate_the_nearest_miss_is_told() {
    let given = Given::ready();
    for (none, rejection) in [
        (NoMandate::NoOrder, No::NoDelegationOrder),
        (NoMandate::NotHeld, No::NoMandate),
        (NoMandate::Gate, No::NoMandateGate),
        (NoMandate::Amount, No::NoMandateAmount),
    ] {
        given.refuses(
            DECIDER,
            Role::DecisionMaker,
            decide_by(Who::Actor(Err(none))),
            rejection,
        );
        assert_eq!(No::from(none), rejection);
    }
}

#[test]
fn the_mandate_that_was_found_must_be_for_this() {
    let given = Given::ready();
    let with = |change: &dyn Fn(&mut Mandate)| {
        let mut mandate = mandate();
        change(&mut mandate);
        given.when(DECIDER, Role::DecisionMaker, decide_by(Who::Actor(Ok(mandate))))
    };
    let wrong: [&dyn Fn(&mut Mandate); 7] = [
        &|mandate| mandate.holder = person(OWNER),
        &|mandate| mandate.gates = vec![Gate::Concept, Gate::Pilot, Gate::Rollout],
        &|mandate| mandate.up_to_kronor = 19_999,
        &|mandate| mandate.valid_from = day(25),
        &|mandate| mandate.valid_until = Some(day(23)),
        &|mandate| mandate.revoked_from = Some(day(24)),
        &|mandate| mandate.organisation = organisation("trollhattan"),
    ];
    for change in wrong {
        assert_eq!(with(change), Err(No::WrongMandate));
    }
    let right: [&dyn Fn(&mut Mandate); 5] = [
        &|mandate| mandate.gates = vec![Gate::Opportunity],
        &|mandate| mandate.up_to_kronor = 20_000,
        &|mandate| mandate.valid_from = day(24),
        &|mandate| mandate.valid_until = Some(day(24)),
        &|mandate| mandate.revoked_from = Some(day(25)),
    ];
    for change in right {
        assert!(with(change).is_ok_and(|events| events.len() == 2));
    }
}

#[test]
fn a_board_decides_on_the_day_of_its_meeting_without_a_mandate() {
    let given = Given::revealed();
    for role in [Role::DecisionMaker, Role::Coordinator, Role::Registrar] {
        let decided = DecisionMade {
            decided_by: DecidedBy::Board {
                board: "Kommunstyrelsen".into(),
                meeting: day(20),
                paragraph: form("§ 112"),
                recorded_by: person(REGISTRAR),
            },
            decided_on: day(20),
            ..made(Gate::Opportunity, Outcome::Advance)
        };
        given.gives(REGISTRAR, role, decide_by(board()), &[decided.into()]);
    }
    given.is_only_for(
        &[Role::DecisionMaker, Role::Coordinator, Role::Registrar],
        REGISTRAR,
        &decide_by(board()),
    );
    // Who assessed may write down what a board decided: it is not their decision.
    assert!(given.when(ANNA, Role::DecisionMaker, decide_by(board())).is_ok());
    let meeting = |number| {
        decide_by(Who::Board {
            board: "Kommunstyrelsen".into(),
            meeting: day(number),
            paragraph: form("§ 112"),
        })
    };
    given.refuses(REGISTRAR, Role::Registrar, meeting(25), No::DateAhead);
    assert!(given.when(REGISTRAR, Role::Registrar, meeting(24)).is_ok());
}

#[test]
fn a_boards_decision_is_told_apart_by_board_meeting_and_paragraph() {
    let given = Given::decided_by_board().then(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict);
    given.does_nothing(COORDINATOR, Role::Coordinator, decide_by(board()));
    let other = |board: &str, meeting, paragraph: &str| {
        decide_by(Who::Board {
            board: board.into(),
            meeting: day(meeting),
            paragraph: form(paragraph),
        })
    };
    for differs in [
        other("Socialnämnden", 20, "§ 112"),
        other("Kommunstyrelsen", 19, "§ 112"),
        other("Kommunstyrelsen", 20, "§ 113"),
        decide(Outcome::Advance),
    ] {
        given.refuses(DECIDER, Role::DecisionMaker, differs, No::AlreadyDecided);
    }
}

#[test]
fn a_board_decides_on_what_had_been_opened_when_it_met() {
    let given = Given::revealed();
    let met_on = |number| {
        decide_by(Who::Board {
            board: "Kommunstyrelsen".into(),
            meeting: day(number),
            paragraph: form("§ 112"),
        })
    };
    given.refuses(
        REGISTRAR,
        Role::Registrar,
        met_on(17),
        EvaluationRejection::MeetingTooEarly,
    );
    for number in [18, 24] {
        assert!(given.when(REGISTRAR, Role::Registrar, met_on(number)).is_ok());
    }
    given.refuses(REGISTRAR, Role::Registrar, met_on(25), EvaluationRejection::DateAhead);
}
