//! What coordinators and registrars do beside screening, and where each of it is allowed.

use super::{COORDINATOR, Given, SUBMITTER, brief, decision, refer, started, superseded_by};
use crate::ids::{day, form, idea, organisation, person, text};
use idesluss_domain::submission::idea::*;
use idesluss_domain::words::{CallId, Date, Outcome, Role};
use uuid::Uuid;

use IdeaRejection as No;

fn coordinator(given: &Given, action: Action) -> Result<Vec<IdeaEvent>, IdeaRejection> {
    given.when(COORDINATOR, Role::Coordinator, action)
}

/// An idea in every phase that the rules know.
pub(crate) fn in_every_phase() -> Vec<Given> {
    let submitted = Given::submitted;
    let with_brief = || submitted().coordinator(Action::ApproveBrief(brief(1)));
    let phases = vec![
        submitted(),
        submitted().coordinator(Action::Ask(text(1))),
        Given::accepted(),
        Given::accepted().service(started(1)),
        Given::decided(Outcome::Return),
        submitted().coordinator(hand(day(30))),
        with_brief().coordinator(refer()),
        submitted().coordinator(decline()),
        submitted().coordinator(link(2)),
        submitted().coordinator(superseded_by(&[idea(2)])),
        submitted().coordinator(Action::Park(text(1))),
        submitted().then(SUBMITTER, Role::Submitter, Action::Withdraw(None)),
        submitted()
            .then(SUBMITTER, Role::Submitter, Action::Withdraw(None))
            .coordinator(Action::Close),
    ];
    let names: Vec<_> = phases.iter().filter_map(|given| given.state().phase).collect();
    use Phase::*;
    let all = [
        Submitted,
        NeedsClarification,
        Accepted,
        InEvaluation,
        Decided,
        AtHome,
        Referred,
        Declined,
        Duplicate,
        Superseded,
        Parked,
        Withdrawn,
        Closed,
    ];
    assert_eq!(names, all);
    phases
}

fn hand(due: Date) -> Action {
    Action::HandToLine(HandToLine {
        unit: text(4),
        responsible: text(5),
        due,
    })
}

fn decline() -> Action {
    Action::Decline(Decline {
        reason: DeclineReason::Exists,
        text: text(4),
        instead: Some(text(5)),
    })
}

fn link(of: u128) -> Action {
    Action::LinkAsDuplicate {
        of: idea(of),
        home: Some(crate::ids::organisation("uddevalla")),
        consented: true,
    }
}

/// The phases in which something is not refused for where the idea stands.
fn phases_of(action: &Action) -> Vec<Phase> {
    in_every_phase()
        .into_iter()
        .filter(|given| {
            let refused = coordinator(given, action.clone()).err();
            !matches!(refused, Some(No::WrongState | No::Ended))
        })
        .filter_map(|given| given.state().phase)
        .collect()
}

#[test]
fn each_step_is_taken_in_the_phases_that_it_belongs_to() {
    use Phase::*;
    let going_on = [
        Submitted,
        NeedsClarification,
        Accepted,
        InEvaluation,
        Decided,
        AtHome,
        Referred,
        Declined,
        Parked,
    ];
    for (action, phases) in [
        (Action::Ask(text(1)), &[Submitted][..]),
        (Action::AssignCoordinator(person(8)), &going_on),
        (Action::SuggestSimilar(vec![idea(5)]), &going_on),
        (Action::ApproveBrief(brief(3)), &going_on),
        (
            Action::MoveAnswerDue {
                answer_due: day(30),
                reason: text(1),
            },
            &going_on,
        ),
        (superseded_by(&[idea(3)]), &going_on),
        // Decided stands for returned: it goes to the same gate again.
        (Action::Accept, &[Submitted, NeedsClarification, Decided]),
        (hand(day(30)), &[Submitted, NeedsClarification]),
        (refer(), &[Submitted, NeedsClarification]),
        (decline(), &[Submitted, NeedsClarification]),
        // A duplicate is linked already; the same again would do nothing, another is refused.
        (link(3), &[Submitted, NeedsClarification]),
        (Action::Reopen(text(1)), &[Declined]),
        (Action::Park(text(1)), &[Submitted, NeedsClarification, Decided]),
        (
            Action::Reactivate {
                call: None,
                need: text(1),
            },
            &[Parked],
        ),
        (
            Action::Implement {
                result: text(1),
                shareable: true,
            },
            &[AtHome],
        ),
        (
            Action::FeedBack(text(1)),
            &[
                InEvaluation,
                Decided,
                AtHome,
                Referred,
                Declined,
                Duplicate,
                Superseded,
                Parked,
            ],
        ),
        (
            Action::Close,
            &[Decided, Referred, Declined, Duplicate, Superseded, Withdrawn, Closed],
        ),
    ] {
        assert_eq!(phases_of(&action), phases, "{action:?}");
    }
}

