//! What may be done with an idea, by whom, and where it must stand.

use super::*;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, OrganisationId, Outcome, PersonId};

/// How many files an idea takes.
const MOST_ATTACHMENTS: usize = 50;

type Allowed = Result<(), IdeaRejection>;

rules! {
    /// All that may be done with an idea.
    Idea {
        // How it begins.
        SUBMIT = "submit", [Submitter | LinkHolder: Any] => [IdeaSubmitted, TermsAccepted], not_begun;
        TAKE_OVER = "take-over", [Coordinator: Any] => [IdeaSubmitted], not_begun;
        RECEIVE = "receive", [Service: Any] => [IdeaReceived], not_begun;
        TAKE_OVER_STATUS = "take-over-status", [Coordinator: OwnOrganisation] => [IdeaAccepted, IdeaDeclined, IdeaWithdrawn, IdeaParked, IdeaImplemented, SharingProposed, IdeaClosed], untouched;
        SEND_RECEIPT = "send-receipt", [Service: OwnOrganisation] => [ReceiptSent], not_taken_over;
        // What authors and their colleagues do.
        ATTACH = "attach", [Coordinator: OwnOrganisation, Submitter | LinkHolder: Author] => [AttachmentAdded], |idea| {
            idea.going_on()?;
            match idea.attachments.len() {
                0..MOST_ATTACHMENTS => Ok(()),
                _ => Err(IdeaRejection::TooManyAttachments),
            }
        };
        PROPOSE_COAUTHOR = "propose-coauthor", [Submitter: Author] => [CoauthorProposed], Idea::going_on;
        ANSWER_COAUTHORSHIP = "answer-coauthorship", [Submitter: Proposed] => [CoauthorAdded, CoauthorDeclined], Idea::going_on;
        SUPPORT = "support", [Submitter | Coordinator | NeedOwner: OwnOrganisation] => [SupportExpressed], Idea::going_on;
        // A person's consent to be named is theirs alone, also after the idea has ended. Whoever has a private link has no name here.
        CONSENT = "consent", [Submitter: Author] => [ConsentGiven, ConsentWithdrawn], whenever;
        ANSWER = "answer", [Submitter | LinkHolder: Author] => [ClarificationProvided], asked;
        WITHDRAW = "withdraw", [Submitter | LinkHolder: Author] => [IdeaWithdrawn], Idea::going_on;
        LEARN_AUTHOR = "learn-author", [Service: OwnOrganisation] => [CoauthorAdded], received;
        // When identity has seen the link and whoever says that the idea is theirs.
        CLAIM_AUTHORSHIP = "claim-authorship", [Service: OwnOrganisation] => [AuthorClaimed], whenever;
        EXCLUDE_AUTHORS = "exclude-authors", [Service: OwnOrganisation] => [AuthorsExcluded], whenever;
        // What coordinators do with an idea that has come in. Handing it to a colleague is what an author who is one does.
        ASSIGN_COORDINATOR = "assign-coordinator", [Coordinator: OwnOrganisation] => [CoordinatorAssigned], Idea::going_on;
        REGISTER = "register", [Registrar | Coordinator: OwnOrganisation] => [IdeaRegistered], whenever;
        MOVE_ANSWER_DUE = "move-answer-due", [Coordinator: Impartial] => [AnswerDueMoved], promised;
        ASK = "ask", [Coordinator: Impartial] => [ClarificationRequested], |idea| idea.within(&[Phase::Submitted]);
        SUGGEST_SIMILAR = "suggest-similar", [Coordinator | Service: Impartial] => [SimilarIdeasSuggested], Idea::going_on;
        APPROVE_BRIEF = "approve-brief", [Coordinator: Impartial] => [BriefApproved, BriefReplaced], brief_free;
        ACCEPT = "accept", [Coordinator: Impartial] => [IdeaAccepted], acceptable;
        HAND_TO_LINE = "hand-to-line", [Coordinator: Impartial] => [IdeaHandedToLine], for_the_line;
        REFER = "refer", [Coordinator: Impartial] => [IdeaReferred], referable;
        DECLINE = "decline", [Coordinator: Impartial] => [IdeaDeclined], |idea| idea.within(SCREENING);
        LINK_AS_DUPLICATE = "link-as-duplicate", [Coordinator: Impartial] => [IdeaLinkedAsDuplicate], |idea| idea.within(SCREENING);
        // What becomes of it after that.
        REOPEN = "reopen", [Coordinator: Impartial] => [IdeaReopened], |idea| idea.within(&[Phase::Declined]);
        PARK = "park", [Coordinator: Impartial] => [IdeaParked], |idea| {
            idea.within(&[Phase::Submitted, Phase::NeedsClarification, Phase::Decided])
        };
        REACTIVATE = "reactivate", [Coordinator: Impartial] => [IdeaReactivated], |idea| idea.within(&[Phase::Parked]);
        SUPERSEDE = "supersede", [Coordinator: Impartial, Coordinator: TakenOver] => [IdeaSuperseded], Idea::going_on;
        START_EVALUATION = "start-evaluation", [Service: OwnOrganisation] => [EvaluationStarted], whenever;
        RECORD_DECISION = "record-decision", [Service: OwnOrganisation] => [GateDecided, SharingProposed, IdeaParked], whenever;
        IMPLEMENT = "implement", [Coordinator | NeedOwner: Impartial] => [IdeaImplemented, SharingProposed], |idea| idea.within(&[Phase::AtHome]);
        ANSWER_REFERRAL = "answer-referral", [Service: OwnOrganisation] => [ReferralAnswered], whenever;
        RETURN = "return", [Service: OwnOrganisation] => [IdeaReturned], whenever;
        NOTE_OVERDUE = "note-overdue", [Service: OwnOrganisation] => [AnswerOverdue], whenever;
        FEED_BACK = "feed-back", [Coordinator: Impartial] => [FeedbackDelivered], to_be_told;
        CLOSE = "close", [Coordinator: Impartial] => [IdeaClosed], closable;
        // Erasure. It can't be undone, so it takes two: whoever asked for it does not decide it. To refuse it one is enough.
        REQUEST_ERASURE = "request-erasure", [Submitter | LinkHolder: Author, Coordinator | Registrar: OwnOrganisation] => [ErasureRequested], no_erasure;
        DECIDE_ERASURE = "decide-erasure", [Registrar | DecisionMaker: NotAsking] => [ErasureDecided], erasure_requested;
        REFUSE_ERASURE = "refuse-erasure", [Registrar | DecisionMaker: OwnOrganisation] => [ErasureRefused], erasure_requested;
        CONFIRM_ERASURE = "confirm-erasure", [Service: OwnOrganisation] => [TextsErased, PersonalDataErased], whenever;
    }
}

