//! What comes after a decision.

use super::commands::Commands;
use super::{LONG, MAYBE_LONG, SHORT, act, on_evaluation, sealing};
use idesluss_domain::evaluation::evaluation::{Action, CommitResources, CompletePilot, Report, StartPilot, Support};
use idesluss_domain::words::Citation;
use idesluss_proto::evaluation::{read_support, read_verdict};
use idesluss_proto::pb::evaluation as pb;
use tonic::Status;

pub(super) async fn report(
    commands: &Commands,
    request: pb::ReportDecisionRequest,
) -> Result<pb::ReportDecisionResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "ReportDecision",
        &request,
        command,
        &request.evaluation,
    );
    let board = reader.text("board", &request.board, SHORT);
    let meeting = reader.date("meeting", &request.meeting);
    let paragraph = reader.form_if_any::<Citation>("paragraph", &request.paragraph);
    let (pending, (evaluation, meeting)) = reader.finish(evaluation.zip(meeting))?;
    let report = Report {
        board,
        meeting,
        paragraph,
    };
    let token = Some(act(pending, evaluation, Action::Report(report)).await?);
    Ok(pb::ReportDecisionResponse { token })
}

pub(super) async fn correct(
    commands: &Commands,
    request: pb::CorrectDecisionRequest,
) -> Result<pb::CorrectDecisionResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "CorrectDecision",
        &request,
        command,
        &request.evaluation,
    );
    let correction = reader.text("correction", &request.correction, LONG);
    let (mut pending, evaluation) = reader.finish(evaluation)?;
    let scope = sealing(&mut pending, evaluation).await?;
    let correction = pending
        .seal(&scope, "DecisionCorrected", "correction", &correction)
        .await?;
    let token = Some(act(pending, evaluation, Action::Correct(correction)).await?);
    Ok(pb::CorrectDecisionResponse { token })
}

pub(super) async fn commit_resources(
    commands: &Commands,
    request: pb::CommitResourcesRequest,
) -> Result<pb::CommitResourcesResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "CommitResources",
        &request,
        command,
        &request.evaluation,
    );
    let until = reader.date_if_any("until", &request.until);
    let note = reader.text("note", &request.note, MAYBE_LONG);
    let (mut pending, evaluation) = reader.finish(evaluation)?;
    let scope = sealing(&mut pending, evaluation).await?;
    let commit = CommitResources {
        amount_kronor: request.amount_kronor,
        hours: request.hours,
        until,
        note: pending.seal_if_any(&scope, "ResourcesCommitted", "note", &note).await?,
    };
    let token = Some(act(pending, evaluation, Action::CommitResources(commit)).await?);
    Ok(pb::CommitResourcesResponse { token })
}

pub(super) async fn arrange_support(
    commands: &Commands,
    request: pb::ArrangeSupportRequest,
) -> Result<pb::ArrangeSupportResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "ArrangeSupport",
        &request,
        command,
        &request.evaluation,
    );
    let partner = reader.organisation("partner", &request.partner);
    if partner
        .as_ref()
        .is_some_and(|partner| commands.context.directory.organisation(partner).is_none())
    {
        reader.problem("partner", "choose one of the organisations here");
    }
    let kind = reader.chosen("kind", read_support(request.kind()));
    let note = reader.text("note", &request.note, MAYBE_LONG);
    let (mut pending, ((evaluation, partner), kind)) = reader.finish(evaluation.zip(partner).zip(kind))?;
    let scope = sealing(&mut pending, evaluation).await?;
    let note = pending.seal_if_any(&scope, "SupportArranged", "note", &note).await?;
    let support = Support { partner, kind, note };
    let token = Some(act(pending, evaluation, Action::ArrangeSupport(support)).await?);
    Ok(pb::ArrangeSupportResponse { token })
}

pub(super) async fn start_pilot(
    commands: &Commands,
    request: pb::StartPilotRequest,
) -> Result<pb::StartPilotResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) =
        on_evaluation(&commands.context, "StartPilot", &request, command, &request.evaluation);
    let hypothesis = reader.text("hypothesis", &request.hypothesis, LONG);
    let metric = reader.text("metric", &request.metric, LONG);
    let starts_on = reader.date("starts_on", &request.starts_on);
    let ends_on = reader.date_if_any("ends_on", &request.ends_on);
    let (mut pending, (evaluation, starts_on)) = reader.finish(evaluation.zip(starts_on))?;
    let (scope, name) = (sealing(&mut pending, evaluation).await?, "PilotStarted");
    let start = StartPilot {
        hypothesis: pending.seal(&scope, name, "hypothesis", &hypothesis).await?,
        metric: pending.seal(&scope, name, "metric", &metric).await?,
        starts_on,
        ends_on,
    };
    let token = Some(act(pending, evaluation, Action::StartPilot(start)).await?);
    Ok(pb::StartPilotResponse { token })
}

pub(super) async fn complete_pilot(
    commands: &Commands,
    request: pb::CompletePilotRequest,
) -> Result<pb::CompletePilotResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, evaluation) = on_evaluation(
        &commands.context,
        "CompletePilot",
        &request,
        command,
        &request.evaluation,
    );
    let verdict = reader.chosen("verdict", read_verdict(request.verdict()));
    let result = reader.text("result", &request.result, LONG);
    let completed_on = reader.date("completed_on", &request.completed_on);
    let (mut pending, ((evaluation, verdict), completed_on)) =
        reader.finish(evaluation.zip(verdict).zip(completed_on))?;
    let scope = sealing(&mut pending, evaluation).await?;
    let complete = CompletePilot {
        verdict,
        result: pending.seal(&scope, "PilotCompleted", "result", &result).await?,
        completed_on,
    };
    let token = Some(act(pending, evaluation, Action::CompletePilot(complete)).await?);
    Ok(pb::CompletePilotResponse { token })
}
