//! Nobody leads what becomes of an idea of their own, nor of one that theirs goes on as; and what was received is its origin's to erase.

use super::*;
use crate::ids::{form, person};
use IdeaRejection as No;
use idesluss_domain::words::CopiedText;

const AUTHOR: u128 = 6;

/// An idea that another organisation referred here, by this author.
pub(crate) fn received() -> Given {
    let receive = Receive {
        origin: idea(9),
        origin_organisation: organisation("fyrbodal"),
        brief: idesluss_domain::words::copied(&texts(1)),
        authors: vec![person(AUTHOR)],
    };
    Given::default().service(Action::Receive(receive))
}

fn exclude(people: &[u128]) -> Action {
    Action::ExcludeAuthors {
        of: idea(7),
        people: people.iter().map(|number| person(*number)).collect(),
    }
}

fn link(home: Option<&str>) -> Action {
    Action::LinkAsDuplicate {
        of: idea(2),
        home: home.map(organisation),
        consented: true,
    }
}

/// What a coordinator does with an idea, each where it can be done.
fn leads() -> Vec<(Given, Action)> {
    let hand = Action::HandToLine(HandToLine {
        unit: text(4),
        responsible: text(5),
        due: day(28),
    });
    let decline = Action::Decline(Decline {
        reason: DeclineReason::Exists,
        text: text(6),
        instead: None,
    });
    let briefed = || Given::submitted().coordinator(Action::ApproveBrief(brief(1)));
    let declined = || Given::submitted().coordinator(decline.clone());
    let move_due = Action::MoveAnswerDue {
        answer_due: day(28),
        reason: text(3),
    };
    let implement = Action::Implement {
        result: text(3),
        shareable: false,
    };
    vec![
        (Given::submitted(), Action::AssignCoordinator(person(SUBMITTER))),
        (Given::submitted(), move_due),
        (Given::submitted(), Action::Ask(text(3))),
        (Given::submitted(), Action::SuggestSimilar(vec![idea(3)])),
        (Given::submitted(), Action::ApproveBrief(brief(1))),
        (briefed(), Action::ApproveBrief(brief(5))),
        (briefed(), Action::Accept),
        (briefed(), refer()),
        (Given::submitted(), hand.clone()),
        (Given::submitted(), decline.clone()),
        (declined(), Action::Reopen(text(3))),
        (Given::submitted(), Action::Park(text(3))),
        (
            Given::submitted().coordinator(Action::Park(text(3))),
            Action::Reactivate {
                call: None,
                need: text(3),
            },
        ),
        (Given::submitted(), link(Some("uddevalla"))),
        (Given::submitted(), superseded_by(&[idea(4)])),
        (Given::submitted().coordinator(hand), implement),
        (declined(), Action::FeedBack(text(3))),
        (declined(), Action::Close),
    ]
}

#[test]
fn a_coordinator_leads_nothing_of_an_idea_of_their_own() {
    for (given, action) in leads() {
        given.refuses(SUBMITTER, Role::Coordinator, action.clone(), No::OwnIdea);
        // A colleague does.
        let colleague = match action {
            Action::AssignCoordinator(_) => Action::AssignCoordinator(person(COORDINATOR)),
            other => other,
        };
        assert!(
            given
                .when(COORDINATOR, Role::Coordinator, colleague.clone())
                .is_ok_and(|events| !events.is_empty()),
            "{colleague:?}"
        );
    }
}

#[test]
fn neither_does_who_wrote_an_idea_that_goes_on_as_it() {
    for (given, action) in leads() {
        let given = given.service(exclude(&[AUTHOR]));
        let action = match action {
            Action::AssignCoordinator(_) => Action::AssignCoordinator(person(AUTHOR)),
            other => other,
        };
        given.refuses(AUTHOR, Role::Coordinator, action, No::OwnIdea);
    }
}

#[test]
fn an_author_who_is_a_coordinator_hands_their_idea_to_a_colleague_registers_and_withdraws_it() {
    let given = Given::submitted();
    let register = Action::Register {
        number: form("KS 2026/1"),
        secrecy: None,
    };
    for (role, action) in [
        (Role::Coordinator, Action::AssignCoordinator(person(COORDINATOR))),
        (Role::Coordinator, register),
        (Role::Submitter, Action::Withdraw(None)),
    ] {
        assert!(
            given
                .when(SUBMITTER, role, action)
                .is_ok_and(|events| events.len() == 1)
        );
    }
    // Whoever takes an older idea box over may have written in it.
    let own = Submit {
        imported: Some(Imported {
            import: form("idélådan"),
            reference: form("P-1"),
            submitted: None,
        }),
        terms: None,
        ..submit()
    };
    let taken = Given::default().coordinator(Action::Submit(own));
    assert!(
        taken
            .when(COORDINATOR, Role::Coordinator, Action::TakeOver(EarlierStatus::Parked))
            .is_ok()
    );
}

