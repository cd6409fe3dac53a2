//! Where ideas, calls, evaluations, solutions and adoptions stand, in one word each.

use crate::evaluation::{CriteriaEvent, DelegationOrderEvent, EvaluationEvent};
use crate::sharing::adoption::{Adoption, AdoptionPhase};
use crate::sharing::{AdoptionEvent, Adoptions, SolutionEvent};
use crate::submission::idea::{Idea, Phase};
use crate::submission::{CallEvent, DisclosureEvent, IdeaEvent, Ideas};
use crate::words::OrganisationId;
use crate::{Decider as _, Event};

/// How far an evaluation has come. Each outlasts those before it: it is decided even if it was closed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EvaluationStanding {
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
pub enum SolutionStanding {
    /// Not yet published.
    Drafted,
    /// Offered to others.
    Published,
    /// No longer offered.
    Retired,
}

/// How far a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CallStanding {
    /// Ideas are invited.
    Open,
    /// They no longer are.
    Closed,
}

/// All that must be remembered of a thing to tell its state after the next event.
///
/// Whole states are thousands of bytes each; this is two. Tests hold it against the rules' own states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// An idea's phase.
    Idea(Phase),
    /// A call.
    Call(CallStanding),
    /// An evaluation.
    Evaluation(EvaluationStanding),
    /// A solution.
    Solution(SolutionStanding),
    /// An adoption's phase.
    Adoption(AdoptionPhase),
}

impl Standing {
    /// Every state, thing by thing, in the order in which they usually follow each other.
    pub const ALL: [Self; 29] = [
        Self::Call(CallStanding::Open),
        Self::Call(CallStanding::Closed),
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
        Self::Evaluation(EvaluationStanding::TakenOver),
        Self::Evaluation(EvaluationStanding::Assessing),
        Self::Evaluation(EvaluationStanding::Revealed),
        Self::Evaluation(EvaluationStanding::Recommended),
        Self::Evaluation(EvaluationStanding::Closed),
        Self::Evaluation(EvaluationStanding::Decided),
        Self::Solution(SolutionStanding::Drafted),
        Self::Solution(SolutionStanding::Published),
        Self::Solution(SolutionStanding::Retired),
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
                Some(Self::Call(CallStanding::Closed)) => before,
                _ => Some(Self::Call(CallStanding::Open)),
            },
            Event::Call(CallEvent::CallClosed(_)) => Some(Self::Call(CallStanding::Closed)),
            Event::Register(_)
            | Event::Disclosure(_)
            | Event::Criteria(_)
            | Event::DelegationOrder(_)
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
            Self::Call(CallStanding::Open) => "open",
            Self::Call(CallStanding::Closed) => "closed",
            Self::Evaluation(standing) => match standing {
                EvaluationStanding::TakenOver => "taken over",
                EvaluationStanding::Assessing => "assessing",
                EvaluationStanding::Revealed => "revealed",
                EvaluationStanding::Recommended => "recommended",
                EvaluationStanding::Closed => "closed",
                EvaluationStanding::Decided => "decided",
            },
            Self::Solution(SolutionStanding::Drafted) => "drafted",
            Self::Solution(SolutionStanding::Published) => "published",
            Self::Solution(SolutionStanding::Retired) => "retired",
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
            .find(|standing| standing.thing() == thing && standing.as_str() == state)
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
        _ => None,
    }
}

fn evaluation(event: &EvaluationEvent) -> Option<EvaluationStanding> {
    use EvaluationEvent as E;
    match event {
        E::EarlierDecisionRecorded(_) | E::EarlierAssessmentRecorded(_) => Some(EvaluationStanding::TakenOver),
        E::EvaluationOpened(_) => Some(EvaluationStanding::Assessing),
        E::AssessmentsRevealed(_) => Some(EvaluationStanding::Revealed),
        E::RecommendationIssued(_) => Some(EvaluationStanding::Recommended),
        E::EvaluationClosed(_) => Some(EvaluationStanding::Closed),
        E::DecisionMade(_) | E::DecisionReconsidered(_) => Some(EvaluationStanding::Decided),
        _ => None,
    }
}

fn solution(event: &SolutionEvent) -> SolutionStanding {
    match event {
        SolutionEvent::SolutionDrafted(_) => SolutionStanding::Drafted,
        SolutionEvent::SolutionPublished(_) | SolutionEvent::SolutionVersioned(_) => SolutionStanding::Published,
        SolutionEvent::SolutionRetired(_) => SolutionStanding::Retired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_state_is_read_back_from_its_words_and_stands_once_in_the_list() {
        for standing in Standing::ALL {
            assert_eq!(Standing::read(standing.thing(), standing.as_str()), Some(standing));
        }
        let words: BTreeSet<_> = Standing::ALL
            .iter()
            .map(|standing| (standing.thing(), standing.as_str()))
            .collect();
        assert_eq!(words.len(), Standing::ALL.len());
        assert_eq!(Standing::read("idea", "in use"), None);
    }

    #[test]
    fn a_standing_takes_two_bytes() {
        assert_eq!(std::mem::size_of::<Option<Standing>>(), 2);
    }
}
