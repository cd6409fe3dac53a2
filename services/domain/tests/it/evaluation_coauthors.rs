//! Somebody becomes a co-author while the idea is judged; and what was judged before the sluice is recorded by the idea's own organisation.

use crate::ids::{actor, day, idea, organisation, person, text};
use idesluss_domain::evaluation::delegation_order::Mandate;
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::words::{Actor, Digest, EvaluationId, Gate, Outcome, PersonId, Role};
use idesluss_domain::{Decider as _, fold};
use std::collections::{BTreeMap, BTreeSet};

const SUBMITTER: u128 = 1;
const COORDINATOR: u128 = 2;
const DECIDER: u128 = 3;
const ASSESSORS: [u128; 3] = [11, 12, 13];

/// An evaluation with a history, and who is known to have written the idea.
#[derive(Debug, Clone)]
struct Given {
    events: Vec<EvaluationEvent>,
    authors: BTreeSet<PersonId>,
}

impl Given {
    /// Opened at the first gate; three people assess, two assessments are required.
    fn opened() -> Self {
        let open = Open {
            idea: idea(1),
            gate: Gate::Opportunity,
            round: 1,
            organisation: organisation("uddevalla"),
            brief: OpenedBrief {
                version: 1,
                texts: idesluss_domain::words::copied(&BTreeMap::from([("title".into(), text(1))])),
            },
            excluded: vec![person(SUBMITTER)],
            assessed_before: vec![],
            criteria_set: "standard".into(),
            criteria_version: 0,
            criteria: vec![WeightedCriterion {
                key: "benefit".into(),
                weight: 1,
            }],
            assessments_required: 2,
        };
        let given = Self {
            events: vec![],
            authors: [person(SUBMITTER)].into(),
        };
        let assessors = ASSESSORS.map(|number| (person(number), 0)).to_vec();
        given.then(0, Role::Service, Action::Open(Box::new(open))).then(
            COORDINATOR,
            Role::Coordinator,
            Action::Assign(Assign { assessors, cap: 10 }),
        )
    }

    /// All have declared and assessed: 5, 4 and 3.
    fn assessed() -> Self {
        ASSESSORS.into_iter().fold(Self::opened(), |given, number| {
            given.then(number, Role::Assessor, Action::DeclareNoConflict).then(
                number,
                Role::Assessor,
                Action::Submit(assess(number)),
            )
        })
    }

    fn revealed() -> Self {
        Self::assessed()
            .then(COORDINATOR, Role::Coordinator, Action::Reveal(openings(&ASSESSORS)))
            .then(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict)
    }

    /// The same once this journal has heard that somebody agreed to be a co-author.
    fn coauthored_by(mut self, number: u128) -> Self {
        self.authors.insert(person(number));
        self
    }

    fn state(&self) -> Evaluation {
        fold::<Evaluations>(&self.events).knowing(KnownIdea {
            organisation: Some(organisation("uddevalla")),
            authors: self.authors.clone(),
            ..KnownIdea::default()
        })
    }

    fn when(&self, who: u128, role: Role, action: Action) -> Result<Vec<EvaluationEvent>, EvaluationRejection> {
        Evaluations::decide(&command(1, actor(who, role), action), &self.state())
    }

    fn then(mut self, who: u128, role: Role, action: Action) -> Self {
        let events = self.when(who, role, action.clone());
        self.events
            .extend(events.unwrap_or_else(|rejection| panic!("{action:?}: {rejection}")));
        self
    }

    fn refuses(&self, who: u128, role: Role, action: Action, rejection: EvaluationRejection) {
        assert_eq!(self.when(who, role, action.clone()), Err(rejection), "{action:?}");
    }
}

fn command(round: u32, actor: Actor, action: Action) -> EvaluationCommand {
    EvaluationCommand {
        evaluation: EvaluationId::derive(idea(1), round),
        actor,
        today: day(24),
        action,
    }
}

fn scores(number: u128) -> Scores {
    let score = 5 - u8::try_from(number - ASSESSORS[0]).expect("an assessor");
    Scores::from([("benefit".into(), score)])
}

fn nonce(number: u128) -> Nonce {
    Nonce([u8::try_from(number).expect("a small number"); 32])
}

fn assess(number: u128) -> Assess {
    Assess {
        scores: scores(number),
        nonce: nonce(number),
        sealed: text(40),
        rationales: BTreeMap::from([("benefit".into(), text(41))]),
    }
}

fn openings(of: &[u128]) -> Vec<Opening> {
    let opening = |number: &u128| Opening {
        assessor: person(*number),
        nonce: nonce(*number),
        scores: scores_json(&scores(*number)),
    };
    of.iter().map(opening).collect()
}

fn recommend(outcome: Outcome, panel: &[u128]) -> Action {
    Action::Recommend(Issue {
        proposal: outcome,
        reasons: text(50),
        panel: panel.iter().map(|number| person(*number)).collect(),
        dissent: vec![],
    })
}

