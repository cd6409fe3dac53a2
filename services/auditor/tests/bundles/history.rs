//! A whole, true life of ideas: one goes through two gates, one is another organisation's.

use crate::plan::{Plan, Step, Who, as_it_was, idea, organisation, person, text};
use idesluss_domain::evaluation::criteria::{CriteriaAdopted, Criterion};
use idesluss_domain::evaluation::delegation_order::{
    Clause, DelegationOrderAdopted, MandateRevoked, MandateSubdelegated, OrderForm,
};
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::evaluation::{CriteriaEvent, DelegationOrderEvent, EvaluationEvent, standard_criteria};
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::{
    CoauthorAdded, CoauthorProposed, EvaluationStarted, GateDecided, IdeaAccepted, IdeaSubmitted, NextGate,
    SimilarIdeasSuggested,
};
use idesluss_domain::words::{
    Date, EvaluationId, Gate, IdeaId, MandateReference, Outcome, PersonId, SealedText, StreamName,
};
use std::collections::BTreeMap;

pub(crate) const HOME: &str = "uddevalla";
pub(crate) const OTHER: &str = "trollhattan";

/// Who is who at home; at the other organisation each number is 100 more.
pub(crate) const SUBMITTER: u128 = 1;
pub(crate) const COORDINATOR: u128 = 2;
pub(crate) const ASSESSORS: [u128; 2] = [3, 4];
pub(crate) const DECIDER: u128 = 5;
pub(crate) const DEPUTY: u128 = 6;
pub(crate) const OWNER: u128 = 7;
pub(crate) const COAUTHOR: u128 = 8;
/// A coordinator whom nobody else knows.
pub(crate) const NOBODY: u128 = 9;

/// The day on which it all happens.
pub(crate) fn today() -> Date {
    idesluss_domain::words::Date::new(2026, 11, 23).expect("a day")
}

pub(crate) struct History {
    pub(crate) plan: Plan,
    name: &'static str,
    shift: u128,
}

impl History {
    fn at(name: &'static str, shift: u128, plan: Plan) -> Self {
        Self { plan, name, shift }
    }

    fn who(&self, number: u128, role: &'static str) -> Who {
        Who {
            person: self.person(number),
            role,
            organisation: organisation(self.name),
        }
    }

    fn person(&self, number: u128) -> PersonId {
        person(number + self.shift)
    }

    /// The organisation adopts its criteria and its delegation order, and hands a mandate on.
    fn rules(&mut self) {
        let organisation = organisation(self.name);
        let none = idea(0);
        let stream = StreamName::criteria(&organisation);
        let criteria: Vec<Criterion> = standard_criteria().into_iter().take(2).collect();
        let adopted = CriteriaAdopted {
            organisation: organisation.clone(),
            name: "short".parse().expect("in form"),
            version: 1,
            criteria,
            assessments_required: 2,
            load_cap: 10,
            earlier: false,
        };
        let coordinator = self.who(COORDINATOR, "coordinator");
        self.plan
            .act("evaluation", &stream, none, &coordinator, CriteriaEvent::from(adopted));
        let clause = Clause {
            number: "4.1".parse().expect("in form"),
            gates: vec![Gate::Opportunity, Gate::Concept],
            up_to_kronor: 100_000,
            holder: self.person(DECIDER),
            may_subdelegate: true,
        };
        let order = DelegationOrderAdopted {
            organisation: organisation.clone(),
            version: 1,
            form: OrderForm::Delegation,
            adopted_by: "Kommunstyrelsen".into(),
            adopted_on: today(),
            paragraph: Some("§ 7".parse().expect("in form")),
            valid_from: today(),
            valid_until: None,
            clauses: vec![clause],
        };
        let stream = StreamName::delegation_order(&organisation);
        self.plan.act(
            "evaluation",
            &stream,
            none,
            &coordinator,
            DelegationOrderEvent::from(order),
        );
        let mandate: MandateReference = format!("{organisation}/1/4.1").parse().expect("in form");
        let handed_on = MandateSubdelegated {
            mandate: mandate.handed_on(1),
            from_mandate: mandate,
            from: self.person(DECIDER),
            to: self.person(DEPUTY),
            gates: vec![Gate::Concept],
            up_to_kronor: 50_000,
            valid_from: today(),
            valid_until: None,
        };
        let decider = self.who(DECIDER, "decision-maker");
        self.plan.act(
            "evaluation",
            &stream,
            none,
            &decider,
            DelegationOrderEvent::from(handed_on),
        );
    }

    fn on_idea(&mut self, id: IdeaId, number: u128, role: &'static str, event: impl Into<IdeaEvent>) {
        let who = self.who(number, role);
        self.plan
            .act("submission", &StreamName::idea(id), id, &who, event.into());
    }

