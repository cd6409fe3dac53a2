//! Somebody becomes a co-author while the idea is judged.

use super::panel::recuse;
use super::scores::summary;
use super::*;
use EvaluationRejection as No;

/// Assesses where the others are too few.
const DAVID: u128 = 11;

fn cecilias() -> Assess {
    assessment(44, 3, 1)
}

/// What is opened of the assessments of Anna, Bertil and Cecilia.
fn all() -> Vec<Opening> {
    vec![
        opening(ANNA, &annas()),
        opening(BERTIL, &bertils()),
        opening(CECILIA, &cecilias()),
    ]
}

/// Anna, Bertil and Cecilia have assessed, one more than is required; Bertil scored the benefit highest.
fn assessed() -> Given {
    Given::assessed()
        .coordinator(assign(&[CECILIA]))
        .then(CECILIA, Role::Assessor, Action::DeclareNoConflict)
        .then(CECILIA, Role::Assessor, Action::Submit(cecilias()))
}

/// Their assessments are shown, and the decider has declared.
fn ready() -> Given {
    assessed()
        .coordinator(Action::Reveal(all()))
        .then(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict)
}

fn recommends(proposal: Outcome, panel: &[u128]) -> Action {
    Action::Recommend(Issue {
        proposal,
        panel: people(panel),
        ..recommend()
    })
}

#[test]
fn who_becomes_a_co_author_after_the_opening_is_not_asked_to_assess() {
    let late = Given::assigned().coauthored_by(CECILIA);
    late.refuses(COORDINATOR, Role::Coordinator, assign(&[CECILIA]), No::OwnIdea);
    let replace = recuse(ANNA, Some((CECILIA, 0)));
    late.refuses(COORDINATOR, Role::Coordinator, replace, No::OwnIdea);
    // Nor one who was asked before, again.
    let late = Given::assigned().coauthored_by(BERTIL);
    late.refuses(COORDINATOR, Role::Coordinator, assign(&[BERTIL]), No::OwnIdea);
}

#[test]
fn an_assessor_who_becomes_a_co_author_neither_declares_nor_assesses_nor_revises() {
    let late = Given::assigned().coauthored_by(ANNA);
    late.refuses(ANNA, Role::Assessor, Action::DeclareNoConflict, No::OwnIdea);
    late.refuses(ANNA, Role::Assessor, Action::Submit(annas()), No::OwnIdea);
    let late = Given::assessed().coauthored_by(ANNA);
    late.refuses(ANNA, Role::Assessor, Action::Revise(assessment(42, 1, 1)), No::OwnIdea);
    assert_eq!(late.state().aside(person(ANNA)), Some(Aside::Author));
}

#[test]
fn the_assessment_of_a_co_author_is_not_shown_with_the_others() {
    let shown = |who: u128, given: &Assess| RevealedAssessment {
        assessor: person(who),
        nonce: given.nonce,
        scores: scores_json(&given.scores),
    };
    let revealed = AssessmentsRevealed {
        assessments: vec![shown(ANNA, &annas()), shown(CECILIA, &cecilias())],
        criteria: vec![summary("benefit", 2, 350, 3, 4), summary("risk", 2, 150, 1, 2)],
        weighted_hundredths: 300,
    };
    let late = assessed().coauthored_by(BERTIL);
    late.gives(
        COORDINATOR,
        Role::Coordinator,
        Action::Reveal(all()),
        &[revealed.into()],
    );
}

#[test]
fn without_the_co_authors_there_must_be_enough_before_anything_is_shown() {
    let late = assessed().coauthored_by(ANNA).coauthored_by(BERTIL);
    let reveal = Action::Reveal(all());
    late.refuses(COORDINATOR, Role::Coordinator, reveal, No::TooFewAssessments);
    // Somebody else assesses instead.
    let davids = assessment(46, 4, 2);
    let with_davids = [all(), vec![opening(DAVID, &davids)]].concat();
    late.coordinator(assign(&[DAVID]))
        .then(DAVID, Role::Assessor, Action::DeclareNoConflict)
        .then(DAVID, Role::Assessor, Action::Submit(davids))
        .coordinator(Action::Reveal(with_davids));
}

#[test]
fn what_a_co_author_was_shown_to_have_scored_does_not_count_any_more() {
    let given = ready();
    assert_eq!(given.state().summary().expect("shown").1, 350);
    let late = given.coauthored_by(BERTIL);
    let (summaries, weighted) = late.state().summary().expect("shown");
    assert_eq!((summaries[0].count, summaries[0].highest, weighted), (2, 4, 300));
    assert!(!late.state().falls_short());
    let with_bertil = recommends(Outcome::Advance, &[ANNA, BERTIL, CECILIA]);
    late.refuses(COORDINATOR, Role::Coordinator, with_bertil, No::OwnIdea);
    // Enough is left: the others were independent.
    late.coordinator(recommends(Outcome::Advance, &[ANNA, CECILIA])).then(
        DECIDER,
        Role::DecisionMaker,
        decide(Outcome::Advance),
    );
}

#[test]
fn with_too_few_left_it_can_only_be_sent_back() {
    let late = ready().coauthored_by(ANNA).coauthored_by(BERTIL);
    assert!(late.state().falls_short());
    for outcome in [Outcome::Advance, Outcome::Park, Outcome::Reject] {
        let recommended = recommends(outcome, &[CECILIA]);
        late.refuses(COORDINATOR, Role::Coordinator, recommended, No::FallsShort);
        late.refuses(DECIDER, Role::DecisionMaker, decide(outcome), No::FallsShort);
    }
    late.coordinator(recommends(Outcome::Return, &[CECILIA])).then(
        DECIDER,
        Role::DecisionMaker,
        decide(Outcome::Return),
    );
}

#[test]
fn a_recommendation_of_a_co_author_is_set_aside_and_another_may_be_issued() {
    let given = ready().coordinator(recommends(Outcome::Advance, &[ANNA, BERTIL, CECILIA]));
    let anew = recommends(Outcome::Park, &[ANNA, CECILIA]);
    given.refuses(COORDINATOR, Role::Coordinator, anew.clone(), No::AlreadyRecommended);
    let late = given.coauthored_by(BERTIL);
    assert_eq!(late.state().recommendation_in_force(), None);
    let late = late.coordinator(anew);
    let issued = late.state().recommendation_in_force().cloned().expect("a new one");
    assert_eq!(
        (issued.proposal, issued.panel),
        (Outcome::Park, people(&[ANNA, CECILIA]))
    );
}

#[test]
fn a_decider_who_becomes_a_co_author_does_not_decide() {
    let late = ready().coauthored_by(DECIDER);
    for decided in [decide(Outcome::Advance), decide_by(board())] {
        late.refuses(DECIDER, Role::DecisionMaker, decided, No::OwnIdea);
    }
}

#[test]
fn why_somebody_takes_no_part_is_told_apart() {
    let given = assessed()
        .then(ANNA, Role::Assessor, Action::DeclareConflict(Some(text(2))))
        .coordinator(recuse(BERTIL, None));
    let state = given.state();
    let aside = [SUBMITTER, ANNA, BERTIL, CECILIA, DECIDER].map(|who| state.aside(person(who)));
    let told_apart = [
        Some(Aside::Author),
        Some(Aside::Conflict),
        Some(Aside::Recused),
        None,
        None,
    ];
    assert_eq!(aside, told_apart);
}