fn decide(outcome: Outcome) -> Action {
    Action::Decide(Box::new(Decide {
        outcome,
        home: false,
        reasons: text(60),
        conditions: None,
        cost_kronor: 0,
        who: Who::Actor(Ok(Mandate {
            reference: "uddevalla/1/4.1".into(),
            organisation: organisation("uddevalla"),
            order_version: 1,
            clause: "4.1".into(),
            holder: person(DECIDER),
            gates: vec![Gate::Opportunity],
            up_to_kronor: 1_000,
            valid_from: day(1),
            valid_until: None,
            from_mandate: None,
            revoked_from: None,
            may_subdelegate: false,
        })),
        basis: Basis {
            seen: 20,
            size: 21,
            root: Digest([0; 32]),
            sources: vec![],
            brief_version: 1,
        },
        latest: None,
        opened_on: day(1),
    }))
}

#[test]
fn who_becomes_a_co_author_after_the_opening_is_not_asked_to_assess() {
    let late = Given::opened().coauthored_by(14);
    let assign = Action::Assign(Assign {
        assessors: vec![(person(14), 0)],
        cap: 10,
    });
    late.refuses(COORDINATOR, Role::Coordinator, assign, EvaluationRejection::OwnIdea);
    let replace = Action::Recuse(Recuse {
        assessor: person(ASSESSORS[0]),
        conflict: false,
        reason: text(1),
        replaced_by: Some((person(14), 0)),
        cap: 10,
    });
    late.refuses(COORDINATOR, Role::Coordinator, replace, EvaluationRejection::OwnIdea);
    // Nor one who was asked before, again.
    let again = Action::Assign(Assign {
        assessors: vec![(person(ASSESSORS[1]), 0)],
        cap: 10,
    });
    Given::opened().coauthored_by(ASSESSORS[1]).refuses(
        COORDINATOR,
        Role::Coordinator,
        again,
        EvaluationRejection::OwnIdea,
    );
}

#[test]
fn an_assessor_who_becomes_a_co_author_neither_declares_nor_assesses_nor_revises() {
    let who = ASSESSORS[0];
    let late = Given::opened().coauthored_by(who);
    late.refuses(
        who,
        Role::Assessor,
        Action::DeclareNoConflict,
        EvaluationRejection::OwnIdea,
    );
    late.refuses(
        who,
        Role::Assessor,
        Action::Submit(assess(who)),
        EvaluationRejection::OwnIdea,
    );
    let late = Given::assessed().coauthored_by(who);
    late.refuses(
        who,
        Role::Assessor,
        Action::Revise(assess(ASSESSORS[1])),
        EvaluationRejection::OwnIdea,
    );
    assert_eq!(late.state().aside(person(who)), Some(Aside::Author));
}

#[test]
fn the_assessment_of_a_co_author_is_not_shown_with_the_others() {
    let late = Given::assessed().coauthored_by(ASSESSORS[0]);
    let events = late
        .when(COORDINATOR, Role::Coordinator, Action::Reveal(openings(&ASSESSORS)))
        .expect("shown");
    let shown = |number: u128| RevealedAssessment {
        assessor: person(number),
        nonce: nonce(number),
        scores: scores_json(&scores(number)),
    };
    let summary = CriterionSummary {
        criterion: "benefit".into(),
        count: 2,
        mean_hundredths: 350,
        lowest: 3,
        highest: 4,
        spread: 1,
    };
    let revealed = AssessmentsRevealed {
        assessments: vec![shown(ASSESSORS[1]), shown(ASSESSORS[2])],
        criteria: vec![summary],
        weighted_hundredths: 350,
    };
    assert_eq!(events, [revealed.into()]);
}

#[test]
fn without_the_co_authors_there_must_be_enough_before_anything_is_shown() {
    let late = Given::assessed()
        .coauthored_by(ASSESSORS[0])
        .coauthored_by(ASSESSORS[1]);
    late.refuses(
        COORDINATOR,
        Role::Coordinator,
        Action::Reveal(openings(&ASSESSORS)),
        EvaluationRejection::TooFewAssessments,
    );
    // Somebody else assesses instead.
    let number = 14;
    let assign = Action::Assign(Assign {
        assessors: vec![(person(number), 0)],
        cap: 10,
    });
    let other = Assess {
        nonce: nonce(number),
        ..assess(ASSESSORS[0])
    };
    let opening = Opening {
        assessor: person(number),
        nonce: nonce(number),
        scores: scores_json(&scores(ASSESSORS[0])),
    };
    let all = [openings(&ASSESSORS), vec![opening]].concat();
    late.then(COORDINATOR, Role::Coordinator, assign)
        .then(number, Role::Assessor, Action::DeclareNoConflict)
        .then(number, Role::Assessor, Action::Submit(other))
        .then(COORDINATOR, Role::Coordinator, Action::Reveal(all));
}

