//! A panel recommends, and says who sees it otherwise.

use super::opening::close;
use super::*;
use EvaluationRejection as No;

fn issue(change: impl FnOnce(&mut Issue)) -> Action {
    let mut issue = recommend();
    change(&mut issue);
    Action::Recommend(issue)
}

fn dissent(who: u128) -> Dissent {
    Dissent {
        assessor: person(who),
        reasons: text(61),
    }
}

#[test]
fn a_panel_recommends_once() {
    let given = Given::revealed();
    let issued = RecommendationIssued {
        proposal: Outcome::Advance,
        reasons: text(60),
        panel: people(&[ANNA, BERTIL]),
        dissent: vec![],
    };
    let action = issue(|_| ());
    given.gives(COORDINATOR, Role::Coordinator, action.clone(), &[issued.clone().into()]);
    given.gives(ANNA, Role::Assessor, action.clone(), &[issued.into()]);
    let recommended = given.coordinator(action.clone());
    recommended.does_nothing(ANNA, Role::Assessor, action);
    let other = issue(|issue| issue.proposal = Outcome::Reject);
    recommended.refuses(COORDINATOR, Role::Coordinator, other, No::AlreadyRecommended);
}

#[test]
fn only_a_coordinator_or_one_of_the_panel_issues_it() {
    let given = Given::revealed();
    given.refuses(CECILIA, Role::Assessor, issue(|_| ()), No::NotOnPanel);
    for role in Role::ALL {
        if !matches!(role, Role::Coordinator | Role::Assessor) {
            given.refuses(DECIDER, role, issue(|_| ()), No::WrongRole);
        }
    }
    let elsewhere = Actor {
        organisation: organisation("trollhattan"),
        ..actor(COORDINATOR, Role::Coordinator)
    };
    assert_eq!(given.when_by(elsewhere, issue(|_| ())), Err(No::WrongOrganisation));
    // An author does not, in whatever role; nor does who declared a conflict.
    given.refuses(SUBMITTER, Role::Coordinator, issue(|_| ()), No::OwnIdea);
    let biased = given.then(ANNA, Role::Assessor, Action::DeclareConflict(None));
    biased.refuses(ANNA, Role::Assessor, issue(|_| ()), No::ConflictOfInterest);
}

#[test]
fn a_panel_is_made_of_those_whose_assessments_were_shown_each_once() {
    let given = Given::revealed();
    let refuses = |change: &dyn Fn(&mut Issue)| {
        given.refuses(COORDINATOR, Role::Coordinator, issue(change), No::NotOnPanel);
    };
    refuses(&|issue| issue.panel.clear());
    refuses(&|issue| issue.panel.push(person(CECILIA)));
    refuses(&|issue| issue.panel.push(person(ANNA)));
    refuses(&|issue| issue.dissent.push(dissent(CECILIA)));
    // Nobody is both for and against, nor against twice.
    refuses(&|issue| issue.dissent.push(dissent(ANNA)));
    refuses(&|issue| {
        issue.panel.pop();
        issue.dissent = vec![dissent(BERTIL), dissent(BERTIL)];
    });
}

#[test]
fn whoever_sees_it_otherwise_is_heard() {
    let action = issue(|issue| {
        issue.panel.pop();
        issue.dissent.push(dissent(BERTIL));
    });
    let issued = RecommendationIssued {
        proposal: Outcome::Advance,
        reasons: text(60),
        panel: people(&[ANNA]),
        dissent: vec![dissent(BERTIL)],
    };
    Given::revealed().gives(BERTIL, Role::Assessor, action, &[issued.into()]);
}

#[test]
fn who_declares_a_conflict_after_the_reveal_has_no_voice_on_the_panel() {
    let given = Given::revealed().then(ANNA, Role::Assessor, Action::DeclareConflict(None));
    given.refuses(COORDINATOR, Role::Coordinator, issue(|_| ()), No::ConflictOfInterest);
    let against = issue(|issue| {
        issue.panel = people(&[BERTIL]);
        issue.dissent = vec![dissent(ANNA)];
    });
    given.refuses(COORDINATOR, Role::Coordinator, against, No::ConflictOfInterest);
    let alone = issue(|issue| issue.panel = people(&[BERTIL]));
    assert!(given.when(COORDINATOR, Role::Coordinator, alone).is_ok());
}

#[test]
fn nothing_is_recommended_before_the_reveal_or_after_the_decision() {
    Given::nothing().refuses(COORDINATOR, Role::Coordinator, issue(|_| ()), No::Unknown);
    Given::assessed().refuses(COORDINATOR, Role::Coordinator, issue(|_| ()), No::NotRevealed);
    let decided = Given::decided(Outcome::Advance);
    decided.refuses(COORDINATOR, Role::Coordinator, issue(|_| ()), No::AlreadyDecided);
    let closed = Given::revealed().service(close(CloseReason::Linked));
    closed.refuses(COORDINATOR, Role::Coordinator, issue(|_| ()), No::Closed);
    // What was recommended before stays told, and a repeat stays a repeat.
    let recommended = Given::revealed()
        .coordinator(issue(|_| ()))
        .service(close(CloseReason::Linked));
    recommended.does_nothing(COORDINATOR, Role::Coordinator, issue(|_| ()));
}