/// Where a coordinator looks at it first.
const SCREENING: &[Phase] = &[Phase::Submitted, Phase::NeedsClarification];

/// Where it may end.
const ENDING: &[Phase] = &[
    Phase::Decided,
    Phase::AtHome,
    Phase::Referred,
    Phase::Declined,
    Phase::Duplicate,
    Phase::Superseded,
];

impl Action {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<Idea> {
        match self {
            Action::Submit(submit) if submit.imported.is_some() => &TAKE_OVER,
            Action::Submit(_) => &SUBMIT,
            Action::Receive(_) => &RECEIVE,
            Action::SendReceipt(_) => &SEND_RECEIPT,
            Action::Attach(_) => &ATTACH,
            Action::ProposeCoauthor(_) => &PROPOSE_COAUTHOR,
            Action::AnswerCoauthorship(_) => &ANSWER_COAUTHORSHIP,
            Action::LearnAuthor(_) => &LEARN_AUTHOR,
            Action::ClaimAuthorship { .. } => &CLAIM_AUTHORSHIP,
            Action::ExcludeAuthors { .. } => &EXCLUDE_AUTHORS,
            Action::Support => &SUPPORT,
            Action::Consent(_) => &CONSENT,
            Action::Answer(_) => &ANSWER,
            Action::Withdraw(_) => &WITHDRAW,
            Action::AssignCoordinator(_) => &ASSIGN_COORDINATOR,
            Action::Register { .. } => &REGISTER,
            Action::MoveAnswerDue { .. } => &MOVE_ANSWER_DUE,
            Action::Ask(_) => &ASK,
            Action::SuggestSimilar(_) => &SUGGEST_SIMILAR,
            Action::ApproveBrief(_) => &APPROVE_BRIEF,
            Action::Accept => &ACCEPT,
            Action::HandToLine(_) => &HAND_TO_LINE,
            Action::Refer(_) => &REFER,
            Action::Decline(_) => &DECLINE,
            Action::Reopen(_) => &REOPEN,
            Action::Park(_) => &PARK,
            Action::Reactivate { .. } => &REACTIVATE,
            Action::LinkAsDuplicate { .. } => &LINK_AS_DUPLICATE,
            Action::Supersede { .. } => &SUPERSEDE,
            Action::TakeOver(_) => &TAKE_OVER_STATUS,
            Action::StartEvaluation(_) => &START_EVALUATION,
            Action::RecordDecision(_) => &RECORD_DECISION,
            Action::Implement { .. } => &IMPLEMENT,
            Action::AnswerReferral(_) => &ANSWER_REFERRAL,
            Action::Return(_) => &RETURN,
            Action::Overdue(_) => &NOTE_OVERDUE,
            Action::FeedBack(_) => &FEED_BACK,
            Action::Close => &CLOSE,
            Action::RequestErasure { .. } => &REQUEST_ERASURE,
            Action::DecideErasure(_) => &DECIDE_ERASURE,
            Action::RefuseErasure { .. } => &REFUSE_ERASURE,
            Action::ConfirmErasure(_) => &CONFIRM_ERASURE,
        }
    }
}

