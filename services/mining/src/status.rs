use super::object::Object;
use idesluss_domain::{AggregateStatus, Event};
use std::collections::HashMap;

/// Every thing that has been seen, and what must be remembered of it to tell its state.
///
/// Memory: 32 bytes a thing and the map's room to grow, 40 to 80 MB for a million things; the names of mandates and organisations
/// beside it. Ideas, evaluations and people are things; events are not.
#[derive(Debug, Default)]
pub(super) struct StatusTracker(HashMap<Object, Option<AggregateStatus>>);

impl StatusTracker {
    /// Notes that `object` has been seen. Returns whether it is new.
    pub(super) fn sees(&mut self, object: &Object) -> bool {
        if self.0.contains_key(object) {
            return false;
        }
        self.0.insert(object.clone(), None);
        true
    }

    /// The state that `event` brings `subject` into, and whether it is the first that is known. None: it stays where it is, or has no states.
    pub(super) fn after(&mut self, subject: &Object, event: &Event) -> Option<(String, bool)> {
        let before = self.0.get(subject).copied().flatten();
        let now = AggregateStatus::after(before, event)?;
        if before == Some(now) {
            return None;
        }
        self.0.insert(subject.clone(), Some(now));
        Some((now.as_str().to_owned(), before.is_none()))
    }

    /// How many things have been seen.
    pub(super) fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Kind;
    use idesluss_domain::Decider as _;
    use idesluss_domain::evaluation::evaluation::{Evaluation, Evaluations};
    use idesluss_domain::submission::Ideas;
    use idesluss_domain::submission::idea::Idea;
    use proptest::prelude::*;
    use uuid::Uuid;

    const NIL: &str = "00000000-0000-0000-0000-000000000000";

    fn event(service: &str, name: &str, data: &str) -> Event {
        let data = data.replace("$I", NIL).replace("$D", &"d".repeat(64));
        let event = Event::from_stored(&format!("idesluss.{service}.v1.{name}"), &data);
        event.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every event that moves an idea, and some that do not.
    fn of_ideas() -> Vec<Event> {
        let round = r#""evaluation":"$I","gate":"pilot","round":1"#;
        [
            (
                "IdeaSubmitted",
                r#"{"idea":"$I","organisation":"uddevalla","submitter":"$I","texts":{}}"#,
            ),
            ("ClarificationRequested", r#"{"question":"$D"}"#),
            ("ClarificationProvided", r#"{"answer":"$D"}"#),
            ("IdeaAccepted", r#"{"brief_version":1,"gate":"pilot","round":1}"#),
            ("EvaluationStarted", &format!("{{{round}}}")),
            (
                "GateDecided",
                &format!("{{{round},\"outcome\":\"advance\",\"home\":false}}"),
            ),
            ("IdeaImplemented", r#"{"shareable":true}"#),
            ("IdeaReturned", r#"{"receiver":"uddevalla"}"#),
            ("IdeaDeclined", "{}"),
            ("IdeaReopened", r#"{"reason":"$D"}"#),
            ("IdeaParked", "{}"),
            ("IdeaReactivated", r#"{"need":"$D"}"#),
            ("IdeaLinkedAsDuplicate", r#"{"of":"$I"}"#),
            ("IdeaSuperseded", r#"{"by":[]}"#),
            ("IdeaWithdrawn", "{}"),
            ("FeedbackDelivered", r#"{"message":"$D"}"#),
            ("IdeaClosed", "{}"),
        ]
        .map(|(name, data)| event("submission", name, data))
        .into()
    }

    fn of_evaluations() -> Vec<Event> {
        let basis = r#"{"seen":0,"size":0,"root":"$D","sources":[],"brief_version":1}"#;
        let by = format!(r#"{{"person":{{"person":"{NIL}","mandate":"uddevalla/1/1"}}}}"#);
        let decision = format!(
            r#"{{"evaluation":"$I","idea":"$I","gate":"pilot","outcome":"park","home":false,"reasons":"$D","cost_kronor":0,"decided_by":{by},"decided_on":"2026-01-01","basis":{basis}}}"#
        );
        let opened = r#"{"evaluation":"$I","idea":"$I","gate":"pilot","round":1,"organisation":"uddevalla","brief_version":1,"brief":{},"excluded":[],"assessed_before":[],"criteria_set":"x","criteria_version":0,"criteria":[],"assessments_required":2}"#;
        [
            ("EvaluationOpened", opened),
            ("AssessorAssigned", r#"{"assessor":"$I","load":0}"#),
            (
                "AssessmentsRevealed",
                r#"{"assessments":[],"criteria":[],"weighted_hundredths":0}"#,
            ),
            (
                "RecommendationIssued",
                r#"{"proposal":"park","reasons":"$D","panel":[],"dissent":[]}"#,
            ),
            ("EvaluationClosed", r#"{"reason":"withdrawn","decided":false}"#),
            ("DecisionMade", &decision),
            (
                "DecisionReconsidered",
                &format!(r#"{{"number":1,"decision":{decision}}}"#),
            ),
        ]
        .map(|(name, data)| event("evaluation", name, data))
        .into()
    }

    /// The state that is told last.
    fn rendered(events: &[&Event]) -> Option<String> {
        let (mut status, object) = (StatusTracker::default(), Object::Numbered(Kind::Idea, Uuid::nil()));
        let mut state = None;
        for event in events {
            let after = status.after(&object, event);
            assert!(after.as_ref().is_none_or(|(_, first)| *first == state.is_none()));
            state = after.map(|(state, _)| state).or(state);
        }
        state
    }

    proptest! {
        #[test]
        fn an_ideas_state_is_the_phase_that_the_domain_folds(order in prop::collection::vec(any::<prop::sample::Index>(), 0..30)) {
            let all = of_ideas();
            let events: Vec<&Event> = order.iter().map(|at| at.get(&all)).collect();
            let fold = |idea, event: &&Event| match event {
                Event::Idea(event) => Ideas::evolve(idea, event),
                _ => idea,
            };
            let idea = events.iter().fold(Idea::default(), fold);
            prop_assert_eq!(rendered(&events), idea.phase.map(|phase| AggregateStatus::Idea(phase).as_str().to_owned()));
        }

        #[test]
        fn an_evaluations_state_is_the_phase_that_the_domain_folds(order in prop::collection::vec(any::<prop::sample::Index>(), 0..30)) {
            let all = of_evaluations();
            // The domain names no phase before an evaluation was opened.
            let events: Vec<&Event> = all.iter().take(1).chain(order.iter().map(|at| at.get(&all))).collect();
            let fold = |evaluation, event: &&Event| match event {
                Event::Evaluation(event) => Evaluations::evolve(evaluation, event),
                _ => evaluation,
            };
            let evaluation = events.iter().fold(Evaluation::default(), fold);
            prop_assert_eq!(rendered(&events), evaluation.status().map(|status| AggregateStatus::Evaluation(status).as_str().to_owned()));
        }
    }
}
