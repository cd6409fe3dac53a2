use super::object::Object;
use crate::state::words;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::sharing::adoption::{Adoption, AdoptionPhase};
use idesluss_domain::sharing::{Adoptions, SolutionEvent};
use idesluss_domain::submission::idea::{Idea, Phase};
use idesluss_domain::submission::{CallEvent, Ideas};
use idesluss_domain::{Decider as _, Event};
use std::collections::HashMap;

/// Every thing that has been seen, and what must be remembered of it to tell its state.
///
/// Memory: 32 bytes a thing and the map's room to grow, 40 to 80 MB for a million things; the names of mandates and organisations
/// beside it. Ideas, evaluations and people are things; events are not.
#[derive(Debug, Default)]
pub(super) struct Standing(HashMap<Object, Stands>);

/// What is remembered. Whole states would be thousands of bytes each; what their names follow from is less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Nothing: no state has been named yet.
    Seen,
    /// An idea's next phase depends on this one.
    Idea(Phase),
    /// An adoption's phase.
    Adoption(AdoptionPhase),
    /// The furthest that it has come: nothing that happens later takes it back.
    Furthest(u8),
}

/// The states of an evaluation, each outlasting those before it: it is decided even if it was closed before.
const EVALUATION: [&str; 6] = [
    "taken over",
    "assessing",
    "revealed",
    "recommended",
    "closed",
    "decided",
];
const SOLUTION: [&str; 3] = ["drafted", "published", "retired"];
const CALL: [&str; 2] = ["open", "closed"];

impl Standing {
    /// Notes that `object` has been seen. Returns whether it is new.
    pub(super) fn sees(&mut self, object: &Object) -> bool {
        if self.0.contains_key(object) {
            return false;
        }
        self.0.insert(object.clone(), Stands::Seen);
        true
    }

    /// The state that `event` brings `subject` into, and whether it is the first that is known. None: it stays where it is, or has no states.
    pub(super) fn after(&mut self, subject: &Object, event: &Event) -> Option<(String, bool)> {
        let before = self.0.get(subject).copied().filter(|before| *before != Stands::Seen);
        let (now, name) = match event {
            Event::Idea(event) => {
                // The domain's own rule; of all that an idea is, its next phase depends on the phase before alone.
                let phase = match before {
                    Some(Stands::Idea(phase)) => Some(phase),
                    _ => None,
                };
                let idea = Idea {
                    phase,
                    ..Idea::default()
                };
                let phase = Ideas::evolve(idea, event).phase?;
                (Stands::Idea(phase), words(phase))
            }
            Event::Adoption(event) => {
                // Its phases follow from its events alone.
                let phase = Adoptions::evolve(Adoption::default(), event).phase?;
                (Stands::Adoption(phase), words(phase))
            }
            Event::Evaluation(event) => furthest(before, evaluation(event)?, &EVALUATION),
            Event::Solution(event) => furthest(before, solution(event)?, &SOLUTION),
            Event::Call(event) => furthest(before, call(event), &CALL),
            Event::Register(_) | Event::Criteria(_) | Event::DelegationOrder(_) | Event::Instance(_) => return None,
        };
        self.0.insert(subject.clone(), now);
        (before != Some(now)).then_some((name, before.is_none()))
    }

    /// How many things have been seen.
    pub(super) fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

fn furthest(before: Option<Stands>, now: u8, names: &[&str]) -> (Stands, String) {
    let reached = match before {
        Some(Stands::Furthest(before)) => before.max(now),
        _ => now,
    };
    (Stands::Furthest(reached), names[usize::from(reached)].to_owned())
}

/// How far an event takes an evaluation, as an index in [`EVALUATION`].
fn evaluation(event: &EvaluationEvent) -> Option<u8> {
    use EvaluationEvent as E;
    match event {
        E::EarlierDecisionRecorded(_) | E::EarlierAssessmentRecorded(_) => Some(0),
        E::EvaluationOpened(_) => Some(1),
        E::AssessmentsRevealed(_) => Some(2),
        E::RecommendationIssued(_) => Some(3),
        E::EvaluationClosed(_) => Some(4),
        E::DecisionMade(_) | E::DecisionReconsidered(_) => Some(5),
        _ => None,
    }
}

fn solution(event: &SolutionEvent) -> Option<u8> {
    match event {
        SolutionEvent::SolutionDrafted(_) => Some(0),
        SolutionEvent::SolutionPublished(_) | SolutionEvent::SolutionVersioned(_) => Some(1),
        SolutionEvent::SolutionRetired(_) => Some(2),
    }
}

fn call(event: &CallEvent) -> u8 {
    match event {
        CallEvent::CallOpened(_) => 0,
        CallEvent::CallClosed(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mining::object::Kind;
    use idesluss_domain::evaluation::evaluation::{Evaluation, Evaluations};
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
    fn told(events: &[&Event]) -> Option<String> {
        let (mut standing, object) = (Standing::default(), Object::Numbered(Kind::Idea, Uuid::nil()));
        let mut state = None;
        for event in events {
            let after = standing.after(&object, event);
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
            prop_assert_eq!(told(&events), idea.phase.map(words));
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
            prop_assert_eq!(told(&events), evaluation.phase().map(words));
        }
    }
}
