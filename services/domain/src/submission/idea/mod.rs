//! An idea, from its submission to its end.
//!
//! States: see [`Phase`]. Who may do what and when stands in [`rights`], what follows from it in one file a part of the way; [`events`] is the
//! stored form.

mod authors;
mod commands;
mod erasure;
mod events;
mod intake;
mod lifecycle;
mod rejections;
pub mod rights;
mod screening;
mod state;

pub use authors::MOST_AUTHORS;
pub use commands::{
    Action, Attach, Brief, DecideErasure, Decline, EarlierStatus, GateDecision, HandToLine, IdeaCommand, Receipt,
    Receive, Refer, Submit,
};
pub use events::*;
pub use rejections::IdeaRejection;
pub use state::{ApprovedBrief, Erasure, Idea, Phase};

use crate::Decider;

/// The rules of one idea.
pub struct Ideas;

impl Decider for Ideas {
    type Command = IdeaCommand;
    type Event = IdeaEvent;
    type State = Idea;
    type Rejection = IdeaRejection;

    fn decide(command: &IdeaCommand, idea: &Idea) -> Result<Vec<IdeaEvent>, IdeaRejection> {
        command.action.rule().may(&command.actor, idea)?;
        match &command.action {
            Action::Submit(submit) => intake::submit(command, submit, idea),
            Action::Receive(receive) => intake::receive(command, receive, idea),
            Action::SendReceipt(receipt) => intake::send_receipt(command, receipt, idea),
            Action::Attach(attach) => intake::attach(command, attach, idea),
            Action::ProposeCoauthor(person) => authors::propose(command, *person, idea),
            Action::AnswerCoauthorship(agrees) => authors::answer(command, *agrees, idea),
            Action::LearnAuthor(person) => authors::learn(command, *person, idea),
            Action::ClaimAuthorship { link, author } => authors::claim(command, *link, *author, idea),
            Action::ExcludeAuthors { of, people } => authors::exclude(*of, people, idea),
            Action::Support => intake::support(command, idea),
            Action::Consent(given) => intake::consent(command, *given, idea),
            Action::Answer(answer) => intake::answer(command, *answer, idea),
            Action::Withdraw(reason) => intake::withdraw(command, *reason, idea),
            Action::AssignCoordinator(person) => screening::assign(command, *person, idea),
            Action::Register { number, secrecy } => screening::register(number, secrecy, idea),
            Action::MoveAnswerDue { answer_due, reason } => screening::move_due(command, *answer_due, *reason, idea),
            Action::Ask(question) => screening::ask(command, *question, idea),
            Action::SuggestSimilar(ideas) => screening::suggest(command, ideas, idea),
            Action::ApproveBrief(brief) => screening::approve_brief(command, brief, idea),
            Action::Accept => screening::accept(command, idea),
            Action::HandToLine(hand) => screening::hand_to_line(command, hand, idea),
            Action::Refer(refer) => screening::refer(command, refer, idea),
            Action::Decline(decline) => screening::decline(command, decline, idea),
            Action::Reopen(reason) => screening::reopen(command, *reason, idea),
            Action::Park(terms) => screening::park(command, *terms, idea),
            Action::Reactivate { call, need } => screening::reactivate(command, *call, *need, idea),
            Action::LinkAsDuplicate { of, home, consented } => {
                screening::link(command, *of, home.as_ref(), *consented, idea)
            }
            Action::Supersede { by, homes } => screening::supersede(command, by, homes, idea),
            Action::TakeOver(status) => screening::take_over(command, status, idea),
            Action::StartEvaluation(started) => lifecycle::start_evaluation(command, started, idea),
            Action::RecordDecision(decision) => lifecycle::record_decision(command, decision, idea),
            Action::Implement { result, shareable } => lifecycle::implement(command, *result, *shareable, idea),
            Action::AnswerReferral(answer) => lifecycle::answer_referral(answer, idea),
            Action::Return(receiver) => lifecycle::returned(receiver, idea),
            Action::Overdue(due) => lifecycle::overdue(command, *due, idea),
            Action::FeedBack(message) => lifecycle::feed_back(command, *message, idea),
            Action::Close => lifecycle::close(command, idea),
            Action::RequestErasure { origin_erased } => erasure::request(command, *origin_erased, idea),
            Action::DecideErasure(decide) => erasure::decide(command, decide, idea),
            Action::RefuseErasure { basis, reasons } => erasure::refuse(command, basis, *reasons, idea),
            Action::ConfirmErasure(service) => erasure::confirm(service, idea),
        }
    }

    fn evolve(idea: Idea, event: &IdeaEvent) -> Idea {
        idea.after(event)
    }
}
