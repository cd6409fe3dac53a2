use super::Samples;
use crate::ids::{day, form, idea, organisation, person, text};
use idesluss_domain::evaluation::criteria::*;
use idesluss_domain::evaluation::delegation_order::*;
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::words::{EvaluationId, Gate, Outcome};

pub(super) fn write(samples: &mut Samples) {
    panel(samples);
    assessments(samples);
    decisions(samples);
    afterwards(samples);
    earlier(samples);
    beside(samples);
}

fn panel(samples: &mut Samples) {
    let opened = EvaluationOpened {
        evaluation: EvaluationId::derive(idea(1), 1),
        idea: idea(1),
        gate: Gate::Opportunity,
        round: 1,
        organisation: organisation("uddevalla"),
        brief_version: 2,
        brief: idesluss_domain::words::copied(&[("title".to_owned(), text(1)), ("problem".to_owned(), text(2))].into()),
        excluded: vec![person(1), person(2)],
        assessed_before: vec![person(3)],
        criteria_set: form("standard"),
        criteria_version: 4,
        criteria: vec![WeightedCriterion {
            key: form("citizen-benefit"),
            weight: 25,
        }],
        assessments_required: 2,
    };
    samples.words(EvaluationEvent::from, opened.clone(), "gate", |event, word| {
        event.gate = word
    });
    samples.page(EvaluationEvent::from, opened, &[]);
    let confirmed = NeedOwnerConfirmed {
        need_owner: person(8),
        organisation: organisation("uddevalla"),
    };
    samples.page(EvaluationEvent::from, confirmed, &[]);
    let assigned = AssessorAssigned {
        assessor: person(4),
        load: 3,
    };
    samples.page(EvaluationEvent::from, assigned, &[]);
    samples.page(EvaluationEvent::from, NoConflictDeclared { person: person(4) }, &[]);
    let conflict = ConflictDeclared {
        person: person(4),
        reason: Some(text(3)),
    };
    samples.page(
        EvaluationEvent::from,
        conflict,
        &[("without-reason", &|event| event.reason = None)],
    );
    let recused = AssessorRecused {
        assessor: person(4),
        conflict: false,
        reason: Some(text(4)),
        replaced_by: Some(person(6)),
    };
    samples.page(
        EvaluationEvent::from,
        recused,
        &[
            ("without-reason", &|event| event.reason = None),
            ("without-replaced-by", &|event| event.replaced_by = None),
        ],
    );
    let closed = EvaluationClosed {
        reason: CloseReason::Withdrawn,
        decided: true,
    };
    samples.words(EvaluationEvent::from, closed.clone(), "reason", |event, word| {
        event.reason = word
    });
    samples.page(EvaluationEvent::from, closed, &[]);
}

fn assessments(samples: &mut Samples) {
    let rationales = || [("citizen-benefit".to_owned(), text(5))].into();
    let submitted = AssessmentSubmitted {
        assessor: person(4),
        commitment: text(6).0,
        sealed: text(7),
        rationales: rationales(),
    };
    samples.page(EvaluationEvent::from, submitted, &[]);
    let revised = AssessmentRevised {
        assessor: person(4),
        revision: 1,
        commitment: text(8).0,
        sealed: text(9),
        rationales: rationales(),
    };
    samples.page(EvaluationEvent::from, revised, &[]);
    let revealed = AssessmentsRevealed {
        assessments: vec![RevealedAssessment {
            assessor: person(4),
            nonce: Nonce([0xab; 32]),
            scores: r#"{"citizen-benefit":4}"#.into(),
        }],
        criteria: vec![CriterionSummary {
            criterion: form("citizen-benefit"),
            count: 1,
            mean_hundredths: 400,
            lowest: 3,
            highest: 5,
            spread: 2,
        }],
        weighted_hundredths: 401,
    };
    samples.page(EvaluationEvent::from, revealed, &[]);
    let recommended = RecommendationIssued {
        proposal: Outcome::Advance,
        reasons: text(10),
        panel: vec![person(4)],
        dissent: vec![Dissent {
            assessor: person(5),
            reasons: text(11),
        }],
    };
    samples.words(EvaluationEvent::from, recommended.clone(), "proposal", |event, word| {
        event.proposal = word
    });
    samples.page(
        EvaluationEvent::from,
        recommended,
        &[("without-dissent", &|event| event.dissent.clear())],
    );
}

