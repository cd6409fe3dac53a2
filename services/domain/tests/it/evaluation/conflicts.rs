//! A conflict of interest is a person's and the idea's: it holds in every role, at every gate and in every round. So does authorship.

use super::afterwards::{begin, complete};
use super::panel::{recuse, recuse_for};
use super::*;
use EvaluationRejection as No;
use std::collections::BTreeSet;

/// Tries it where this person is known to be in conflict from another round.
fn with_conflict_elsewhere(
    given: &Given,
    in_conflict: u128,
    who: u128,
    role: Role,
    action: Action,
) -> Result<Vec<EvaluationEvent>, EvaluationRejection> {
    let known = KnownIdea {
        in_conflict: BTreeSet::from([person(in_conflict)]),
        ..known_idea()
    };
    let state = fold::<Evaluations>(&given.events).knowing(known);
    Evaluations::decide(&given.command(actor(who, role), action), &state)
}

#[test]
fn a_conflict_from_another_round_is_not_denied_and_stops_the_decision() {
    let refused = |given: &Given, action| with_conflict_elsewhere(given, DECIDER, DECIDER, Role::DecisionMaker, action);
    assert_eq!(
        refused(&Given::revealed(), Action::DeclareNoConflict),
        Err(No::DeclaredConflict)
    );
    for action in [decide(Outcome::Advance), decide_by(board())] {
        assert_eq!(refused(&Given::ready(), action), Err(No::ConflictOfInterest));
    }
    let anew = Action::Reconsider(Box::new(decision(Outcome::Reject)));
    assert_eq!(
        refused(&Given::decided(Outcome::Advance), anew),
        Err(No::ConflictOfInterest)
    );
    // It can be said again, and others go on.
    assert!(refused(&Given::ready(), Action::DeclareConflict(None)).is_ok_and(|events| events.len() == 1));
    let other = with_conflict_elsewhere(
        &Given::ready(),
        ANNA,
        DECIDER,
        Role::DecisionMaker,
        decide(Outcome::Advance),
    );
    assert!(other.is_ok_and(|events| events.len() == 2));
}

#[test]
fn whoever_is_in_conflict_from_another_round_neither_assesses_nor_counts_until_all_are_shown() {
    let asked = with_conflict_elsewhere(&Given::opened(), ANNA, COORDINATOR, Role::Coordinator, assign(&[ANNA]));
    assert_eq!(asked, Err(No::ConflictOfInterest));
    let gave = with_conflict_elsewhere(&Given::declared(), ANNA, ANNA, Role::Assessor, Action::Submit(annas()));
    assert_eq!(gave, Err(No::ConflictOfInterest));
    let shown = with_conflict_elsewhere(&Given::assessed(), ANNA, COORDINATOR, Role::Coordinator, reveal());
    assert_eq!(shown, Err(No::TooFewAssessments));
    // What was shown before stays shown.
    let state = fold::<Evaluations>(&Given::revealed().events).knowing(KnownIdea {
        in_conflict: BTreeSet::from([person(ANNA)]),
        ..known_idea()
    });
    assert_eq!((state.active_assessors().count(), state.counted().count()), (2, 2));
    assert_eq!(state.aside(person(ANNA)), Some(Aside::Conflict));
}

#[test]
fn who_was_taken_off_for_a_conflict_does_not_decide_either() {
    let decides = |given: Given| {
        let given = given
            .coordinator(recuse(CECILIA, None))
            .then(ANNA, Role::Assessor, Action::DeclareNoConflict)
            .then(BERTIL, Role::Assessor, Action::DeclareNoConflict)
            .then(ANNA, Role::Assessor, Action::Submit(annas()))
            .then(BERTIL, Role::Assessor, Action::Submit(bertils()))
            .coordinator(reveal());
        let declared = given.when(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict);
        let made = given.when(DECIDER, Role::DecisionMaker, decide(Outcome::Advance));
        (declared.err(), made.err())
    };
    let assigned = Given::opened().coordinator(assign(&[ANNA, BERTIL, CECILIA, DECIDER]));
    let in_conflict = assigned.clone().coordinator(recuse_for(true, DECIDER, None));
    assert_eq!(in_conflict.state().aside(person(DECIDER)), Some(Aside::Conflict));
    in_conflict.does_nothing(COORDINATOR, Role::Coordinator, recuse_for(true, DECIDER, None));
    assert_eq!(
        decides(in_conflict),
        (Some(No::DeclaredConflict), Some(No::ConflictOfInterest))
    );
    // For another reason they may have another task.
    let busy = assigned.coordinator(recuse(DECIDER, None));
    busy.refuses(
        COORDINATOR,
        Role::Coordinator,
        recuse_for(true, DECIDER, None),
        No::SteppedAside,
    );
    assert_eq!(decides(busy), (None, Some(No::NotDeclared)));
}