#[test]
fn who_wrote_a_duplicate_is_noted_once_and_becomes_no_author() {
    let given = Given::submitted();
    given.refuses(COORDINATOR, Role::Coordinator, exclude(&[AUTHOR]), No::WrongRole);
    Given::default().refuses(0, Role::Service, exclude(&[AUTHOR]), No::Unknown);
    // Whoever wrote both is known already.
    assert_eq!(given.when(0, Role::Service, exclude(&[SUBMITTER])), Ok(vec![]));
    let noted = AuthorsExcluded {
        of: idea(7),
        people: vec![person(AUTHOR)],
    };
    assert_eq!(
        given.when(0, Role::Service, exclude(&[SUBMITTER, AUTHOR])),
        Ok(vec![noted.into()])
    );
    let linked = given.service(exclude(&[AUTHOR]));
    assert_eq!(linked.when(0, Role::Service, exclude(&[AUTHOR])), Ok(vec![]));
    linked.refuses(AUTHOR, Role::Submitter, Action::Withdraw(None), No::NotYours);
    let all: Vec<_> = linked.state().all_excluded().into_iter().collect();
    assert_eq!(all, [person(SUBMITTER), person(AUTHOR)]);
    assert_eq!(
        linked.state().excluded_where_it_goes_on(),
        linked.state().all_excluded()
    );
    // Whom an import names has agreed to nothing.
    let imported = Given::imported()
        .service(exclude(&[AUTHOR]))
        .state()
        .excluded_where_it_goes_on();
    assert_eq!(imported.into_iter().collect::<Vec<_>>(), [person(AUTHOR)]);
    // They are told to whoever it is referred to.
    let referred = linked.coordinator(Action::ApproveBrief(brief(1))).coordinator(refer());
    let told = referred.state().referred.map(|referred| referred.authors);
    assert_eq!(told, Some(vec![person(SUBMITTER), person(AUTHOR)]));
    // Also when it has ended.
    let withdrawn = Given::submitted().then(SUBMITTER, Role::Submitter, Action::Withdraw(None));
    assert!(
        withdrawn
            .when(0, Role::Service, exclude(&[AUTHOR]))
            .is_ok_and(|events| events.len() == 1)
    );
}

#[test]
fn a_duplicate_goes_on_as_an_idea_of_the_same_organisation() {
    for home in [None, Some("trollhattan")] {
        Given::submitted().refuses(COORDINATOR, Role::Coordinator, link(home), No::NoSuchOriginal);
    }
}

#[test]
fn every_case_that_was_begun_elsewhere_is_remembered_also_when_it_was_handed_back() {
    let given = Given::submitted()
        .coordinator(Action::ApproveBrief(brief(1)))
        .coordinator(refer())
        .service(Action::Return(organisation("fyrbodal")));
    assert_eq!(given.state().referred, None);
    assert_eq!(given.state().cases, [(organisation("fyrbodal"), idea(2))]);
}

#[test]
fn nothing_is_taken_over_from_the_future() {
    let taken = |time: &str| {
        let submit = Submit {
            imported: Some(Imported {
                import: form("idélådan"),
                reference: form("P-1"),
                submitted: Some(time.parse().expect("a time")),
            }),
            terms: None,
            ..submit()
        };
        Given::default()
            .when(COORDINATOR, Role::Coordinator, Action::Submit(submit))
            .err()
    };
    for ahead in ["2099", "2026-12", "2026-11-25", "2099-01-01T00:00:00Z"] {
        assert_eq!(taken(ahead), Some(No::DateAhead), "{ahead}");
    }
    for past in ["2026", "2026-11", "2026-11-24", "1804-01-01T00:00:00Z"] {
        assert_eq!(taken(past), None, "{past}");
    }
}

fn erase(origin_erased: bool) -> Action {
    Action::DecideErasure(DecideErasure {
        basis: form("GDPR art. 17"),
        services: vec![form("submission")],
        origin_erased,
    })
}

#[test]
fn what_was_received_is_erased_once_its_origin_has_erased_it() {
    let request = |origin_erased| Action::RequestErasure { origin_erased };
    let given = received();
    given.refuses(COORDINATOR, Role::Coordinator, request(false), No::AskOrigin);
    let asked = given.coordinator(request(true));
    asked.refuses(9, Role::Registrar, erase(false), No::AskOrigin);
    assert!(
        asked
            .when(9, Role::Registrar, erase(true))
            .is_ok_and(|events| events.len() == 1)
    );
}

#[test]
fn what_was_written_after_an_erasure_can_be_erased_too() {
    let request = Action::RequestErasure { origin_erased: false };
    let erased = |given: Given| {
        given
            .coordinator(request.clone())
            .then(9, Role::Registrar, erase(false))
            .service(Action::ConfirmErasure(form("submission")))
    };
    let once = erased(Given::submitted().coordinator(Action::ApproveBrief(brief(1))));
    assert!(once.state().is_erased());
    let since = once.coordinator(Action::ApproveBrief(brief(5)));
    assert_eq!(since.state().erasure, Some(Erasure::Done));
    assert!(!since.state().is_erased(), "a brief has come since");
    // Nobody decides without being asked anew, and it takes two again.
    since.refuses(9, Role::Registrar, erase(false), No::ErasureDecided);
    let asked = since.clone().then(9, Role::Registrar, request.clone());
    asked.refuses(9, Role::Registrar, erase(false), No::OwnErasure);
    assert!(erased(since).state().is_erased());
}

#[test]
fn the_brief_of_what_was_received_is_the_origins_text() {
    let brief: BTreeMap<String, CopiedText> = idesluss_domain::words::copied(&texts(1));
    assert_eq!(received().state().brief.map(|brief| brief.texts), Some(brief));
}
