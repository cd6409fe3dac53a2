//! The rpcs: thin. Read the request, seal its texts, decide; or ask a view, check who asks, open the texts.

mod afterwards;
mod assess;
mod commands;
mod criteria;
mod decide;
mod dossier;
mod earlier;
mod lists;
mod mandates;
mod page;
mod panel;
mod queries;
mod terms;

pub(crate) use commands::Commands;
pub(crate) use queries::Queries;

use idesluss_domain::Decider as _;
use idesluss_domain::evaluation::evaluation::{
    Action, EvaluationCommand, EvaluationOpened, EvaluationRejection, Evaluations,
};
use idesluss_domain::words::{EvaluationId, Rejection, StreamName};
use idesluss_engine::{CommandContext, Decided, ExecuteError, Loaded, PendingCommand, RequestReader};
use idesluss_proto::pb::command::{Command, Token};
use idesluss_vault::Scope;
use std::ops::RangeInclusive;
use tonic::Status;

/// The largest request: twenty rationales with room for three-byte characters.
pub(crate) const MAX_REQUEST: usize = 2 * 1024 * 1024;

/// Lengths in characters.
const SHORT: RangeInclusive<usize> = 1..=200;
const LONG: RangeInclusive<usize> = 1..=10_000;
const MAYBE_LONG: RangeInclusive<usize> = 0..=10_000;

/// Begins to read a command on an evaluation.
fn on_evaluation<M: prost::Message>(
    context: &CommandContext,
    method: &'static str,
    request: &M,
    command: Option<&Command>,
    evaluation: &str,
) -> (RequestReader, Option<EvaluationId>) {
    let mut reader = context.reader(method, request, command);
    let evaluation = reader.id("evaluation", evaluation);
    (reader, evaluation)
}

/// Does something with an evaluation.
async fn act(pending: PendingCommand, evaluation: EvaluationId, action: Action) -> Result<Token, Status> {
    let command = command(&pending, evaluation, action);
    let stream = StreamName::evaluation(evaluation);
    let decide = |loaded: &Loaded| {
        let state = loaded.state::<Evaluations>(&stream);
        let idea = state.opened.as_ref().map_or(evaluation.0, |opened| opened.idea.0);
        let events = Evaluations::decide(&command, &state)?;
        Ok(vec![Decided::of(&stream, idea, events)])
    };
    pending.run(std::slice::from_ref(&stream), decide).await
}

fn command(pending: &PendingCommand, evaluation: EvaluationId, action: Action) -> EvaluationCommand {
    EvaluationCommand {
        evaluation,
        actor: pending.actor().clone(),
        today: pending.today(),
        action,
    }
}

/// How an evaluation began: that never changes. Errors: NOT_FOUND.
async fn opened(context: &CommandContext, evaluation: EvaluationId) -> Result<EvaluationOpened, Status> {
    let stream = StreamName::evaluation(evaluation);
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let opened = loaded.state::<Evaluations>(&stream).opened;
    opened.ok_or_else(|| rejected(EvaluationRejection::Unknown))
}

/// A rule's refusal outside of a command.
fn rejected(rejection: EvaluationRejection) -> Status {
    ExecuteError::from(Rejection::from(rejection)).into()
}

/// What is written on an evaluation is sealed under a key of its own.
fn scope(evaluation: EvaluationId) -> Scope {
    Scope::Evaluation(evaluation)
}
