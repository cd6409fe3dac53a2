//! The rpcs: thin. Read the request, seal its texts, decide; or ask a view, check who asks, open the texts.

mod attachments;
mod authors;
mod calls;
mod commands;
mod disclose;
mod export;
mod history;
mod idea;
mod lifecycle;
mod lists;
mod queries;
mod screening;
mod sniff;
mod submit;

pub(crate) use commands::Commands;
pub(crate) use queries::Queries;

use idesluss_domain::Decider as _;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Idea, IdeaCommand, IdeaRejection};
use idesluss_domain::words::{CallId, IdeaId, StreamName};
use idesluss_engine::{CommandContext, Decided, Loaded, PendingCommand, RequestReader};
use idesluss_proto::pb::command::{Command, Token};
use idesluss_runtime::report_refusal;
use std::ops::RangeInclusive;
use tonic::Status;

/// The largest request: an idea's five texts with room for three-byte characters.
pub(crate) const MAX_REQUEST: usize = 2 * 1024 * 1024;

/// What is reported when an id is given to an idea or a call that stands for the other already.
const ID_TAKEN: &str = "id_of_another_thing";

/// Lengths in characters.
const TITLE: RangeInclusive<usize> = 3..=200;
const SHORT: RangeInclusive<usize> = 1..=200;
const LONG: RangeInclusive<usize> = 1..=10_000;
const MAYBE_SHORT: RangeInclusive<usize> = 0..=200;
const MAYBE_LONG: RangeInclusive<usize> = 0..=10_000;

/// Begins to read a command on an idea.
fn on_idea<M: prost::Message>(
    context: &CommandContext,
    method: &'static str,
    request: &M,
    command: Option<&Command>,
    idea: &str,
) -> (RequestReader, Option<IdeaId>) {
    let mut reader = context.reader(method, request, command);
    let idea = reader.id("idea", idea);
    (reader, idea)
}

/// Does something with an idea.
async fn act(pending: PendingCommand, idea: IdeaId, action: Action) -> Result<Token, Status> {
    let command = IdeaCommand {
        idea,
        actor: pending.actor().clone(),
        today: pending.today(),
        action,
    };
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

/// Where an idea was received from: that never changes.
async fn origin(pending: &PendingCommand, idea: IdeaId) -> Result<Option<IdeaId>, Status> {
    let stream = StreamName::idea(idea);
    let loaded = pending.context().engine.load(std::slice::from_ref(&stream)).await?;
    Ok(loaded.state::<Ideas>(&stream).received.map(|received| received.origin))
}

/// Refuses to begin an idea under the id of a call. An id stands for one thing: whatever is looked up by it, or erased, is that thing's alone.
fn not_a_call(loaded: &Loaded, idea: IdeaId) -> Result<(), IdeaRejection> {
    if loaded.exists(&StreamName::call(CallId(idea.0))) {
        report_refusal(ID_TAKEN);
        return Err(IdeaRejection::OtherIdea);
    }
    Ok(())
}