#[test]
fn an_idea_is_given_to_a_coordinator_once() {
    let assign = |who| Action::AssignCoordinator(person(who));
    let given = Given::submitted();
    let events = [CoordinatorAssigned { coordinator: person(8) }.into()];
    assert_eq!(coordinator(&given, assign(8)).as_deref(), Ok(&events[..]));
    let assigned = given.coordinator(assign(8));
    assert_eq!(coordinator(&assigned, assign(8)), Ok(vec![]));
    assert!(coordinator(&assigned, assign(9)).is_ok_and(|events| events.len() == 1));
    assigned.refuses(SUBMITTER, Role::Submitter, assign(9), No::WrongRole);
}

#[test]
fn an_idea_is_registered_by_a_registrar_or_coordinator_also_after_its_end() {
    let register = |secrecy: Option<&str>| Action::Register {
        number: form("KS 2026/117"),
        secrecy: secrecy.map(form),
    };
    let registered = |secrecy: Option<&str>| IdeaRegistered {
        number: form("KS 2026/117"),
        secrecy: secrecy.map(form),
    };
    let given = Given::submitted().then(SUBMITTER, Role::Submitter, Action::Withdraw(None));
    for role in [Role::Registrar, Role::Coordinator] {
        assert_eq!(given.when(9, role, register(None)), Ok(vec![registered(None).into()]));
    }
    given.refuses(9, Role::DecisionMaker, register(None), No::WrongRole);
    let done = given.then(9, Role::Registrar, register(None));
    assert_eq!(done.when(9, Role::Registrar, register(None)), Ok(vec![]));
    let secret = Some("OSL 31 kap. 16 §");
    assert_eq!(
        done.when(9, Role::Registrar, register(secret)),
        Ok(vec![registered(secret).into()])
    );
}

#[test]
fn a_promise_is_moved_to_a_day_that_has_not_passed() {
    let to = |number| Action::MoveAnswerDue {
        answer_due: day(number),
        reason: text(1),
    };
    let given = Given::submitted();
    let moved = AnswerDueMoved {
        answer_due: day(24),
        reason: text(1),
    };
    assert_eq!(coordinator(&given, to(24)), Ok(vec![moved.into()]));
    assert_eq!(coordinator(&given, to(23)), Err(No::DatePast));
    let done = given.coordinator(to(24));
    assert_eq!(done.state().answer_due, Some(day(24)));
    assert_eq!(coordinator(&done, to(24)), Ok(vec![]));
    assert_eq!(coordinator(&Given::imported(), to(30)), Err(No::NoReceipt));
    done.refuses(SUBMITTER, Role::Submitter, to(30), No::WrongRole);
}

#[test]
fn similar_ideas_are_others() {
    let given = Given::submitted();
    let suggest = |ideas: &[u128]| Action::SuggestSimilar(ideas.iter().map(|&number| idea(number)).collect());
    let suggested = SimilarIdeasSuggested {
        ideas: vec![idea(3), idea(2)],
    };
    assert_eq!(
        coordinator(&given, suggest(&[3, 2])),
        Ok(vec![suggested.clone().into()])
    );
    assert_eq!(
        given.when(0, Role::Service, suggest(&[3, 2])),
        Ok(vec![suggested.into()])
    );
    assert_eq!(coordinator(&given, suggest(&[])), Ok(vec![]));
    assert_eq!(coordinator(&given, suggest(&[2, 1])), Err(No::Itself));
    given.refuses(SUBMITTER, Role::Submitter, suggest(&[2]), No::WrongRole);
    let supersede = superseded_by(&[idea(2), idea(1)]);
    assert_eq!(coordinator(&given, supersede), Err(No::Itself));
}

#[test]
fn what_is_superseded_or_linked_says_by_what_and_once() {
    let by = superseded_by(&[idea(2)]);
    let given = Given::submitted();
    assert_eq!(
        coordinator(&given, by.clone()),
        Ok(vec![IdeaSuperseded { by: vec![idea(2)] }.into()])
    );
    let superseded = given.clone().coordinator(by.clone());
    assert_eq!(superseded.state().linked, [idea(2)]);
    assert_eq!(coordinator(&superseded, by), Ok(vec![]));
    assert_eq!(coordinator(&superseded, superseded_by(&[idea(3)])), Err(No::Ended));
    let linked = given.coordinator(link(2));
    assert_eq!(linked.0.last(), Some(&IdeaLinkedAsDuplicate { of: idea(2) }.into()));
    assert_eq!(linked.state().linked, [idea(2)]);
    assert_eq!(coordinator(&linked, superseded_by(&[idea(2)])), Err(No::Ended));
    assert_eq!(coordinator(&linked, link(3)), Err(No::WrongState));
    // The one that was superseded is no duplicate of the same.
    assert_eq!(coordinator(&superseded, link(2)), Err(No::WrongState));
}

