//! The stored form of everything that happens to an idea. Released types are never edited.

use crate::words::{
    AttachmentId, CallId, Citation, CopiedText, Date, Digest, EarlierTime, EvaluationId, Gate, IdeaId, Label,
    MediaType, OrganisationId, Outcome, PersonId, RegisterNumber, SealedText, named,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Somebody submitted an idea, or an older idea box was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaSubmitted {
    /// The idea.
    pub idea: IdeaId,
    /// The organisation whose sluice it is in.
    pub organisation: OrganisationId,
    /// The submitter's pseudonym.
    pub submitter: PersonId,
    /// The call that it answers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call: Option<CallId>,
    /// By field: `title`, `problem`, `proposal`, `expected_benefit`, `area`, `concerned`; what is unknown is left out.
    #[serde(deserialize_with = "named")]
    pub texts: BTreeMap<String, SealedText>,
    /// Where it was taken over from; such ideas get no receipt and no promise.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub imported: Option<Imported>,
}

/// Where an idea was taken over from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The name of the import.
    pub import: Label,
    /// The idea's reference in the older idea box.
    pub reference: Label,
    /// When it was submitted there, if known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub submitted: Option<EarlierTime>,
}

/// The submitter accepted the terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsAccepted {
    /// Which version of the terms.
    pub terms: Label,
    /// Who owns the idea under them.
    pub owner: IdeaOwner,
}

/// Who owns an idea.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdeaOwner {
    /// The organisation: the idea belongs to the submitter's work.
    Organisation,
    /// The submitter, who lets the organisation use it.
    Submitter,
    /// Both, by agreement.
    Shared,
}

/// The submitter got a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptSent {
    /// Such as `UDD-2026-0042`.
    pub reference: Label,
    /// The day by which a person answers.
    pub answer_due: Date,
    /// The day by which it is decided.
    pub decision_due: Date,
}

/// The answer takes longer than promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerDueMoved {
    /// The new day.
    pub answer_due: Date,
    /// Why.
    pub reason: SealedText,
}

/// A coordinator took the idea on, or was given it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoordinatorAssigned {
    /// Who.
    pub coordinator: PersonId,
}

/// The idea was registered in the public register (diarium).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaRegistered {
    /// The register number (dnr).
    pub number: RegisterNumber,
    /// The provision under which it is secret; None: it is not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub secrecy: Option<Citation>,
}

/// A file was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentAdded {
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

/// An author asked somebody to share the authorship. Nothing follows from it before that person agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoauthorProposed {
    /// Who was asked.
    pub coauthor: PersonId,
}

/// Somebody shares the authorship: they agreed to it, or, of an idea that was received, its origin tells that they did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoauthorAdded {
    /// Who.
    pub coauthor: PersonId,
}

/// Somebody has shown the private link by which the idea was given, and that it is theirs: they are its author in the place of whoever had the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorClaimed {
    /// Under which pseudonym it was given.
    pub link: PersonId,
    /// Whose it is.
    pub author: PersonId,
}

/// Who wrote an idea that this one took the place of, or that says the same, judges this one no more than their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorsExcluded {
    /// The other idea.
    pub of: IdeaId,
    /// Who wrote it. They become no authors of this one.
    pub people: Vec<PersonId>,
}

/// Somebody who was asked to share the authorship does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoauthorDeclined {
    /// Who.
    pub coauthor: PersonId,
}

/// A colleague thinks that it is a good idea.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportExpressed {
    /// Who.
    pub supporter: PersonId,
}

/// Somebody agreed to be named with the idea.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentGiven {
    /// Who.
    pub person: PersonId,
}

/// Somebody does not want to be named any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentWithdrawn {
    /// Who.
    pub person: PersonId,
}

/// The coordinator asked the submitter something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClarificationRequested {
    /// What.
    pub question: SealedText,
}

/// The submitter answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClarificationProvided {
    /// What.
    pub answer: SealedText,
}

