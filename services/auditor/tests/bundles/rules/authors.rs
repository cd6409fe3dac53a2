//! Who wrote an idea, from which moment on; and what takes two people.

use super::*;
use crate::history::{ASSESSORS, COAUTHOR, COORDINATOR, DECIDER, HOME, OTHER, SUBMITTER};
use crate::plan::{Plan, Step, Who, idea, organisation, person, text};
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::{AuthorsExcluded, CoauthorAdded, ErasureDecided, ErasureRequested, Imported};
use idesluss_domain::words::{EvaluationId, Outcome, StreamName};

/// Somebody agrees to be a co-author, right before a step.
fn agree_before(plan: &mut Plan, number: u128, name: &str, nth: usize) {
    let agreed = index(plan, "CoauthorAdded", 0);
    let at = index(plan, name, nth);
    let mut step = plan.steps[agreed].clone();
    step.who.person = person(number);
    step.command = 1_000;
    let coauthor = person(number);
    step.event = IdeaEvent::from(CoauthorAdded { coauthor }).into();
    plan.steps.insert(at, step);
}

#[test]
fn somebody_whom_another_makes_a_co_author_is_found() {
    assert_found(
        |plan| by(plan, "CoauthorAdded", 0, SUBMITTER),
        &["R24"],
        ("CoauthorAdded", 0),
    );
    assert_found(
        |plan| {
            let at = index(plan, "CoauthorAdded", 0);
            plan.steps[at].who.role = "coordinator";
        },
        &["R31"],
        ("CoauthorAdded", 0),
    );
}

#[test]
fn an_assessor_who_became_a_co_author_late_is_found_wherever_they_act() {
    let mut steps = Vec::new();
    let found = found(|plan| {
        agree_before(plan, ASSESSORS[0], "AssessmentSubmitted", 0);
        steps = ["AssessmentSubmitted", "AssessmentRevised", "RecommendationIssued"]
            .map(|name| index(plan, name, 0))
            .to_vec();
    });
    for step in steps {
        assert!(found.contains(&("R11", Some(step))), "{found:?} and not {step}");
    }
}

#[test]
fn an_assessment_of_a_co_author_that_was_shown_is_found() {
    let mut shown = None;
    let found = found(|plan| {
        agree_before(plan, ASSESSORS[0], "AssessmentsRevealed", 0);
        shown = Some(index(plan, "AssessmentsRevealed", 0));
    });
    assert!(found.contains(&("R17", shown)), "{found:?}");
}

#[test]
fn what_rests_on_too_few_without_those_of_new_co_authors_is_found() {
    for (name, outcome) in [
        ("RecommendationIssued", None),
        ("DecisionMade", None),
        ("DecisionMade", Some(Outcome::Return)),
    ] {
        let mut at = None;
        let found = found(|plan| {
            agree_before(
                plan,
                ASSESSORS[0],
                if name == "DecisionMade" {
                    "MandateVerified"
                } else {
                    name
                },
                0,
            );
            if let Some(outcome) = outcome {
                change(plan, name, 0, decision, |it| it.outcome = outcome);
            }
            at = Some(index(plan, name, 0));
        });
        let told = found.contains(&("R08", at));
        assert_eq!(told, outcome.is_none(), "{name} {outcome:?}: {found:?}");
    }
}

#[test]
fn a_panel_may_recommend_again_where_one_of_it_has_become_a_co_author() {
    let anew = |late: bool| {
        let mut second = None;
        let found = found(|plan| {
            let first = index(plan, "RecommendationIssued", 0);
            let mut step = plan.steps[first].clone();
            step.command = 1_001;
            let Event::Evaluation(EvaluationEvent::RecommendationIssued(issued)) = &mut step.event else {
                panic!("{:?}", step.event)
            };
            issued.dissent.clear();
            issued.panel = vec![person(ASSESSORS[1])];
            issued.proposal = Outcome::Return;
            plan.steps.insert(first + 1, step);
            if late {
                agree_before(plan, ASSESSORS[0], "RecommendationIssued", 1);
            }
            second = Some(index(plan, "RecommendationIssued", 1));
        });
        found.contains(&("R23", second))
    };
    assert!(anew(false));
    assert!(!anew(true));
}