impl IdeaCommand {
    /// Whether the idea is such that this may be done now.
    pub(super) fn in_state(&self, idea: &Idea) -> Allowed {
        (self.action.rule().state)(idea)
    }
}

impl Ruled for Idea {
    type Rejection = IdeaRejection;

    const WRONG_ROLE: IdeaRejection = IdeaRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Allowed {
        let person = actor.person;
        if relation == Relation::Any {
            return Ok(());
        }
        if actor.organisation != *self.home()? {
            return Err(IdeaRejection::WrongOrganisation);
        }
        let (holds, otherwise) = match relation {
            Relation::OwnOrganisation => return Ok(()),
            Relation::Impartial => {
                self.not_own(person)?;
                (!self.in_conflict.contains(&person), IdeaRejection::ConflictOfInterest)
            }
            Relation::TakenOver => (self.is_imported(), IdeaRejection::OwnIdea),
            Relation::NotAsking => (
                self.erasure != Some(Erasure::Requested(person)),
                IdeaRejection::OwnErasure,
            ),
            Relation::Author => (self.authors.contains(&person), IdeaRejection::NotYours),
            Relation::Proposed => {
                let asked = [&self.authors, &self.proposed, &self.declined];
                let asked = asked.iter().any(|people| people.contains(&person));
                (asked, IdeaRejection::NotProposed)
            }
            _ => (false, IdeaRejection::WrongRole),
        };
        if holds { Ok(()) } else { Err(otherwise) }
    }

    fn is_settled(&self, rule: &Rule<Idea>, actor: &Actor) -> bool {
        let author = self.authors.contains(&actor.person);
        (*rule == SUPPORT && (author || self.supporters.contains(&actor.person)))
            || (*rule == ANSWER_COAUTHORSHIP && (author || self.declined.contains(&actor.person)))
            || (*rule == IMPLEMENT && self.implemented)
    }
}

impl Idea {
    /// The organisation of an idea that exists.
    pub(super) fn home(&self) -> Result<&OrganisationId, IdeaRejection> {
        self.organisation().ok_or(IdeaRejection::Unknown)
    }

    /// Whether `person` wrote neither the idea nor one that goes on as it: whoever did leads nothing of what becomes of it.
    pub(super) fn not_own(&self, person: PersonId) -> Allowed {
        if self.authors.contains(&person) || self.excluded.contains(&person) {
            return Err(IdeaRejection::OwnIdea);
        }
        Ok(())
    }

    fn within(&self, phases: &[Phase]) -> Allowed {
        match self.phase {
            None => Err(IdeaRejection::Unknown),
            Some(phase) if phases.contains(&phase) => Ok(()),
            Some(Phase::Closed) => Err(IdeaRejection::Ended),
            Some(_) => Err(IdeaRejection::WrongState),
        }
    }

    /// Whether it has not ended.
    pub(super) fn going_on(&self) -> Allowed {
        match self.phase {
            None => Err(IdeaRejection::Unknown),
            Some(Phase::Closed | Phase::Withdrawn | Phase::Duplicate | Phase::Superseded) => Err(IdeaRejection::Ended),
            Some(_) => Ok(()),
        }
    }