/// Ideas like this one were shown to the coordinator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimilarIdeasSuggested {
    /// The most similar first.
    pub ideas: Vec<IdeaId>,
}

/// The idea goes on together with another, with its submitter's consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaLinkedAsDuplicate {
    /// The idea that goes on.
    pub of: IdeaId,
}

/// Others took the idea's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaSuperseded {
    /// Those; empty when the older register does not tell which.
    pub by: Vec<IdeaId>,
}

/// The coordinator confirmed that nothing in the brief points to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefApproved {
    /// 1.
    pub version: u32,
    /// By field: `title`, `problem`, `proposal`, `expected_benefit`, `concerned`.
    #[serde(deserialize_with = "named")]
    pub texts: BTreeMap<String, SealedText>,
}

/// A later version of the brief, confirmed in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefReplaced {
    /// From 2.
    pub version: u32,
    /// See [`BriefApproved`].
    #[serde(deserialize_with = "named")]
    pub texts: BTreeMap<String, SealedText>,
}

/// The idea goes to evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaAccepted {
    /// The brief that will be evaluated; 0: accepted in an older idea box, there is none yet.
    pub brief_version: u32,
    /// The gate; None: accepted in an older idea box, nothing is evaluated yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gate: Option<Gate>,
    /// Counted from 1 in the idea, over all gates; 0 for what was accepted in an older idea box.
    pub round: u32,
}

/// Evaluation opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationStarted {
    /// Which.
    pub evaluation: EvaluationId,
    /// The gate.
    pub gate: Gate,
    /// The round.
    pub round: u32,
}

/// Evaluation decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateDecided {
    /// Which evaluation.
    pub evaluation: EvaluationId,
    /// The gate.
    pub gate: Gate,
    /// The round.
    pub round: u32,
    /// What was decided.
    pub outcome: Outcome,
    /// Whether it is carried out at home.
    pub home: bool,
    /// Where it goes on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<NextGate>,
}

/// Where an idea goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextGate {
    /// The gate.
    pub gate: Gate,
    /// The round.
    pub round: u32,
}

/// The unit that the idea concerns carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaHandedToLine {
    /// The unit.
    pub unit: SealedText,
    /// Who is responsible there.
    pub responsible: SealedText,
    /// By when.
    pub due: Date,
}

/// It has been carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaImplemented {
    /// What came of it; unknown for some that were taken over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub result: Option<SealedText>,
    /// Whether others could use it.
    pub shareable: bool,
}

/// Something came of it that others could use: sharing drafts a solution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingProposed {
    /// The evaluation that decided to roll it out; None: it was carried out at home.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decided_in: Option<EvaluationId>,
}

/// The idea was handed to another organisation's sluice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaReferred {
    /// Which.
    pub receiver: OrganisationId,
    /// What the secrecy check said.
    pub secrecy_check: SecrecyCheck,
    /// The brief that was handed over.
    pub brief_version: u32,
    /// Its texts by field, which stay sealed for the event that approved it.
    #[serde(deserialize_with = "named")]
    pub brief: BTreeMap<String, CopiedText>,
    /// The idea's id at the receiver.
    pub received_as: IdeaId,
    /// Submitter and co-authors, who take no part in judging it there either.
    pub authors: Vec<PersonId>,
}

/// What a secrecy check before disclosure said. The submitter is told in every case before anything leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecrecyCheck {
    /// Nothing in the brief is secret.
    NothingSecret,
    /// Something is, and a provision allows to hand it over.
    MayBeDisclosed,
}

/// The receiver's new idea, with its own reference and promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaReceived {
    /// The new idea.
    pub idea: IdeaId,
    /// The receiving organisation.
    pub organisation: OrganisationId,
    /// The idea at its origin.
    pub origin: IdeaId,
    /// Where it comes from.
    pub origin_organisation: OrganisationId,
    /// The brief's texts by field: all that the receiver knows. They stay its origin's, sealed for the event that approved them.
    #[serde(deserialize_with = "named")]
    pub brief: BTreeMap<String, CopiedText>,
    /// Its authors' pseudonyms, for conflicts of interest only.
    pub authors: Vec<PersonId>,
}

