use super::*;
use crate::words::{Digest, PersonId, SealedText};
use std::collections::{BTreeMap, BTreeSet};

/// How far an evaluation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Assessors are assigned, declare, and assess in silence.
    Assessing,
    /// All assessments are shown.
    Revealed,
    /// A panel has recommended.
    Recommended,
    /// It is decided.
    Decided,
    /// Closed without a decision.
    Closed,
}

/// What the rules, and the pages, need to remember of an evaluation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// How it began; None: it has not, or only earlier records stand here.
    pub opened: Option<EvaluationOpened>,
    /// Who owns the need.
    pub need_owner: Option<PersonId>,
    /// Everyone who was ever assigned.
    pub assessors: BTreeMap<PersonId, Assessor>,
    /// Who declared to have no conflict of interest.
    pub without_conflict: BTreeSet<PersonId>,
    /// Who declared one; that stands.
    pub conflicted: BTreeSet<PersonId>,
    /// What was shown.
    pub revealed: Option<AssessmentsRevealed>,
    /// What the panel recommends.
    pub recommendation: Option<RecommendationIssued>,
    /// All decisions, oldest first; the last one holds.
    pub decisions: Vec<DecisionMade>,
    /// The mandates that were verified, oldest first.
    pub mandates: Vec<MandateVerified>,
    /// Reports to the board, each with the index of its decision.
    pub reports: Vec<(usize, DecisionReported)>,
    /// Corrections, each with the index of its decision.
    pub corrections: Vec<(usize, SealedText)>,
    /// What was set aside.
    pub resources: Vec<ResourcesCommitted>,
    /// Which support was arranged.
    pub support: Vec<SupportArranged>,
    /// Pilots, oldest first.
    pub pilots: Vec<PilotState>,
    /// Why it was closed.
    pub closed: Option<CloseReason>,
    /// Decisions taken over.
    pub earlier_decisions: Vec<EarlierDecisionRecorded>,
    /// Assessments taken over.
    pub earlier_assessments: Vec<EarlierAssessmentRecorded>,
}

/// Somebody who was asked to assess.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assessor {
    /// Taken off.
    pub recused: bool,
    /// Who took over.
    pub replaced_by: Option<PersonId>,
    /// What was given, last version.
    pub given: Option<Given>,
}

/// A hidden assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// What was committed to.
    pub commitment: Digest,
    /// Nonce and scores, sealed.
    pub sealed: SealedText,
    /// Why, by criterion, sealed.
    pub rationales: BTreeMap<String, SealedText>,
    /// How many times it was revised.
    pub revisions: u32,
}

/// A pilot.
#[derive(Debug, Clone, PartialEq)]
pub struct PilotState {
    /// How it began.
    pub started: PilotStarted,
    /// How it came out.
    pub completed: Option<PilotCompleted>,
}

impl Evaluation {
    /// How far it has come; None: it was never opened.
    pub fn phase(&self) -> Option<Phase> {
        self.opened.as_ref()?;
        Some(if !self.decisions.is_empty() {
            Phase::Decided
        } else if self.closed.is_some() {
            Phase::Closed
        } else if self.recommendation.is_some() {
            Phase::Recommended
        } else if self.revealed.is_some() {
            Phase::Revealed
        } else {
            Phase::Assessing
        })
    }

    /// The decision that holds.
    pub fn decision(&self) -> Option<&DecisionMade> {
        self.decisions.last()
    }

    /// Those who are assigned and have not stepped aside.
    pub fn active_assessors(&self) -> impl Iterator<Item = (&PersonId, &Assessor)> {
        self.assessors.iter().filter(|(_, assessor)| !assessor.recused)
    }

    /// Whether `person` submitted the idea or co-authored it.
    pub fn is_excluded(&self, person: PersonId) -> bool {
        self.opened
            .as_ref()
            .is_some_and(|opened| opened.excluded.contains(&person))
    }

    /// Whether `person` is an assessor at this gate, now or in an earlier round, or ever gave an assessment.
    pub fn assesses_this_gate(&self, person: PersonId) -> bool {
        let here = self
            .assessors
            .get(&person)
            .is_some_and(|assessor| !assessor.recused || assessor.given.is_some());
        here || self
            .opened
            .as_ref()
            .is_some_and(|opened| opened.assessed_before.contains(&person))
    }

    /// The opened evaluation that still goes on, or why there is none.
    pub(super) fn going_on(&self) -> Result<&EvaluationOpened, EvaluationRejection> {
        let opened = self.opened.as_ref().ok_or(EvaluationRejection::Unknown)?;
        if self.closed.is_some() {
            return Err(EvaluationRejection::Closed);
        }
        Ok(opened)
    }

    pub(super) fn after(mut self, event: &EvaluationEvent) -> Self {
        use EvaluationEvent as E;
        match event {
            E::EvaluationOpened(event) => self.opened = Some(event.clone()),
            E::NeedOwnerConfirmed(event) => self.need_owner = Some(event.need_owner),
            E::AssessorAssigned(event) => {
                self.assessors.entry(event.assessor).or_default().recused = false;
            }
            E::NoConflictDeclared(event) => {
                self.without_conflict.insert(event.person);
            }
            E::ConflictDeclared(event) => {
                self.without_conflict.remove(&event.person);
                self.conflicted.insert(event.person);
            }
            E::AssessorRecused(event) => {
                let assessor = self.assessors.entry(event.assessor).or_default();
                assessor.recused = true;
                assessor.replaced_by = event.replaced_by;
            }
            E::AssessmentSubmitted(event) => {
                self.assessors.entry(event.assessor).or_default().given = Some(Given {
                    commitment: event.commitment,
                    sealed: event.sealed,
                    rationales: event.rationales.clone(),
                    revisions: 0,
                });
            }
            E::AssessmentRevised(event) => {
                self.assessors.entry(event.assessor).or_default().given = Some(Given {
                    commitment: event.commitment,
                    sealed: event.sealed,
                    rationales: event.rationales.clone(),
                    revisions: event.revision,
                });
            }
            E::AssessmentsRevealed(event) => self.revealed = Some(event.clone()),
            E::RecommendationIssued(event) => self.recommendation = Some(event.clone()),
            E::MandateVerified(event) => self.mandates.push(event.clone()),
            E::DecisionMade(event) => self.decisions.push(event.clone()),
            E::DecisionReconsidered(event) => self.decisions.push(event.decision.clone()),
            E::DecisionReported(event) => self
                .reports
                .push((self.decisions.len().saturating_sub(1), event.clone())),
            E::DecisionCorrected(event) => {
                self.corrections
                    .push((self.decisions.len().saturating_sub(1), event.correction));
            }
            E::ResourcesCommitted(event) => self.resources.push(event.clone()),
            E::SupportArranged(event) => self.support.push(event.clone()),
            E::PilotStarted(event) => self.pilots.push(PilotState {
                started: event.clone(),
                completed: None,
            }),
            E::PilotCompleted(event) => {
                if let Some(pilot) = self.pilots.last_mut() {
                    pilot.completed = Some(event.clone());
                }
            }
            E::EvaluationClosed(event) => self.closed = Some(event.reason),
            E::EarlierDecisionRecorded(event) => self.earlier_decisions.push(event.clone()),
            E::EarlierAssessmentRecorded(event) => self.earlier_assessments.push(event.clone()),
            E::TextsErased(_) => {}
        }
        self
    }
}
