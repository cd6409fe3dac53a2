//! What an older idea box had decided and assessed. Unknown stays unknown.

use super::*;
use EvaluationRejection as No;
use idesluss_domain::EvaluationStatus;

pub(crate) fn decision_of(import: &str) -> RecordEarlierDecision {
    RecordEarlierDecision {
        idea: idea(1),
        import: form(import),
        outcome: Some(Outcome::Reject),
        stated_status: Some(form("avslagen")),
        decided: Some("2004-05".parse().expect("a month")),
        reasons: Some(text(90)),
        before_submission: true,
    }
}

pub(crate) fn score(criterion: &str, score: u8) -> EarlierScore {
    EarlierScore {
        criterion: form(criterion),
        score,
        rationale: Some(text(91)),
        assessed: None,
    }
}

pub(crate) fn scored(import: &str, scores: &[EarlierScore]) -> RecordEarlierAssessment {
    RecordEarlierAssessment {
        idea: idea(1),
        import: form(import),
        assessor: person(ANNA),
        scores: scores.to_vec(),
    }
}

#[test]
fn an_earlier_decision_is_recorded_as_it_was_written_and_once() {
    let action = Action::EarlierDecision(decision_of("idélådan"));
    let recorded = EarlierDecisionRecorded {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        import: form("idélådan"),
        outcome: Some(Outcome::Reject),
        stated_status: Some(form("avslagen")),
        decided: Some("2004-05".parse().expect("a month")),
        reasons: Some(text(90)),
        before_submission: true,
    };
    let nothing = Given::earlier();
    nothing.gives(COORDINATOR, Role::Coordinator, action.clone(), &[recorded.into()]);
    let given = nothing.coordinator(action.clone());
    given.is_only_for(&[Role::Coordinator], COORDINATOR, &action);
    given.does_nothing(COORDINATOR, Role::Coordinator, action);
    let other = RecordEarlierDecision {
        outcome: None,
        ..decision_of("idélådan")
    };
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::EarlierDecision(other),
        No::EarlierDiffers,
    );
    // Another import may know it otherwise: both stand.
    let second = given.coordinator(Action::EarlierDecision(decision_of("pärmen")));
    assert_eq!(second.state().earlier_decisions.len(), 2);
    assert_eq!(second.state().status(), Some(EvaluationStatus::TakenOver));
}

#[test]
fn an_earlier_assessment_is_recorded_criterion_by_criterion() {
    let record = |scores: &[EarlierScore]| Action::EarlierAssessment(scored("idélådan", scores));
    let recorded = |scores: &[EarlierScore]| EarlierAssessmentRecorded {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        import: form("idélådan"),
        assessor: person(ANNA),
        scores: scores.to_vec(),
    };
    let (first, second) = (score("nytta", 1), score("risk", 5));
    let nothing = Given::earlier();
    let one = [first.clone()];
    nothing.gives(COORDINATOR, Role::Coordinator, record(&one), &[recorded(&one).into()]);
    let given = nothing.coordinator(record(&one));
    given.is_only_for(&[Role::Coordinator], COORDINATOR, &record(&one));
    given.does_nothing(COORDINATOR, Role::Coordinator, record(&one));
    // What stands already is not written again.
    let both = [first.clone(), second.clone()];
    given.gives(
        COORDINATOR,
        Role::Coordinator,
        record(&both),
        &[recorded(&[second]).into()],
    );
    let other = record(&[score("nytta", 2)]);
    given.refuses(COORDINATOR, Role::Coordinator, other.clone(), No::EarlierDiffers);
    // Somebody else's scores, and another import's, are their own.
    let bertils = Action::EarlierAssessment(RecordEarlierAssessment {
        assessor: person(BERTIL),
        ..scored("idélådan", &[score("nytta", 2)])
    });
    assert!(
        given
            .when(COORDINATOR, Role::Coordinator, bertils)
            .is_ok_and(|events| events.len() == 1)
    );
    let folder = Action::EarlierAssessment(scored("pärmen", &[score("nytta", 2)]));
    assert!(
        given
            .when(COORDINATOR, Role::Coordinator, folder)
            .is_ok_and(|events| events.len() == 1)
    );
}

