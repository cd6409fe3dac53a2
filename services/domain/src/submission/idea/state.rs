use super::*;
use crate::words::{
    CallId, CopiedText, Date, EvaluationId, Gate, IdeaId, Label, OrganisationId, Outcome, PersonId, copied,
};
use std::collections::{BTreeMap, BTreeSet};

/// Where an idea stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Waits for screening.
    Submitted,
    /// Waits for the submitter.
    NeedsClarification,
    /// Waits for its evaluation to open.
    Accepted,
    /// Is being evaluated.
    InEvaluation,
    /// A gate has been decided.
    Decided,
    /// Is being carried out, or has been, at home.
    AtHome,
    /// Another organisation has it.
    Referred,
    /// Was declined.
    Declined,
    /// Goes on as another idea.
    Duplicate,
    /// Others took its place.
    Superseded,
    /// Waits for a need.
    Parked,
    /// Was taken back.
    Withdrawn,
    /// Has ended.
    Closed,
}

/// A brief as it was approved last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedBrief {
    /// From 1.
    pub version: u32,
    /// By field; sealed for the event that approved it, here or at the idea's origin.
    pub texts: BTreeMap<String, CopiedText>,
}

/// How far an erasure has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erasure {
    /// Asked for, by this person.
    Requested(PersonId),
    /// Decided; these services have still to confirm.
    Waiting(BTreeSet<Label>),
    /// Done.
    Done,
    /// Refused.
    Refused,
}

/// What the rules need to know of an idea.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Idea {
    /// Where it stands; None: there is none.
    pub phase: Option<Phase>,
    /// What began it: to tell a repeat from another idea.
    pub submitted: Option<IdeaSubmitted>,
    /// What was received, if it came from elsewhere.
    pub received: Option<IdeaReceived>,
    /// Submitter and co-authors.
    pub authors: BTreeSet<PersonId>,
    /// Who wrote an idea that goes on as this one.
    pub excluded: BTreeSet<PersonId>,
    /// Who has declared a conflict of interest at a gate: what is known around the idea, none of its own events says so.
    pub in_conflict: BTreeSet<PersonId>,
    /// Who has been asked to be a co-author, and has not answered.
    pub proposed: BTreeSet<PersonId>,
    /// Who has been asked, and said no.
    pub declined: BTreeSet<PersonId>,
    /// Who leads it.
    pub coordinator: Option<PersonId>,
    /// The receipt.
    pub receipt: Option<ReceiptSent>,
    /// The day by which a person answers, as it stands now.
    pub answer_due: Option<Date>,
    /// The days that have passed without an answer.
    pub overdue: BTreeSet<Date>,
    /// The register number.
    pub registered: Option<IdeaRegistered>,
    /// Files.
    pub attachments: BTreeSet<crate::words::AttachmentId>,
    /// Who supports it.
    pub supporters: BTreeSet<PersonId>,
    /// Who agreed to be named.
    pub named: BTreeSet<PersonId>,
    /// The brief in force.
    pub brief: Option<ApprovedBrief>,
    /// How many rounds of evaluation have been asked for.
    pub rounds: u32,
    /// The evaluation that runs or was decided last.
    pub evaluation: Option<(EvaluationId, Gate, u32)>,
    /// The last decision at each round.
    pub decisions: BTreeMap<u32, GateDecided>,
    /// Who was asked, while it is referred.
    pub referred: Option<IdeaReferred>,
    /// Every case at another organisation that it ever began, also where it was handed back: it may be taken up again there.
    pub cases: Vec<(OrganisationId, IdeaId)>,
    /// Where the idea goes on, or what took its place.
    pub linked: Vec<IdeaId>,
    /// Whether it has been carried out.
    pub implemented: bool,
    /// Whether it was proposed for sharing: once is enough.
    pub proposed_for_sharing: bool,
    /// Whether the submitter has been told what became of it.
    pub told: bool,
    /// The call that it answers.
    pub call: Option<CallId>,
    /// Whether anybody has worked on it since it was taken over.
    pub touched: bool,
    /// How far an erasure has come.
    pub erasure: Option<Erasure>,
    /// Whether a brief has come since an erasure was decided last.
    pub brief_since_erasure: bool,
}

impl Idea {
    /// The idea with what is known around it.
    pub fn knowing(self, in_conflict: BTreeSet<PersonId>) -> Self {
        Self { in_conflict, ..self }
    }

    /// The organisation in which it goes on, and others may go on as it; None: it has ended in another or was taken back, or there is none.
    pub fn goes_on_in(&self) -> Option<&OrganisationId> {
        let ended = matches!(
            self.phase,
            Some(Phase::Withdrawn | Phase::Duplicate | Phase::Superseded)
        );
        self.organisation().filter(|_| !ended)
    }

