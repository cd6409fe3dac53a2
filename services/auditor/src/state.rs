use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::{Evaluation, Evaluations};
use idesluss_domain::sharing::adoption::Adoption;
use idesluss_domain::sharing::solution::Solution;
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::Idea;
use idesluss_domain::{AggregateStatus, Decider as _, Event};
use serde::Serialize;
use std::collections::BTreeMap;

/// Where an idea, its evaluations and what came of it stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct State {
    /// The idea's phase, such as `in evaluation`; empty before it was submitted.
    pub idea: String,
    /// Its reference.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// Its evaluations, by round; round 0 holds what was taken over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evaluations: Vec<EvaluationStands>,
    /// The solution's phase; empty: there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub solution: String,
    /// Who adopts it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adoptions: Vec<AdoptionStands>,
}

/// Where an evaluation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvaluationStands {
    /// The gate; empty for what was taken over.
    pub gate: String,
    /// The round.
    pub round: u32,
    /// Its phase.
    pub phase: String,
    /// How many assessments have been given.
    pub assessed: usize,
    /// The outcome that holds; empty: none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub outcome: String,
}

/// Where an adoption stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdoptionStands {
    /// Who adopts.
    pub organisation: String,
    /// Its phase.
    pub phase: String,
    /// How many benefits have been measured.
    pub benefits: usize,
}

/// The states that are folded, by subject.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folded {
    idea: Idea,
    evaluations: BTreeMap<String, Evaluation>,
    solution: Solution,
    adoptions: BTreeMap<String, Adoption>,
}

impl Folded {
    /// Folds one event in. `subject` tells which of several aggregates it is about.
    pub(crate) fn take(&mut self, subject: &str, event: &Event) {
        match event {
            Event::Idea(event) => self.idea = Ideas::evolve(std::mem::take(&mut self.idea), event),
            Event::Evaluation(event) => {
                let state = self.evaluations.entry(subject.to_owned()).or_default();
                *state = Evaluations::evolve(std::mem::take(state), event);
            }
            Event::Solution(event) => self.solution = Solutions::evolve(std::mem::take(&mut self.solution), event),
            Event::Adoption(event) => {
                let state = self.adoptions.entry(subject.to_owned()).or_default();
                *state = Adoptions::evolve(std::mem::take(state), event);
            }
            // Calls, registers, criteria, delegation orders and epochs are about more than one idea.
            _ => {}
        }
    }

    pub(crate) fn stands(&self) -> State {
        let mut evaluations: Vec<EvaluationStands> = self.evaluations.values().filter_map(evaluation).collect();
        evaluations.sort_by_key(|evaluation| evaluation.round);
        State {
            idea: words(self.idea.phase.map(AggregateStatus::Idea)),
            reference: self
                .idea
                .receipt
                .as_ref()
                .map(|receipt| receipt.reference.to_string())
                .unwrap_or_default(),
            evaluations,
            solution: words(self.solution.status().map(AggregateStatus::Solution)),
            adoptions: self.adoptions.values().filter_map(adoption).collect(),
        }
    }
}

fn evaluation(state: &Evaluation) -> Option<EvaluationStands> {
    let earlier = state.earlier_decisions.last();
    let outcome = state.decision().map(|decision| decision.outcome);
    let outcome = outcome.or(earlier.and_then(|earlier| earlier.outcome));
    let status = state.status()?;
    Some(EvaluationStands {
        gate: state
            .opened
            .as_ref()
            .map(|opened| opened.gate.as_str().to_owned())
            .unwrap_or_default(),
        round: state.opened.as_ref().map_or(0, |opened| opened.round),
        phase: words(Some(AggregateStatus::Evaluation(status))),
        assessed: state
            .assessors
            .values()
            .filter(|assessor| assessor.given.is_some())
            .count()
            + state.earlier_assessments.len(),
        outcome: outcome.map(|outcome| outcome.as_str().to_owned()).unwrap_or_default(),
    })
}

fn adoption(state: &Adoption) -> Option<AdoptionStands> {
    Some(AdoptionStands {
        organisation: state.interest.as_ref()?.organisation.to_string(),
        phase: words(state.phase.map(AggregateStatus::Adoption)),
        benefits: state.benefits.len(),
    })
}

/// A state as the rules word it; empty where nothing stands.
fn words(status: Option<AggregateStatus>) -> String {
    status.map_or("", AggregateStatus::as_str).to_owned()
}

/// A name such as `InEvaluation` as words: `in evaluation`.
pub fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// Whether an event is a decision, and its basis.
pub(crate) fn basis(event: &Event) -> Option<&idesluss_domain::evaluation::evaluation::Basis> {
    match event {
        Event::Evaluation(EvaluationEvent::DecisionMade(decision)) => Some(&decision.basis),
        Event::Evaluation(EvaluationEvent::DecisionReconsidered(anew)) => Some(&anew.decision.basis),
        _ => None,
    }
}