#[test]
fn earlier_records_stand_apart_from_every_evaluation() {
    let action = Action::EarlierDecision(decision_of("idélådan"));
    Given::nothing().refuses(COORDINATOR, Role::Coordinator, action.clone(), No::NotTakenOver);
    let other = RecordEarlierDecision {
        idea: idea(2),
        ..decision_of("idélådan")
    };
    Given::earlier().refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::EarlierDecision(other),
        No::WrongId,
    );
    // A history in which round 0 was opened all the same takes nothing over any more.
    let mut opened = Given::earlier();
    opened.events = Given::opened().events;
    opened.refuses(COORDINATOR, Role::Coordinator, action, No::WrongId);
    let assessed = Action::EarlierAssessment(scored("idélådan", &[score("nytta", 3)]));
    opened.refuses(COORDINATOR, Role::Coordinator, assessed, No::WrongId);
}

#[test]
fn one_organisation_takes_an_idea_over() {
    let elsewhere = || Actor {
        organisation: organisation("trollhattan"),
        ..actor(COORDINATOR, Role::Coordinator)
    };
    let decided = Action::EarlierDecision(decision_of("idélådan"));
    let assessed = Action::EarlierAssessment(scored("idélådan", &[score("nytta", 3)]));
    for (first, then) in [(&decided, &assessed), (&assessed, &decided)] {
        let given = Given::earlier().coordinator(first.clone());
        assert_eq!(given.when_by(elsewhere(), then.clone()), Err(No::WrongOrganisation));
    }
}

#[test]
fn only_the_ideas_own_organisation_records_what_was_judged_earlier() {
    let known = |home: Option<&str>| {
        Evaluation::default().knowing(KnownIdea {
            organisation: home.map(organisation),
            imported: true,
            ..KnownIdea::default()
        })
    };
    for action in [
        Action::EarlierDecision(decision_of("idélådan")),
        Action::EarlierAssessment(scored("idélådan", &[score("nytta", 4)])),
    ] {
        let command = Given::earlier().command(actor(COORDINATOR, Role::Coordinator), action);
        let decide = |home| Evaluations::decide(&command, &known(home));
        assert_eq!(decide(Some("trollhattan")), Err(No::WrongOrganisation));
        assert_eq!(decide(None), Err(No::UnknownIdea));
        assert_eq!(decide(Some("uddevalla")).expect("recorded").len(), 1);
    }
}

#[test]
fn an_earlier_score_is_1_to_5_of_a_named_criterion_each_once() {
    let given = Given::earlier();
    for wrong in [
        vec![],
        vec![score("nytta", 0)],
        vec![score("nytta", 6)],
        vec![score("nytta", 3), score("risk", 3), score("nytta", 3)],
        vec![score("nytta", 3), score("risk", 6)],
    ] {
        let action = Action::EarlierAssessment(scored("idélådan", &wrong));
        given.refuses(COORDINATOR, Role::Coordinator, action, No::EarlierInvalid);
    }
    for right in [score("nytta", 1), score("nytta", 5), score(&"å".repeat(40), 3)] {
        let action = Action::EarlierAssessment(scored("idélådan", &[right]));
        assert!(given.when(COORDINATOR, Role::Coordinator, action).is_ok());
    }
}

#[test]
fn what_began_here_has_nothing_earlier() {
    let given = Given::earlier();
    let live = fold::<Evaluations>(&given.events).knowing(known_idea());
    for action in [
        Action::EarlierDecision(decision_of("idélådan")),
        Action::EarlierAssessment(scored("idélådan", &[score("nytta", 3)])),
    ] {
        let command = given.command(actor(COORDINATOR, Role::Coordinator), action);
        assert_eq!(Evaluations::decide(&command, &live), Err(No::NotTakenOver));
    }
}

#[test]
fn nothing_earlier_lies_ahead() {
    let given = Given::earlier();
    let ahead = ["2026-11-25", "2026-12", "2027", "2026-11-25T00:00:00Z"];
    let past = ["2026-11-24", "2026-11", "2026", "2026-11-24T23:59:59Z", "0001"];
    for (times, refused) in [(&ahead[..], Some(No::DateAhead)), (&past[..], None)] {
        for time in times {
            let time = Some(time.parse().expect("a time"));
            let decided = RecordEarlierDecision {
                decided: time.clone(),
                ..decision_of("idélådan")
            };
            let assessed = EarlierScore {
                assessed: time,
                ..score("nytta", 3)
            };
            for action in [
                Action::EarlierDecision(decided),
                Action::EarlierAssessment(scored("idélådan", &[assessed])),
            ] {
                let found = given.when(COORDINATOR, Role::Coordinator, action.clone()).err();
                assert_eq!(found, refused, "{action:?}");
            }
        }
    }
}
