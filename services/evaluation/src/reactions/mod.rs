//! Own commands that answer what happened in submission. A repeat does nothing.

mod erasure;
mod ideas;

use idesluss_domain::evaluation::evaluation::{Action, EvaluationCommand, Evaluations};
use idesluss_domain::words::{EvaluationId, IdeaId, StreamName};
use idesluss_engine::{Call, CommandContext, ExecuteError};
use idesluss_runtime::Peer;

pub(crate) fn start(context: &CommandContext, submission: Peer) {
    context
        .engine
        .react(ideas::FollowIdeas::new(context.clone(), submission));
    context.engine.react(erasure::Erase(context.clone()));
}

/// Does something with an evaluation as the service.
async fn act(
    context: &CommandContext,
    call: Call,
    (evaluation, idea): (EvaluationId, IdeaId),
    action: Action,
) -> Result<(), ExecuteError> {
    let command = EvaluationCommand {
        evaluation,
        actor: call.head().actor.clone(),
        today: context.engine.clock().today(),
        action,
    };
    context
        .engine
        .decide::<Evaluations>(call, StreamName::evaluation(evaluation), idea.0, &command)
        .await?;
    Ok(())
}
