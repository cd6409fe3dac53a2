use super::*;
use crate::EvaluationStatus;
use crate::words::{Digest, IdeaId, OrganisationId, PersonId, SealedText};
use std::collections::{BTreeMap, BTreeSet};

/// What the same journal has received of the idea. It goes on while the idea is judged: somebody may become a co-author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownIdea {
    /// Whose it is; None: nothing has been received of such an idea.
    pub organisation: Option<OrganisationId>,
    /// Whether it was taken over from an older idea box.
    pub imported: bool,
    /// Submitter and co-authors, as far as they are known, and who wrote an idea that says the same.
    pub authors: BTreeSet<PersonId>,
    /// Who is in conflict by what was declared or seen in its other rounds, at whichever gate.
    pub in_conflict: BTreeSet<PersonId>,
}

/// Why somebody takes no part in an evaluation, and reads nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aside {
    /// Submitter or co-author, from whichever moment on.
    Author,
    /// Has declared a conflict of interest, or was taken off for one, in this round or another.
    Conflict,
    /// Was taken off as assessor, or stepped aside.
    Recused,
}

/// What the rules, and the pages, need to remember of an evaluation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// What has been received of the idea; see [`Evaluation::knowing`].
    pub idea: KnownIdea,
    /// How it began; None: it has not, or only earlier records stand here.
    pub opened: Option<EvaluationOpened>,
    /// Who owns the need.
    pub need_owner: Option<PersonId>,
    /// Everyone who was ever assigned.
    pub assessors: BTreeMap<PersonId, Assessor>,
    /// Who declared to have no conflict of interest.
    pub without_conflict: BTreeSet<PersonId>,
    /// Who declared one here, or was taken off for one; that stands.
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
    /// How far it has come; None: nothing stands here.
    pub fn status(&self) -> Option<EvaluationStatus> {
        self.about()?;
        Some(if self.opened.is_none() {
            EvaluationStatus::TakenOver
        } else if !self.decisions.is_empty() {
            EvaluationStatus::Decided
        } else if self.closed.is_some() {
            EvaluationStatus::Closed
        } else if self.recommendation.is_some() {
            EvaluationStatus::Recommended
        } else if self.revealed.is_some() {
            EvaluationStatus::Revealed
        } else {
            EvaluationStatus::Assessing
        })
    }

    /// The decision that holds.
    pub fn decision(&self) -> Option<&DecisionMade> {
        self.decisions.last()
    }

    /// The idea; None: nothing stands here.
    pub fn about(&self) -> Option<IdeaId> {
        let opened = self.opened.as_ref().map(|opened| opened.idea);
        let decided = self.earlier_decisions.first().map(|earlier| earlier.idea);
        let assessed = self.earlier_assessments.first().map(|earlier| earlier.idea);
        opened.or(decided).or(assessed)
    }

    /// The organisation whose idea it is; None: nothing stands here.
    pub fn home(&self) -> Option<&OrganisationId> {
        let opened = self.opened.as_ref().map(|opened| &opened.organisation);
        let decided = self.earlier_decisions.first().map(|earlier| &earlier.organisation);
        let assessed = self.earlier_assessments.first().map(|earlier| &earlier.organisation);
        opened.or(decided).or(assessed)
    }

    /// The same with what the journal has received of the idea: no rule about authors holds without it.
    pub fn knowing(mut self, idea: KnownIdea) -> Self {
        self.idea = idea;
        self
    }

    /// Those who are assigned, have not stepped aside, and have not become co-authors. Whose conflict came up in another round is none of
    /// them before the assessments are shown; what was shown stays shown.
    pub fn active_assessors(&self) -> impl Iterator<Item = (&PersonId, &Assessor)> {
        let in_conflict = |person: &PersonId| self.revealed.is_none() && self.idea.in_conflict.contains(person);
        let elsewhere = move |person: &PersonId| self.is_excluded(*person) || in_conflict(person);
        let takes_part = move |(person, assessor): &(&PersonId, &Assessor)| !assessor.recused && !elsewhere(person);
        self.assessors.iter().filter(takes_part)
    }

    /// Whether `person` submitted the idea or co-authored it, before the evaluation opened or since.
    pub fn is_excluded(&self, person: PersonId) -> bool {
        let opened = self.opened.as_ref();
        opened.is_some_and(|opened| opened.excluded.contains(&person)) || self.idea.authors.contains(&person)
    }

    /// Whether `person` has declared a conflict of interest about the idea, or was taken off for one, at this gate or another.
    pub fn is_in_conflict(&self, person: PersonId) -> bool {
        self.conflicted.contains(&person) || self.idea.in_conflict.contains(&person)
    }

    /// Why `person` takes no part and reads nothing; None: nothing of that kind stands in the way.
    pub fn aside(&self, person: PersonId) -> Option<Aside> {
        let recused = || self.assessors.get(&person).is_some_and(|assessor| assessor.recused);
        if self.is_excluded(person) {
            Some(Aside::Author)
        } else if self.is_in_conflict(person) {
            Some(Aside::Conflict)
        } else {
            recused().then_some(Aside::Recused)
        }
    }

    /// The shown assessments that count: not those of people who have become co-authors.
    ///
    /// They were made independently of each other, so the others hold without them.
    pub fn counted(&self) -> impl Iterator<Item = &RevealedAssessment> {
        let shown = self.revealed.iter().flat_map(|shown| &shown.assessments);
        shown.filter(|assessment| !self.is_excluded(assessment.assessor))
    }

    /// Whether assessments were shown, and fewer of them count than are required.
    pub fn falls_short(&self) -> bool {
        let required = self.opened.as_ref().map_or(0, |opened| opened.assessments_required);
        let required = usize::try_from(required).unwrap_or(usize::MAX);
        self.revealed.is_some() && self.counted().count() < required
    }

    /// Count, mean and spread of the assessments that count, and their weighted mean; None: nothing is shown.
    pub fn summary(&self) -> Option<(Vec<CriterionSummary>, u32)> {
        let (opened, shown) = (self.opened.as_ref()?, self.revealed.as_ref()?);
        let counted: Vec<Scores> = self
            .counted()
            .filter_map(|assessment| serde_json::from_str(&assessment.scores).ok())
            .collect();
        if counted.len() == shown.assessments.len() {
            return Some((shown.criteria.clone(), shown.weighted_hundredths));
        }
        Some(summarise(&opened.criteria, &counted))
    }

    /// The recommendation, unless one of those who stand behind it or see it otherwise has become a co-author: then it is set aside.
    pub fn recommendation_in_force(&self) -> Option<&RecommendationIssued> {
        let recommendation = self.recommendation.as_ref()?;
        let dissent = recommendation.dissent.iter().map(|dissent| &dissent.assessor);
        let mut voices = recommendation.panel.iter().chain(dissent);
        (!voices.any(|voice| self.is_excluded(*voice))).then_some(recommendation)
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
                if event.conflict {
                    self.without_conflict.remove(&event.assessor);
                    self.conflicted.insert(event.assessor);
                }
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
