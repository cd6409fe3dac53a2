//! What may be done with an evaluation, by whom, and how far it must have come.

use super::*;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, Gate, OrganisationId, Outcome, PersonId, Role};

type Allowed = Result<(), EvaluationRejection>;

rules! {
    /// All that may be done with an evaluation.
    Evaluation {
        // How it begins and ends.
        OPEN = "open", [Coordinator | Service: Any] => [EvaluationOpened], whenever;
        CLOSE = "close", [Service: OwnOrganisation] => [EvaluationClosed], begun;
        NOTE_ERASED = "note-erased", [Service: Any] => [TextsErased], whenever;
        CONFIRM_NEED_OWNER = "confirm-need-owner", [NeedOwner: Impartial] => [NeedOwnerConfirmed], without_need_owner;
        // Who assesses. A declaration is made also by whom another one stands against: it is heard, and refused where it is untrue.
        ASSIGN = "assign", [Coordinator: Impartial] => [AssessorAssigned], Evaluation::hidden;
        DECLARE_NO_CONFLICT = "declare-no-conflict", [Assessor: Assigned, DecisionMaker: OwnOrganisation] => [NoConflictDeclared], Evaluation::goes_on;
        DECLARE_CONFLICT = "declare-conflict", [Assessor: Assigned, DecisionMaker: OwnOrganisation] => [ConflictDeclared, AssessorRecused], Evaluation::goes_on;
        // To step aside is open to everybody; to choose a successor is not.
        RECUSE = "recuse", [Assessor: Assigned, Coordinator: OwnOrganisation] => [AssessorRecused, AssessorAssigned], Evaluation::hidden;
        // Assessing in silence, and showing everything together.
        ASSESS = "assess", [Assessor: Assessing] => [AssessmentSubmitted], Evaluation::hidden;
        REVISE = "revise", [Assessor: HasAssessed] => [AssessmentRevised], Evaluation::hidden;
        REVEAL = "reveal", [Coordinator: Impartial] => [AssessmentsRevealed], all_in;
        // A panel recommends; one person with a mandate, or a board, decides.
        RECOMMEND = "recommend", [Assessor: OnPanel, Coordinator: Impartial] => [RecommendationIssued], to_be_recommended;
        DECIDE = "decide", [DecisionMaker: Independent] => [MandateVerified, DecisionMade], to_be_decided;
        DECIDE_AS_BOARD = "decide-as-board", [DecisionMaker | Coordinator | Registrar: Impartial] => [DecisionMade], to_be_decided;
        RECONSIDER = "reconsider", [DecisionMaker: Independent] => [MandateVerified, DecisionReconsidered], to_be_reconsidered;
        RECONSIDER_AS_BOARD = "reconsider-as-board", [DecisionMaker | Coordinator | Registrar: Impartial] => [DecisionReconsidered], to_be_reconsidered;
        // What comes after a decision.
        REPORT = "report", [Registrar | Coordinator | DecisionMaker: Impartial] => [DecisionReported], |state| {
            decided_by_one(state)?;
            room(state.reports.len())
        };
        CORRECT = "correct", [Registrar: Impartial, DecisionMaker: Decided] => [DecisionCorrected], |state| {
            decided(state)?;
            room(state.corrections.len())
        };
        COMMIT_RESOURCES = "commit-resources", [DecisionMaker | NeedOwner: Impartial] => [ResourcesCommitted], |state| {
            advanced(state)?;
            room(state.resources.len())
        };
        ARRANGE_SUPPORT = "arrange-support", [Coordinator: Impartial] => [SupportArranged], |state| {
            advanced(state)?;
            room(state.support.len())
        };
        START_PILOT = "start-pilot", [Coordinator | NeedOwner: Impartial] => [PilotStarted], |state| {
            to_be_piloted(state)?;
            room(state.pilots.len())
        };
        COMPLETE_PILOT = "complete-pilot", [Coordinator | NeedOwner: Impartial] => [PilotCompleted], piloted;
        // What an older idea box had.
        RECORD_EARLIER = "record-earlier", [Coordinator: TakenOver] => [EarlierDecisionRecorded, EarlierAssessmentRecorded], whenever;
    }
}

