//! What submitters and their colleagues do, and what another organisation's sluice hands over.

use super::{COORDINATOR, Given, SUBMITTER, submit, texts};
use crate::ids::{actor, day, form, idea, organisation, person, text};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::idea::*;
use idesluss_domain::words::{Actor, AttachmentId, CallId, Role};
use uuid::Uuid;

use IdeaRejection as No;

#[test]
fn a_submitter_needs_a_title_and_a_problem_or_a_proposal() {
    let with = |fields: &[&str]| {
        let submit = Submit {
            texts: fields.iter().map(|field| ((*field).to_owned(), text(1))).collect(),
            ..submit()
        };
        Given::default()
            .when(SUBMITTER, Role::Submitter, Action::Submit(submit))
            .err()
    };
    assert_eq!(with(&["title", "problem"]), None);
    assert_eq!(with(&["title", "proposal"]), None);
    for bare in [&["title"][..], &["problem", "proposal"], &[]] {
        assert_eq!(with(bare), Some(No::TextsMissing), "{bare:?}");
    }
}

#[test]
fn terms_are_accepted_by_submitters_and_never_for_what_is_taken_over() {
    let terms = |terms: &str| Submit {
        terms: Some((form(terms), IdeaOwner::Shared)),
        ..submit()
    };
    let imported = Submit {
        imported: Some(Imported {
            import: form("idélådan"),
            reference: form("P-1"),
            submitted: None,
        }),
        ..terms("2026-1")
    };
    Given::default().refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::Submit(imported.clone()),
        No::TermsMissing,
    );
    Given::default().refuses(SUBMITTER, Role::Submitter, Action::Submit(imported), No::WrongRole);
}

#[test]
fn whoever_accepted_terms_that_hold_no_longer_reads_the_new_ones_first() {
    let accepted = |accepted: &str, in_force: Option<&str>| {
        let submit = Submit {
            terms: Some((form(accepted), IdeaOwner::Shared)),
            terms_in_force: in_force.map(form),
            ..submit()
        };
        Given::default().when(SUBMITTER, Role::Submitter, Action::Submit(submit))
    };
    assert!(accepted("2", Some("2")).is_ok());
    assert_eq!(accepted("1", Some("2")), Err(No::TermsChanged));
}

#[test]
fn what_is_taken_over_may_name_its_submitter_and_nobody_submits_for_another() {
    let named = |imported: bool| Submit {
        submitter: Some(person(77)),
        imported: imported.then(|| Imported {
            import: form("idélådan"),
            reference: form("P-1"),
            submitted: None,
        }),
        terms: (!imported).then(|| (form("2026-1"), IdeaOwner::Submitter)),
        call: Some(CallId(Uuid::from_u128(7))),
        ..submit()
    };
    let submitter = |given: Given| given.state().authors.into_iter().collect::<Vec<_>>();
    let taken_over = Given::default().coordinator(Action::Submit(named(true)));
    assert!(taken_over.state().is_imported());
    assert_eq!(taken_over.state().call, Some(CallId(Uuid::from_u128(7))));
    assert_eq!(submitter(taken_over), [person(77)]);
    let own = Given::default().then(SUBMITTER, Role::Submitter, Action::Submit(named(false)));
    assert!(!own.state().is_imported());
    assert_eq!(submitter(own), [person(SUBMITTER)]);
}

fn receive() -> Receive {
    Receive {
        origin: idea(9),
        origin_organisation: organisation("trollhattan"),
        brief: idesluss_domain::words::copied(&texts(3)),
        authors: vec![person(5), person(6)],
    }
}

#[test]
fn an_idea_from_elsewhere_is_a_new_one_with_an_approved_brief() {
    let action = Action::Receive(receive());
    let received = IdeaReceived {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        origin: idea(9),
        origin_organisation: organisation("trollhattan"),
        brief: idesluss_domain::words::copied(&texts(3)),
        authors: vec![person(5), person(6)],
    };
    let nothing = Given::default();
    assert_eq!(
        nothing.when(0, Role::Service, action.clone()),
        Ok(vec![received.into()])
    );
    nothing.refuses(COORDINATOR, Role::Coordinator, action.clone(), No::WrongRole);
    let given = nothing.service(action.clone());
    assert_eq!(given.when(0, Role::Service, action.clone()), Ok(vec![]));
    let state = given.state();
    assert_eq!(state.phase, Some(Phase::Submitted));
    assert_eq!(state.organisation(), Some(&organisation("uddevalla")));
    assert_eq!(
        state.brief.map(|brief| (brief.version, brief.texts)),
        Some((1, idesluss_domain::words::copied(&texts(3))))
    );
    assert_eq!(state.authors, [person(5), person(6)].into());
    let other = Receive {
        origin: idea(8),
        ..receive()
    };
    given.refuses(0, Role::Service, Action::Receive(other), No::OtherIdea);
    Given::submitted().refuses(0, Role::Service, action, No::OtherIdea);
    given.refuses(SUBMITTER, Role::Submitter, Action::Submit(submit()), No::OtherIdea);
    let itself = Receive {
        origin: idea(1),
        ..receive()
    };
    Given::default().refuses(0, Role::Service, Action::Receive(itself), No::Itself);
}

