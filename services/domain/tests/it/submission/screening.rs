use super::{COORDINATOR, Given, SUBMITTER, brief, refer, superseded_by, texts};
use crate::ids::{actor, day, idea, organisation, person, text};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::idea::*;
use idesluss_domain::words::{Actor, Gate, Role};

#[test]
fn an_idea_is_accepted_with_a_brief_that_points_to_nobody() {
    let given = Given::submitted();
    given.refuses(COORDINATOR, Role::Coordinator, Action::Accept, IdeaRejection::NoBrief);
    let named = Brief {
        deidentified: false,
        ..brief(1)
    };
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::ApproveBrief(named),
        IdeaRejection::NotDeidentified,
    );
    let given = given
        .coordinator(Action::ApproveBrief(brief(1)))
        .coordinator(Action::ApproveBrief(brief(3)));
    assert_eq!(
        given.0.last(),
        Some(
            &BriefReplaced {
                version: 2,
                texts: texts(3)
            }
            .into()
        )
    );
    let accepted = given
        .when(COORDINATOR, Role::Coordinator, Action::Accept)
        .expect("accepted");
    assert_eq!(
        accepted,
        [IdeaAccepted {
            brief_version: 2,
            gate: Some(Gate::Opportunity),
            round: 1
        }
        .into()]
    );
}

#[test]
fn a_brief_under_evaluation_is_not_replaced() {
    let given = Given::accepted();
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::ApproveBrief(brief(3)),
        IdeaRejection::BriefInUse,
    );
}

#[test]
fn only_the_organisations_coordinator_screens() {
    let given = Given::submitted();
    given.refuses(
        SUBMITTER,
        Role::Submitter,
        Action::Ask(text(1)),
        IdeaRejection::WrongRole,
    );
    let elsewhere = Actor {
        organisation: organisation("trollhattan"),
        ..actor(COORDINATOR, Role::Coordinator)
    };
    let command = IdeaCommand {
        id: idea(1),
        actor: elsewhere,
        today: day(24),
        action: Action::Ask(text(1)),
    };
    assert_eq!(
        Ideas::decide(&command, &given.state()),
        Err(IdeaRejection::WrongOrganisation)
    );
}

#[test]
fn a_mistaken_no_can_be_corrected() {
    let decline = Decline {
        reason: DeclineReason::NoIdea,
        text: text(4),
        instead: Some(text(5)),
    };
    let given = Given::submitted().coordinator(Action::Decline(decline));
    assert_eq!(given.state().phase, Some(Phase::Declined));
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::Accept,
        IdeaRejection::WrongState,
    );
    let reopened = given.coordinator(Action::Reopen(text(6)));
    assert_eq!(reopened.state().phase, Some(Phase::Submitted));
}

#[test]
fn nothing_leaves_the_organisation_before_the_submitter_is_told() {
    let given = Given::submitted();
    given.refuses(COORDINATOR, Role::Coordinator, refer(), IdeaRejection::NoBrief);
    let given = given.coordinator(Action::ApproveBrief(brief(1)));
    let Action::Refer(told) = refer() else {
        unreachable!("it refers")
    };
    let untold = Action::Refer(Refer {
        submitter_told: false,
        ..told.clone()
    });
    given.refuses(COORDINATOR, Role::Coordinator, untold, IdeaRejection::SubmitterNotTold);
    let home = Action::Refer(Refer {
        receiver: organisation("uddevalla"),
        ..told
    });
    given.refuses(COORDINATOR, Role::Coordinator, home, IdeaRejection::SameOrganisation);
    let referred = given.coordinator(refer());
    let Some(IdeaEvent::IdeaReferred(event)) = referred.0.last() else {
        panic!("referred")
    };
    assert_eq!((event.brief_version, &event.authors), (1, &vec![person(SUBMITTER)]));
}

#[test]
fn a_referred_idea_is_answered_or_returned_by_its_receiver_only() {
    let given = Given::submitted()
        .coordinator(Action::ApproveBrief(brief(1)))
        .coordinator(refer());
    let wrong = ReferralAnswered {
        receiver: organisation("orust"),
        answer: ReferralAnswer::Declined,
    };
    given.refuses(
        0,
        Role::Service,
        Action::AnswerReferral(wrong),
        IdeaRejection::NotReferred,
    );
    let right = ReferralAnswered {
        receiver: organisation("fyrbodal"),
        answer: ReferralAnswer::Accepted,
    };
    assert_eq!(
        given.when(0, Role::Service, Action::AnswerReferral(right.clone())),
        Ok(vec![right.into()])
    );
    given.refuses(
        0,
        Role::Service,
        Action::Return(organisation("orust")),
        IdeaRejection::NotReferred,
    );
    let back = given.service(Action::Return(organisation("fyrbodal")));
    assert_eq!(back.state().phase, Some(Phase::Submitted));
    back.refuses(
        0,
        Role::Service,
        Action::Return(organisation("fyrbodal")),
        IdeaRejection::NotReferred,
    );
}