#[test]
fn a_declaration_is_undone_when_somebody_is_taken_off_for_a_conflict() {
    let given = Given::declared().coordinator(recuse_for(true, ANNA, None));
    assert!(!given.state().without_conflict.contains(&person(ANNA)));
    given.refuses(ANNA, Role::Assessor, Action::Submit(annas()), No::ConflictOfInterest);
    given.refuses(ANNA, Role::Assessor, Action::DeclareNoConflict, No::DeclaredConflict);
}

/// Every act that leads or judges, on an evaluation where it could be done, with the role that does it.
fn acts() -> Vec<(Given, Role, Action)> {
    let (coordinator, decider, owner) = (Role::Coordinator, Role::DecisionMaker, Role::NeedOwner);
    let resources = || {
        Action::CommitResources(CommitResources {
            amount_kronor: 1,
            hours: 0,
            until: None,
            note: None,
        })
    };
    let support = Action::ArrangeSupport(Support {
        partner: organisation("innovatum"),
        kind: SupportKind::Testbed,
        note: None,
    });
    let report = Action::Report(Report {
        board: "Kommunstyrelsen".into(),
        meeting: day(24),
        paragraph: None,
    });
    let concept = || Given::decided_at(Gate::Concept, Outcome::Advance);
    vec![
        (Given::opened(), coordinator, assign(&[ANNA])),
        (Given::assigned(), coordinator, recuse(ANNA, None)),
        (Given::assessed(), coordinator, reveal()),
        (Given::opened(), owner, Action::ConfirmNeedOwner),
        (Given::revealed(), coordinator, Action::Recommend(recommend())),
        (Given::ready(), decider, decide(Outcome::Advance)),
        (Given::ready(), coordinator, decide_by(board())),
        (
            Given::decided(Outcome::Advance),
            decider,
            Action::Reconsider(Box::new(decision(Outcome::Reject))),
        ),
        (Given::decided(Outcome::Advance), Role::Registrar, report),
        (
            Given::decided(Outcome::Advance),
            Role::Registrar,
            Action::Correct(text(80)),
        ),
        (Given::decided(Outcome::Advance), decider, resources()),
        (Given::decided(Outcome::Advance), owner, resources()),
        (Given::decided(Outcome::Advance), coordinator, support),
        (concept(), coordinator, begin()),
        (concept(), owner, begin()),
        (concept().coordinator(begin()), coordinator, complete(22)),
    ]
}

#[test]
fn authors_lead_nothing_and_judge_nothing_of_their_own_idea_in_whichever_role() {
    for (given, role, action) in acts() {
        for author in [SUBMITTER, COAUTHOR] {
            given.refuses(author, role, action.clone(), No::OwnIdea);
        }
    }
}

#[test]
fn neither_do_those_who_are_in_conflict_here_or_from_another_round() {
    for (given, role, action) in acts() {
        let stranger = 77;
        let elsewhere = with_conflict_elsewhere(&given, stranger, stranger, role, action.clone());
        assert_eq!(elsewhere, Err(No::ConflictOfInterest), "{action:?}");
        let mut here = given;
        here.events.push(
            ConflictDeclared {
                person: person(stranger),
                reason: None,
            }
            .into(),
        );
        here.refuses(stranger, role, action, No::ConflictOfInterest);
    }
}

#[test]
fn to_step_aside_is_open_to_everybody() {
    let known = KnownIdea {
        authors: BTreeSet::from([person(ANNA)]),
        ..known_idea()
    };
    let given = Given::assigned();
    let state = fold::<Evaluations>(&given.events).knowing(known);
    for (role, conflict) in [
        (Role::Assessor, false),
        (Role::Assessor, true),
        (Role::Coordinator, true),
    ] {
        let command = given.command(actor(ANNA, role), recuse_for(conflict, ANNA, None));
        assert!(Evaluations::decide(&command, &state).is_ok_and(|events| events.len() == 1));
    }
    // Not to choose who takes over, also for a coordinator who steps aside for a conflict.
    let command = given.command(actor(ANNA, Role::Coordinator), recuse(ANNA, Some((CECILIA, 0))));
    assert_eq!(Evaluations::decide(&command, &state), Err(No::OwnIdea));
    given.refuses(
        ANNA,
        Role::Coordinator,
        recuse_for(true, ANNA, Some((CECILIA, 0))),
        No::ConflictOfInterest,
    );
}
