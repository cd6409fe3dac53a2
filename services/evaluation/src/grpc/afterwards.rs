//! What comes after a decision.

use super::commands::Commands;
use super::{LONG, MAYBE_LONG, SHORT, act, on_evaluation, scope};
use idesluss_domain::evaluation::evaluation::{Action, CommitResources, CompletePilot, Report, StartPilot, Support};
use idesluss_proto::evaluation::{read_support, read_verdict};
use idesluss_proto::pb::evaluation as pb;
use tonic::Status;

pub(super) async fn report(
    commands: &Commands,
    request: pb::ReportDecisionRequest,
) -> Result<pb::ReportDecisionResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, evaluation) =
        on_evaluation(&commands.desk, "ReportDecision", &request, command, &request.evaluation);
    let board = form.text("board", &request.board, SHORT);
    let meeting = form.date("meeting", &request.meeting);
    let paragraph = form.text("paragraph", &request.paragraph, 0..=40);
    let (work, (evaluation, meeting)) = form.finish(evaluation.zip(meeting))?;
    let report = Report {
        board,
        meeting,
        paragraph: Some(paragraph).filter(|paragraph| !paragraph.is_empty()),
    };
    let token = Some(act(work, evaluation, Action::Report(report)).await?);
    Ok(pb::ReportDecisionResponse { token })
}

pub(super) async fn correct(
    commands: &Commands,
    request: pb::CorrectDecisionRequest,
) -> Result<pb::CorrectDecisionResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, evaluation) = on_evaluation(
        &commands.desk,
        "CorrectDecision",
        &request,
        command,
        &request.evaluation,
    );
    let correction = form.text("correction", &request.correction, LONG);
    let (mut work, evaluation) = form.finish(evaluation)?;
    let scope = scope(evaluation);
    let correction = work
        .seal(&scope, "DecisionCorrected", "correction", &correction)
        .await?;
    let token = Some(act(work, evaluation, Action::Correct(correction)).await?);
    Ok(pb::CorrectDecisionResponse { token })
}

pub(super) async fn commit_resources(
    commands: &Commands,
    request: pb::CommitResourcesRequest,
) -> Result<pb::CommitResourcesResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, evaluation) = on_evaluation(
        &commands.desk,
        "CommitResources",
        &request,
        command,
        &request.evaluation,
    );
    let until = form.date_if_any("until", &request.until);
    let note = form.text("note", &request.note, MAYBE_LONG);
    let (mut work, evaluation) = form.finish(evaluation)?;
    let scope = scope(evaluation);
    let commit = CommitResources {
        amount_kronor: request.amount_kronor,
        hours: request.hours,
        until,
        note: work.seal_if_any(&scope, "ResourcesCommitted", "note", &note).await?,
    };
    let token = Some(act(work, evaluation, Action::CommitResources(commit)).await?);
    Ok(pb::CommitResourcesResponse { token })
}

pub(super) async fn arrange_support(
    commands: &Commands,
    request: pb::ArrangeSupportRequest,
) -> Result<pb::ArrangeSupportResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, evaluation) =
        on_evaluation(&commands.desk, "ArrangeSupport", &request, command, &request.evaluation);
    let partner = form.organisation("partner", &request.partner);
    if partner
        .as_ref()
        .is_some_and(|partner| commands.desk.directory.organisation(partner).is_none())
    {
        form.problem("partner", "choose one of the organisations here");
    }
    let kind = form.chosen("kind", read_support(request.kind()));
    let note = form.text("note", &request.note, MAYBE_LONG);
    let (mut work, ((evaluation, partner), kind)) = form.finish(evaluation.zip(partner).zip(kind))?;
    let scope = scope(evaluation);
    let note = work.seal_if_any(&scope, "SupportArranged", "note", &note).await?;
    let support = Support { partner, kind, note };
    let token = Some(act(work, evaluation, Action::ArrangeSupport(support)).await?);
    Ok(pb::ArrangeSupportResponse { token })
}

pub(super) async fn start_pilot(
    commands: &Commands,
    request: pb::StartPilotRequest,
) -> Result<pb::StartPilotResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, evaluation) = on_evaluation(&commands.desk, "StartPilot", &request, command, &request.evaluation);
    let hypothesis = form.text("hypothesis", &request.hypothesis, LONG);
    let metric = form.text("metric", &request.metric, LONG);
    let starts_on = form.date("starts_on", &request.starts_on);
    let ends_on = form.date_if_any("ends_on", &request.ends_on);
    let (mut work, (evaluation, starts_on)) = form.finish(evaluation.zip(starts_on))?;
    let (scope, name) = (scope(evaluation), "PilotStarted");
    let start = StartPilot {
        hypothesis: work.seal(&scope, name, "hypothesis", &hypothesis).await?,
        metric: work.seal(&scope, name, "metric", &metric).await?,
        starts_on,
        ends_on,
    };
    let token = Some(act(work, evaluation, Action::StartPilot(start)).await?);
    Ok(pb::StartPilotResponse { token })
}

pub(super) async fn complete_pilot(
    commands: &Commands,
    request: pb::CompletePilotRequest,
) -> Result<pb::CompletePilotResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, evaluation) = on_evaluation(&commands.desk, "CompletePilot", &request, command, &request.evaluation);
    let verdict = form.chosen("verdict", read_verdict(request.verdict()));
    let result = form.text("result", &request.result, LONG);
    let completed_on = form.date("completed_on", &request.completed_on);
    let (mut work, ((evaluation, verdict), completed_on)) = form.finish(evaluation.zip(verdict).zip(completed_on))?;
    let complete = CompletePilot {
        verdict,
        result: work
            .seal(&scope(evaluation), "PilotCompleted", "result", &result)
            .await?,
        completed_on,
    };
    let token = Some(act(work, evaluation, Action::CompletePilot(complete)).await?);
    Ok(pb::CompletePilotResponse { token })
}
