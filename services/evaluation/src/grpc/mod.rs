//! The rpcs: thin. Read the request, seal its texts, decide; or ask a view, check who asks, open the texts.

mod afterwards;
mod assess;
mod commands;
mod criteria;
mod decide;
mod declared;
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
    Action, Evaluation, EvaluationCommand, EvaluationOpened, EvaluationRejection, Evaluations, KnownIdea,
};
use idesluss_domain::submission::Ideas;
use idesluss_domain::words::{EvaluationId, IdeaId, Rejection, StreamName};
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

/// Does something with an evaluation. What its rules rest on is covered by the append: who becomes a co-author meanwhile is an author to
/// the decision.
async fn act(pending: PendingCommand, evaluation: EvaluationId, action: Action) -> Result<Token, Status> {
    let command = command(&pending, evaluation, action);
    let stream = StreamName::evaluation(evaluation);
    let Some(about) = load(pending.context(), evaluation).await?.about() else {
        return Err(rejected(EvaluationRejection::Unknown));
    };
    let around = Around::of(pending.context(), evaluation, about).await?;
    let decide = |loaded: &Loaded| {
        let events = Evaluations::decide(&command, &around.state(loaded))?;
        Ok(vec![Decided::of(&stream, about.0, events)])
    };
    pending.run(&around.streams(), decide).await
}

/// More rounds than an idea ever has: so that no list of them grows without end, whatever was received.
const MOST_ROUNDS: u32 = 1_000;

/// What an evaluation's rules rest on: its own stream, what was received of its idea, and the idea's other rounds, since a conflict
/// of interest is a person's and the idea's, not a round's.
struct Around {
    own: StreamName,
    idea: StreamName,
    others: Vec<StreamName>,
}

impl Around {
    async fn of(context: &CommandContext, evaluation: EvaluationId, about: IdeaId) -> Result<Self, ExecuteError> {
        let (own, idea) = (StreamName::evaluation(evaluation), StreamName::idea(about));
        let loaded = context.engine.load(std::slice::from_ref(&idea)).await?;
        let rounds = loaded.state::<Ideas>(&idea).rounds.min(MOST_ROUNDS);
        // The one that is still to come too: should it open meanwhile, the append is refused and decided anew.
        let others = (1..=rounds + 1).map(|round| StreamName::evaluation(EvaluationId::derive(about, round)));
        let others = others.filter(|other| *other != own).collect();
        Ok(Self { own, idea, others })
    }

    /// All of them, to be loaded, and covered by the append.
    fn streams(&self) -> Vec<StreamName> {
        let own = [self.own.clone(), self.idea.clone()];
        own.into_iter().chain(self.others.iter().cloned()).collect()
    }

    /// The evaluation with what is known around it. All of the streams are loaded.
    fn state(&self, loaded: &Loaded) -> Evaluation {
        let known = loaded.state::<Ideas>(&self.idea);
        let others = self.others.iter().map(|other| loaded.state::<Evaluations>(other));
        loaded.state::<Evaluations>(&self.own).knowing(KnownIdea {
            organisation: known.organisation().cloned(),
            imported: known.is_imported(),
            authors: known.all_excluded(),
            in_conflict: others.flat_map(|other| other.conflicted).collect(),
        })
    }
}

/// An evaluation as its own stream tells it, without what is known of its idea.
async fn load(context: &CommandContext, evaluation: EvaluationId) -> Result<Evaluation, Status> {
    let stream = StreamName::evaluation(evaluation);
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    Ok(loaded.state::<Evaluations>(&stream))
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
    let opened = load(context, evaluation).await?.opened;
    opened.ok_or_else(|| rejected(EvaluationRejection::Unknown))
}

/// A rule's refusal outside of a command.
fn rejected(rejection: EvaluationRejection) -> Status {
    ExecuteError::from(Rejection::from(rejection)).into()
}

/// What is written on an evaluation is sealed under a key of its own, of the organisation whose idea it is: who assesses may come
/// from another.
async fn sealing(pending: &mut PendingCommand, evaluation: EvaluationId) -> Result<Scope, Status> {
    let state = load(pending.context(), evaluation).await?;
    if let Some(organisation) = queries::organisation(&state) {
        pending.seal_for(organisation);
    }
    Ok(Scope::Evaluation(evaluation))
}
