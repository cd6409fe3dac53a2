use super::{COORDINATOR, Given, SUBMITTER, brief, decision, evaluation, gate, hand_to_line, started};
use crate::ids::{form, text};
use idesluss_domain::submission::idea::*;
use idesluss_domain::words::{Gate, Outcome, Role};

#[test]
fn an_idea_that_advances_goes_to_the_next_gate_by_itself() {
    let given = Given::decided(Outcome::Advance);
    let decided = GateDecided {
        evaluation: evaluation(1),
        gate: Gate::Opportunity,
        round: 1,
        outcome: Outcome::Advance,
        home: false,
        next: Some(NextGate {
            gate: Gate::Concept,
            round: 2,
        }),
    };
    assert_eq!(given.0.last(), Some(&decided.into()));
    let mut given = given;
    for round in 2..=4 {
        given = given.service(started(round));
        assert_eq!(given.state().phase, Some(Phase::InEvaluation));
        given = given.service(decision(round, Outcome::Advance));
    }
    let rolled_out = given.clone();
    let [.., IdeaEvent::GateDecided(last), proposed] = &*given.0 else {
        panic!("decided")
    };
    assert_eq!((last.gate, last.next), (Gate::Rollout, None));
    // What is rolled out others can use, and nothing was proposed to them before.
    let decided_in = Some(last.evaluation);
    assert_eq!(*proposed, SharingProposed { decided_in }.into());
    let is_proposed = |event: &&IdeaEvent| matches!(event, IdeaEvent::SharingProposed(_));
    assert_eq!(given.0.iter().filter(is_proposed).count(), 1);
    // Once is enough: neither what is carried out at home afterwards nor another word on the same decision proposes it anew.
    let carried_out = rolled_out
        .clone()
        .coordinator(hand_to_line())
        .coordinator(Action::Implement {
            result: text(3),
            shareable: true,
        });
    assert_eq!(carried_out.0.iter().filter(is_proposed).count(), 1);
    // Nor is what was withdrawn meanwhile proposed to anybody.
    let withdrawn = {
        let mut before = rolled_out;
        before.0.truncate(before.0.len() - 2);
        before.then(SUBMITTER, Role::Submitter, Action::Withdraw(None))
    };
    let decided = withdrawn.service(decision(4, Outcome::Advance));
    assert_eq!(decided.0.iter().filter(is_proposed).count(), 0);
}

#[test]
fn what_was_carried_out_at_home_is_proposed_to_others_where_they_could_use_it() {
    let at_home = Given::submitted().coordinator(hand_to_line());
    for shareable in [true, false] {
        let result = text(3);
        let implement = Action::Implement { result, shareable };
        let events = at_home.when(COORDINATOR, Role::Coordinator, implement);
        let implemented = IdeaImplemented {
            result: Some(result),
            shareable,
        };
        let proposed = shareable.then(|| SharingProposed { decided_in: None }.into());
        let expected: Vec<IdeaEvent> = std::iter::once(implemented.into()).chain(proposed).collect();
        assert_eq!(events, Ok(expected));
    }
}

#[test]
fn a_returned_idea_waits_for_its_coordinator_and_comes_to_the_same_gate() {
    let given = Given::decided(Outcome::Return).coordinator(Action::ApproveBrief(brief(5)));
    let again = given
        .when(COORDINATOR, Role::Coordinator, Action::Accept)
        .expect("accepted");
    assert_eq!(
        again,
        [IdeaAccepted {
            brief_version: 2,
            gate: Some(Gate::Opportunity),
            round: 2
        }
        .into()]
    );
}

#[test]
fn a_decision_to_park_parks_and_a_rejected_idea_is_not_carried_out() {
    let parked = Given::decided(Outcome::Park);
    assert_eq!(parked.0.last(), Some(&IdeaParked { terms: None }.into()));
    let rejected = Given::decided(Outcome::Reject);
    rejected.refuses(
        COORDINATOR,
        Role::Coordinator,
        hand_to_line(),
        IdeaRejection::WrongState,
    );
}

#[test]
fn a_decision_made_before_a_withdrawal_arrived_stands_and_changes_nothing() {
    let given = Given::accepted()
        .service(started(1))
        .then(SUBMITTER, Role::Submitter, Action::Withdraw(None));
    let given = given.service(decision(1, Outcome::Advance));
    let Some(IdeaEvent::GateDecided(decided)) = given.0.last() else {
        panic!("recorded")
    };
    assert_eq!(decided.next, None);
    assert_eq!(given.state().phase, Some(Phase::Withdrawn));
}

