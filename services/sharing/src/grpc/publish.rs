//! Solutions: published, versioned, retired.

use super::{LONG, PUBLIC, SHORT, TITLE};
use idesluss_domain::Decider as _;
use idesluss_domain::sharing::Solutions;
use idesluss_domain::sharing::solution::{Description, SolutionAction, SolutionCommand};
use idesluss_domain::words::{SolutionId, StreamName};
use idesluss_engine::{CommandContext, Decided, Loaded, PendingCommand, RequestReader};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::sharing::{read_kind, read_visibility};
use tonic::Status;

/// Does something with a solution.
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

fn read_description(reader: &mut RequestReader, description: Option<&pb::Description>) -> Option<Description> {
    let Some(description) = description else {
        reader.problem("description", "describe the solution");
        return None;
    };
    let title = reader.text("description.title", &description.title, TITLE);
    let summary = reader.text("description.summary", &description.summary, LONG);
    let kind = reader.chosen("description.kind", read_kind(description.kind()));
    let licence = reader.text("description.licence", &description.licence, SHORT);
    let contact = reader.text("description.contact", &description.contact, SHORT);
    let prerequisites = reader.text("description.prerequisites", &description.prerequisites, LONG);
    let costs = (description.lowest_kronor, description.highest_kronor);
    Some(Description {
        title,
        summary,
        kind: kind?,
        licence,
        contact,
        cost_kronor: description.cost_known.then_some(costs),
        prerequisites,
    })
}

pub(super) async fn publish(
    context: &CommandContext,
    request: pb::PublishSolutionRequest,
) -> Result<pb::PublishSolutionResponse, Status> {
    let mut reader = context.reader("PublishSolution", &request, request.command.as_ref());
    let solution = reader.id("solution", &request.solution);
    let description = read_description(&mut reader, request.description.as_ref());
    let visibility = reader.chosen("visibility", read_visibility(request.visibility()));
    let (pending, ((solution, description), visibility)) = reader.finish(solution.zip(description).zip(visibility))?;
    let action = SolutionAction::Publish {
        description,
        visibility,
        cleared: request.cleared,
    };
    let token = Some(act(pending, solution, action).await?);
    Ok(pb::PublishSolutionResponse { token })
}

pub(super) async fn version(
    context: &CommandContext,
    request: pb::VersionSolutionRequest,
) -> Result<pb::VersionSolutionResponse, Status> {
    let mut reader = context.reader("VersionSolution", &request, request.command.as_ref());
    let solution = reader.id("solution", &request.solution);
    let description = read_description(&mut reader, request.description.as_ref());
    let visibility = reader.chosen("visibility", read_visibility(request.visibility()));
    let changes = reader.text("changes", &request.changes, PUBLIC);
    let (pending, ((solution, description), visibility)) = reader.finish(solution.zip(description).zip(visibility))?;
    let action = SolutionAction::Version {
        description,
        visibility,
        changes,
        cleared: request.cleared,
    };
    let token = Some(act(pending, solution, action).await?);
    Ok(pb::VersionSolutionResponse { token })
}

pub(super) async fn retire(
    context: &CommandContext,
    request: pb::RetireSolutionRequest,
) -> Result<pb::RetireSolutionResponse, Status> {
    let mut reader = context.reader("RetireSolution", &request, request.command.as_ref());
    let solution = reader.id("solution", &request.solution);
    let reason = reader.text("reason", &request.reason, PUBLIC);
    let replaced_by = reader.id_if_any("replaced_by", &request.replaced_by);
    let (pending, solution) = reader.finish(solution)?;
    let token = Some(act(pending, solution, SolutionAction::Retire { reason, replaced_by }).await?);
    Ok(pb::RetireSolutionResponse { token })
}
