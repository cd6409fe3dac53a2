//! Own commands that answer events, here and from evaluation. A repeat does nothing.

mod erasure;
mod evaluation;
mod receipt;
mod referral;
mod similar;

use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, IdeaCommand};
use idesluss_domain::words::{CommandId, IdeaId, OrganisationId, StreamName};
use idesluss_engine::{Call, CommandContext, ExecuteError, Recorded};
use idesluss_search::Search;

pub(crate) fn start(context: &CommandContext, search: &Search, briefs: &Search) {
    let engine = &context.engine;
    engine.react(receipt::SendReceipt::new(context.clone()));
    engine.react(similar::SuggestSimilar {
        context: context.clone(),
        briefs: briefs.clone(),
    });
    engine.react(evaluation::FollowEvaluation(context.clone()));
    engine.react(referral::Referral(context.clone()));
    engine.react(erasure::Erase {
        context: context.clone(),
        indexes: [search.clone(), briefs.clone()],
    });
}

/// Does something with an idea because of `entry`, as the service, for `organisation`.
async fn act(
    context: &CommandContext,
    method: &'static str,
    organisation: &OrganisationId,
    entry: &Recorded,
    idea: IdeaId,
    action: Action,
) -> Result<(), ExecuteError> {
    let call = Call::reaction(method, organisation, entry.meta.id);
    carry_out(context, call, idea, action).await
}

/// The same where one event is answered on several ideas, each by a command of its own.
async fn act_apart(
    context: &CommandContext,
    method: &'static str,
    organisation: &OrganisationId,
    entry: &Recorded,
    idea: IdeaId,
    action: Action,
) -> Result<(), ExecuteError> {
    let cause = entry.meta.id;
    let id = CommandId::derive(cause, &format!("{method}/{idea}"));
    let call = Call::by_service(method, organisation, id, Some(cause));
    carry_out(context, call, idea, action).await
}

async fn carry_out(context: &CommandContext, call: Call, idea: IdeaId, action: Action) -> Result<(), ExecuteError> {
    let command = IdeaCommand {
        idea,
        actor: call.head().actor.clone(),
        today: context.engine.clock().today(),
        action,
    };
    context
        .engine
        .decide::<Ideas>(call, StreamName::idea(idea), idea.0, &command)
        .await?;
    Ok(())
}