pub(super) fn attach(number: u128) -> Attach {
    Attach {
        attachment: AttachmentId(Uuid::from_u128(number)),
        file: text(1).0,
        name: text(2),
        media_type: idesluss_domain::words::MediaType::Png,
        bytes: 9,
    }
}

#[test]
fn authors_and_coordinators_add_files_to_an_idea_that_goes_on() {
    let action = Action::Attach(attach(1));
    let added = AttachmentAdded {
        attachment: AttachmentId(Uuid::from_u128(1)),
        file: text(1).0,
        name: text(2),
        media_type: idesluss_domain::words::MediaType::Png,
        bytes: 9,
    };
    let given = Given::submitted();
    for (who, role) in [(SUBMITTER, Role::Submitter), (COORDINATOR, Role::Coordinator)] {
        assert_eq!(given.when(who, role, action.clone()), Ok(vec![added.clone().into()]));
    }
    given.refuses(5, Role::Submitter, action.clone(), No::NotYours);
    given.refuses(5, Role::Assessor, action.clone(), No::WrongRole);
    let elsewhere = IdeaCommand {
        id: idea(1),
        actor: Actor {
            organisation: organisation("trollhattan"),
            ..actor(COORDINATOR, Role::Coordinator)
        },
        today: day(24),
        action: action.clone(),
    };
    assert_eq!(Ideas::decide(&elsewhere, &given.state()), Err(No::WrongOrganisation));
    let added = given.coordinator(action.clone());
    // Whether the same is sent again, the journal knows; under its id no other file is kept.
    added.refuses(COORDINATOR, Role::Coordinator, action, No::OtherAttachment);
    let over = added.then(SUBMITTER, Role::Submitter, Action::Withdraw(None));
    over.refuses(COORDINATOR, Role::Coordinator, Action::Attach(attach(2)), No::Ended);
}

#[test]
fn colleagues_support_an_idea_once_and_nobody_their_own() {
    let given = Given::submitted();
    for role in [Role::Submitter, Role::Coordinator, Role::NeedOwner] {
        let events = given.when(5, role, Action::Support);
        assert_eq!(events, Ok(vec![SupportExpressed { supporter: person(5) }.into()]));
    }
    given.refuses(5, Role::Assessor, Action::Support, No::WrongRole);
    assert_eq!(given.when(SUBMITTER, Role::Submitter, Action::Support), Ok(vec![]));
    let supported = given.then(5, Role::Submitter, Action::Support);
    assert_eq!(supported.when(5, Role::Submitter, Action::Support), Ok(vec![]));
    let withdrawn = supported.then(SUBMITTER, Role::Submitter, Action::Withdraw(None));
    withdrawn.refuses(6, Role::Submitter, Action::Support, No::Ended);
}

#[test]
fn a_person_agrees_to_be_named_and_takes_it_back_also_after_the_end() {
    let consent = |given: &Given, word| given.when(SUBMITTER, Role::Submitter, Action::Consent(word));
    let who = person(SUBMITTER);
    let given = Given::submitted();
    assert_eq!(consent(&given, true), Ok(vec![ConsentGiven { person: who }.into()]));
    assert_eq!(consent(&given, false), Ok(vec![]));
    given.refuses(5, Role::Submitter, Action::Consent(true), No::NotYours);
    let named = given.then(SUBMITTER, Role::Submitter, Action::Consent(true)).then(
        SUBMITTER,
        Role::Submitter,
        Action::Withdraw(None),
    );
    assert_eq!(consent(&named, true), Ok(vec![]));
    assert_eq!(
        consent(&named, false),
        Ok(vec![ConsentWithdrawn { person: who }.into()])
    );
    let unnamed = named.then(SUBMITTER, Role::Submitter, Action::Consent(false));
    assert_eq!(consent(&unnamed, false), Ok(vec![]));
}

#[test]
fn an_idea_is_taken_back_once_while_it_goes_on() {
    let withdraw = Action::Withdraw(Some(text(9)));
    let given = Given::submitted();
    let events = given.when(SUBMITTER, Role::Submitter, withdraw.clone());
    assert_eq!(events, Ok(vec![IdeaWithdrawn { reason: Some(text(9)) }.into()]));
    let withdrawn = given.then(SUBMITTER, Role::Submitter, withdraw.clone());
    assert_eq!(withdrawn.when(SUBMITTER, Role::Submitter, withdraw.clone()), Ok(vec![]));
    let closed = withdrawn.coordinator(Action::Close);
    closed.refuses(SUBMITTER, Role::Submitter, withdraw, No::Ended);
}

#[test]
fn a_receipt_is_the_services_and_moves_the_promise() {
    let receipt = Action::SendReceipt(Receipt {
        reference: form("UDD-2026-0042"),
        answer_due: day(28),
        decision_due: day(30),
    });
    let given = Given::submitted();
    given.refuses(COORDINATOR, Role::Coordinator, receipt.clone(), No::WrongRole);
    Given::default().refuses(0, Role::Service, receipt.clone(), No::Unknown);
    let sent = given.service(receipt);
    let state = sent.state();
    assert_eq!(state.answer_due, Some(day(28)));
    assert_eq!(
        state.receipt.as_ref().map(|receipt| receipt.reference.as_str()),
        Some("UDD-2026-0042")
    );
}