#[test]
fn a_duplicate_is_linked_with_consent_only_and_never_to_itself() {
    let given = Given::submitted();
    let link = |of, consented| Action::LinkAsDuplicate {
        of: idea(of),
        home: Some(organisation("uddevalla")),
        consented,
    };
    given.refuses(COORDINATOR, Role::Coordinator, link(2, false), IdeaRejection::NoConsent);
    given.refuses(COORDINATOR, Role::Coordinator, link(1, true), IdeaRejection::Itself);
    let linked = given.coordinator(link(2, true));
    assert_eq!(linked.when(COORDINATOR, Role::Coordinator, link(2, true)), Ok(vec![]));
}

#[test]
fn a_parked_idea_comes_back_when_a_need_does() {
    let given = Given::submitted().coordinator(Action::Park(text(4)));
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::Accept,
        IdeaRejection::WrongState,
    );
    let back = given.coordinator(Action::Reactivate {
        call: None,
        need: text(5),
    });
    assert_eq!(back.state().phase, Some(Phase::Submitted));
}

#[test]
fn what_is_taken_over_reaches_its_last_state_and_nothing_is_made_up() {
    let cases: [(EarlierStatus, Vec<IdeaEvent>, Phase); 5] = [
        (
            EarlierStatus::Accepted,
            vec![
                IdeaAccepted {
                    brief_version: 0,
                    gate: None,
                    round: 0,
                }
                .into(),
            ],
            Phase::Accepted,
        ),
        (
            EarlierStatus::Rejected(None),
            vec![
                IdeaDeclined {
                    reason: None,
                    text: None,
                    instead: None,
                }
                .into(),
            ],
            Phase::Declined,
        ),
        (
            EarlierStatus::Withdrawn,
            vec![IdeaWithdrawn { reason: None }.into()],
            Phase::Withdrawn,
        ),
        (
            EarlierStatus::Parked,
            vec![IdeaParked { terms: None }.into()],
            Phase::Parked,
        ),
        (
            EarlierStatus::Realised,
            vec![
                IdeaImplemented {
                    result: None,
                    shareable: true,
                }
                .into(),
                SharingProposed { decided_in: None }.into(),
                IdeaClosed {}.into(),
            ],
            Phase::Closed,
        ),
    ];
    for (status, events, phase) in cases {
        let given = Given::imported();
        assert_eq!(
            given.when(COORDINATOR, Role::Coordinator, Action::TakeOver(status.clone())),
            Ok(events)
        );
        let given = given.coordinator(Action::TakeOver(status.clone()));
        assert_eq!(given.state().phase, Some(phase));
        given.refuses(
            COORDINATOR,
            Role::Coordinator,
            Action::TakeOver(status),
            IdeaRejection::NotImported,
        );
    }
    let fresh = Given::submitted();
    let status = Action::TakeOver(EarlierStatus::Parked);
    fresh.refuses(COORDINATOR, Role::Coordinator, status, IdeaRejection::NotImported);
    // Superseded by ideas that the older register does not name.
    let superseded = Given::imported().coordinator(superseded_by(&[]));
    assert_eq!(superseded.state().phase, Some(Phase::Superseded));
    fresh.refuses(
        COORDINATOR,
        Role::Coordinator,
        superseded_by(&[]),
        IdeaRejection::WrongState,
    );
}

#[test]
fn what_was_accepted_in_an_older_box_is_evaluated_once_it_has_a_brief() {
    let given = Given::imported().coordinator(Action::TakeOver(EarlierStatus::Accepted));
    given.refuses(COORDINATOR, Role::Coordinator, Action::Accept, IdeaRejection::NoBrief);
    let given = given
        .coordinator(Action::ApproveBrief(brief(1)))
        .coordinator(Action::Accept);
    let accepted = IdeaAccepted {
        brief_version: 1,
        gate: Some(Gate::Opportunity),
        round: 1,
    };
    assert_eq!(given.0.last(), Some(&accepted.into()));
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::Accept,
        IdeaRejection::WrongState,
    );
}

#[test]
fn what_takes_an_ideas_place_is_there_and_in_the_same_organisation() {
    let supersede = |home: Option<&str>| Action::Supersede {
        by: vec![idea(3)],
        homes: vec![home.map(organisation)],
    };
    let given = Given::submitted();
    assert!(
        given
            .when(COORDINATOR, Role::Coordinator, supersede(Some("uddevalla")))
            .is_ok()
    );
    for home in [None, Some("trollhattan")] {
        given.refuses(
            COORDINATOR,
            Role::Coordinator,
            supersede(home),
            IdeaRejection::NoSuchOriginal,
        );
    }
    // An older idea box may have had it where nobody has taken it over.
    assert!(
        Given::imported()
            .when(COORDINATOR, Role::Coordinator, supersede(None))
            .is_ok()
    );
}

#[test]
fn an_idea_that_was_taken_back_or_goes_on_as_another_is_no_original() {
    let given = Given::submitted();
    assert_eq!(given.state().goes_on_in(), Some(&organisation("uddevalla")));
    let withdrawn = given.clone().then(SUBMITTER, Role::Submitter, Action::Withdraw(None));
    let superseded = given.clone().coordinator(superseded_by(&[idea(3)]));
    let linked = given.coordinator(Action::LinkAsDuplicate {
        of: idea(3),
        home: Some(organisation("uddevalla")),
        consented: true,
    });
    for ended in [withdrawn, superseded, linked] {
        assert_eq!(ended.state().goes_on_in(), None);
    }
}
