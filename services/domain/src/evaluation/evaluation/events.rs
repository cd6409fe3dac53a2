use super::Nonce;
use crate::words::{
    Citation, CopiedText, Date, Digest, EarlierTime, EvaluationId, Gate, IdeaId, Label, MandateReference,
    OrganisationId, Outcome, PersonId, SealedText, named,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

// Names and members are the stored form. Change neither after a release: put a v2 beside it.

/// One idea is evaluated at one gate, from this brief, by these criteria.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationOpened {
    /// The evaluation itself.
    pub evaluation: EvaluationId,
    /// The idea.
    pub idea: IdeaId,
    /// The gate.
    pub gate: Gate,
    /// Counted from 1 in the idea.
    pub round: u32,
    /// The organisation whose idea it is.
    pub organisation: OrganisationId,
    /// The version of the brief, from 1.
    pub brief_version: u32,
    /// The brief's texts by field, sealed for the event that approved it; evaluation keeps a copy of them.
    #[serde(deserialize_with = "named")]
    pub brief: BTreeMap<String, CopiedText>,
    /// Submitter and co-authors: they never score, recommend or decide.
    pub excluded: Vec<PersonId>,
    /// Who assessed this idea at this gate in an earlier round: they do not decide it.
    pub assessed_before: Vec<PersonId>,
    /// The name of the criteria set.
    pub criteria_set: Label,
    /// Its version; 0: the instance's standard set.
    pub criteria_version: u32,
    /// The criteria with their weights, in order.
    pub criteria: Vec<WeightedCriterion>,
    /// How many independent assessments there must be before any is shown.
    pub assessments_required: u32,
}

/// A criterion as an evaluation uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightedCriterion {
    /// Its short name, such as `citizen-benefit`.
    pub key: Label,
    /// 1 to 100.
    pub weight: u32,
}

/// Somebody owns the need that the idea answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedOwnerConfirmed {
    /// Who.
    pub need_owner: PersonId,
    /// For which organisation.
    pub organisation: OrganisationId,
}

/// Somebody was asked to assess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessorAssigned {
    /// Who.
    pub assessor: PersonId,
    /// How many other open assessments that person had then.
    pub load: u32,
}

/// Somebody declared to have no conflict of interest (jäv).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoConflictDeclared {
    /// Who.
    pub person: PersonId,
}

/// Somebody declared a conflict of interest (jäv), and steps aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictDeclared {
    /// Who.
    pub person: PersonId,
    /// What it is, if told.
    pub reason: Option<SealedText>,
}

/// An assessor was taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessorRecused {
    /// Who.
    pub assessor: PersonId,
    /// Whether for a conflict of interest: one that they declared, or that is seen without.
    pub conflict: bool,
    /// Why; none where a declared conflict says it.
    pub reason: Option<SealedText>,
    /// Who takes over.
    pub replaced_by: Option<PersonId>,
}

/// An assessor has assessed; what, nobody sees yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentSubmitted {
    /// Who.
    pub assessor: PersonId,
    /// SHA-256 of 32 random bytes and the scores' JSON bytes.
    pub commitment: Digest,
    /// Those bytes, sealed until they are shown.
    pub sealed: SealedText,
    /// Why, by criterion.
    #[serde(deserialize_with = "named")]
    pub rationales: BTreeMap<String, SealedText>,
}

/// An assessor replaced an assessment that nobody had seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentRevised {
    /// Who.
    pub assessor: PersonId,
    /// The how-manieth revision, from 1.
    pub revision: u32,
    /// SHA-256 of 32 random bytes and the scores' JSON bytes.
    pub commitment: Digest,
    /// Those bytes, sealed until they are shown.
    pub sealed: SealedText,
    /// Why, by criterion.
    #[serde(deserialize_with = "named")]
    pub rationales: BTreeMap<String, SealedText>,
}

/// All assessments are shown together, with what proves that nobody changed one afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentsRevealed {
    /// Each assessment, by assessor.
    pub assessments: Vec<RevealedAssessment>,
    /// Count, mean and spread, in the order of the criteria.
    pub criteria: Vec<CriterionSummary>,
    /// The mean over all criteria by weight, in hundredths, 100 to 500.
    pub weighted_hundredths: u32,
}

