//! Own commands that answer events, here and from evaluation. A repeat does nothing.

mod erasure;
mod evaluation;
mod private_links;
mod receipt;
mod referral;
mod similar;

pub(crate) use erasure::Erase;
pub(crate) use evaluation::FollowEvaluation;
pub(crate) use private_links::PrivateLinks;
pub(crate) use receipt::SendReceipt;
pub(crate) use referral::Referral;
pub(crate) use similar::SuggestSimilar;

use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::Action;
use idesluss_domain::words::{CommandId, IdeaId, OrganisationId};
use idesluss_engine::{Call, CommandContext, ExecuteError, Recorded};

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
    context.engine.carry_out::<Ideas>(call, idea.0, idea, action).await
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
    context.engine.carry_out::<Ideas>(call, idea.0, idea, action).await
}
