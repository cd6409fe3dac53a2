//! What was decided is decided anew; what held before stays in the journal.

use super::opening::close;
use super::*;
use EvaluationRejection as No;

fn anew(outcome: Outcome) -> Action {
    Action::Reconsider(Box::new(decision(outcome)))
}

#[test]
fn a_decision_is_reconsidered_by_the_same_rules_and_numbered() {
    let given = Given::decided(Outcome::Advance);
    let reconsidered = |number, outcome| DecisionReconsidered {
        number,
        decision: made(Gate::Opportunity, outcome),
    };
    let first = [
        verified(Gate::Opportunity).into(),
        reconsidered(1, Outcome::Reject).into(),
    ];
    given.gives(DECIDER, Role::DecisionMaker, anew(Outcome::Reject), &first);
    given.is_only_for(&[Role::DecisionMaker], DECIDER, &anew(Outcome::Reject));
    let rejected = given.then(DECIDER, Role::DecisionMaker, anew(Outcome::Reject));
    assert_eq!(
        rejected.state().decision().map(|made| made.outcome),
        Some(Outcome::Reject)
    );
    rejected.does_nothing(DECIDER, Role::DecisionMaker, anew(Outcome::Reject));
    let second = [
        verified(Gate::Opportunity).into(),
        reconsidered(2, Outcome::Advance).into(),
    ];
    rejected.gives(DECIDER, Role::DecisionMaker, anew(Outcome::Advance), &second);
}

#[test]
fn only_what_is_decided_is_reconsidered() {
    Given::nothing().refuses(DECIDER, Role::DecisionMaker, anew(Outcome::Reject), No::Unknown);
    Given::ready().refuses(DECIDER, Role::DecisionMaker, anew(Outcome::Reject), No::NotDecided);
    let closed = Given::decided(Outcome::Advance).service(close(CloseReason::Withdrawn));
    closed.refuses(DECIDER, Role::DecisionMaker, anew(Outcome::Reject), No::Closed);
    // A repeat of what holds stays a repeat.
    closed.does_nothing(DECIDER, Role::DecisionMaker, anew(Outcome::Advance));
}

#[test]
fn whoever_may_not_decide_does_not_reconsider() {
    let given = Given::decided(Outcome::Advance);
    given.refuses(SUBMITTER, Role::DecisionMaker, anew(Outcome::Advance), No::OwnIdea);
    given.refuses(ANNA, Role::DecisionMaker, anew(Outcome::Reject), No::AssessedThisGate);
    given.refuses(OWNER, Role::DecisionMaker, anew(Outcome::Reject), No::NotDeclared);
    let biased = given.then(DECIDER, Role::DecisionMaker, Action::DeclareConflict(None));
    biased.refuses(
        DECIDER,
        Role::DecisionMaker,
        anew(Outcome::Reject),
        No::ConflictOfInterest,
    );
}

#[test]
fn a_board_reconsiders_what_a_person_decided() {
    let given = Given::decided(Outcome::Advance);
    let action = Action::Reconsider(Box::new(Decide {
        who: board(),
        ..decision(Outcome::Advance)
    }));
    let decision = DecisionMade {
        decided_by: DecidedBy::Board {
            board: "Kommunstyrelsen".into(),
            meeting: day(20),
            paragraph: form("§ 112"),
            recorded_by: person(REGISTRAR),
        },
        decided_on: day(20),
        ..made(Gate::Opportunity, Outcome::Advance)
    };
    let reconsidered = DecisionReconsidered { number: 1, decision };
    given.gives(REGISTRAR, Role::Registrar, action, &[reconsidered.into()]);
}
