//! Solutions: published, versioned, retired.

use super::{LONG, PUBLIC, SHORT, TITLE};
use idesluss_domain::Decider as _;
use idesluss_domain::sharing::Solutions;
use idesluss_domain::sharing::solution::{Description, SolutionAction, SolutionCommand};
use idesluss_domain::words::{SolutionId, StreamName};
use idesluss_engine::{Decided, Desk, Form, Loaded, Work};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::sharing::{read_kind, read_visibility};
use tonic::Status;

/// Does something with a solution.
async fn act(work: Work, solution: SolutionId, action: SolutionAction) -> Result<Token, Status> {
    let command = SolutionCommand {
        solution,
        actor: work.actor().clone(),
        action,
    };
    let stream = StreamName::solution(solution);
    let decide = |loaded: &Loaded| {
        let state = loaded.state::<Solutions>(&stream);
        let idea = state.drafted.as_ref().map_or(solution.0, |drafted| drafted.idea.0);
        let events = Solutions::decide(&command, &state)?;
        Ok(vec![Decided::of(&stream, idea, events)])
    };
    work.run(std::slice::from_ref(&stream), decide).await
}

fn read_description(form: &mut Form, description: Option<&pb::Description>) -> Option<Description> {
    let Some(description) = description else {
        form.problem("description", "describe the solution");
        return None;
    };
    let title = form.text("description.title", &description.title, TITLE);
    let summary = form.text("description.summary", &description.summary, LONG);
    let kind = form.chosen("description.kind", read_kind(description.kind()));
    let licence = form.text("description.licence", &description.licence, SHORT);
    let contact = form.text("description.contact", &description.contact, SHORT);
    let prerequisites = form.text("description.prerequisites", &description.prerequisites, LONG);
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
    desk: &Desk,
    request: pb::PublishSolutionRequest,
) -> Result<pb::PublishSolutionResponse, Status> {
    let mut form = desk.form("PublishSolution", &request, request.command.as_ref());
    let solution = form.id("solution", &request.solution);
    let description = read_description(&mut form, request.description.as_ref());
    let visibility = form.chosen("visibility", read_visibility(request.visibility()));
    let (work, ((solution, description), visibility)) = form.finish(solution.zip(description).zip(visibility))?;
    let action = SolutionAction::Publish {
        description,
        visibility,
        cleared: request.cleared,
    };
    let token = Some(act(work, solution, action).await?);
    Ok(pb::PublishSolutionResponse { token })
}

pub(super) async fn version(
    desk: &Desk,
    request: pb::VersionSolutionRequest,
) -> Result<pb::VersionSolutionResponse, Status> {
    let mut form = desk.form("VersionSolution", &request, request.command.as_ref());
    let solution = form.id("solution", &request.solution);
    let description = read_description(&mut form, request.description.as_ref());
    let visibility = form.chosen("visibility", read_visibility(request.visibility()));
    let changes = form.text("changes", &request.changes, PUBLIC);
    let (work, ((solution, description), visibility)) = form.finish(solution.zip(description).zip(visibility))?;
    let action = SolutionAction::Version {
        description,
        visibility,
        changes,
        cleared: request.cleared,
    };
    let token = Some(act(work, solution, action).await?);
    Ok(pb::VersionSolutionResponse { token })
}

pub(super) async fn retire(
    desk: &Desk,
    request: pb::RetireSolutionRequest,
) -> Result<pb::RetireSolutionResponse, Status> {
    let mut form = desk.form("RetireSolution", &request, request.command.as_ref());
    let solution = form.id("solution", &request.solution);
    let reason = form.text("reason", &request.reason, PUBLIC);
    let replaced_by = form.id_if_any("replaced_by", &request.replaced_by);
    let (work, solution) = form.finish(solution)?;
    let token = Some(act(work, solution, SolutionAction::Retire { reason, replaced_by }).await?);
    Ok(pb::RetireSolutionResponse { token })
}