/// One assessment as it was committed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealedAssessment {
    /// Who.
    pub assessor: PersonId,
    /// The 32 random bytes.
    pub nonce: Nonce,
    /// The scores, byte for byte as they were committed to: a score for each criterion and nothing else.
    pub scores: String,
}

/// How the assessors saw one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionSummary {
    /// The criterion.
    pub criterion: Label,
    /// How many scored it.
    pub count: u32,
    /// The mean in hundredths, rounded half up.
    pub mean_hundredths: u32,
    /// The lowest score.
    pub lowest: u8,
    /// The highest score.
    pub highest: u8,
    /// Highest minus lowest.
    pub spread: u8,
}

/// A panel of assessors recommends; it does not decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecommendationIssued {
    /// What it proposes.
    pub proposal: Outcome,
    /// Why.
    pub reasons: SealedText,
    /// Who stands behind it.
    pub panel: Vec<PersonId>,
    /// Who sees it otherwise.
    pub dissent: Vec<Dissent>,
}

/// One of the panel sees it otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dissent {
    /// Who.
    pub assessor: PersonId,
    /// Why.
    pub reasons: SealedText,
}

/// The clause that lets this decider decide this, that day, was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateVerified {
    /// Who decides.
    pub decider: PersonId,
    /// The mandate's reference, such as `uddevalla/3/4.2`.
    pub mandate: MandateReference,
    /// The clause that it rests on.
    pub clause: Label,
    /// The version of the delegation order.
    pub order_version: u32,
    /// The gate that it covers.
    pub gate: Gate,
    /// The cost that it covers, in kronor.
    pub cost_kronor: u64,
    /// The day on which it holds.
    pub on: Date,
}

/// It is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionMade {
    /// The evaluation.
    pub evaluation: EvaluationId,
    /// The idea.
    pub idea: IdeaId,
    /// The gate.
    pub gate: Gate,
    /// What was decided.
    pub outcome: Outcome,
    /// To be carried out at home, by the unit that it concerns; only with Advance.
    pub home: bool,
    /// Why.
    pub reasons: SealedText,
    /// Under which conditions.
    pub conditions: Option<SealedText>,
    /// What it commits, in kronor.
    pub cost_kronor: u64,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// The day of the decision in Sweden.
    pub decided_on: Date,
    /// What the decider had received and seen.
    pub basis: Basis,
}

/// Who decided: one person, or a board in a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecidedBy {
    /// A named person under a mandate.
    Person {
        /// Who.
        person: PersonId,
        /// The mandate's reference.
        mandate: MandateReference,
    },
    /// A board.
    Board {
        /// Which, by its name: no form could tell it from other words.
        board: String,
        /// The day of the meeting.
        meeting: Date,
        /// The paragraph of the minutes.
        paragraph: Citation,
        /// Who recorded it.
        recorded_by: PersonId,
    },
}

/// What the decider had received and seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The journal position from which the page that the decider confirmed was drawn.
    pub seen: u64,
    /// How many entries evaluation's journal had.
    pub size: u64,
    /// The root of the tree over those entries.
    pub root: Digest,
    /// How far each source had been received.
    pub sources: Vec<SourceSeen>,
    /// The version of the brief.
    pub brief_version: u32,
}

/// How far one source had been received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSeen {
    /// The source, `/<instance>/<service>/<audience>`, as the instance's own settings name it.
    pub source: String,
    /// Its epoch.
    pub epoch: u32,
    /// The last sequence received in that epoch.
    pub sequence: u64,
    /// The position that it has in its source's own journal.
    pub from_position: u64,
}

/// A decision on delegation was reported to the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionReported {
    /// The board, by its name: no form could tell it from other words.
    pub board: String,
    /// The day of the meeting.
    pub meeting: Date,
    /// The paragraph of the minutes.
    pub paragraph: Option<Citation>,
}

/// A slip of the pen was corrected; what was decided stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionCorrected {
    /// What was wrong, and how it is to be read.
    pub correction: SealedText,
}

/// It was decided anew; the earlier decision stays in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionReconsidered {
    /// The how-manieth reconsideration, from 1.
    pub number: u32,
    /// What holds from now on.
    pub decision: DecisionMade,
}

