//! Whatever people try, in whatever order: nothing is shown, counted or decided that must not be.
//!
//! Random commands by random people go through the real rules; what is accepted is held against a model of a page's length
//! that knows nothing of the rules' own state. A new event does not compile before the model says when it may happen.

mod attempts;
mod model;

use super::*;
use attempts::{Attempt, Elsewhere, Story, story};
use model::Model;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;

/// An evaluation with what is known of it from outside.
struct Run {
    events: Vec<EvaluationEvent>,
    /// What has been received of the idea.
    idea: KnownIdea,
    model: Model,
}

impl Run {
    /// The opening, and as much of a usual course as the story begins with.
    fn begin(story: &Story) -> Result<Self, String> {
        let mut run = Self {
            events: vec![],
            idea: known_idea(),
            model: Model::default(),
        };
        let opening = run.command(actor(0, Role::Service), 24, Action::Open(Box::new(open(story.gate))));
        run.step(&opening)?;
        for attempt in &story.usual {
            run.attempt(attempt)?;
        }
        Ok(run)
    }

    fn command(&self, actor: Actor, today: i8, action: Action) -> EvaluationCommand {
        EvaluationCommand {
            id: EvaluationId::derive(idea(1), 1),
            actor,
            today: day(today),
            action,
        }
    }

    /// Tries it; returns the command with what it led to, which is nothing if it was refused. None: it happened elsewhere.
    fn attempt(&mut self, attempt: &Attempt) -> Result<Option<(EvaluationCommand, Vec<EvaluationEvent>)>, String> {
        let action = match attempt.action(&self.model) {
            Ok(action) => action,
            Err((who, what)) => {
                match what {
                    Elsewhere::Author => self.idea.authors.insert(who),
                    Elsewhere::Conflict => self.idea.in_conflict.insert(who),
                };
                self.model.is_biased_from_now_on(who);
                return Ok(None);
            }
        };
        let command = self.command(attempt.actor(), attempt.today, action);
        let events = self.step(&command)?;
        Ok(Some((command, events)))
    }

    fn step(&mut self, command: &EvaluationCommand) -> Result<Vec<EvaluationEvent>, String> {
        let state = fold::<Evaluations>(&self.events).knowing(self.idea.clone());
        let events = Evaluations::decide(command, &state).unwrap_or_default();
        let rule = command.action.rule();
        let events = crate::ids::written_by::<_, ()>(rule.writes, Ok(events)).unwrap_or_default();
        let open = rule.may(&command.actor, &state).is_ok() && (rule.state)(&state).is_ok();
        if !events.is_empty() && !open {
            return Err(format!("{}: against the table of rights", rule.action));
        }
        self.model.allows(command, &events)?;
        self.events.extend(events.iter().cloned());
        Ok(events)
    }
}

proptest! {
    #[test]
    fn no_sequence_of_commands_shows_counts_or_decides_what_it_must_not(story in story()) {
        let mut run = Run::begin(&story).map_err(TestCaseError::fail)?;
        for attempt in &story.attempts {
            run.attempt(attempt).map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn what_was_accepted_does_nothing_when_it_is_said_again(story in story()) {
        let mut run = Run::begin(&story).map_err(TestCaseError::fail)?;
        for attempt in &story.attempts {
            let Some((command, events)) = run.attempt(attempt).map_err(TestCaseError::fail)? else {
                continue;
            };
            if !events.is_empty() {
                let state = fold::<Evaluations>(&run.events).knowing(run.idea.clone());
                let again = Evaluations::decide(&command, &state);
                prop_assert_eq!(again, Ok(vec![]), "{:?}", command);
            }
        }
    }

    #[test]
    fn a_history_in_any_order_is_folded_and_every_event_is_read_back(story in story(), turn in any::<usize>()) {
        let mut run = Run::begin(&story).map_err(TestCaseError::fail)?;
        for attempt in &story.attempts {
            run.attempt(attempt).map_err(TestCaseError::fail)?;
        }
        for event in &run.events {
            let read = EvaluationEvent::from_data(event.type_name(), &event.to_data()).expect("readable");
            prop_assert_eq!(read.as_ref(), Some(event));
        }
        let middle = turn % run.events.len();
        run.events.rotate_left(middle);
        prop_assert!(fold::<Evaluations>(&run.events).status().is_some());
    }
}

/// A property over attempts that are all refused would hold of anything.
#[test]
fn the_attempts_reach_every_event_by_themselves() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..400 {
        let story = story().new_tree(&mut runner).expect("a story").current();
        let mut run = Run::begin(&story).expect("allowed");
        let usual = run.events.len();
        for attempt in &story.attempts {
            run.attempt(attempt).expect("allowed");
        }
        reached.extend(run.events[usual..].iter().map(EvaluationEvent::type_name));
    }
    // Opening is where every story begins; the others stand in round 0, apart from every evaluation.
    let apart = [
        "EvaluationOpened",
        "EarlierDecisionRecorded",
        "EarlierAssessmentRecorded",
        "TextsErased",
    ];
    let missing: Vec<_> = EvaluationEvent::TYPES
        .iter()
        .filter(|name| !reached.contains(*name) && !apart.iter().any(|apart| name.ends_with(apart)))
        .collect();
    assert!(missing.is_empty(), "nothing ever led to {missing:?}");
}
