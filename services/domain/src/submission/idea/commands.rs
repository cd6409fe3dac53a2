use super::{DeclineReason, EvaluationStarted, IdeaOwner, Imported, ReferralAnswered, SecrecyCheck};
use crate::Act;
use crate::words::{
    AttachmentId, CallId, Citation, CopiedText, Date, Digest, EvaluationId, Gate, IdeaId, Label, MediaType,
    OrganisationId, Outcome, PersonId, RegisterNumber, SealedText,
};
use std::collections::BTreeMap;

/// What somebody wants done with an idea.
pub type IdeaCommand = Act<IdeaId, Action>;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Submit it.
    Submit(Submit),
    /// Take it in from another organisation's sluice.
    Receive(Receive),
    /// Send the receipt.
    SendReceipt(Receipt),
    /// Add a file.
    Attach(Attach),
    /// Ask somebody to share the authorship.
    ProposeCoauthor(PersonId),
    /// Agree to share the authorship, or not to.
    AnswerCoauthorship(bool),
    /// Note whom the origin of a received idea tells to have become a co-author.
    LearnAuthor(PersonId),
    /// Note whose an idea is that was given by a private link.
    ClaimAuthorship {
        /// Under which pseudonym it was given.
        link: PersonId,
        /// Whose it is.
        author: PersonId,
    },
    /// Note who wrote an idea that goes on as this one: they take no part in judging it.
    ExcludeAuthors {
        /// The other idea.
        of: IdeaId,
        /// Who wrote it.
        people: Vec<PersonId>,
    },
    /// Express support.
    Support,
    /// Agree to be named, or no longer.
    Consent(bool),
    /// Answer the coordinator's question.
    Answer(SealedText),
    /// Take it back.
    Withdraw(Option<SealedText>),
    /// Give it to a coordinator.
    AssignCoordinator(PersonId),
    /// Enter it into the public register.
    Register {
        /// The register number.
        number: RegisterNumber,
        /// The provision under which it is secret.
        secrecy: Option<Citation>,
    },
    /// Promise another day.
    MoveAnswerDue {
        /// The day.
        answer_due: Date,
        /// Why.
        reason: SealedText,
    },
    /// Ask the submitter.
    Ask(SealedText),
    /// Note ideas like it.
    SuggestSimilar(Vec<IdeaId>),
    /// Approve a brief, or the next version of it.
    ApproveBrief(Brief),
    /// Send it to evaluation.
    Accept,
    /// Have it carried out at home.
    HandToLine(HandToLine),
    /// Hand it to another organisation.
    Refer(Refer),
    /// Say no.
    Decline(Decline),
    /// Correct a mistaken no.
    Reopen(SealedText),
    /// Let it wait for a need.
    Park(SealedText),
    /// A need has come.
    Reactivate {
        /// The call that it matches.
        call: Option<CallId>,
        /// The need.
        need: SealedText,
    },
    /// Let it go on together with another.
    LinkAsDuplicate {
        /// The one that goes on.
        of: IdeaId,
        /// The organisation whose idea that is; None: there is no such idea.
        home: Option<OrganisationId>,
        /// Whether its submitter has agreed.
        consented: bool,
    },
    /// Note which took its place.
    Supersede {
        /// By which; none where an older idea box has forgotten it.
        by: Vec<IdeaId>,
        /// Whose they are; None: there is no such idea.
        homes: Vec<Option<OrganisationId>>,
    },
    /// Bring a taken-over idea to where it was in the older idea box.
    TakeOver(EarlierStatus),
    /// Note that evaluation has opened.
    StartEvaluation(EvaluationStarted),
    /// Note what evaluation has decided.
    RecordDecision(GateDecision),
    /// Note that it has been carried out.
    Implement {
        /// What came of it.
        result: SealedText,
        /// Whether others could use it.
        shareable: bool,
    },
    /// Note the receiver's answer.
    AnswerReferral(ReferralAnswered),
    /// Note that the receiver hands it back.
    Return(OrganisationId),
    /// Note that this promised day has passed.
    Overdue(Date),
    /// Tell the submitter.
    FeedBack(SealedText),
    /// End it.
    Close,
    /// Ask for erasure.
    RequestErasure {
        /// Of a received idea: whether its origin, whose brief it is, has erased it. Of any other idea it says nothing.
        origin_erased: bool,
    },
    /// Decide to erase.
    DecideErasure(DecideErasure),
    /// Decide not to erase.
    RefuseErasure {
        /// The legal basis.
        basis: Citation,
        /// Why.
        reasons: SealedText,
    },
    /// Confirm that this service has erased.
    ConfirmErasure(Label),
}

