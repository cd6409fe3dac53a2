//! The rpcs: what each command leads to, and what each question is answered with.

mod access;
mod attachments;
mod authors;
mod briefs;
mod calls;
mod disclose;
mod erasure;
mod export;
mod history;
mod idea;
mod lists;
mod referral;
mod sniff;
mod submit;

use futures_util::future::BoxFuture;
use idesluss_domain::Decider as _;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Decline, HandToLine, Idea, IdeaCommand, IdeaRejection};
use idesluss_domain::words::{CallId, IdeaId, StreamName};
use idesluss_engine::{CommandContext, Decided, Loaded, PendingCommand, Rpcs, ViewHandle};
use idesluss_proto::pb::command::Token;
use idesluss_proto::requests::submission as read;
use idesluss_proto::{Command, Rpc};
use idesluss_runtime::report_refusal;
use idesluss_search::Search;
use tonic::Status;

/// The largest request: an idea's five texts with room for three-byte characters.
const MAX_REQUEST: usize = 2 * 1024 * 1024;

/// What is reported when an id is given to an idea or a call that stands for the other already.
const ID_TAKEN: &str = "id_of_another_thing";

/// What the rpcs are answered with.
#[derive(Clone)]
pub(crate) struct Submission {
    pub(crate) context: CommandContext,
    pub(crate) ideas: ViewHandle,
    /// Ideas by the words with which they came.
    pub(crate) search: Search,
    /// Ideas by the words of their approved brief.
    pub(crate) briefs: Search,
}

impl AsRef<CommandContext> for Submission {
    fn as_ref(&self) -> &CommandContext {
        &self.context
    }
}

/// What an rpc answers.
type Answer<R> = Result<<R as Rpc>::Response, Status>;

/// All rpcs of the service.
pub(crate) fn rpcs(submission: Submission) -> Rpcs<Submission> {
    Rpcs::new(submission, MAX_REQUEST)
        // Ideas as they begin.
        .checked_command(submit::check, submit::submit)
        .checked_command(submit::check_taken_over, submit::take_over)
        // What authors and their colleagues do.
        .checked_command(
            authors::check,
            on_idea(|c: read::ProposeCoauthor| (c.idea, Action::ProposeCoauthor(c.coauthor))),
        )
        .command(on_idea(|c: read::AgreeToCoauthorship| {
            (c.idea, Action::AnswerCoauthorship(true))
        }))
        .command(on_idea(|c: read::DeclineCoauthorship| {
            (c.idea, Action::AnswerCoauthorship(false))
        }))
        .command(on_idea(|c: read::ExpressSupport| (c.idea, Action::Support)))
        .command(on_idea(|c: read::GiveConsent| (c.idea, Action::Consent(true))))
        .command(on_idea(|c: read::WithdrawConsent| (c.idea, Action::Consent(false))))
        .command(on_idea(|c: read::ProvideClarification| {
            (c.idea, Action::Answer(c.answer))
        }))
        .command(on_idea(|c: read::WithdrawIdea| (c.idea, Action::Withdraw(c.reason))))
        .upload(attachments::attach)
        // What coordinators do with an idea that has come in.
        .command(on_idea(|c: read::AssignCoordinator| {
            (c.idea, Action::AssignCoordinator(c.coordinator))
        }))
        .command(on_idea(|c: read::RegisterIdea| {
            let (number, secrecy) = (c.number, c.secrecy);
            (c.idea, Action::Register { number, secrecy })
        }))
        .command(on_idea(|c: read::MoveAnswerDue| {
            let (answer_due, reason) = (c.answer_due, c.reason);
            (c.idea, Action::MoveAnswerDue { answer_due, reason })
        }))
        .command(on_idea(|c: read::RequestClarification| {
            (c.idea, Action::Ask(c.question))
        }))
        .command(on_idea(|c: read::SuggestSimilarIdeas| {
            (c.idea, Action::SuggestSimilar(c.similar))
        }))
        .plain_command::<read::ApproveBrief, _, _>(|_, _, _, _| {}, briefs::approve)
        .command(on_idea(|c: read::AcceptIdea| (c.idea, Action::Accept)))
        .command(on_idea(|c: read::HandToLine| {
            let (unit, responsible, due) = (c.unit, c.responsible, c.due);
            (c.idea, Action::HandToLine(HandToLine { unit, responsible, due }))
        }))
        .checked_command(referral::check, referral::refer)
        .command(on_idea(|c: read::DeclineIdea| {
            let (reason, text, instead) = (c.reason, c.text, c.instead);
            (c.idea, Action::Decline(Decline { reason, text, instead }))
        }))
        // What becomes of it after that.
        .command(on_idea(|c: read::ReopenIdea| (c.idea, Action::Reopen(c.reason))))
        .command(on_idea(|c: read::ParkIdea| (c.idea, Action::Park(c.terms))))
        .command(on_idea(|c: read::ReactivateIdea| {
            let (call, need) = (c.call, c.need);
            (c.idea, Action::Reactivate { call, need })
        }))
        .command(referral::link_duplicate)
        .command(on_idea(|c: read::SupersedeIdea| (c.idea, Action::Supersede(c.by))))
        .command(on_idea(|c: read::ImplementIdea| {
            let (result, shareable) = (c.result, c.shareable);
            (c.idea, Action::Implement { result, shareable })
        }))
        .command(on_idea(|c: read::DeliverFeedback| {
            (c.idea, Action::FeedBack(c.message))
        }))
        .command(on_idea(|c: read::CloseIdea| (c.idea, Action::Close)))
        // Erasure, and texts that leave in a file.
        .command(erasure::request)
        .command(erasure::decide)
        .command(on_idea(|c: read::RefuseErasure| {
            let (basis, reasons) = (c.basis, c.reasons);
            (c.idea, Action::RefuseErasure { basis, reasons })
        }))
        .command(disclose::disclose)
        // Calls.
        .command(calls::open)
        .command(calls::close)
        // Questions.
        .query(lists::mine)
        .query(lists::inbox)
        .query(lists::similar)
        .query(lists::search)
        .query(lists::calls)
        .query(idea::get)
        .query(export::export)
        .streamed_query(history::get)
        .streamed_query(attachments::download)
}