/// The receiver answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralAnswered {
    /// Who.
    pub receiver: OrganisationId,
    /// What became of it there.
    pub answer: ReferralAnswer,
}

/// What became of a referred idea.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferralAnswer {
    /// Accepted for evaluation.
    Accepted,
    /// Carried out by the receiver.
    CarriedOut,
    /// Declined or decided against.
    Declined,
}

/// The receiver handed it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaReturned {
    /// Who.
    pub receiver: OrganisationId,
}

/// The coordinator said no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaDeclined {
    /// The kind of reason; None: an older register does not tell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<DeclineReason>,
    /// Why, in words; unknown for some that were taken over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<SealedText>,
    /// Where to turn instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instead: Option<SealedText>,
}

/// Why an idea was declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeclineReason {
    /// Outside what the organisation may or shall do.
    OutOfScope,
    /// It exists already.
    Exists,
    /// A fault report, complaint or question rather than an idea.
    NoIdea,
    /// Against law or agreement.
    NotAllowed,
    /// Too little to go on, also after asking.
    TooVague,
}

/// A mistaken screening was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaReopened {
    /// Why.
    pub reason: SealedText,
}

/// Not now: the idea waits for a need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaParked {
    /// Words that a later need is matched with; unknown for some that were taken over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub terms: Option<SealedText>,
}

/// A need has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaReactivated {
    /// The call that it matches.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call: Option<CallId>,
    /// The need in words.
    pub need: SealedText,
}

/// The submitter took it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaWithdrawn {
    /// Why, if told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<SealedText>,
}

/// The promised day has passed without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerOverdue {
    /// The day that was promised.
    pub answer_due: Date,
}

/// The submitter was told what was decided and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackDelivered {
    /// The message.
    pub message: SealedText,
}

/// Everything that was to be done is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaClosed {}

/// Somebody asked that texts about them be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRequested {
    /// Who asked.
    pub requested_by: PersonId,
}

/// It was decided to erase (gallringsbeslut).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureDecided {
    /// The legal basis, a reference to statute or plan.
    pub basis: Citation,
    /// The idea whose texts go.
    pub idea: IdeaId,
    /// The services that hold a copy and must confirm.
    pub services: Vec<Label>,
}

/// A service has destroyed its keys and texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextsErased {
    /// Which service.
    pub service: Label,
}

/// All services have confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalDataErased {}

/// It was decided not to erase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRefused {
    /// The legal basis, a reference to statute or plan.
    pub basis: Citation,
    /// Why.
    pub reasons: SealedText,
}

events! {
    /// What happens to an idea.
    IdeaEvent, "submission", "idea", [
        IdeaSubmitted, TermsAccepted, ReceiptSent, AnswerDueMoved, CoordinatorAssigned, IdeaRegistered,
        AttachmentAdded, CoauthorProposed, CoauthorAdded, CoauthorDeclined, AuthorClaimed, AuthorsExcluded, SupportExpressed, ConsentGiven, ConsentWithdrawn, ClarificationRequested,
        ClarificationProvided, SimilarIdeasSuggested, IdeaLinkedAsDuplicate, IdeaSuperseded, BriefApproved,
        BriefReplaced, IdeaAccepted, EvaluationStarted, GateDecided, IdeaHandedToLine, IdeaImplemented, SharingProposed, IdeaReferred,
        IdeaReceived, ReferralAnswered, IdeaReturned, IdeaDeclined, IdeaReopened, IdeaParked, IdeaReactivated,
        IdeaWithdrawn, AnswerOverdue, FeedbackDelivered, IdeaClosed, ErasureRequested, ErasureDecided, TextsErased,
        PersonalDataErased, ErasureRefused,
    ]
}