fn decision() -> DecisionMade {
    DecisionMade {
        evaluation: EvaluationId::derive(idea(1), 1),
        idea: idea(1),
        gate: Gate::Concept,
        outcome: Outcome::Advance,
        home: true,
        reasons: text(12),
        conditions: Some(text(13)),
        cost_kronor: 20_000,
        decided_by: DecidedBy::Person {
            person: person(7),
            mandate: form("uddevalla/1/4.2"),
        },
        decided_on: day(24),
        basis: Basis {
            seen: 41,
            size: 42,
            root: text(14).0,
            sources: vec![SourceSeen {
                source: "/fyrbodal/submission/house".into(),
                epoch: 1,
                sequence: 17,
                from_position: 19,
            }],
            brief_version: 2,
        },
    }
}

fn by_board() -> DecidedBy {
    DecidedBy::Board {
        board: "Kommunstyrelsen".into(),
        meeting: day(20),
        paragraph: form("§ 112"),
        recorded_by: person(9),
    }
}

fn decisions(samples: &mut Samples) {
    let verified = MandateVerified {
        decider: person(7),
        mandate: form("uddevalla/1/4.2"),
        clause: form("4.2"),
        order_version: 1,
        gate: Gate::Concept,
        cost_kronor: 20_000,
        on: day(24),
    };
    samples.page(EvaluationEvent::from, verified, &[]);
    samples.words(EvaluationEvent::from, decision(), "outcome", |event, word| {
        event.outcome = word
    });
    samples.page(
        EvaluationEvent::from,
        decision(),
        &[
            ("without-conditions", &|event| event.conditions = None),
            ("by-board", &|event| event.decided_by = by_board()),
        ],
    );
    let reconsidered = DecisionReconsidered {
        number: 1,
        decision: decision(),
    };
    samples.page(
        EvaluationEvent::from,
        reconsidered,
        &[
            ("without-conditions", &|event| event.decision.conditions = None),
            ("by-board", &|event| event.decision.decided_by = by_board()),
        ],
    );
    let reported = DecisionReported {
        board: "Kommunstyrelsen".into(),
        meeting: day(25),
        paragraph: Some(form("§ 4")),
    };
    samples.page(
        EvaluationEvent::from,
        reported,
        &[("without-paragraph", &|event| event.paragraph = None)],
    );
    samples.page(EvaluationEvent::from, DecisionCorrected { correction: text(15) }, &[]);
}

fn afterwards(samples: &mut Samples) {
    let committed = ResourcesCommitted {
        amount_kronor: 50_000,
        hours: 40,
        until: Some(day(30)),
        note: Some(text(16)),
    };
    samples.page(
        EvaluationEvent::from,
        committed,
        &[
            ("without-until", &|event| event.until = None),
            ("without-note", &|event| event.note = None),
        ],
    );
    let support = SupportArranged {
        partner: organisation("innovatum"),
        kind: SupportKind::Development,
        note: Some(text(17)),
    };
    samples.words(EvaluationEvent::from, support.clone(), "kind", |event, word| {
        event.kind = word
    });
    samples.page(
        EvaluationEvent::from,
        support,
        &[("without-note", &|event| event.note = None)],
    );
    let started = PilotStarted {
        hypothesis: text(18),
        metric: text(19),
        starts_on: day(10),
        ends_on: Some(day(20)),
    };
    samples.page(
        EvaluationEvent::from,
        started,
        &[("without-ends-on", &|event| event.ends_on = None)],
    );
    let completed = PilotCompleted {
        verdict: PilotVerdict::Confirmed,
        result: text(20),
        completed_on: day(20),
    };
    samples.words(EvaluationEvent::from, completed.clone(), "verdict", |event, word| {
        event.verdict = word
    });
    samples.page(EvaluationEvent::from, completed, &[]);
}