impl Action {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<Evaluation> {
        match self {
            Action::Open(_) => &OPEN,
            Action::ConfirmNeedOwner => &CONFIRM_NEED_OWNER,
            Action::Close(_) => &CLOSE,
            Action::Erased(_) => &NOTE_ERASED,
            Action::Assign(_) => &ASSIGN,
            Action::DeclareNoConflict => &DECLARE_NO_CONFLICT,
            Action::DeclareConflict(_) => &DECLARE_CONFLICT,
            Action::Recuse(_) => &RECUSE,
            Action::Submit(_) => &ASSESS,
            Action::Revise(_) => &REVISE,
            Action::Reveal(_) => &REVEAL,
            Action::Recommend(_) => &RECOMMEND,
            Action::Decide(decide) if decide.is_boards() => &DECIDE_AS_BOARD,
            Action::Decide(_) => &DECIDE,
            Action::Reconsider(decide) if decide.is_boards() => &RECONSIDER_AS_BOARD,
            Action::Reconsider(_) => &RECONSIDER,
            Action::Report(_) => &REPORT,
            Action::Correct(_) => &CORRECT,
            Action::CommitResources(_) => &COMMIT_RESOURCES,
            Action::ArrangeSupport(_) => &ARRANGE_SUPPORT,
            Action::StartPilot(_) => &START_PILOT,
            Action::CompletePilot(_) => &COMPLETE_PILOT,
            Action::EarlierDecision(_) | Action::EarlierAssessment(_) => &RECORD_EARLIER,
        }
    }
}

impl EvaluationCommand {
    /// Whether the evaluation is such that this may be done now.
    pub(super) fn in_state(&self, state: &Evaluation) -> Allowed {
        (self.action.rule().state)(state)
    }
}

impl Ruled for Evaluation {
    type Rejection = EvaluationRejection;

    const WRONG_ROLE: EvaluationRejection = EvaluationRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Allowed {
        let person = actor.person;
        match relation {
            Relation::Any => Ok(()),
            Relation::OwnOrganisation => at(self.home().ok_or(EvaluationRejection::Unknown)?, actor),
            Relation::Impartial => {
                at(&self.beginning()?.organisation, actor)?;
                self.unbiased(person)
            }
            Relation::Independent => {
                self.relation(Relation::Impartial, actor)?;
                unless(self.assesses_this_gate(person), EvaluationRejection::AssessedThisGate)?;
                self.declared(person)
            }
            Relation::Decided => {
                self.relation(Relation::Impartial, actor)?;
                decided(self)?;
                let own = self.decision().map(|decision| match &decision.decided_by {
                    DecidedBy::Person { person, .. } => *person,
                    DecidedBy::Board { recorded_by, .. } => *recorded_by,
                });
                unless(own != Some(person), EvaluationRejection::WrongRole)
            }
            Relation::Assigned => {
                self.beginning()?;
                unless(!self.assessors.contains_key(&person), EvaluationRejection::NotAssigned)
            }
            Relation::Assessing | Relation::HasAssessed => {
                self.beginning()?;
                self.unbiased(person)?;
                let assessor = self.assessors.get(&person).ok_or(EvaluationRejection::NotAssigned)?;
                unless(assessor.recused, EvaluationRejection::SteppedAside)?;
                self.declared(person)?;
                let missing = relation == Relation::HasAssessed && assessor.given.is_none();
                unless(missing, EvaluationRejection::NotAssessed)
            }
            Relation::OnPanel => {
                self.beginning()?;
                self.unbiased(person)?;
                let shown = self.revealed.as_ref().ok_or(EvaluationRejection::NotRevealed)?;
                let on_panel = shown.assessments.iter().any(|shown| shown.assessor == person);
                unless(!on_panel, EvaluationRejection::NotOnPanel)
            }
            // Earlier records are made by the organisation whose idea it is, of what it had before it came here.
            Relation::TakenOver => {
                at(
                    self.idea
                        .organisation
                        .as_ref()
                        .ok_or(EvaluationRejection::UnknownIdea)?,
                    actor,
                )?;
                unless(!self.idea.imported, EvaluationRejection::NotTakenOver)
            }
            _ => Err(EvaluationRejection::WrongRole),
        }
    }

    fn is_settled(&self, rule: &Rule<Evaluation>, actor: &Actor) -> bool {
        let person = actor.person;
        let declares = *rule == DECLARE_NO_CONFLICT || *rule == DECLARE_CONFLICT;
        let declared = self.without_conflict.contains(&person) || self.aside(person).is_some();
        // Whoever has assessed here can't decide: nothing would come of their declaration as decision-maker.
        let assessed = actor.role != Role::Assessor && self.assesses_this_gate(person);
        (declares && (declared || assessed)) || (*rule == ASSESS && self.has_assessed(person))
    }
}

impl Evaluation {
    /// How it began.
    pub(super) fn beginning(&self) -> Result<&EvaluationOpened, EvaluationRejection> {
        self.opened.as_ref().ok_or(EvaluationRejection::Unknown)
    }

