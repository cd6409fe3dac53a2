//! Assessing in silence, and showing everything together.

use super::panel::recuse;
use super::*;
use EvaluationRejection as No;

#[test]
fn an_assessor_commits_to_scores_that_nobody_sees() {
    let given = Given::declared();
    let submitted = AssessmentSubmitted {
        assessor: person(ANNA),
        commitment: committed(&annas()),
        sealed: text(40),
        rationales: rationales(41),
    };
    given.gives(ANNA, Role::Assessor, Action::Submit(annas()), &[submitted.into()]);
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Assessor) {
        given.refuses(ANNA, role, Action::Submit(annas()), No::WrongRole);
    }
    Given::nothing().refuses(ANNA, Role::Assessor, Action::Submit(annas()), No::Unknown);
}

#[test]
fn nobody_assesses_without_having_been_asked_and_declared() {
    Given::assigned().refuses(ANNA, Role::Assessor, Action::Submit(annas()), No::NotDeclared);
    let given = Given::declared();
    given.refuses(CECILIA, Role::Assessor, Action::Submit(annas()), No::NotAssigned);
    given.refuses(SUBMITTER, Role::Assessor, Action::Submit(annas()), No::OwnIdea);
    let aside = given.clone().coordinator(recuse(ANNA, None));
    aside.refuses(ANNA, Role::Assessor, Action::Submit(annas()), No::SteppedAside);
    let biased = given.then(ANNA, Role::Assessor, Action::DeclareConflict(None));
    biased.refuses(ANNA, Role::Assessor, Action::Submit(annas()), No::ConflictOfInterest);
}

#[test]
fn every_criterion_gets_one_score_from_1_to_5_and_a_reason() {
    let given = Given::declared();
    let refuses = |change: &dyn Fn(&mut Assess)| {
        let mut assess = annas();
        change(&mut assess);
        given.refuses(ANNA, Role::Assessor, Action::Submit(assess), No::ScoresDontFit);
    };
    refuses(&|assess| {
        assess.scores.insert("benefit".into(), 0);
    });
    refuses(&|assess| {
        assess.scores.insert("risk".into(), 6);
    });
    refuses(&|assess| {
        assess.scores.insert("novelty".into(), 3);
    });
    refuses(&|assess| {
        assess.scores.remove("risk");
    });
    refuses(&|assess| {
        assess.rationales.remove("risk");
    });
    refuses(&|assess| {
        assess.rationales.insert("novelty".into(), text(9));
    });
    refuses(&|assess| {
        assess.rationales.remove("risk");
        assess.rationales.insert("novelty".into(), text(9));
    });
    refuses(&|assess| {
        assess.scores.remove("risk");
        assess.scores.insert("novelty".into(), 3);
    });
    let edges = assessment(42, 1, 5);
    assert!(given.when(ANNA, Role::Assessor, Action::Submit(edges)).is_ok());
}

#[test]
fn an_assessment_is_given_once_and_revised_until_it_is_shown() {
    let given = Given::assessed();
    given.does_nothing(ANNA, Role::Assessor, Action::Submit(annas()));
    let other = assessment(43, 1, 1);
    given.refuses(ANNA, Role::Assessor, Action::Submit(other.clone()), No::AlreadyAssessed);
    let revised = |revision| AssessmentRevised {
        assessor: person(ANNA),
        revision,
        commitment: committed(&other),
        sealed: text(43),
        rationales: rationales(44),
    };
    given.gives(
        ANNA,
        Role::Assessor,
        Action::Revise(other.clone()),
        &[revised(1).into()],
    );
    // The same scores under the same nonce are no revision, whatever else was sent along.
    let same = Assess {
        sealed: text(99),
        ..annas()
    };
    given.does_nothing(ANNA, Role::Assessor, Action::Revise(same));
    let twice = given
        .then(ANNA, Role::Assessor, Action::Revise(assessment(45, 2, 2)))
        .when(ANNA, Role::Assessor, Action::Revise(other.clone()));
    assert_eq!(twice.as_deref(), Ok(&[revised(2).into()][..]));
    Given::declared().refuses(ANNA, Role::Assessor, Action::Revise(other.clone()), No::NotAssessed);
    let shown = Given::revealed();
    shown.refuses(ANNA, Role::Assessor, Action::Revise(other.clone()), No::AlreadyRevealed);
    shown.refuses(ANNA, Role::Assessor, Action::Submit(other), No::AlreadyAssessed);
    shown.does_nothing(ANNA, Role::Assessor, Action::Submit(annas()));
}

