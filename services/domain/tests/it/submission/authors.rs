//! Who is an author: the submitter, and whoever agreed to it.

use super::{COORDINATOR, Given, SUBMITTER, refer};
use crate::ids::{day, form, idea, organisation, person, text};
use idesluss_domain::submission::idea::*;
use idesluss_domain::words::{Actor, Role};
use idesluss_domain::{Decider as _, submission::Ideas};

const COLLEAGUE: u128 = 5;

fn propose() -> Action {
    Action::ProposeCoauthor(person(COLLEAGUE))
}

fn proposed() -> Given {
    Given::submitted().then(SUBMITTER, Role::Submitter, propose())
}

#[test]
fn naming_somebody_makes_nobody_an_author() {
    let events = Given::submitted()
        .when(SUBMITTER, Role::Submitter, propose())
        .expect("asked");
    let coauthor = person(COLLEAGUE);
    assert_eq!(events, [CoauthorProposed { coauthor }.into()]);
    let given = proposed();
    assert_eq!(given.state().authors, [person(SUBMITTER)].into());
    assert_eq!(given.when(SUBMITTER, Role::Submitter, propose()), Ok(vec![]));
    given.refuses(
        COLLEAGUE,
        Role::Submitter,
        Action::Withdraw(None),
        IdeaRejection::NotYours,
    );
}

#[test]
fn who_is_asked_and_agrees_is_an_author_and_stays_one() {
    let given = proposed();
    let events = given
        .when(COLLEAGUE, Role::Submitter, Action::AnswerCoauthorship(true))
        .expect("agreed");
    let coauthor = person(COLLEAGUE);
    assert_eq!(events, [CoauthorAdded { coauthor }.into()]);
    let given = given.then(COLLEAGUE, Role::Submitter, Action::AnswerCoauthorship(true));
    assert_eq!(given.state().authors, [person(SUBMITTER), coauthor].into());
    assert_eq!(
        given.when(COLLEAGUE, Role::Submitter, Action::AnswerCoauthorship(true)),
        Ok(vec![])
    );
    given.refuses(
        COLLEAGUE,
        Role::Submitter,
        Action::AnswerCoauthorship(false),
        IdeaRejection::IsAuthor,
    );
}

#[test]
fn who_declines_is_not_asked_again_and_may_still_agree() {
    let given = proposed();
    let events = given
        .when(COLLEAGUE, Role::Submitter, Action::AnswerCoauthorship(false))
        .expect("declined");
    let coauthor = person(COLLEAGUE);
    assert_eq!(events, [CoauthorDeclined { coauthor }.into()]);
    let given = given.then(COLLEAGUE, Role::Submitter, Action::AnswerCoauthorship(false));
    assert_eq!(
        given.when(COLLEAGUE, Role::Submitter, Action::AnswerCoauthorship(false)),
        Ok(vec![])
    );
    given.refuses(SUBMITTER, Role::Submitter, propose(), IdeaRejection::CoauthorDeclined);
    let given = given.then(COLLEAGUE, Role::Submitter, Action::AnswerCoauthorship(true));
    assert!(given.state().authors.contains(&coauthor));
}

#[test]
fn nobody_answers_a_question_that_was_put_to_another() {
    let given = proposed();
    for agrees in [true, false] {
        let answer = Action::AnswerCoauthorship(agrees);
        given.refuses(6, Role::Submitter, answer.clone(), IdeaRejection::NotProposed);
        given.refuses(COLLEAGUE, Role::DecisionMaker, answer.clone(), IdeaRejection::WrongRole);
        given.refuses(SUBMITTER, Role::Coordinator, answer, IdeaRejection::WrongRole);
    }
    let ended = given.then(SUBMITTER, Role::Submitter, Action::Withdraw(None));
    ended.refuses(
        COLLEAGUE,
        Role::Submitter,
        Action::AnswerCoauthorship(true),
        IdeaRejection::Ended,
    );
}