    /// The organisation whose sluice it is in.
    pub fn organisation(&self) -> Option<&OrganisationId> {
        let submitted = self.submitted.as_ref().map(|submitted| &submitted.organisation);
        submitted.or(self.received.as_ref().map(|received| &received.organisation))
    }

    /// Everybody who takes no part in judging it: who wrote it, or an idea that goes on as this one.
    pub fn all_excluded(&self) -> BTreeSet<PersonId> {
        self.authors.union(&self.excluded).copied().collect()
    }

    /// Who of them takes no part in judging another idea that goes on as this one: not whom an import names, who has agreed to nothing. Whoever takes
    /// an older idea box over could otherwise keep anybody from judging anything.
    pub fn excluded_where_it_goes_on(&self) -> BTreeSet<PersonId> {
        let mut people = self.all_excluded();
        if let Some(submitted) = self.submitted.as_ref().filter(|submitted| submitted.imported.is_some()) {
            people.remove(&submitted.submitter);
        }
        people
    }

    /// Whether an erasure is done, and nothing that others could have got from here was written since.
    pub fn is_erased(&self) -> bool {
        self.erasure == Some(Erasure::Done) && !self.brief_since_erasure
    }

    /// Whether it was taken over from an older idea box.
    pub fn is_imported(&self) -> bool {
        self.submitted
            .as_ref()
            .is_some_and(|submitted| submitted.imported.is_some())
    }

    /// The gate that comes next, were it accepted now.
    pub fn next_gate(&self) -> Gate {
        match self.decisions.values().next_back() {
            None => Gate::Opportunity,
            Some(decided) if decided.outcome == Outcome::Advance => decided.gate.next().unwrap_or(decided.gate),
            Some(decided) => decided.gate,
        }
    }

    /// The idea after `event`, whatever it was before.
    pub(super) fn after(mut self, event: &IdeaEvent) -> Self {
        let begins = matches!(event, IdeaEvent::IdeaSubmitted(_) | IdeaEvent::IdeaReceived(_));
        let by_itself = matches!(
            event,
            IdeaEvent::TermsAccepted(_) | IdeaEvent::ReceiptSent(_) | IdeaEvent::AuthorsExcluded(_)
        );
        let brief = matches!(event, IdeaEvent::BriefApproved(_) | IdeaEvent::BriefReplaced(_));
        self.brief_since_erasure |= brief;
        self.touched |= !begins && !by_itself;
        match event {
            IdeaEvent::IdeaSubmitted(submitted) => {
                self.phase = Some(Phase::Submitted);
                self.authors.insert(submitted.submitter);
                self.call = submitted.call;
                self.submitted = Some(submitted.clone());
            }
            IdeaEvent::IdeaReceived(received) => {
                self.phase = Some(Phase::Submitted);
                self.authors.extend(&received.authors);
                self.brief = Some(ApprovedBrief {
                    version: 1,
                    texts: received.brief.clone(),
                });
                self.received = Some(received.clone());
            }
            IdeaEvent::ReceiptSent(receipt) => {
                self.answer_due = Some(receipt.answer_due);
                self.receipt = Some(receipt.clone());
            }
            IdeaEvent::AnswerDueMoved(moved) => self.answer_due = Some(moved.answer_due),
            IdeaEvent::AnswerOverdue(overdue) => drop(self.overdue.insert(overdue.answer_due)),
            IdeaEvent::CoordinatorAssigned(assigned) => self.coordinator = Some(assigned.coordinator),
            IdeaEvent::IdeaRegistered(registered) => self.registered = Some(registered.clone()),
            IdeaEvent::AttachmentAdded(added) => drop(self.attachments.insert(added.attachment)),
            IdeaEvent::CoauthorProposed(proposed) => drop(self.proposed.insert(proposed.coauthor)),
            IdeaEvent::CoauthorAdded(added) => {
                self.proposed.remove(&added.coauthor);
                self.declined.remove(&added.coauthor);
                self.authors.insert(added.coauthor);
            }
            IdeaEvent::CoauthorDeclined(declined) => {
                self.proposed.remove(&declined.coauthor);
                self.declined.insert(declined.coauthor);
            }
            IdeaEvent::AuthorClaimed(claimed) => self.claimed(claimed),
            IdeaEvent::AuthorsExcluded(excluded) => self.excluded.extend(&excluded.people),
            IdeaEvent::SupportExpressed(support) => drop(self.supporters.insert(support.supporter)),
            IdeaEvent::ConsentGiven(consent) => drop(self.named.insert(consent.person)),
            IdeaEvent::ConsentWithdrawn(consent) => drop(self.named.remove(&consent.person)),
            IdeaEvent::ClarificationRequested(_) => self.phase = Some(Phase::NeedsClarification),
            IdeaEvent::ClarificationProvided(_) => self.phase = Some(Phase::Submitted),
            IdeaEvent::BriefApproved(brief) => {
                self.brief = Some(ApprovedBrief {
                    version: brief.version,
                    texts: copied(&brief.texts),
                });
            }
            IdeaEvent::BriefReplaced(brief) => {
                self.brief = Some(ApprovedBrief {
                    version: brief.version,
                    texts: copied(&brief.texts),
                });
            }
            IdeaEvent::FeedbackDelivered(_) => self.told = true,
            IdeaEvent::SharingProposed(_) => self.proposed_for_sharing = true,
            IdeaEvent::ErasureRequested(_)
            | IdeaEvent::ErasureDecided(_)
            | IdeaEvent::TextsErased(_)
            | IdeaEvent::PersonalDataErased(_)
            | IdeaEvent::ErasureRefused(_) => self.erasure_after(event),
            _ => self.advance(event),
        }
        self
    }