/// Money or time was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourcesCommitted {
    /// Kronor.
    pub amount_kronor: u64,
    /// Hours of work.
    pub hours: u32,
    /// The last day on which it may be used.
    pub until: Option<Date>,
    /// For what.
    pub note: Option<SealedText>,
}

/// A partner gives support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportArranged {
    /// Which partner.
    pub partner: OrganisationId,
    /// Which kind.
    pub kind: SupportKind,
    /// What was agreed.
    pub note: Option<SealedText>,
}

/// What kind of support an idea gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SupportKind {
    /// Development, such as a science park gives.
    Development,
    /// Implementation at home or with the neighbours.
    Implementation,
    /// Commercialisation, such as an incubator gives.
    Commercialisation,
    /// Procurement of innovation.
    Procurement,
    /// A place to test.
    Testbed,
}

/// A pilot began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PilotStarted {
    /// What is believed.
    pub hypothesis: SealedText,
    /// What is measured to find out.
    pub metric: SealedText,
    /// The first day.
    pub starts_on: Date,
    /// The last day as planned.
    pub ends_on: Option<Date>,
}

/// A pilot came out one way or the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PilotCompleted {
    /// Whether what was believed held.
    pub verdict: PilotVerdict,
    /// What was measured and learnt.
    pub result: SealedText,
    /// The last day.
    pub completed_on: Date,
}

/// How a pilot came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PilotVerdict {
    /// What was believed held.
    Confirmed,
    /// It did not hold.
    Refuted,
    /// It could not be told.
    Inconclusive,
}

/// The idea went another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationClosed {
    /// Which.
    pub reason: CloseReason,
    /// Whether a decision had been made before this arrived; it stands.
    pub decided: bool,
}

/// Why an evaluation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloseReason {
    /// The submitter withdrew the idea.
    Withdrawn,
    /// It was linked to another that says the same.
    Linked,
    /// It was superseded by others.
    Superseded,
    /// It was parked.
    Parked,
}

/// A decision made elsewhere before the sluice was taken over. No mandate is claimed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierDecisionRecorded {
    /// The idea.
    pub idea: IdeaId,
    /// The organisation whose idea it is.
    pub organisation: OrganisationId,
    /// The name of the import.
    pub import: Label,
    /// What was decided, if known.
    pub outcome: Option<Outcome>,
    /// The status as the earlier register wrote it, if it did.
    pub stated_status: Option<Label>,
    /// When, as precisely as it is known.
    pub decided: Option<EarlierTime>,
    /// Why, if known.
    pub reasons: Option<SealedText>,
    /// Whether the date lies before the idea's own.
    pub before_submission: bool,
}

/// An assessment made elsewhere before the sluice was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierAssessmentRecorded {
    /// The idea.
    pub idea: IdeaId,
    /// The organisation whose idea it is.
    pub organisation: OrganisationId,
    /// The name of the import and of its criteria set.
    pub import: Label,
    /// Who assessed.
    pub assessor: PersonId,
    /// What was scored.
    pub scores: Vec<EarlierScore>,
}

/// One criterion scored in an earlier idea box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierScore {
    /// The criterion as the earlier register named it.
    pub criterion: Label,
    /// 1 to 5.
    pub score: u8,
    /// Why, if known.
    pub rationale: Option<SealedText>,
    /// When, as precisely as it is known.
    pub assessed: Option<EarlierTime>,
}

/// Evaluation's copies of an idea's sealed texts are gone, as was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextsErased {
    /// The idea.
    pub idea: IdeaId,
    /// What the erased keys protected, written from ids: `brief/<uuid>`, `evaluation/<uuid>`.
    pub scopes: Vec<String>,
}

events! {
    /// What happens to one evaluation.
    EvaluationEvent, "evaluation", "evaluation", [
        EvaluationOpened, NeedOwnerConfirmed, AssessorAssigned, NoConflictDeclared, ConflictDeclared, AssessorRecused,
        AssessmentSubmitted, AssessmentRevised, AssessmentsRevealed, RecommendationIssued, MandateVerified,
        DecisionMade, DecisionReported, DecisionCorrected, DecisionReconsidered, ResourcesCommitted, SupportArranged,
        PilotStarted, PilotCompleted, EvaluationClosed, EarlierDecisionRecorded, EarlierAssessmentRecorded,
        TextsErased,
    ]
}