    fn on_evaluation(
        &mut self,
        id: IdeaId,
        round: u32,
        number: u128,
        role: &'static str,
        event: impl Into<EvaluationEvent>,
    ) -> &mut Step {
        let who = self.who(number, role);
        let stream = StreamName::evaluation(EvaluationId::derive(id, round));
        self.plan.act("evaluation", &stream, id, &who, event.into())
    }

    /// The idea is submitted and accepted for the first gate.
    fn submission(&mut self, id: IdeaId) {
        let submitted = IdeaSubmitted {
            idea: id,
            organisation: organisation(self.name),
            submitter: self.person(SUBMITTER),
            call: None,
            texts: BTreeMap::from([("title".to_owned(), text(1))]),
            imported: None,
        };
        self.on_idea(id, SUBMITTER, "submitter", submitted);
        let coauthor = self.person(COAUTHOR);
        self.on_idea(id, SUBMITTER, "submitter", CoauthorProposed { coauthor });
        self.on_idea(id, COAUTHOR, "submitter", CoauthorAdded { coauthor });
        self.on_idea(
            id,
            COORDINATOR,
            "coordinator",
            SimilarIdeasSuggested { ideas: vec![idea(77)] },
        );
        let accepted = IdeaAccepted {
            brief_version: 1,
            gate: Some(Gate::Opportunity),
            round: 1,
        };
        self.on_idea(id, COORDINATOR, "coordinator", accepted);
    }

    /// One round: opened, assessed, shown, recommended.
    fn round(&mut self, id: IdeaId, gate: Gate, round: u32) {
        let criteria: Vec<WeightedCriterion> = standard_criteria()
            .iter()
            .take(2)
            .map(|criterion| WeightedCriterion {
                key: criterion.key.clone(),
                weight: criterion.weight,
            })
            .collect();
        let opened = EvaluationOpened {
            evaluation: EvaluationId::derive(id, round),
            idea: id,
            gate,
            round,
            organisation: organisation(self.name),
            brief_version: 1,
            brief: BTreeMap::from([("title".to_owned(), text(2).into())]),
            excluded: vec![self.person(SUBMITTER), self.person(COAUTHOR)],
            assessed_before: Vec::new(),
            criteria_set: "short".parse().expect("in form"),
            criteria_version: 1,
            criteria: criteria.clone(),
            assessments_required: 2,
        };
        self.on_evaluation(id, round, COORDINATOR, "service", opened);
        self.on_idea(
            id,
            COORDINATOR,
            "service",
            EvaluationStarted {
                evaluation: EvaluationId::derive(id, round),
                gate,
                round,
            },
        );
        let mut all = Vec::new();
        let mut shown = Vec::new();
        for number in ASSESSORS {
            let assessor = self.person(number);
            self.on_evaluation(
                id,
                round,
                COORDINATOR,
                "coordinator",
                AssessorAssigned { assessor, load: 0 },
            );
        }
        for number in ASSESSORS {
            let assessor = self.person(number);
            self.on_evaluation(id, round, number, "assessor", NoConflictDeclared { person: assessor });
            let scores: Scores = criteria
                .iter()
                .map(|criterion| (criterion.key.to_string(), (number % 5 + 1) as u8))
                .collect();
            let json = scores_json(&scores);
            let nonce = Nonce([number as u8; 32]);
            let rationales: BTreeMap<String, SealedText> = criteria
                .iter()
                .map(|criterion| (criterion.key.to_string(), text(3)))
                .collect();
            let submitted = AssessmentSubmitted {
                assessor,
                commitment: commitment(&Nonce([99; 32]), &json),
                sealed: text(4),
                rationales: rationales.clone(),
            };
            self.on_evaluation(id, round, number, "assessor", submitted);
            let revised = AssessmentRevised {
                assessor,
                revision: 1,
                commitment: commitment(&nonce, &json),
                sealed: text(5),
                rationales,
            };
            self.on_evaluation(id, round, number, "assessor", revised);
            all.push(scores);
            shown.push(RevealedAssessment {
                assessor,
                nonce,
                scores: json,
            });
        }
        let (summaries, weighted_hundredths) = summarise(&criteria, &all);
        let revealed = AssessmentsRevealed {
            assessments: shown,
            criteria: summaries,
            weighted_hundredths,
        };
        self.on_evaluation(id, round, COORDINATOR, "coordinator", revealed);
        let issued = RecommendationIssued {
            proposal: Outcome::Advance,
            reasons: text(6),
            panel: vec![self.person(ASSESSORS[0])],
            dissent: vec![Dissent {
                assessor: self.person(ASSESSORS[1]),
                reasons: text(7),
            }],
        };
        self.on_evaluation(id, round, COORDINATOR, "coordinator", issued);
    }

