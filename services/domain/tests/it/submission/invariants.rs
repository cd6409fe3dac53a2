//! Whatever people and services try, in whatever order.

use super::{COORDINATOR, Given, SUBMITTER, brief, decision, refer, started, submit, superseded_by};
use crate::ids::{actor, day, form, idea, organisation, person, text};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::idea::*;
use idesluss_domain::words::{Outcome, Role};
use proptest::prelude::*;

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(vec![Outcome::Advance, Outcome::Return, Outcome::Park, Outcome::Reject])
}

/// Something that somebody may try, in the role in which it is usually done.
fn attempt() -> impl Strategy<Value = (u128, Role, Action)> {
    let hand = HandToLine {
        unit: text(4),
        responsible: text(5),
        due: day(30),
    };
    let decline = Decline {
        reason: DeclineReason::TooVague,
        text: text(4),
        instead: None,
    };
    let by_coordinator = prop::sample::select(vec![
        Action::Ask(text(1)),
        Action::ApproveBrief(brief(1)),
        Action::ApproveBrief(brief(3)),
        Action::Accept,
        Action::HandToLine(hand),
        refer(),
        Action::Decline(decline),
        Action::Reopen(text(2)),
        Action::Park(text(3)),
        Action::Reactivate {
            call: None,
            need: text(4),
        },
        Action::LinkAsDuplicate {
            of: idea(3),
            home: Some(crate::ids::organisation("uddevalla")),
            consented: true,
        },
        superseded_by(&[idea(4)]),
        Action::Implement {
            result: text(5),
            shareable: true,
        },
        Action::FeedBack(text(6)),
        Action::Close,
        Action::AssignCoordinator(person(8)),
    ])
    .prop_map(|action| (COORDINATOR, Role::Coordinator, action));
    let by_submitter = prop::sample::select(vec![
        Action::Submit(submit()),
        Action::Answer(text(1)),
        Action::Withdraw(None),
        Action::ProposeCoauthor(person(5)),
        Action::Consent(true),
        Action::Consent(false),
        Action::RequestErasure { origin_erased: false },
    ])
    .prop_map(|action| (SUBMITTER, Role::Submitter, action));
    let by_colleague = prop::sample::select(vec![
        Action::AnswerCoauthorship(true),
        Action::AnswerCoauthorship(false),
    ])
    .prop_map(|action| (5, Role::Submitter, action));
    let by_registrar = decide_erasure().prop_map(|(who, role)| {
        let decide = DecideErasure {
            basis: form("gallringsplan"),
            services: vec![form("submission")],
            origin_erased: false,
        };
        (who, role, Action::DecideErasure(decide))
    });
    let by_service = prop_oneof![
        (1u32..6).prop_map(started),
        (1u32..6, outcome()).prop_map(|(round, outcome)| decision(round, outcome)),
        Just(Action::Return(organisation("fyrbodal"))),
        Just(Action::Overdue(day(20))),
        Just(Action::ConfirmErasure(form("submission"))),
    ]
    .prop_map(|action| (0, Role::Service, action));
    prop_oneof![3 => by_coordinator, 1 => by_submitter, 1 => by_colleague, 1 => by_registrar, 2 => by_service]
}

/// Whoever may decide an erasure, among them the submitter in another role.
fn decide_erasure() -> impl Strategy<Value = (u128, Role)> {
    prop::sample::select(vec![
        (SUBMITTER, Role::Registrar),
        (9, Role::Registrar),
        (9, Role::DecisionMaker),
    ])
}

proptest! {
    #[test]
    fn no_sequence_of_commands_breaks_an_invariant(attempts in prop::collection::vec(attempt(), 0..60)) {
        let mut given = Given::submitted();
        let (mut accepted, mut ended) = (0, false);
        for (who, role, action) in attempts {
            let Ok(events) = given.when(who, role, action.clone()) else { continue };
            let before = given.state();
            if !events.is_empty() {
                let rule = action.rule();
                prop_assert!(rule.may(&actor(who, role), &before).is_ok(), "{}: against the table", rule.action);
                prop_assert!((rule.state)(&before).is_ok(), "{}: in a state that the table does not name", rule.action);
            }
            given.0.extend(events.iter().cloned());
            let after = given.state();
            for event in &events {
                match event {
                    IdeaEvent::IdeaAccepted(event) => {
                        prop_assert!(before.brief.is_some(), "accepted without a brief");
                        prop_assert!(event.round > accepted, "a round was asked for twice");
                        accepted = event.round;
                    }
                    IdeaEvent::GateDecided(event) => accepted = accepted.max(event.next.map_or(0, |next| next.round)),
                    IdeaEvent::IdeaReferred(_) => prop_assert!(before.brief.is_some()),
                    IdeaEvent::CoauthorAdded(event) => {
                        let asked = before.proposed.contains(&event.coauthor) || before.declined.contains(&event.coauthor);
                        prop_assert!(asked && event.coauthor == person(who), "an author who had not agreed");
                    }
                    IdeaEvent::ErasureDecided(_) => {
                        let asked = matches!(before.erasure, Some(Erasure::Requested(by)) if by != person(who));
                        prop_assert!(asked, "one person alone erased");
                    }
                    IdeaEvent::IdeaClosed(_) => {
                        let withdrawn = before.phase == Some(Phase::Withdrawn);
                        prop_assert!(before.told || withdrawn, "closed before the submitter had heard");
                    }
                    _ => {}
                }
            }
            prop_assert!(!ended || after.phase == Some(Phase::Closed), "came back from the end");
            ended = after.phase == Some(Phase::Closed);
            prop_assert!(after.authors.contains(&person(SUBMITTER)), "the submitter was lost");
        }
    }

    #[test]
    fn what_can_be_repeated_by_a_service_does_nothing_the_second_time(
        attempts in prop::collection::vec(attempt(), 0..40),
        round in 1u32..5,
        outcome in outcome(),
    ) {
        let mut given = Given::submitted();
        for (who, role, action) in attempts {
            given.0.extend(given.when(who, role, action).unwrap_or_default());
        }
        for action in [started(round), decision(round, outcome), Action::ConfirmErasure(form("submission"))] {
            if let Ok(events) = given.when(0, Role::Service, action.clone()) {
                given.0.extend(events);
                prop_assert_eq!(given.when(0, Role::Service, action), Ok(vec![]));
            }
        }
    }

    #[test]
    fn folding_takes_every_event_in_every_order(attempts in prop::collection::vec(attempt(), 0..40), turn in any::<usize>()) {
        let mut given = Given::submitted();
        for (who, role, action) in attempts {
            given.0.extend(given.when(who, role, action).unwrap_or_default());
        }
        let middle = turn % given.0.len();
        given.0.rotate_left(middle);
        let folded = given.0.iter().fold(Idea::default(), Ideas::evolve);
        prop_assert!(folded.phase.is_some());
    }

    #[test]
    fn every_event_is_read_back_as_it_was_written(attempts in prop::collection::vec(attempt(), 0..40)) {
        let mut given = Given::submitted();
        for (who, role, action) in attempts {
            given.0.extend(given.when(who, role, action).unwrap_or_default());
        }
        for event in &given.0 {
            let read = IdeaEvent::from_data(event.type_name(), &event.to_data()).expect("readable");
            prop_assert_eq!(read.as_ref(), Some(event));
        }
    }
}
