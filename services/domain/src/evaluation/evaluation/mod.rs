//! One idea at one gate, from opening to what came of the decision.
//!
//! States: Assessing → Revealed → Recommended → Decided; Closed without a decision; Earlier, for what
//! an older idea box had done. Who may do what and when stands in [`rights`], what follows from it in one file a phase; [`events`]
//! is the stored form.

mod afterwards;
mod assessing;
mod commands;
mod deciding;
mod earlier;
mod events;
mod opening;
mod panel;
mod rejections;
mod reveal;
pub mod rights;
mod scores;
mod state;

pub use commands::{
    Action, Assess, Assign, Close, CommitResources, CompletePilot, Decide, Erased, EvaluationCommand, Issue, Open,
    OpenedBrief, Opening, Recuse, Report, StartPilot, Support, Who,
};
pub use earlier::{RecordEarlierAssessment, RecordEarlierDecision};
pub use events::*;
pub use rejections::EvaluationRejection;
pub use scores::{Nonce, Scores, commitment, scores_json, summarise};
pub use state::{Aside, Assessor, Evaluation, Given, KnownIdea, PilotState};

use crate::Decider;

/// The rules of one evaluation.
pub struct Evaluations;

impl Decider for Evaluations {
    type Command = EvaluationCommand;
    type Event = EvaluationEvent;
    type State = Evaluation;
    type Rejection = EvaluationRejection;

    fn decide(command: &EvaluationCommand, state: &Evaluation) -> Result<Vec<EvaluationEvent>, EvaluationRejection> {
        command.action.rule().may(&command.actor, state)?;
        match &command.action {
            Action::Open(open) => opening::open(command, open, state),
            Action::ConfirmNeedOwner => opening::confirm_need_owner(command, state),
            Action::Close(close) => opening::close(command, *close, state),
            Action::Erased(erased) => opening::erased(command, erased),
            Action::Assign(assign) => panel::assign(command, assign, state),
            Action::DeclareNoConflict => panel::declare_no_conflict(command, state),
            Action::DeclareConflict(reason) => panel::declare_conflict(command, *reason, state),
            Action::Recuse(recuse) => panel::recuse(command, recuse, state),
            Action::Submit(assess) => assessing::submit(command, assess, state),
            Action::Revise(assess) => assessing::revise(command, assess, state),
            Action::Reveal(openings) => assessing::reveal(command, openings, state),
            Action::Recommend(issue) => deciding::recommend(command, issue, state),
            Action::Decide(decide) => deciding::decide(command, decide, state),
            Action::Reconsider(decide) => deciding::reconsider(command, decide, state),
            Action::Report(report) => afterwards::report(command, report, state),
            Action::Correct(correction) => afterwards::correct(command, *correction, state),
            Action::CommitResources(commit) => afterwards::commit_resources(command, commit, state),
            Action::ArrangeSupport(support) => afterwards::arrange_support(command, support, state),
            Action::StartPilot(start) => afterwards::start_pilot(command, start, state),
            Action::CompletePilot(complete) => afterwards::complete_pilot(command, complete, state),
            Action::EarlierDecision(record) => earlier::decision(command, record, state),
            Action::EarlierAssessment(record) => earlier::assessment(command, record, state),
        }
    }

    fn evolve(state: Evaluation, event: &EvaluationEvent) -> Evaluation {
        state.after(event)
    }
}