#[test]
fn a_decision_or_start_heard_twice_is_recorded_once_and_a_foreign_one_never() {
    let given = Given::decided(Outcome::Advance);
    assert_eq!(given.when(0, Role::Service, decision(1, Outcome::Advance)), Ok(vec![]));
    assert_eq!(given.when(0, Role::Service, started(1)), Ok(vec![]));
    given.refuses(
        0,
        Role::Service,
        decision(3, Outcome::Advance),
        IdeaRejection::OtherEvaluation,
    );
    let foreign = GateDecision {
        evaluation: evaluation(7),
        gate: gate(1),
        round: 1,
        outcome: Outcome::Reject,
        home: false,
    };
    given.refuses(
        0,
        Role::Service,
        Action::RecordDecision(foreign),
        IdeaRejection::OtherEvaluation,
    );
    // Reconsidered: the other outcome is recorded beside the first.
    let anew = given.service(decision(1, Outcome::Reject));
    assert_eq!(anew.state().decisions[&1].outcome, Outcome::Reject);
}

#[test]
fn nothing_is_closed_before_the_submitter_has_heard() {
    let given = Given::submitted().coordinator(hand_to_line());
    given.refuses(COORDINATOR, Role::Coordinator, Action::Close, IdeaRejection::WrongState);
    let done = given.coordinator(Action::Implement {
        result: text(6),
        shareable: true,
    });
    done.refuses(COORDINATOR, Role::Coordinator, Action::Close, IdeaRejection::NotFedBack);
    let closed = done.coordinator(Action::FeedBack(text(7))).coordinator(Action::Close);
    assert_eq!(closed.state().phase, Some(Phase::Closed));
    closed.refuses(COORDINATOR, Role::Coordinator, hand_to_line(), IdeaRejection::Ended);
    assert_eq!(closed.when(COORDINATOR, Role::Coordinator, Action::Close), Ok(vec![]));
}

#[test]
fn an_erasure_is_done_when_every_service_has_confirmed() {
    let decide = |services: &[&str]| {
        let services = services.iter().map(|name| form(name)).collect();
        Action::DecideErasure(DecideErasure {
            basis: form("arkivlagen 10 §"),
            services,
            origin_erased: false,
        })
    };
    let both = ["submission", "evaluation"];
    let given = Given::submitted();
    given.refuses(9, Role::Registrar, decide(&both), IdeaRejection::NoErasure);
    given.refuses(
        9,
        Role::Submitter,
        Action::RequestErasure { origin_erased: false },
        IdeaRejection::NotYours,
    );
    let given = given
        .then(
            SUBMITTER,
            Role::Submitter,
            Action::RequestErasure { origin_erased: false },
        )
        .then(9, Role::Registrar, decide(&both));
    let first = given.service(Action::ConfirmErasure(form("submission")));
    assert_eq!(
        first.0.last(),
        Some(
            &TextsErased {
                service: form("submission")
            }
            .into()
        )
    );
    assert_eq!(
        first.when(0, Role::Service, Action::ConfirmErasure(form("submission"))),
        Ok(vec![])
    );
    let last = first
        .when(0, Role::Service, Action::ConfirmErasure(form("evaluation")))
        .expect("confirmed");
    assert_eq!(
        last,
        [
            TextsErased {
                service: form("evaluation")
            }
            .into(),
            PersonalDataErased {}.into()
        ]
    );
}

#[test]
fn an_erasure_that_was_refused_can_be_asked_for_again() {
    let refuse = Action::RefuseErasure {
        basis: form("TF 2"),
        reasons: text(3),
    };
    let given = Given::submitted().then(
        SUBMITTER,
        Role::Submitter,
        Action::RequestErasure { origin_erased: false },
    );
    let given = given.then(9, Role::Registrar, refuse.clone());
    given.refuses(9, Role::Registrar, refuse, IdeaRejection::NoErasure);
    assert!(
        given
            .when(
                SUBMITTER,
                Role::Submitter,
                Action::RequestErasure { origin_erased: false }
            )
            .is_ok_and(|events| events.len() == 1)
    );
}