fn shown() -> AssessmentsRevealed {
    let revealed = |who, assess: &Assess, scores: &str| RevealedAssessment {
        assessor: person(who),
        nonce: assess.nonce,
        scores: scores.into(),
    };
    let summary = |criterion: &str, mean_hundredths, lowest, highest| CriterionSummary {
        criterion: form(criterion),
        count: 2,
        mean_hundredths,
        lowest,
        highest,
        spread: 1,
    };
    AssessmentsRevealed {
        assessments: vec![
            revealed(ANNA, &annas(), r#"{"benefit":4,"risk":2}"#),
            revealed(BERTIL, &bertils(), r#"{"benefit":5,"risk":3}"#),
        ],
        criteria: vec![summary("benefit", 450, 4, 5), summary("risk", 250, 2, 3)],
        weighted_hundredths: 400,
    }
}

#[test]
fn all_assessments_are_shown_together_with_what_proves_them() {
    let given = Given::assessed();
    given.gives(COORDINATOR, Role::Coordinator, reveal(), &[shown().into()]);
    given.is_only_for(&[Role::Coordinator], COORDINATOR, &reveal());
    let revealed = Given::revealed();
    revealed.does_nothing(COORDINATOR, Role::Coordinator, Action::Reveal(vec![]));
    Given::nothing().refuses(COORDINATOR, Role::Coordinator, reveal(), No::Unknown);
}

#[test]
fn nothing_is_shown_while_somebody_who_was_asked_has_not_assessed() {
    let given = Given::declared().then(ANNA, Role::Assessor, Action::Submit(annas()));
    given.refuses(COORDINATOR, Role::Coordinator, reveal(), No::AssessmentsMissing);
    // Also where enough are in.
    let third = Given::assessed().coordinator(assign(&[CECILIA]));
    third.refuses(COORDINATOR, Role::Coordinator, reveal(), No::AssessmentsMissing);
}

#[test]
fn too_few_assessments_are_not_shown() {
    let given = Given::assessed().coordinator(recuse(BERTIL, None));
    given.refuses(COORDINATOR, Role::Coordinator, reveal(), No::TooFewAssessments);
    Given::opened().refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::Reveal(vec![]),
        No::TooFewAssessments,
    );
}

#[test]
fn what_stepped_aside_is_not_shown() {
    let cecilias = assessment(46, 2, 2);
    let given = Given::assessed()
        .coordinator(recuse(BERTIL, Some((CECILIA, 0))))
        .then(CECILIA, Role::Assessor, Action::DeclareNoConflict)
        .then(CECILIA, Role::Assessor, Action::Submit(cecilias.clone()));
    let openings = vec![
        opening(ANNA, &annas()),
        opening(BERTIL, &bertils()),
        opening(CECILIA, &cecilias),
    ];
    let events = given
        .when(COORDINATOR, Role::Coordinator, Action::Reveal(openings))
        .expect("shown");
    let [EvaluationEvent::AssessmentsRevealed(revealed)] = events.as_slice() else {
        panic!("{events:?}")
    };
    let who: Vec<_> = revealed.assessments.iter().map(|shown| shown.assessor).collect();
    assert_eq!(who, people(&[ANNA, CECILIA]));
}

#[test]
fn what_is_shown_is_what_was_committed_to() {
    let given = Given::assessed();
    let refuses = |openings: Vec<Opening>| {
        given.refuses(
            COORDINATOR,
            Role::Coordinator,
            Action::Reveal(openings),
            No::CommitmentBroken,
        );
    };
    let (anna, bertil) = (opening(ANNA, &annas()), opening(BERTIL, &bertils()));
    refuses(vec![anna.clone()]);
    refuses(vec![
        anna.clone(),
        Opening {
            nonce: Nonce([9; 32]),
            ..bertil.clone()
        },
    ]);
    refuses(vec![
        anna.clone(),
        Opening {
            scores: r#"{"benefit":5,"risk":5}"#.into(),
            ..bertil.clone()
        },
    ]);
    // Somebody else's opening is nobody's.
    refuses(vec![
        anna,
        Opening {
            assessor: person(CECILIA),
            ..bertil
        },
    ]);
}

/// A history may hold a commitment to something that is no assessment: it is never counted.
#[test]
fn a_commitment_to_what_is_no_assessment_is_broken() {
    for scores in [r#"{"benefit":5,"risk":9}"#, r#"{"benefit":5}"#, "five"] {
        let mut given = Given::assessed();
        let nonce = Nonce([77; 32]);
        given.events.push(
            AssessmentRevised {
                assessor: person(BERTIL),
                revision: 1,
                commitment: commitment(&nonce, scores),
                sealed: text(1),
                rationales: rationales(1),
            }
            .into(),
        );
        let bertil = Opening {
            assessor: person(BERTIL),
            nonce,
            scores: scores.into(),
        };
        let openings = Action::Reveal(vec![opening(ANNA, &annas()), bertil]);
        given.refuses(COORDINATOR, Role::Coordinator, openings, No::CommitmentBroken);
    }
}
