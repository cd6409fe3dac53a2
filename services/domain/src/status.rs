//! Where ideas, calls, evaluations, solutions and adoptions stand, in one word each.

use crate::evaluation::{CriteriaEvent, DelegationOrderEvent, EvaluationEvent};
use crate::identity::{GrantEvent, PersonEvent, ProgramEvent};
use crate::sharing::adoption::{Adoption, AdoptionPhase};
use crate::sharing::{AdoptionEvent, Adoptions, SolutionEvent};
use crate::submission::idea::{Idea, Phase};
use crate::submission::{CallEvent, DisclosureEvent, IdeaEvent, Ideas};
use crate::words::OrganisationId;
use crate::{Decider as _, Event};

/// How far an evaluation has come. Each outlasts those before it: it is decided even if it was closed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EvaluationStatus {
    /// Only records of an earlier idea box.
    TakenOver,
    /// Assessors assess.
    Assessing,
    /// Their assessments are shown.
    Revealed,
    /// The panel has recommended.
    Recommended,
    /// Closed without a decision.
    Closed,
    /// Decided.
    Decided,
}

/// How far a solution has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SolutionStatus {
    /// Not yet published.
    Drafted,
    /// Offered to others.
    Published,
    /// No longer offered.
    Retired,
}

/// How far a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallStatus {
    /// Ideas are invited.
    Open,
    /// They no longer are.
    Closed,
}

/// All that must be remembered of a thing to tell its state after the next event.
///
/// Whole states are thousands of bytes each; this is two. Tests hold it against the rules' own states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateStatus {
    /// An idea's phase.
    Idea(Phase),
    /// A call.
    Call(CallStatus),
    /// An evaluation.
    Evaluation(EvaluationStatus),
    /// A solution.
    Solution(SolutionStatus),
    /// An adoption's phase.
    Adoption(AdoptionPhase),
}

impl AggregateStatus {
    /// Every state, thing by thing, in the order in which they usually follow each other.
    pub const ALL: [Self; 29] = [
        Self::Call(CallStatus::Open),
        Self::Call(CallStatus::Closed),
        Self::Idea(Phase::Submitted),
        Self::Idea(Phase::NeedsClarification),
        Self::Idea(Phase::Accepted),
        Self::Idea(Phase::InEvaluation),
        Self::Idea(Phase::Decided),
        Self::Idea(Phase::AtHome),
        Self::Idea(Phase::Referred),
        Self::Idea(Phase::Declined),
        Self::Idea(Phase::Duplicate),
        Self::Idea(Phase::Superseded),
        Self::Idea(Phase::Parked),
        Self::Idea(Phase::Withdrawn),
        Self::Idea(Phase::Closed),
        Self::Evaluation(EvaluationStatus::TakenOver),
        Self::Evaluation(EvaluationStatus::Assessing),
        Self::Evaluation(EvaluationStatus::Revealed),
        Self::Evaluation(EvaluationStatus::Recommended),
        Self::Evaluation(EvaluationStatus::Closed),
        Self::Evaluation(EvaluationStatus::Decided),
        Self::Solution(SolutionStatus::Drafted),
        Self::Solution(SolutionStatus::Published),
        Self::Solution(SolutionStatus::Retired),
        Self::Adoption(AdoptionPhase::Interested),
        Self::Adoption(AdoptionPhase::Decided),
        Self::Adoption(AdoptionPhase::Started),
        Self::Adoption(AdoptionPhase::InUse),
        Self::Adoption(AdoptionPhase::Discontinued),
    ];

    /// Where a thing stands after `event`, if it stood at `before`. None: it has no states, or none yet.
    pub fn after(before: Option<Self>, event: &Event) -> Option<Self> {
        let now = match event {
            Event::Idea(event) => {
                // The rule itself; of all that an idea is, its next phase depends on the phase before alone.
                let phase = match before {
                    Some(Self::Idea(phase)) => Some(phase),
                    _ => None,
                };
                let idea = Idea {
                    phase,
                    ..Idea::default()
                };
                Ideas::evolve(idea, event).phase.map(Self::Idea)
            }
            Event::Adoption(event) => Adoptions::evolve(Adoption::default(), event).phase.map(Self::Adoption),
            Event::Evaluation(event) => evaluation(event).map(|now| match before {
                Some(Self::Evaluation(before)) => Self::Evaluation(before.max(now)),
                _ => Self::Evaluation(now),
            }),
            Event::Solution(event) => {
                let now = solution(event);
                Some(match before {
                    Some(Self::Solution(before)) => Self::Solution(before.max(now)),
                    _ => Self::Solution(now),
                })
            }
            Event::Call(CallEvent::CallOpened(_)) => match before {
                Some(Self::Call(CallStatus::Closed)) => before,
                _ => Some(Self::Call(CallStatus::Open)),
            },
            Event::Call(CallEvent::CallClosed(_)) => Some(Self::Call(CallStatus::Closed)),
            Event::Register(_)
            | Event::Quota(_)
            | Event::Disclosure(_)
            | Event::Criteria(_)
            | Event::DelegationOrder(_)
            | Event::Organisation(_)
            | Event::Person(_)
            | Event::Grant(_)
            | Event::Account(_)
            | Event::Mapping(_)
            | Event::Program(_)
            | Event::Session(_)
            | Event::SigningKey(_)
            | Event::Instance(_) => None,
        };
        now.or(before)
    }