/// A command that does one thing with an idea.
fn on_idea<C>(
    action: fn(C) -> (IdeaId, Action),
) -> impl Fn(Submission, PendingCommand, C) -> BoxFuture<'static, Answer<C::Request>> + Clone + Send + Sync + 'static
where
    C: Command<Request: Rpc<Response: From<Token>>>,
{
    move |_, pending, command| {
        let (idea, action) = action(command);
        Box::pin(async move { Ok(act(pending, idea, action).await?.into()) })
    }
}

fn command(pending: &PendingCommand, idea: IdeaId, action: Action) -> IdeaCommand {
    IdeaCommand {
        idea,
        actor: pending.actor().clone(),
        today: pending.today(),
        action,
    }
}

/// Does something with an idea.
async fn act(pending: PendingCommand, idea: IdeaId, action: Action) -> Result<Token, Status> {
    let command = command(&pending, idea, action);
    pending.decide::<Ideas>(StreamName::idea(idea), idea.0, command).await
}

/// The same where the rules ask another idea too: as it stands in the append, which covers both. None: there is no other.
async fn act_with(
    pending: PendingCommand,
    idea: IdeaId,
    other: Option<IdeaId>,
    action: impl Fn(Option<&Idea>) -> Action + Send + Sync,
) -> Result<Token, Status> {
    let (stream, other) = (StreamName::idea(idea), other.filter(|other| *other != idea));
    let other = other.map(StreamName::idea);
    let (actor, today) = (pending.actor().clone(), pending.today());
    let decide = |loaded: &Loaded| {
        let other = other.as_ref().map(|other| loaded.state::<Ideas>(other));
        let command = IdeaCommand {
            idea,
            actor: actor.clone(),
            today,
            action: action(other.as_ref()),
        };
        let events = Ideas::decide(&command, &loaded.state::<Ideas>(&stream))?;
        Ok(vec![Decided::of(&stream, idea.0, events)])
    };
    let streams: Vec<StreamName> = std::iter::once(stream.clone()).chain(other.clone()).collect();
    pending.run(&streams, decide).await
}

/// Refuses to begin an idea under the id of a call. An id stands for one thing: whatever is looked up by it, or erased, is that thing's alone.
fn not_a_call(loaded: &Loaded, idea: IdeaId) -> Result<(), IdeaRejection> {
    if loaded.exists(&StreamName::call(CallId(idea.0))) {
        report_refusal(ID_TAKEN);
        return Err(IdeaRejection::OtherIdea);
    }
    Ok(())
}