#[test]
fn what_a_co_author_was_shown_to_have_scored_does_not_count_any_more() {
    let given = Given::revealed();
    assert_eq!(given.state().summary().expect("shown").1, 400);
    let late = given.coauthored_by(ASSESSORS[0]);
    let (summary, weighted) = late.state().summary().expect("shown");
    assert_eq!((summary[0].count, summary[0].highest, weighted), (2, 4, 350));
    assert!(!late.state().falls_short());
    late.refuses(
        COORDINATOR,
        Role::Coordinator,
        recommend(Outcome::Advance, &ASSESSORS),
        EvaluationRejection::OwnIdea,
    );
    // Enough is left: the others were independent.
    late.then(
        COORDINATOR,
        Role::Coordinator,
        recommend(Outcome::Advance, &ASSESSORS[1..]),
    )
    .then(DECIDER, Role::DecisionMaker, decide(Outcome::Advance));
}

#[test]
fn with_too_few_left_it_can_only_be_sent_back() {
    let late = Given::revealed()
        .coauthored_by(ASSESSORS[0])
        .coauthored_by(ASSESSORS[1]);
    assert!(late.state().falls_short());
    for outcome in [Outcome::Advance, Outcome::Park, Outcome::Reject] {
        late.refuses(
            COORDINATOR,
            Role::Coordinator,
            recommend(outcome, &ASSESSORS[2..]),
            EvaluationRejection::FallsShort,
        );
        late.refuses(
            DECIDER,
            Role::DecisionMaker,
            decide(outcome),
            EvaluationRejection::FallsShort,
        );
    }
    late.then(
        COORDINATOR,
        Role::Coordinator,
        recommend(Outcome::Return, &ASSESSORS[2..]),
    )
    .then(DECIDER, Role::DecisionMaker, decide(Outcome::Return));
}

#[test]
fn a_recommendation_of_a_co_author_is_set_aside_and_another_may_be_issued() {
    let given = Given::revealed().then(COORDINATOR, Role::Coordinator, recommend(Outcome::Advance, &ASSESSORS));
    let anew = recommend(Outcome::Park, &ASSESSORS[1..]);
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        anew.clone(),
        EvaluationRejection::AlreadyRecommended,
    );
    let late = given.coauthored_by(ASSESSORS[0]);
    assert_eq!(late.state().recommendation_in_force(), None);
    let late = late.then(COORDINATOR, Role::Coordinator, anew);
    let panel: Vec<_> = ASSESSORS[1..].iter().map(|number| person(*number)).collect();
    let issued = late.state().recommendation_in_force().cloned().expect("a new one");
    assert_eq!((issued.proposal, issued.panel), (Outcome::Park, panel));
}

#[test]
fn a_decider_who_becomes_a_co_author_does_not_decide() {
    let late = Given::revealed().coauthored_by(DECIDER);
    late.refuses(
        DECIDER,
        Role::DecisionMaker,
        decide(Outcome::Advance),
        EvaluationRejection::OwnIdea,
    );
    let board = Action::Decide(Box::new(match decide(Outcome::Advance) {
        Action::Decide(decide) => Decide {
            who: Who::Board {
                board: "Kommunstyrelsen".into(),
                meeting: day(20),
                paragraph: "§ 7".into(),
            },
            ..*decide
        },
        other => panic!("{other:?}"),
    }));
    late.refuses(DECIDER, Role::DecisionMaker, board, EvaluationRejection::OwnIdea);
}

#[test]
fn why_somebody_takes_no_part_is_told_apart() {
    let given = Given::assessed()
        .then(ASSESSORS[0], Role::Assessor, Action::DeclareConflict(Some(text(2))))
        .then(
            COORDINATOR,
            Role::Coordinator,
            Action::Recuse(Recuse {
                assessor: person(ASSESSORS[1]),
                conflict: false,
                reason: text(3),
                replaced_by: None,
                cap: 10,
            }),
        );
    let state = given.state();
    let aside =
        [SUBMITTER, ASSESSORS[0], ASSESSORS[1], ASSESSORS[2], DECIDER].map(|number| state.aside(person(number)));
    assert_eq!(
        aside,
        [
            Some(Aside::Author),
            Some(Aside::Conflict),
            Some(Aside::Recused),
            None,
            None
        ]
    );
}

fn earlier_decision() -> RecordEarlierDecision {
    RecordEarlierDecision {
        idea: idea(1),
        import: "Lådan".into(),
        outcome: Some(Outcome::Reject),
        stated_status: "rejected".into(),
        decided: None,
        reasons: None,
        before_submission: false,
    }
}

fn earlier_assessment() -> RecordEarlierAssessment {
    RecordEarlierAssessment {
        idea: idea(1),
        import: "Lådan".into(),
        assessor: person(7),
        scores: vec![EarlierScore {
            criterion: "Nytta".into(),
            score: 4,
            rationale: None,
            assessed: None,
        }],
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
    let coordinator = actor(COORDINATOR, Role::Coordinator);
    for action in [
        Action::EarlierDecision(earlier_decision()),
        Action::EarlierAssessment(earlier_assessment()),
    ] {
        let command = command(0, coordinator.clone(), action);
        let decide = |home| Evaluations::decide(&command, &known(home));
        assert_eq!(decide(Some("trollhattan")), Err(EvaluationRejection::WrongOrganisation));
        assert_eq!(decide(None), Err(EvaluationRejection::UnknownIdea));
        assert_eq!(decide(Some("uddevalla")).expect("recorded").len(), 1);
    }
}
