use super::{
    Basis, CloseReason, Dissent, Nonce, PilotVerdict, RecordEarlierAssessment, RecordEarlierDecision, Scores,
    SupportKind, WeightedCriterion,
};
use crate::Act;
use crate::evaluation::delegation_order::{Mandate, NoMandate};
use crate::words::{
    Citation, CopiedText, Date, EvaluationId, Gate, IdeaId, Label, OrganisationId, Outcome, PersonId, SealedText,
};
use std::collections::BTreeMap;

/// What somebody wants done with an evaluation.
pub type EvaluationCommand = Act<EvaluationId, Action>;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Open it.
    Open(Box<Open>),
    /// Own the need.
    ConfirmNeedOwner,
    /// Close it: the idea went another way.
    Close(Close),
    /// Record that texts were erased.
    Erased(Erased),
    /// Ask people to assess.
    Assign(Assign),
    /// Declare to have no conflict of interest.
    DeclareNoConflict,
    /// Declare a conflict of interest, and which, if told.
    DeclareConflict(Option<SealedText>),
    /// Take an assessor off.
    Recuse(Recuse),
    /// Assess.
    Submit(Assess),
    /// Replace one's assessment.
    Revise(Assess),
    /// Show all assessments: what was sealed with each.
    Reveal(Vec<Opening>),
    /// Recommend.
    Recommend(Issue),
    /// Decide.
    Decide(Box<Decide>),
    /// Decide anew.
    Reconsider(Box<Decide>),
    /// Record that the board has heard of the decision.
    Report(Report),
    /// Correct a slip of the pen.
    Correct(SealedText),
    /// Set money or time aside.
    CommitResources(CommitResources),
    /// Arrange a partner's support.
    ArrangeSupport(Support),
    /// Begin a pilot.
    StartPilot(StartPilot),
    /// End a pilot.
    CompletePilot(CompletePilot),
    /// Take over an earlier decision.
    EarlierDecision(RecordEarlierDecision),
    /// Take over an earlier assessment.
    EarlierAssessment(RecordEarlierAssessment),
}

/// Opens an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// The idea.
    pub idea: IdeaId,
    /// The gate.
    pub gate: Gate,
    /// Counted from 1 in the idea.
    pub round: u32,
    /// The organisation whose idea it is.
    pub organisation: OrganisationId,
    /// The brief, as submission exported it.
    pub brief: OpenedBrief,
    /// Submitter and co-authors.
    pub excluded: Vec<PersonId>,
    /// Who assessed the same gate in an earlier round.
    pub assessed_before: Vec<PersonId>,
    /// The name of the criteria set.
    pub criteria_set: Label,
    /// Its version.
    pub criteria_version: u32,
    /// The criteria with their weights.
    pub criteria: Vec<WeightedCriterion>,
    /// How many independent assessments there must be.
    pub assessments_required: u32,
}

/// A brief's version and the digests of its texts by field.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedBrief {
    /// From 1.
    pub version: u32,
    /// By field: `title`, `problem`, `proposal`, `expected_benefit`.
    pub texts: BTreeMap<String, CopiedText>,
}

/// Closes an evaluation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Close {
    /// Why.
    pub reason: CloseReason,
}

/// Records an erasure that has been carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Erased {
    /// The idea.
    pub idea: IdeaId,
    /// What the erased keys protected.
    pub scopes: Vec<String>,
}

/// Asks people to assess.
#[derive(Debug, Clone, PartialEq)]
pub struct Assign {
    /// Each with the number of open assessments that the person has elsewhere.
    pub assessors: Vec<(PersonId, u32)>,
    /// How many one may have at a time.
    pub cap: u32,
}

/// Takes an assessor off.
#[derive(Debug, Clone, PartialEq)]
pub struct Recuse {
    /// Who.
    pub assessor: PersonId,
    /// Whether for a conflict of interest: then the person takes no part in this idea in any other role or round either.
    pub conflict: bool,
    /// Why.
    pub reason: SealedText,
    /// Who takes over, with the number of open assessments elsewhere.
    pub replaced_by: Option<(PersonId, u32)>,
    /// How many one may have at a time.
    pub cap: u32,
}

/// Gives or replaces an assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct Assess {
    /// By criterion, 1 to 5.
    pub scores: Scores,
    /// 32 random bytes.
    pub nonce: Nonce,
    /// Nonce and scores, sealed.
    pub sealed: SealedText,
    /// Why, by criterion.
    pub rationales: BTreeMap<String, SealedText>,
}

/// What had been sealed with an assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Who assessed.
    pub assessor: PersonId,
    /// The 32 random bytes.
    pub nonce: Nonce,
    /// The scores, byte for byte.
    pub scores: String,
}

/// Issues a recommendation.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// What the panel proposes.
    pub proposal: Outcome,
    /// Why.
    pub reasons: SealedText,
    /// Who stands behind it.
    pub panel: Vec<PersonId>,
    /// Who sees it otherwise.
    pub dissent: Vec<Dissent>,
}

/// Decides, or decides anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Decide {
    /// What.
    pub outcome: Outcome,
    /// Carried out at home.
    pub home: bool,
    /// Why.
    pub reasons: SealedText,
    /// Under which conditions.
    pub conditions: Option<SealedText>,
    /// What it commits, in kronor.
    pub cost_kronor: u64,
    /// Who decides.
    pub who: Who,
    /// What has been received, and what the decider has seen.
    pub basis: Basis,
    /// The position of the latest entry on this evaluation or its idea; None: there is none.
    pub latest: Option<u64>,
    /// The day in Sweden on which the evaluation was opened.
    pub opened_on: Date,
}

impl Decide {
    /// Whether a board decides, and somebody writes it down.
    pub fn is_boards(&self) -> bool {
        matches!(self.who, Who::Board { .. })
    }
}

/// Who decides.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// The actor, with the mandate that was found, or why none was.
    Actor(Result<Mandate, NoMandate>),
    /// A board; the actor records it.
    Board {
        /// Which.
        board: String,
        /// The day of the meeting.
        meeting: Date,
        /// The paragraph of the minutes.
        paragraph: Citation,
    },
}

/// Records a report to the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The board.
    pub board: String,
    /// The day of the meeting.
    pub meeting: Date,
    /// The paragraph of the minutes.
    pub paragraph: Option<Citation>,
}

/// Sets money or time aside.
#[derive(Debug, Clone, PartialEq)]
pub struct CommitResources {
    /// Kronor.
    pub amount_kronor: u64,
    /// Hours.
    pub hours: u32,
    /// The last day.
    pub until: Option<Date>,
    /// For what.
    pub note: Option<SealedText>,
}

/// Arranges a partner's support.
#[derive(Debug, Clone, PartialEq)]
pub struct Support {
    /// The partner.
    pub partner: OrganisationId,
    /// The kind.
    pub kind: SupportKind,
    /// What was agreed.
    pub note: Option<SealedText>,
}

/// Begins a pilot.
#[derive(Debug, Clone, PartialEq)]
pub struct StartPilot {
    /// What is believed.
    pub hypothesis: SealedText,
    /// What is measured.
    pub metric: SealedText,
    /// The first day.
    pub starts_on: Date,
    /// The last day as planned.
    pub ends_on: Option<Date>,
}

/// Ends a pilot.
#[derive(Debug, Clone, PartialEq)]
pub struct CompletePilot {
    /// Whether what was believed held.
    pub verdict: PilotVerdict,
    /// What was measured and learnt.
    pub result: SealedText,
    /// The last day.
    pub completed_on: Date,
}
