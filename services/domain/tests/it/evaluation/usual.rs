//! What people usually do in these tests, and what usually follows.

use super::*;
use idesluss_domain::evaluation::delegation_order::Mandate;
use idesluss_domain::words::{Digest, PersonId, SealedText};
use std::collections::BTreeMap;

pub(crate) fn criteria() -> Vec<WeightedCriterion> {
    [("benefit", 3), ("risk", 1)]
        .map(|(key, weight)| WeightedCriterion { key: form(key), weight })
        .to_vec()
}

pub(crate) fn open(gate: Gate) -> Open {
    Open {
        idea: idea(1),
        gate,
        round: 1,
        organisation: organisation("uddevalla"),
        brief: OpenedBrief {
            version: 2,
            texts: idesluss_domain::words::copied(
                &[("title".to_owned(), text(1)), ("problem".to_owned(), text(2))].into(),
            ),
        },
        excluded: vec![person(SUBMITTER), person(COAUTHOR)],
        assessed_before: vec![person(BEFORE)],
        criteria_set: form("standard"),
        criteria_version: 4,
        criteria: criteria(),
        assessments_required: 2,
    }
}

/// Asks these people, none of whom has anything else to assess.
pub(crate) fn assign(people: &[u128]) -> Action {
    Action::Assign(Assign {
        assessors: people.iter().map(|&who| (person(who), 0)).collect(),
        cap: 10,
    })
}

pub(crate) fn scores(benefit: u8, risk: u8) -> Scores {
    Scores::from([("benefit".into(), benefit), ("risk".into(), risk)])
}

/// Why, for each criterion.
pub(crate) fn rationales(number: u8) -> BTreeMap<String, SealedText> {
    [
        ("benefit".to_owned(), text(number)),
        ("risk".to_owned(), text(number + 1)),
    ]
    .into()
}

/// An assessment whose nonce and texts are told apart by a number below 128; no nonce has the bytes of a text.
pub(crate) fn assessment(number: u8, benefit: u8, risk: u8) -> Assess {
    Assess {
        scores: scores(benefit, risk),
        nonce: Nonce([number + 128; 32]),
        sealed: text(number),
        rationales: rationales(number + 1),
    }
}

pub(crate) fn annas() -> Assess {
    assessment(40, 4, 2)
}

pub(crate) fn bertils() -> Assess {
    assessment(50, 5, 3)
}

pub(crate) fn committed(assess: &Assess) -> Digest {
    commitment(&assess.nonce, &scores_json(&assess.scores))
}

/// What is opened of an assessment when all are shown.
pub(crate) fn opening(who: u128, assess: &Assess) -> Opening {
    Opening {
        assessor: person(who),
        nonce: assess.nonce,
        scores: scores_json(&assess.scores),
    }
}

pub(crate) fn reveal() -> Action {
    Action::Reveal(vec![opening(ANNA, &annas()), opening(BERTIL, &bertils())])
}

/// What Anna and Bertil recommend together.
pub(crate) fn recommend() -> Issue {
    Issue {
        proposal: Outcome::Advance,
        reasons: text(60),
        panel: vec![person(ANNA), person(BERTIL)],
        dissent: vec![],
    }
}

/// The decider's own clause: every gate, 500,000 kronor, in November 2026.
pub(crate) fn mandate() -> Mandate {
    Mandate {
        reference: form("uddevalla/1/4.2"),
        organisation: organisation("uddevalla"),
        order_version: 1,
        clause: form("4.2"),
        holder: person(DECIDER),
        gates: Gate::ALL.to_vec(),
        up_to_kronor: 500_000,
        valid_from: day(1),
        valid_until: Some(day(30)),
        from_mandate: None,
        revoked_from: None,
        may_subdelegate: false,
    }
}

pub(crate) fn board() -> Who {
    Who::Board {
        board: "Kommunstyrelsen".into(),
        meeting: day(20),
        paragraph: form("§ 112"),
    }
}

/// What the decider had received and seen; the brief's version is the rules' own to tell.
pub(crate) fn basis() -> Basis {
    Basis {
        seen: 41,
        size: 42,
        root: text(70).0,
        sources: vec![SourceSeen {
            source: "/fyrbodal/submission/house".into(),
            epoch: 1,
            sequence: 17,
            from_position: 19,
        }],
        brief_version: 0,
    }
}

pub(crate) fn decision(outcome: Outcome) -> Decide {
    Decide {
        outcome,
        home: false,
        reasons: text(71),
        conditions: None,
        cost_kronor: 20_000,
        who: Who::Actor(Ok(mandate())),
        basis: basis(),
        latest: Some(41),
        opened_on: day(18),
    }
}

pub(crate) fn decide(outcome: Outcome) -> Action {
    Action::Decide(Box::new(decision(outcome)))
}

pub(crate) fn decide_by(who: Who) -> Action {
    Action::Decide(Box::new(Decide {
        who,
        ..decision(Outcome::Advance)
    }))
}

/// The event that [`decision`] leads to at this gate.
pub(crate) fn made(gate: Gate, outcome: Outcome) -> DecisionMade {
    DecisionMade {
        evaluation: EvaluationId::derive(idea(1), 1),
        idea: idea(1),
        gate,
        outcome,
        home: false,
        reasons: text(71),
        conditions: None,
        cost_kronor: 20_000,
        decided_by: DecidedBy::Person {
            person: person(DECIDER),
            mandate: form("uddevalla/1/4.2"),
        },
        decided_on: day(24),
        basis: Basis {
            brief_version: 2,
            ..basis()
        },
    }
}

/// The mandate that stands beside it.
pub(crate) fn verified(gate: Gate) -> MandateVerified {
    MandateVerified {
        decider: person(DECIDER),
        mandate: form("uddevalla/1/4.2"),
        clause: form("4.2"),
        order_version: 1,
        gate,
        cost_kronor: 20_000,
        on: day(24),
    }
}

pub(crate) fn people(numbers: &[u128]) -> Vec<PersonId> {
    numbers.iter().map(|&number| person(number)).collect()
}
