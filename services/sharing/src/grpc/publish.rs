use super::{Answer, Catalogue};
use futures_util::future::BoxFuture;
use idesluss_domain::Decider as _;
use idesluss_domain::sharing::Solutions;
use idesluss_domain::sharing::solution::{SolutionAction, SolutionCommand};
use idesluss_domain::words::{SolutionId, StreamName};
use idesluss_engine::{Decided, Loaded, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::{Command, Rpc};
use tonic::Status;

/// A command that does one thing with a solution.
pub(super) fn on<C>(
    action: fn(C) -> (SolutionId, SolutionAction),
) -> impl Fn(Catalogue, PendingCommand, C) -> BoxFuture<'static, Answer<C::Request>> + Clone + Send + Sync + 'static
where
    C: Command<Request: Rpc<Response: From<Token>>>,
{
    move |_, pending, command| {
        let (solution, action) = action(command);
        Box::pin(async move { Ok(act(pending, solution, action).await?.into()) })
    }
}

async fn act(pending: PendingCommand, solution: SolutionId, action: SolutionAction) -> Result<Token, Status> {
    let command = SolutionCommand {
        solution,
        actor: pending.actor().clone(),
        action,
    };
    let stream = StreamName::solution(solution);
    let decide = |loaded: &Loaded| {
        let state = loaded.state::<Solutions>(&stream);
        let idea = state.drafted.as_ref().map_or(solution.0, |drafted| drafted.idea.0);
        let events = Solutions::decide(&command, &state)?;
        Ok(vec![Decided::of(&stream, idea, events)])
    };
    pending.run(std::slice::from_ref(&stream), decide).await
}