fn erasure(asked: u128, decided: u128) -> Vec<&'static str> {
    let found = found(|plan| {
        let who = |number, role| Who {
            person: person(number),
            role,
            organisation: organisation(HOME),
        };
        let stream = StreamName::idea(idea(1));
        let requested = ErasureRequested {
            requested_by: person(asked),
        };
        plan.act(
            "submission",
            &stream,
            idea(1),
            &who(asked, "registrar"),
            IdeaEvent::from(requested),
        );
        let decision = ErasureDecided {
            basis: "gallringsplan 4.2".parse().expect("in form"),
            idea: idea(1),
            services: vec!["submission".parse().expect("in form")],
        };
        plan.act(
            "submission",
            &stream,
            idea(1),
            &who(decided, "registrar"),
            IdeaEvent::from(decision),
        );
    });
    found.into_iter().map(|(code, _)| code).collect()
}

#[test]
fn an_erasure_that_one_person_asked_for_and_decided_is_found() {
    assert_eq!(erasure(20, 20), ["R28"]);
    assert_eq!(erasure(20, 21), [""; 0]);
}

/// What an organisation records of an idea of Uddevalla's before the sluice.
fn earlier(organisation_name: &str, role: &'static str, taken_over: bool) -> Vec<&'static str> {
    let found = found(|plan: &mut Plan| {
        let begins = index(plan, "IdeaSubmitted", 0);
        if let (true, Event::Idea(IdeaEvent::IdeaSubmitted(event))) = (taken_over, &mut plan.steps[begins].event) {
            event.imported = Some(Imported {
                import: "Lådan".parse().expect("a label"),
                reference: "P-1".parse().expect("a label"),
                submitted: None,
            });
        }
        let who = Who {
            person: person(COORDINATOR),
            role,
            organisation: organisation(organisation_name),
        };
        let recorded = EarlierDecisionRecorded {
            idea: idea(1),
            organisation: organisation(organisation_name),
            import: "Lådan".parse().expect("in form"),
            outcome: None,
            stated_status: Some("rejected".parse().expect("in form")),
            decided: None,
            reasons: Some(text(3)),
            before_submission: false,
        };
        let stream = StreamName::evaluation(EvaluationId::derive(idea(1), 0));
        let _: &mut Step = plan.act("evaluation", &stream, idea(1), &who, EvaluationEvent::from(recorded));
    });
    found.into_iter().map(|(code, _)| code).collect()
}

#[test]
fn what_another_organisation_records_of_an_idea_before_the_sluice_is_found() {
    assert_eq!(earlier(HOME, "coordinator", true), [""; 0]);
    assert_eq!(earlier(OTHER, "coordinator", true), ["R24"]);
    assert_eq!(earlier(HOME, "registrar", true), ["R31"]);
}

#[test]
fn something_earlier_of_an_idea_that_was_not_taken_over_is_found() {
    assert_eq!(earlier(HOME, "coordinator", false), ["R24"]);
}

#[test]
fn who_wrote_a_duplicate_and_decides_the_idea_that_goes_on_is_found() {
    let found = found(|plan| {
        let at = index(plan, "IdeaAccepted", 0);
        let mut step = plan.steps[at].clone();
        step.command = 1_000;
        step.who.role = "service";
        step.event = IdeaEvent::from(AuthorsExcluded {
            of: idea(7),
            people: vec![person(DECIDER)],
        })
        .into();
        plan.steps.insert(index(plan, "EvaluationStarted", 0) + 1, step);
    });
    // They declared none, and decided; the second round does not exclude them.
    let codes: Vec<_> = found.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["R11"; 3], "{found:?}");
}

#[test]
fn the_co_author_of_the_true_plan_was_asked_and_agreed() {
    // What the other tests change is true before.
    assert_eq!(found(|_| {}), []);
    let plan = true_plan();
    let [asked, agreed] = ["CoauthorProposed", "CoauthorAdded"].map(|name| &plan.steps[index(&plan, name, 0)]);
    assert_eq!(
        (asked.who.person, agreed.who.person),
        (person(SUBMITTER), person(COAUTHOR))
    );
}