    /// Who submitted the idea or has a conflict of interest takes no part in judging it, nor in what follows from that.
    pub(super) fn unbiased(&self, person: PersonId) -> Allowed {
        unless(self.is_excluded(person), EvaluationRejection::OwnIdea)?;
        unless(self.is_in_conflict(person), EvaluationRejection::ConflictOfInterest)
    }

    /// Whether nothing has been shown yet, and it goes on.
    fn hidden(&self) -> Allowed {
        self.goes_on()?;
        unless(self.revealed.is_some(), EvaluationRejection::AlreadyRevealed)
    }

    fn goes_on(&self) -> Allowed {
        self.going_on().map(drop)
    }

    fn declared(&self, person: PersonId) -> Allowed {
        unless(
            !self.without_conflict.contains(&person),
            EvaluationRejection::NotDeclared,
        )
    }

    fn has_assessed(&self, person: PersonId) -> bool {
        self.assessors
            .get(&person)
            .is_some_and(|assessor| assessor.given.is_some())
    }
}

fn unless(refused: bool, why: EvaluationRejection) -> Allowed {
    if refused { Err(why) } else { Ok(()) }
}

fn at(home: &OrganisationId, actor: &Actor) -> Allowed {
    unless(actor.organisation != *home, EvaluationRejection::WrongOrganisation)
}

fn whenever(_: &Evaluation) -> Allowed {
    Ok(())
}

fn begun(state: &Evaluation) -> Allowed {
    state.beginning().map(drop)
}

fn without_need_owner(state: &Evaluation) -> Allowed {
    unless(state.need_owner.is_some(), EvaluationRejection::NeedOwned)?;
    state.goes_on()?;
    undecided(state)
}

fn undecided(state: &Evaluation) -> Allowed {
    unless(state.decision().is_some(), EvaluationRejection::AlreadyDecided)
}

/// Whether everybody who assesses has given an assessment, and there are as many as are required.
fn all_in(state: &Evaluation) -> Allowed {
    state.hidden()?;
    let required = usize::try_from(state.beginning()?.assessments_required).unwrap_or(usize::MAX);
    let missing = state.active_assessors().any(|(_, assessor)| assessor.given.is_none());
    unless(missing, EvaluationRejection::AssessmentsMissing)?;
    unless(
        state.active_assessors().count() < required,
        EvaluationRejection::TooFewAssessments,
    )
}

fn to_be_recommended(state: &Evaluation) -> Allowed {
    unless(state.revealed.is_none(), EvaluationRejection::NotRevealed)?;
    unless(
        state.recommendation_in_force().is_some(),
        EvaluationRejection::AlreadyRecommended,
    )?;
    state.goes_on()?;
    undecided(state)
}

fn to_be_decided(state: &Evaluation) -> Allowed {
    undecided(state)?;
    state.goes_on()?;
    unless(state.revealed.is_none(), EvaluationRejection::NotRevealed)
}

/// How many of each there may be: all of them are one page.
const MOST: usize = 12;

fn room(there: usize) -> Allowed {
    unless(there >= MOST, EvaluationRejection::Full)
}

fn decided(state: &Evaluation) -> Allowed {
    unless(state.decision().is_none(), EvaluationRejection::NotDecided)
}

fn to_be_reconsidered(state: &Evaluation) -> Allowed {
    decided(state)?;
    state.goes_on()
}

fn decided_by_one(state: &Evaluation) -> Allowed {
    decided(state)?;
    let board = state
        .decision()
        .is_some_and(|decision| matches!(decision.decided_by, DecidedBy::Board { .. }));
    unless(board, EvaluationRejection::BoardDecided)
}

/// Of an idea that advanced and still goes on.
fn advanced(state: &Evaluation) -> Allowed {
    to_be_reconsidered(state)?;
    let advanced = state
        .decision()
        .is_some_and(|decision| decision.outcome == Outcome::Advance);
    unless(!advanced, EvaluationRejection::NotAdvanced)
}

/// At the pilot gate the result informs the decision; a concept must have advanced first.
fn to_be_piloted(state: &Evaluation) -> Allowed {
    let gate = state.going_on()?.gate;
    let outcome = state.decision().map(|decision| decision.outcome);
    let here = match gate {
        Gate::Pilot => matches!(outcome, None | Some(Outcome::Advance)),
        Gate::Concept => outcome == Some(Outcome::Advance),
        Gate::Opportunity | Gate::Rollout => false,
    };
    unless(!here, EvaluationRejection::NoPilotHere)?;
    unless(
        state.pilots.last().is_some_and(|pilot| pilot.completed.is_none()),
        EvaluationRejection::PilotRunning,
    )
}

fn piloted(state: &Evaluation) -> Allowed {
    let running = state.pilots.last().is_some_and(|pilot| pilot.completed.is_none());
    unless(!running, EvaluationRejection::NoPilot)
}
