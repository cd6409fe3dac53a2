//! The rpcs: thin. Read the form, seal its texts, decide; or ask a view, check who asks, open the texts.

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
use idesluss_engine::{Decided, Desk, ExecuteError, Form, Loaded, Work};
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
    desk: &Desk,
    method: &'static str,
    request: &M,
    command: Option<&Command>,
    evaluation: &str,
) -> (Form, Option<EvaluationId>) {
    let mut form = desk.form(method, request, command);
    let evaluation = form.id("evaluation", evaluation);
    (form, evaluation)
}

/// Does something with an evaluation.
async fn act(work: Work, evaluation: EvaluationId, action: Action) -> Result<Token, Status> {
    let command = command(&work, evaluation, action);
    let stream = StreamName::evaluation(evaluation);
    let decide = |loaded: &Loaded| {
        let state = loaded.state::<Evaluations>(&stream);
        let idea = state.opened.as_ref().map_or(evaluation.0, |opened| opened.idea.0);
        let events = Evaluations::decide(&command, &state)?;
        Ok(vec![Decided::of(&stream, idea, events)])
    };
    work.run(std::slice::from_ref(&stream), decide).await
}

fn command(work: &Work, evaluation: EvaluationId, action: Action) -> EvaluationCommand {
    EvaluationCommand {
        evaluation,
        actor: work.actor().clone(),
        today: work.today(),
        action,
    }
}

/// How an evaluation began: that never changes. Errors: NOT_FOUND.
async fn opened(desk: &Desk, evaluation: EvaluationId) -> Result<EvaluationOpened, Status> {
    let stream = StreamName::evaluation(evaluation);
    let loaded = desk.engine.load(std::slice::from_ref(&stream)).await?;
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