    fn last_outcome(&self) -> Option<Outcome> {
        self.decisions.values().next_back().map(|last| last.outcome)
    }
}

fn whenever(_: &Idea) -> Allowed {
    Ok(())
}

fn unless(refused: bool, why: IdeaRejection) -> Allowed {
    if refused { Err(why) } else { Ok(()) }
}

fn not_begun(idea: &Idea) -> Allowed {
    unless(idea.phase.is_some(), IdeaRejection::OtherIdea)
}

fn untouched(idea: &Idea) -> Allowed {
    unless(!idea.is_imported() || idea.touched, IdeaRejection::NotImported)
}

fn not_taken_over(idea: &Idea) -> Allowed {
    unless(idea.is_imported(), IdeaRejection::NoReceipt)
}

fn received(idea: &Idea) -> Allowed {
    unless(idea.received.is_none(), IdeaRejection::WrongState)
}

fn asked(idea: &Idea) -> Allowed {
    unless(
        idea.phase != Some(Phase::NeedsClarification),
        IdeaRejection::NothingAsked,
    )
}

/// Nothing was promised to whoever submitted something to an older idea box.
fn promised(idea: &Idea) -> Allowed {
    idea.going_on()?;
    not_taken_over(idea)
}

fn brief_free(idea: &Idea) -> Allowed {
    idea.going_on()?;
    let in_use = matches!(idea.phase, Some(Phase::Accepted | Phase::InEvaluation)) && idea.rounds > 0;
    unless(in_use, IdeaRejection::BriefInUse)
}

/// First, after what was missing has been added, or where an older idea box had accepted it.
fn acceptable(idea: &Idea) -> Allowed {
    let returned = idea.phase == Some(Phase::Decided) && idea.last_outcome() == Some(Outcome::Return);
    let taken_over = idea.phase == Some(Phase::Accepted) && idea.rounds == 0;
    if !returned && !taken_over {
        idea.within(SCREENING)?;
    }
    unless(idea.brief.is_none(), IdeaRejection::NoBrief)
}

/// Nothing leaves the organisation but its brief.
fn referable(idea: &Idea) -> Allowed {
    idea.within(SCREENING)?;
    unless(idea.brief.is_none(), IdeaRejection::NoBrief)
}

/// What evaluation has said no to, or has not answered yet, is not carried out all the same.
fn for_the_line(idea: &Idea) -> Allowed {
    match idea.phase {
        Some(Phase::Decided) => unless(idea.last_outcome() != Some(Outcome::Advance), IdeaRejection::WrongState),
        Some(Phase::Accepted) => unless(idea.rounds > 0, IdeaRejection::WrongState),
        _ => idea.within(SCREENING),
    }
}

/// Where the submitter is told what became of it, or becomes.
fn to_be_told(idea: &Idea) -> Allowed {
    match idea.phase {
        Some(Phase::Parked | Phase::InEvaluation) => Ok(()),
        _ => idea.within(ENDING),
    }
}

/// Nothing ends before the submitter has heard what became of it.
fn closable(idea: &Idea) -> Allowed {
    if idea.phase == Some(Phase::Withdrawn) {
        return Ok(());
    }
    idea.within(ENDING)?;
    unless(
        idea.phase == Some(Phase::AtHome) && !idea.implemented,
        IdeaRejection::WrongState,
    )?;
    // Who submitted something to an older idea box is not written to now.
    let told = idea.told || (idea.is_imported() && idea.receipt.is_none());
    unless(!told, IdeaRejection::NotFedBack)
}

/// Also after one that is done: what was written since is asked for anew.
fn no_erasure(idea: &Idea) -> Allowed {
    let runs = matches!(idea.erasure, Some(Erasure::Requested(_) | Erasure::Waiting(_)));
    unless(runs, IdeaRejection::WrongState)
}

fn erasure_requested(idea: &Idea) -> Allowed {
    match idea.erasure {
        Some(Erasure::Requested(_)) => Ok(()),
        Some(Erasure::Waiting(_) | Erasure::Done) => Err(IdeaRejection::ErasureDecided),
        None | Some(Erasure::Refused) => Err(IdeaRejection::NoErasure),
    }
}
