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

use idesluss_domain::Decider as _;
use idesluss_domain::evaluation::evaluation::Evaluations;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Decline, HandToLine, Idea, IdeaRejection};
use idesluss_domain::words::{CallId, EvaluationId, IdeaId, StreamName};
use idesluss_engine::{Acts, CommandContext, Decided, Loaded, PendingCommand, Rpcs, ViewHandle};
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

impl Acts<Ideas> for Submission {
    async fn act(pending: PendingCommand, idea: IdeaId, action: Action) -> Result<Token, Status> {
        act(pending, idea, action).await
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
        .command(authors::propose)
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
        .command(referral::refer)
        .act::<Ideas, _>(|c: read::DeclineIdea| {
            let (reason, text, instead) = (c.reason, c.text, c.instead);
            (c.idea, Action::Decline(Decline { reason, text, instead }))
        })
        // What becomes of it after that.
        .act::<Ideas, _>(|c: read::ReopenIdea| (c.idea, Action::Reopen(c.reason)))
        .act::<Ideas, _>(|c: read::ParkIdea| (c.idea, Action::Park(c.awaits)))
        .act::<Ideas, _>(|c: read::ReactivateIdea| {
            let (call, need) = (c.call, c.need);
            (c.idea, Action::Reactivate { call, need })
        })
        .command(referral::link_duplicate)
        .command(referral::supersede)
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
        .query(lists::read)
        .query(lists::calls)
        .query(idea::get)
        .query(export::export)
        .streamed_query(history::get)
        .streamed_query(attachments::download)
}

/// Does something with an idea.
async fn act(pending: PendingCommand, idea: IdeaId, action: Action) -> Result<Token, Status> {
    act_with(pending, idea, &[], |_| action.clone()).await
}

/// The same where the rules ask other ideas too: as they stand in the append, which covers them all.
async fn act_with(
    mut pending: PendingCommand,
    idea: IdeaId,
    others: &[IdeaId],
    action: impl Fn(&[Idea]) -> Action + Send + Sync,
) -> Result<Token, Status> {
    let judged = Judged::of(&mut pending, idea).await?;
    let others: Vec<StreamName> = (others.iter().filter(|other| **other != idea))
        .map(|other| StreamName::idea(*other))
        .collect();
    let act = pending.act(idea, ());
    let decide = |loaded: &Loaded| {
        let others: Vec<Idea> = others.iter().map(|other| loaded.state::<Ideas>(other)).collect();
        let act = act.clone().with(action(&others));
        let events = Ideas::decide(&act, &judged.state(loaded))?;
        Ok(vec![Decided::of(&judged.own, idea.0, events)])
    };
    let streams: Vec<StreamName> = judged.streams().chain(others.clone()).collect();
    pending.run(&streams, decide).await
}

/// An idea with what was received of its evaluations: who has declared a conflict of interest at a gate leads nothing of it here either.
struct Judged {
    own: StreamName,
    rounds: Vec<StreamName>,
}

impl Judged {
    /// An idea of a command, which need not be there.
    async fn of(pending: &mut PendingCommand, idea: IdeaId) -> Result<Self, Status> {
        let own = StreamName::idea(idea);
        let loaded = pending.load(std::slice::from_ref(&own)).await?;
        let rounds = 1..=loaded.state::<Ideas>(&own).rounds;
        let rounds = rounds.map(|round| StreamName::evaluation(EvaluationId::derive(idea, round)));
        Ok(Self {
            rounds: rounds.collect(),
            own,
        })
    }

    /// All of them, to be loaded, and covered by the append.
    fn streams(&self) -> impl Iterator<Item = StreamName> {
        std::iter::once(&self.own).chain(&self.rounds).cloned()
    }

    /// The idea as its rules see it.
    fn state(&self, loaded: &Loaded) -> Idea {
        let rounds = self.rounds.iter().map(|round| loaded.state::<Evaluations>(round));
        let in_conflict = rounds.flat_map(|round| round.conflicted).collect();
        loaded.state::<Ideas>(&self.own).knowing(in_conflict)
    }
}

/// Refuses to begin an idea under the id of a call. An id stands for one thing: whatever is looked up by it, or erased, is that thing's alone.
fn not_a_call(loaded: &Loaded, idea: IdeaId) -> Result<(), IdeaRejection> {
    if loaded.exists(&StreamName::call(CallId(idea.0))) {
        report_refusal(ID_TAKEN);
        return Err(IdeaRejection::OtherIdea);
    }
    Ok(())
}