fn earlier(samples: &mut Samples) {
    let decided = EarlierDecisionRecorded {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        import: form("idélådan"),
        outcome: Some(Outcome::Reject),
        stated_status: Some(form("avslagen")),
        decided: Some("2004-05-31".parse().expect("a day")),
        reasons: Some(text(21)),
        before_submission: true,
    };
    samples.page(
        EvaluationEvent::from,
        decided,
        &[
            ("without-outcome", &|event| event.outcome = None),
            ("without-stated-status", &|event| event.stated_status = None),
            ("without-decided", &|event| event.decided = None),
            ("without-reasons", &|event| event.reasons = None),
        ],
    );
    let assessed = EarlierAssessmentRecorded {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        import: form("idélådan"),
        assessor: person(4),
        scores: vec![EarlierScore {
            criterion: form("nytta"),
            score: 3,
            rationale: Some(text(22)),
            assessed: Some("2004".parse().expect("a year")),
        }],
    };
    samples.page(
        EvaluationEvent::from,
        assessed,
        &[
            ("without-rationale", &|event| event.scores[0].rationale = None),
            ("without-assessed", &|event| event.scores[0].assessed = None),
        ],
    );
    let erased = TextsErased {
        idea: idea(1),
        scopes: vec!["brief/1".into(), "evaluation/1".into()],
    };
    samples.page(EvaluationEvent::from, erased, &[]);
}

/// Criteria and delegation orders.
fn beside(samples: &mut Samples) {
    let steps = |word: &str| (1..=5).map(|step| format!("{word} {step}")).collect::<Vec<_>>();
    let criteria = CriteriaAdopted {
        organisation: organisation("uddevalla"),
        name: form("standard"),
        version: 1,
        criteria: vec![Criterion {
            key: form("citizen-benefit"),
            name_sv: "Nytta för medborgaren".into(),
            name_en: "Citizen benefit".into(),
            weight: 25,
            steps_sv: steps("Steg"),
            steps_en: steps("Step"),
        }],
        assessments_required: 2,
        load_cap: 10,
        earlier: false,
    };
    samples.page(CriteriaEvent::from, criteria, &[]);
    let order = DelegationOrderAdopted {
        organisation: organisation("uddevalla"),
        version: 1,
        form: OrderForm::Delegation,
        adopted_by: "Kommunstyrelsen".into(),
        adopted_on: day(24),
        paragraph: Some(form("§ 7")),
        valid_from: day(1),
        valid_until: Some(day(30)),
        clauses: vec![Clause {
            number: form("4.2"),
            gates: vec![Gate::Opportunity, Gate::Concept],
            up_to_kronor: 500_000,
            holder: person(7),
            may_subdelegate: true,
        }],
    };
    samples.words(DelegationOrderEvent::from, order.clone(), "form", |event, word| {
        event.form = word
    });
    samples.page(
        DelegationOrderEvent::from,
        order,
        &[
            ("without-paragraph", &|event| event.paragraph = None),
            ("without-valid-until", &|event| event.valid_until = None),
        ],
    );
    let handed_on = MandateSubdelegated {
        mandate: form("uddevalla/1/4.2/1"),
        from_mandate: form("uddevalla/1/4.2"),
        from: person(7),
        to: person(8),
        gates: vec![Gate::Opportunity],
        up_to_kronor: 50_000,
        valid_from: day(2),
        valid_until: Some(day(29)),
    };
    samples.page(
        DelegationOrderEvent::from,
        handed_on,
        &[("without-valid-until", &|event| event.valid_until = None)],
    );
    let revoked = MandateRevoked {
        mandate: form("uddevalla/1/4.2/1"),
        from: day(24),
    };
    samples.page(DelegationOrderEvent::from, revoked, &[]);
}