/// Submits an idea.
#[derive(Debug, Clone, PartialEq)]
pub struct Submit {
    /// By field, see [`super::IdeaSubmitted`].
    pub texts: BTreeMap<String, SealedText>,
    /// The call that it answers.
    pub call: Option<CallId>,
    /// Which terms were accepted, and who owns the idea; not for what is taken over.
    pub terms: Option<(Label, IdeaOwner)>,
    /// Which terms are in force; None: that was looked up by nobody, since nothing was to be accepted.
    pub terms_in_force: Option<Label>,
    /// Where it is taken over from.
    pub imported: Option<Imported>,
    /// Who submitted it, for what is taken over; None: the actor.
    pub submitter: Option<PersonId>,
}

/// Takes an idea in from another organisation's sluice.
#[derive(Debug, Clone, PartialEq)]
pub struct Receive {
    /// The idea at its origin.
    pub origin: IdeaId,
    /// Where it comes from.
    pub origin_organisation: OrganisationId,
    /// The brief by field, as its origin approved it.
    pub brief: BTreeMap<String, CopiedText>,
    /// Its authors.
    pub authors: Vec<PersonId>,
}

/// Sends a receipt.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The reference that the register gave.
    pub reference: Label,
    /// The day by which a person answers.
    pub answer_due: Date,
    /// The day by which it is decided.
    pub decision_due: Date,
}

/// Adds a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Attach {
    /// The attachment.
    pub attachment: AttachmentId,
    /// SHA-256 of the sealed file.
    pub file: Digest,
    /// Its name.
    pub name: SealedText,
    /// What sort of file it is, by its bytes.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Approves a brief.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    /// By field, see [`super::BriefApproved`].
    pub texts: BTreeMap<String, SealedText>,
    /// Whether the coordinator confirms that nothing points to a person.
    pub deidentified: bool,
}

/// Hands an idea to the line.
#[derive(Debug, Clone, PartialEq)]
pub struct HandToLine {
    /// The unit.
    pub unit: SealedText,
    /// Who is responsible there.
    pub responsible: SealedText,
    /// By when.
    pub due: Date,
}

/// Refers an idea.
#[derive(Debug, Clone, PartialEq)]
pub struct Refer {
    /// To whom.
    pub receiver: OrganisationId,
    /// What the secrecy check said.
    pub secrecy_check: SecrecyCheck,
    /// Whether the submitter has been told before anything leaves.
    pub submitter_told: bool,
    /// The id of the receiver's new idea.
    pub received_as: IdeaId,
}

/// Declines an idea.
#[derive(Debug, Clone, PartialEq)]
pub struct Decline {
    /// The kind of reason.
    pub reason: DeclineReason,
    /// Why.
    pub text: SealedText,
    /// Where to turn instead.
    pub instead: Option<SealedText>,
}

/// Where an idea was in an older idea box.
#[derive(Debug, Clone, PartialEq)]
pub enum EarlierStatus {
    /// Accepted, and nothing more.
    Accepted,
    /// Turned down, with the reasons if they are known.
    Rejected(Option<SealedText>),
    /// Taken back.
    Withdrawn,
    /// Waiting.
    Parked,
    /// Carried out.
    Realised,
}

/// What evaluation has decided, first or anew.
#[derive(Debug, Clone, PartialEq)]
pub struct GateDecision {
    /// Which evaluation.
    pub evaluation: EvaluationId,
    /// The gate.
    pub gate: Gate,
    /// The round.
    pub round: u32,
    /// What.
    pub outcome: Outcome,
    /// Carried out at home.
    pub home: bool,
}

/// Decides to erase.
#[derive(Debug, Clone, PartialEq)]
pub struct DecideErasure {
    /// The legal basis.
    pub basis: Citation,
    /// The services that hold a copy.
    pub services: Vec<Label>,
    /// See [`Action::RequestErasure`].
    pub origin_erased: bool,
}