    /// What it is that stands there, as its stream's name begins: `idea`, `call`, `evaluation`, `solution` or `adoption`.
    pub fn thing(self) -> &'static str {
        match self {
            Self::Idea(_) => "idea",
            Self::Call(_) => "call",
            Self::Evaluation(_) => "evaluation",
            Self::Solution(_) => "solution",
            Self::Adoption(_) => "adoption",
        }
    }

    /// The state in plain words, such as `in evaluation`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idea(phase) => match phase {
                Phase::Submitted => "submitted",
                Phase::NeedsClarification => "needs clarification",
                Phase::Accepted => "accepted",
                Phase::InEvaluation => "in evaluation",
                Phase::Decided => "decided",
                Phase::AtHome => "at home",
                Phase::Referred => "referred",
                Phase::Declined => "declined",
                Phase::Duplicate => "duplicate",
                Phase::Superseded => "superseded",
                Phase::Parked => "parked",
                Phase::Withdrawn => "withdrawn",
                Phase::Closed => "closed",
            },
            Self::Call(CallStatus::Open) => "open",
            Self::Call(CallStatus::Closed) => "closed",
            Self::Evaluation(status) => match status {
                EvaluationStatus::TakenOver => "taken over",
                EvaluationStatus::Assessing => "assessing",
                EvaluationStatus::Revealed => "revealed",
                EvaluationStatus::Recommended => "recommended",
                EvaluationStatus::Closed => "closed",
                EvaluationStatus::Decided => "decided",
            },
            Self::Solution(SolutionStatus::Drafted) => "drafted",
            Self::Solution(SolutionStatus::Published) => "published",
            Self::Solution(SolutionStatus::Retired) => "retired",
            Self::Adoption(phase) => match phase {
                AdoptionPhase::Interested => "interested",
                AdoptionPhase::Decided => "decided",
                AdoptionPhase::Started => "started",
                AdoptionPhase::InUse => "in use",
                AdoptionPhase::Discontinued => "discontinued",
            },
        }
    }

    /// Reads a thing and its state back from their words.
    pub fn read(thing: &str, state: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|status| status.thing() == thing && status.as_str() == state)
    }
}

/// The organisation whose thing it is, as the event says with which it began. None: it began with another.
pub fn home(event: &Event) -> Option<&OrganisationId> {
    match event {
        Event::Idea(IdeaEvent::IdeaSubmitted(event)) => Some(&event.organisation),
        Event::Idea(IdeaEvent::IdeaReceived(event)) => Some(&event.organisation),
        Event::Call(CallEvent::CallOpened(event)) => Some(&event.organisation),
        Event::Disclosure(DisclosureEvent::TextsDisclosed(event)) => Some(&event.organisation),
        Event::Evaluation(EvaluationEvent::EvaluationOpened(event)) => Some(&event.organisation),
        Event::Evaluation(EvaluationEvent::EarlierDecisionRecorded(event)) => Some(&event.organisation),
        Event::Evaluation(EvaluationEvent::EarlierAssessmentRecorded(event)) => Some(&event.organisation),
        Event::Criteria(CriteriaEvent::CriteriaAdopted(event)) => Some(&event.organisation),
        Event::DelegationOrder(DelegationOrderEvent::DelegationOrderAdopted(event)) => Some(&event.organisation),
        Event::Solution(SolutionEvent::SolutionDrafted(event)) => Some(&event.organisation),
        Event::Adoption(AdoptionEvent::InterestRegistered(event)) => Some(&event.organisation),
        Event::Person(PersonEvent::PersonRegistered(event)) => Some(&event.organisation),
        Event::Grant(GrantEvent::RoleGranted(event)) => Some(&event.organisation),
        Event::Program(ProgramEvent::ProgramRegistered(event)) => Some(&event.organisation),
        _ => None,
    }
}

fn evaluation(event: &EvaluationEvent) -> Option<EvaluationStatus> {
    use EvaluationEvent as E;
    match event {
        E::EarlierDecisionRecorded(_) | E::EarlierAssessmentRecorded(_) => Some(EvaluationStatus::TakenOver),
        E::EvaluationOpened(_) => Some(EvaluationStatus::Assessing),
        E::AssessmentsRevealed(_) => Some(EvaluationStatus::Revealed),
        E::RecommendationIssued(_) => Some(EvaluationStatus::Recommended),
        E::EvaluationClosed(_) => Some(EvaluationStatus::Closed),
        E::DecisionMade(_) | E::DecisionReconsidered(_) => Some(EvaluationStatus::Decided),
        _ => None,
    }
}

fn solution(event: &SolutionEvent) -> SolutionStatus {
    match event {
        SolutionEvent::SolutionDrafted(_) => SolutionStatus::Drafted,
        SolutionEvent::SolutionPublished(_) | SolutionEvent::SolutionVersioned(_) => SolutionStatus::Published,
        SolutionEvent::SolutionRetired(_) => SolutionStatus::Retired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_state_is_read_back_from_its_words_and_stands_once_in_the_list() {
        for status in AggregateStatus::ALL {
            assert_eq!(AggregateStatus::read(status.thing(), status.as_str()), Some(status));
        }
        let words: BTreeSet<_> = AggregateStatus::ALL
            .iter()
            .map(|status| (status.thing(), status.as_str()))
            .collect();
        assert_eq!(words.len(), AggregateStatus::ALL.len());
        assert_eq!(AggregateStatus::read("idea", "in use"), None);
    }

    #[test]
    fn a_status_takes_two_bytes() {
        assert_eq!(std::mem::size_of::<Option<AggregateStatus>>(), 2);
    }
}