    fn decision(&self, id: IdeaId, gate: Gate, round: u32, number: u128, mandate: &str) -> DecisionMade {
        DecisionMade {
            evaluation: EvaluationId::derive(id, round),
            idea: id,
            gate,
            outcome: Outcome::Advance,
            home: false,
            reasons: text(8),
            conditions: None,
            cost_kronor: 40_000,
            decided_by: DecidedBy::Person {
                person: self.person(number),
                mandate: mandate.parse().expect("in form"),
            },
            decided_on: today(),
            basis: as_it_was(),
        }
    }

    /// A named person decides: verified and decided by one command.
    fn decide(&mut self, id: IdeaId, number: u128, made: DecisionMade, round: u32, again: Option<u32>) {
        let DecidedBy::Person { mandate, .. } = made.decided_by.clone() else {
            unreachable!("a person decides here")
        };
        let verified = MandateVerified {
            decider: self.person(number),
            mandate: mandate.clone(),
            clause: "4.1".parse().expect("in form"),
            order_version: 1,
            gate: made.gate,
            cost_kronor: made.cost_kronor,
            on: made.decided_on,
        };
        self.on_evaluation(id, round, number, "decision-maker", verified)
            .mandate = Some(mandate.to_string());
        let who = self.who(number, "decision-maker");
        let stream = StreamName::evaluation(EvaluationId::derive(id, round));
        let event: EvaluationEvent = match again {
            None => made.into(),
            Some(number) => DecisionReconsidered { number, decision: made }.into(),
        };
        let step = self.plan.also("evaluation", &stream, id, &who, event);
        step.mandate = Some(mandate.to_string());
        step.minutes = 0;
    }

    /// An idea from its submission to the decision at the second gate, which is reconsidered once.
    fn idea(&mut self, id: IdeaId) {
        self.submission(id);
        self.round(id, Gate::Opportunity, 1);
        let mandate = format!("{}/1/4.1", self.name);
        self.on_evaluation(
            id,
            1,
            DECIDER,
            "decision-maker",
            NoConflictDeclared {
                person: self.person(DECIDER),
            },
        );
        let made = self.decision(id, Gate::Opportunity, 1, DECIDER, &mandate);
        self.decide(id, DECIDER, made, 1, None);
        let next = Some(NextGate {
            gate: Gate::Concept,
            round: 2,
        });
        let decided = GateDecided {
            evaluation: EvaluationId::derive(id, 1),
            gate: Gate::Opportunity,
            round: 1,
            outcome: Outcome::Advance,
            home: false,
            next,
        };
        self.on_idea(id, COORDINATOR, "service", decided);
        self.round(id, Gate::Concept, 2);
        let owned = NeedOwnerConfirmed {
            need_owner: self.person(OWNER),
            organisation: organisation(self.name),
        };
        self.on_evaluation(id, 2, OWNER, "need-owner", owned);
        self.on_evaluation(
            id,
            2,
            DEPUTY,
            "decision-maker",
            NoConflictDeclared {
                person: self.person(DEPUTY),
            },
        );
        let made = self.decision(id, Gate::Concept, 2, DEPUTY, &format!("{mandate}/1"));
        self.decide(id, DEPUTY, made.clone(), 2, None);
        let again = DecisionMade {
            conditions: Some(text(9)),
            ..made
        };
        self.decide(id, DEPUTY, again, 2, Some(1));
    }
}

/// Everything that happens, in order; all of it true.
pub(crate) fn true_plan() -> Plan {
    let mut home = History::at(HOME, 0, Plan::default());
    home.rules();
    home.idea(idea(1));
    let mut other = History::at(OTHER, 100, home.plan);
    other.rules();
    other.idea(idea(2));
    other.plan
}

/// What an organisation does before its first idea, and the lives of ideas with these numbers after it; commands are numbered from `command`.
#[allow(dead_code, reason = "the bench writes many lives, the tests two")]
pub(crate) fn lives(begins: bool, numbers: std::ops::Range<u128>, commands: u32) -> Plan {
    let mut home = History::at(
        HOME,
        0,
        Plan {
            commands,
            ..Plan::default()
        },
    );
    if begins {
        home.rules();
    }
    for number in numbers {
        home.idea(idea(number));
    }
    home.plan
}

/// The mandate that was handed on is taken back before it is used the second time.
pub(crate) fn revoked() -> DelegationOrderEvent {
    MandateRevoked {
        mandate: format!("{HOME}/1/4.1/1").parse().expect("in form"),
        from: today(),
    }
    .into()
}