#[test]
fn a_brief_has_a_title_and_the_same_again_is_no_new_version() {
    let given = Given::submitted();
    let approved = BriefApproved {
        version: 1,
        texts: brief(1).texts,
    };
    assert_eq!(
        coordinator(&given, Action::ApproveBrief(brief(1))),
        Ok(vec![approved.into()])
    );
    let mut bare = brief(1);
    bare.texts.remove("title");
    assert_eq!(coordinator(&given, Action::ApproveBrief(bare)), Err(No::TextsMissing));
    let done = given.coordinator(Action::ApproveBrief(brief(1)));
    assert_eq!(coordinator(&done, Action::ApproveBrief(brief(1))), Ok(vec![]));
    let evaluated = Given::accepted().service(started(1));
    assert_eq!(
        coordinator(&evaluated, Action::ApproveBrief(brief(3))),
        Err(No::BriefInUse)
    );
}

#[test]
fn what_coordinators_say_is_written_as_they_say_it() {
    let given = Given::submitted().coordinator(Action::ApproveBrief(brief(1)));
    let one = |given: &Given, action: Action| match coordinator(given, action).as_deref() {
        Ok([event]) => event.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        one(&given, Action::Ask(text(3))),
        ClarificationRequested { question: text(3) }.into()
    );
    let handed = IdeaHandedToLine {
        unit: text(4),
        responsible: text(5),
        due: day(24),
    };
    assert_eq!(one(&given, hand(day(24))), handed.into());
    let declined = IdeaDeclined {
        reason: Some(DeclineReason::Exists),
        text: Some(text(4)),
        instead: Some(text(5)),
    };
    assert_eq!(one(&given, decline()), declined.into());
    let reopened = given.clone().coordinator(decline());
    assert_eq!(
        one(&reopened, Action::Reopen(text(6))),
        IdeaReopened { reason: text(6) }.into()
    );
    assert_eq!(
        one(&given, Action::Park(text(7))),
        IdeaParked { terms: Some(text(7)) }.into()
    );
    let parked = given.clone().coordinator(Action::Park(text(7)));
    let call = Some(CallId(Uuid::from_u128(7)));
    let need = text(8);
    assert_eq!(
        one(&parked, Action::Reactivate { call, need }),
        IdeaReactivated { call, need }.into()
    );
    let referred = IdeaReferred {
        receiver: organisation("fyrbodal"),
        secrecy_check: SecrecyCheck::NothingSecret,
        brief_version: 1,
        brief: idesluss_domain::words::copied(&brief(1).texts),
        received_as: idea(2),
        authors: vec![person(SUBMITTER)],
    };
    assert_eq!(one(&given, refer()), referred.into());
    let Action::Refer(mut itself) = refer() else {
        unreachable!("it refers")
    };
    itself.received_as = idea(1);
    assert_eq!(coordinator(&given, Action::Refer(itself)), Err(No::Itself));
}

#[test]
fn the_line_gets_what_advanced_and_what_an_older_box_had_accepted() {
    let advanced = Given::decided(Outcome::Advance);
    assert!(coordinator(&advanced, hand(day(30))).is_ok_and(|events| events.len() == 1));
    for outcome in [Outcome::Return, Outcome::Park, Outcome::Reject] {
        assert_eq!(
            coordinator(&Given::decided(outcome), hand(day(30))),
            Err(No::WrongState)
        );
    }
    assert_eq!(coordinator(&Given::accepted(), hand(day(30))), Err(No::WrongState));
    let older = Given::imported().coordinator(Action::TakeOver(EarlierStatus::Accepted));
    assert!(coordinator(&older, hand(day(30))).is_ok_and(|events| events.len() == 1));
}

#[test]
fn an_idea_that_was_not_returned_is_not_accepted_twice() {
    for outcome in [Outcome::Advance, Outcome::Park, Outcome::Reject] {
        assert_eq!(
            coordinator(&Given::decided(outcome), Action::Accept),
            Err(No::WrongState)
        );
    }
    assert_eq!(coordinator(&Given::accepted(), Action::Accept), Err(No::WrongState));
}

#[test]
fn a_parked_idea_that_had_advanced_comes_to_the_next_gate() {
    let accepted = |given: Given| {
        let reactivated = given.coordinator(Action::Reactivate {
            call: None,
            need: text(1),
        });
        match reactivated.coordinator(Action::Accept).0.pop() {
            Some(IdeaEvent::IdeaAccepted(event)) => (event.gate, event.round),
            other => panic!("accepted, not {other:?}"),
        }
    };
    let advanced = Given::decided(Outcome::Advance);
    let parked = advanced.clone().coordinator(Action::Park(text(7)));
    // The second round was begun with the decision, and came to nothing.
    assert_eq!(accepted(parked), (Some(super::gate(2)), 3));
    // Parked at its second gate: that one again, in the third round.
    let parked = advanced.service(started(2)).service(decision(2, Outcome::Park));
    assert_eq!(accepted(parked), (Some(super::gate(2)), 3));
}