    /// Somebody's in the place of whoever had its link: what that one has asked for, they have.
    fn claimed(&mut self, claimed: &AuthorClaimed) {
        let AuthorClaimed { link, author } = claimed;
        self.authors.remove(link);
        self.proposed.remove(author);
        self.declined.remove(author);
        self.authors.insert(*author);
        if self.erasure == Some(Erasure::Requested(*link)) {
            self.erasure = Some(Erasure::Requested(*author));
        }
    }

    /// Events that move the idea along its way.
    fn advance(&mut self, event: &IdeaEvent) {
        let phase = match event {
            IdeaEvent::IdeaAccepted(accepted) => {
                self.rounds = self.rounds.max(accepted.round);
                Phase::Accepted
            }
            IdeaEvent::EvaluationStarted(started) => {
                self.evaluation = Some((started.evaluation, started.gate, started.round));
                Phase::InEvaluation
            }
            IdeaEvent::GateDecided(decided) => {
                self.decisions.insert(decided.round, decided.clone());
                self.rounds = self.rounds.max(decided.next.map_or(0, |next| next.round));
                self.told = false;
                // A decision made before a withdrawal arrived stands, and changes nothing.
                match self.phase {
                    Some(ended @ (Phase::Withdrawn | Phase::Duplicate | Phase::Superseded | Phase::Closed)) => ended,
                    _ => Phase::Decided,
                }
            }
            IdeaEvent::IdeaHandedToLine(_) => Phase::AtHome,
            IdeaEvent::IdeaImplemented(_) => {
                self.implemented = true;
                Phase::AtHome
            }
            IdeaEvent::IdeaReferred(referred) => {
                self.cases.push((referred.receiver.clone(), referred.received_as));
                self.referred = Some(referred.clone());
                Phase::Referred
            }
            IdeaEvent::IdeaReturned(_) => {
                self.referred = None;
                Phase::Submitted
            }
            IdeaEvent::IdeaDeclined(_) => {
                self.told = true;
                Phase::Declined
            }
            IdeaEvent::IdeaReopened(_) | IdeaEvent::IdeaReactivated(_) => Phase::Submitted,
            IdeaEvent::IdeaLinkedAsDuplicate(link) => {
                self.linked = vec![link.of];
                Phase::Duplicate
            }
            IdeaEvent::IdeaSuperseded(superseded) => {
                self.linked.clone_from(&superseded.by);
                Phase::Superseded
            }
            IdeaEvent::IdeaParked(_) => Phase::Parked,
            IdeaEvent::IdeaWithdrawn(_) => Phase::Withdrawn,
            IdeaEvent::IdeaClosed(_) => Phase::Closed,
            _ => return,
        };
        self.phase = Some(phase);
    }

    fn erasure_after(&mut self, event: &IdeaEvent) {
        self.erasure = match (event, self.erasure.take()) {
            (IdeaEvent::ErasureRequested(requested), _) => Some(Erasure::Requested(requested.requested_by)),
            (IdeaEvent::ErasureDecided(decided), _) => {
                self.brief_since_erasure = false;
                Some(Erasure::Waiting(decided.services.iter().cloned().collect()))
            }
            (IdeaEvent::TextsErased(erased), Some(Erasure::Waiting(mut waiting))) => {
                waiting.remove(&erased.service);
                Some(Erasure::Waiting(waiting))
            }
            (IdeaEvent::PersonalDataErased(_), _) => Some(Erasure::Done),
            (IdeaEvent::ErasureRefused(_), _) => Some(Erasure::Refused),
            (_, before) => before,
        };
    }
}
