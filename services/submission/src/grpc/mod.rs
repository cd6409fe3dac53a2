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

use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Decline, HandToLine, Idea, IdeaRejection};
use idesluss_domain::words::{CallId, IdeaId, StreamName};
use idesluss_engine::{CommandContext, Decided, Loaded, PendingCommand, Rpcs, ViewHandle};
use idesluss_proto::Rpc;
use idesluss_proto::pb::command::Token;
use idesluss_proto::requests::submission as read;
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
        .checked_act::<Ideas, _>(authors::check, |c: read::ProposeCoauthor| {
            (c.idea, Action::ProposeCoauthor(c.coauthor))
        })
        .act::<Ideas, _>(|c: read::AgreeToCoauthorship| (c.idea, Action::AnswerCoauthorship(true)))
        .act::<Ideas, _>(|c: read::DeclineCoauthorship| (c.idea, Action::AnswerCoauthorship(false)))
        .act::<Ideas, _>(|c: read::ExpressSupport| (c.idea, Action::Support))
        .act::<Ideas, _>(|c: read::GiveConsent| (c.idea, Action::Consent(true)))
        .act::<Ideas, _>(|c: read::WithdrawConsent| (c.idea, Action::Consent(false)))
        .act::<Ideas, _>(|c: read::ProvideClarification| (c.idea, Action::Answer(c.answer)))
        .act::<Ideas, _>(|c: read::WithdrawIdea| (c.idea, Action::Withdraw(c.reason)))
        .upload(attachments::attach)
        // What coordinators do with an idea that has come in.
        .act::<Ideas, _>(|c: read::AssignCoordinator| (c.idea, Action::AssignCoordinator(c.coordinator)))
        .act::<Ideas, _>(|c: read::RegisterIdea| {
            let (number, secrecy) = (c.number, c.secrecy);
            (c.idea, Action::Register { number, secrecy })
        })
        .act::<Ideas, _>(|c: read::MoveAnswerDue| {
            let (answer_due, reason) = (c.answer_due, c.reason);
            (c.idea, Action::MoveAnswerDue { answer_due, reason })
        })
        .act::<Ideas, _>(|c: read::RequestClarification| (c.idea, Action::Ask(c.question)))
        .act::<Ideas, _>(|c: read::SuggestSimilarIdeas| (c.idea, Action::SuggestSimilar(c.similar)))
        .plain_command::<read::ApproveBrief, _, _>(briefs::approve)
        .act::<Ideas, _>(|c: read::AcceptIdea| (c.idea, Action::Accept))
        .act::<Ideas, _>(|c: read::HandToLine| {
            let (unit, responsible, due) = (c.unit, c.responsible, c.due);
            (c.idea, Action::HandToLine(HandToLine { unit, responsible, due }))
        })
        .checked_command(referral::check, referral::refer)
        .act::<Ideas, _>(|c: read::DeclineIdea| {
            let (reason, text, instead) = (c.reason, c.text, c.instead);
            (c.idea, Action::Decline(Decline { reason, text, instead }))
        })
        // What becomes of it after that.
        .act::<Ideas, _>(|c: read::ReopenIdea| (c.idea, Action::Reopen(c.reason)))
        .act::<Ideas, _>(|c: read::ParkIdea| (c.idea, Action::Park(c.terms)))
        .act::<Ideas, _>(|c: read::ReactivateIdea| {
            let (call, need) = (c.call, c.need);
            (c.idea, Action::Reactivate { call, need })
        })
        .command(referral::link_duplicate)
        .act::<Ideas, _>(|c: read::SupersedeIdea| (c.idea, Action::Supersede(c.by)))
        .act::<Ideas, _>(|c: read::ImplementIdea| {
            let (result, shareable) = (c.result, c.shareable);
            (c.idea, Action::Implement { result, shareable })
        })
        .act::<Ideas, _>(|c: read::DeliverFeedback| (c.idea, Action::FeedBack(c.message)))
        .act::<Ideas, _>(|c: read::CloseIdea| (c.idea, Action::Close))
        // Erasure, and texts that leave in a file.
        .command(erasure::request)
        .command(erasure::decide)
        .act::<Ideas, _>(|c: read::RefuseErasure| {
            let (basis, reasons) = (c.basis, c.reasons);
            (c.idea, Action::RefuseErasure { basis, reasons })
        })
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

/// Does something with an idea whose rules ask another one too: as it stands in the append, which covers both. None: there is no other.
async fn act_with(
    pending: PendingCommand,
    idea: IdeaId,
    other: Option<IdeaId>,
    action: impl Fn(Option<&Idea>) -> Action + Send + Sync,
) -> Result<Token, Status> {
    let other = other.filter(|other| *other != idea).map(StreamName::idea);
    let act = pending.act(idea, ());
    let decide = |loaded: &Loaded| {
        let other = other.as_ref().map(|other| loaded.state::<Ideas>(other));
        let act = act.clone().with(action(other.as_ref()));
        Ok(vec![Decided::by::<Ideas>(&act, loaded, idea.0)?])
    };
    let streams: Vec<StreamName> = std::iter::once(StreamName::idea(idea)).chain(other.clone()).collect();
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
