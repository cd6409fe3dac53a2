//! One rule of the domain broken at a time, in journals that are perfect otherwise: the auditor names the rule and the place.

mod assessing;
mod authors;
mod basis;
mod conflicts;
mod lifecycle;
mod mandates;
mod policies;
mod taking_part;

use crate::history::{today, true_plan};
use crate::journal::World;
use crate::make::{Wanted, broken, bundle, report};
use crate::plan::{Plan, person};
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::words::{Date, PersonId};

/// The index of the `number`-th step of a type, from 0.
pub(super) fn index(plan: &Plan, name: &str, number: usize) -> usize {
    let ends = format!(".{name}");
    let of_type = plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.event.type_name().ends_with(&ends));
    of_type
        .map(|(index, _)| index)
        .nth(number)
        .expect("there is such a step")
}

pub(super) fn change<T>(
    plan: &mut Plan,
    name: &str,
    number: usize,
    of: fn(&mut EvaluationEvent) -> Option<&mut T>,
    change: impl FnOnce(&mut T),
) {
    let index = index(plan, name, number);
    let Event::Evaluation(event) = &mut plan.steps[index].event else {
        panic!("{name} is evaluation's")
    };
    change(of(event).expect("it is of that type"));
}

pub(super) fn decision(event: &mut EvaluationEvent) -> Option<&mut DecisionMade> {
    match event {
        EvaluationEvent::DecisionMade(decision) => Some(decision),
        EvaluationEvent::DecisionReconsidered(anew) => Some(&mut anew.decision),
        _ => None,
    }
}

macro_rules! of_type {
    ($($function:ident => $name:ident),+ $(,)?) => {
        $(pub(super) fn $function(event: &mut EvaluationEvent) -> Option<&mut $name> {
            match event { EvaluationEvent::$name(event) => Some(event), _ => None }
        })+
    };
}

of_type! {
    opened => EvaluationOpened, shown => AssessmentsRevealed, submitted => AssessmentSubmitted,
    revised => AssessmentRevised, issued => RecommendationIssued, verified => MandateVerified,
}

/// What the auditor finds after a change of the true plan: the code and the index of the step.
pub(super) fn found(change: impl FnOnce(&mut Plan)) -> Vec<(&'static str, Option<usize>)> {
    let mut plan = true_plan();
    change(&mut plan);
    let world = World::of(&plan);
    let report = report(&bundle(&world, &Wanted::instance()));
    let step = |log: &str, position: Option<u64>| {
        let mut steps = plan.steps.iter().zip(&world.at);
        position.and_then(|position| steps.position(|(step, at)| step.log == log && *at == position))
    };
    broken(&report)
        .into_iter()
        .map(|(code, log, position)| (code, step(&log, position)))
        .collect()
}

/// Asserts that exactly these codes are found, all at the `number`-th step of a type.
pub(super) fn assert_found(change: impl FnOnce(&mut Plan), codes: &[&str], (name, number): (&str, usize)) {
    let mut at = None;
    let found = found(|plan| {
        change(plan);
        at = Some(index(plan, name, number));
    });
    let mut named: Vec<_> = found.iter().map(|(code, _)| *code).collect();
    named.dedup();
    assert_eq!(named, codes, "{found:?}");
    assert!(found.iter().all(|(_, step)| *step == at), "{found:?} and not {at:?}");
}

pub(super) fn remove(plan: &mut Plan, name: &str, number: usize) {
    let index = index(plan, name, number);
    plan.steps.remove(index);
}

/// Lets somebody else do a step.
pub(super) fn by(plan: &mut Plan, name: &str, number: usize, who: u128) {
    let index = index(plan, name, number);
    plan.steps[index].who.person = person(who);
}

pub(super) fn decided_by(decision: &mut DecisionMade, who: PersonId) {
    if let DecidedBy::Person { person, .. } = &mut decision.decided_by {
        *person = who;
    }
}

pub(super) fn tomorrow() -> Date {
    today().tomorrow().expect("a day")
}