#[test]
fn an_idea_has_twenty_authors_at_most_with_those_who_are_asked() {
    let others = u128::try_from(MOST_AUTHORS).expect("few") - 1;
    let given = (0..others).fold(Given::submitted(), |given, number| {
        given.then(
            SUBMITTER,
            Role::Submitter,
            Action::ProposeCoauthor(person(100 + number)),
        )
    });
    given.refuses(SUBMITTER, Role::Submitter, propose(), IdeaRejection::TooManyAuthors);
    // A no makes room.
    given
        .then(100, Role::Submitter, Action::AnswerCoauthorship(false))
        .then(SUBMITTER, Role::Submitter, propose());
}

#[test]
fn the_receiver_of_an_idea_learns_who_became_a_co_author_at_home() {
    let home = Given::submitted()
        .coordinator(Action::ApproveBrief(super::brief(1)))
        .coordinator(refer());
    let IdeaEvent::IdeaReferred(referred) = home.0.last().expect("referred").clone() else {
        panic!("{:?}", home.0)
    };
    let received = IdeaReceived {
        idea: referred.received_as,
        organisation: organisation("fyrbodal"),
        origin: idea(1),
        origin_organisation: organisation("uddevalla"),
        brief: referred.brief,
        authors: referred.authors,
    };
    let there = Ideas::evolve(Idea::default(), &received.into());
    let command = |role| IdeaCommand {
        id: referred.received_as,
        actor: Actor {
            person: person(0),
            organisation: organisation("fyrbodal"),
            role,
        },
        today: day(24),
        action: Action::LearnAuthor(person(COLLEAGUE)),
    };
    let events = Ideas::decide(&command(Role::Service), &there).expect("learnt");
    let coauthor = person(COLLEAGUE);
    assert_eq!(events, [CoauthorAdded { coauthor }.into()]);
    let there = events.iter().fold(there, Ideas::evolve);
    assert_eq!(Ideas::decide(&command(Role::Service), &there), Ok(vec![]));
    for role in [Role::Coordinator, Role::Submitter] {
        assert_eq!(Ideas::decide(&command(role), &there), Err(IdeaRejection::WrongRole));
    }
    // At home somebody agrees for themselves, or not at all.
    home.refuses(
        0,
        Role::Service,
        Action::LearnAuthor(coauthor),
        IdeaRejection::WrongState,
    );
}

fn decide() -> Action {
    Action::DecideErasure(DecideErasure {
        basis: form("gallringsplan 4.2"),
        services: vec![form("submission"), form("evaluation")],
        origin_erased: false,
    })
}

#[test]
fn whoever_asks_for_an_erasure_does_not_decide_it() {
    let registrar = 9;
    let given = Given::submitted().then(
        registrar,
        Role::Registrar,
        Action::RequestErasure { origin_erased: false },
    );
    for role in [Role::Registrar, Role::DecisionMaker] {
        given.refuses(registrar, role, decide(), IdeaRejection::OwnErasure);
    }
    // Asking a second time in another's name changes nothing of who asked.
    assert_eq!(
        given.when(
            COORDINATOR,
            Role::Coordinator,
            Action::RequestErasure { origin_erased: false }
        ),
        Ok(vec![])
    );
    given.refuses(registrar, Role::Registrar, decide(), IdeaRejection::OwnErasure);
    let events = given.when(10, Role::Registrar, decide()).expect("decided");
    let decided = ErasureDecided {
        basis: form("gallringsplan 4.2"),
        idea: idea(1),
        services: vec![form("evaluation"), form("submission")],
    };
    assert_eq!(events, [decided.into()]);
}

#[test]
fn one_person_is_enough_to_refuse_an_erasure_also_their_own() {
    let registrar = 9;
    let given = Given::submitted().then(
        registrar,
        Role::Registrar,
        Action::RequestErasure { origin_erased: false },
    );
    let refuse = Action::RefuseErasure {
        basis: form("arkivlagen 3 §"),
        reasons: text(4),
    };
    let given = given.then(registrar, Role::Registrar, refuse);
    given.refuses(10, Role::Registrar, decide(), IdeaRejection::NoErasure);
    // Whoever asks next is the one who does not decide.
    let given = given.then(10, Role::Registrar, Action::RequestErasure { origin_erased: false });
    given.refuses(10, Role::Registrar, decide(), IdeaRejection::OwnErasure);
    given.then(registrar, Role::Registrar, decide());
}
