//! What becomes of an idea after screening, and erasure.

use super::{LONG, act, on_idea};
use idesluss_domain::submission::idea::{Action, DecideErasure};
use idesluss_domain::words::CallId;
use idesluss_engine::Desk;
use idesluss_proto::pb::submission as pb;
use idesluss_vault::Scope;
use tonic::Status;

/// The services that may hold a copy of an idea's texts.
const COPIES: [&str; 2] = [crate::SERVICE, "evaluation"];

pub(super) async fn reopen_idea(desk: &Desk, request: pb::ReopenIdeaRequest) -> Result<pb::ReopenIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "ReopenIdea", &request, request.command.as_ref(), &request.idea);
    let reason = form.text("reason", &request.reason, LONG);
    let (mut work, idea) = form.finish(idea)?;
    let reason = work.seal(&Scope::Idea(idea), "IdeaReopened", "reason", &reason).await?;
    let token = Some(act(work, idea, Action::Reopen(reason)).await?);
    Ok(pb::ReopenIdeaResponse { token })
}

pub(super) async fn park_idea(desk: &Desk, request: pb::ParkIdeaRequest) -> Result<pb::ParkIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "ParkIdea", &request, request.command.as_ref(), &request.idea);
    let terms = form.text("terms", &request.terms, 1..=1_000);
    let (mut work, idea) = form.finish(idea)?;
    let terms = work.seal(&Scope::Idea(idea), "IdeaParked", "terms", &terms).await?;
    let token = Some(act(work, idea, Action::Park(terms)).await?);
    Ok(pb::ParkIdeaResponse { token })
}

pub(super) async fn reactivate_idea(
    desk: &Desk,
    request: pb::ReactivateIdeaRequest,
) -> Result<pb::ReactivateIdeaResponse, Status> {
    let (mut form, idea) = on_idea(
        desk,
        "ReactivateIdea",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let call: Option<CallId> = form.id_if_any("call", &request.call);
    let need = form.text("need", &request.need, LONG);
    let (mut work, idea) = form.finish(idea)?;
    let need = work.seal(&Scope::Idea(idea), "IdeaReactivated", "need", &need).await?;
    let token = Some(act(work, idea, Action::Reactivate { call, need }).await?);
    Ok(pb::ReactivateIdeaResponse { token })
}

pub(super) async fn link_duplicate(
    desk: &Desk,
    request: pb::LinkDuplicateRequest,
) -> Result<pb::LinkDuplicateResponse, Status> {
    let (mut form, idea) = on_idea(desk, "LinkDuplicate", &request, request.command.as_ref(), &request.idea);
    let of = form.id("of", &request.of);
    let (work, (idea, of)) = form.finish(idea.zip(of))?;
    let consented = request.consented;
    let token = Some(act(work, idea, Action::LinkAsDuplicate { of, consented }).await?);
    Ok(pb::LinkDuplicateResponse { token })
}

pub(super) async fn supersede_idea(
    desk: &Desk,
    request: pb::SupersedeIdeaRequest,
) -> Result<pb::SupersedeIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "SupersedeIdea", &request, request.command.as_ref(), &request.idea);
    let by = form.ids("by", &request.by, 0..=50);
    let (work, (idea, by)) = form.finish(idea.zip(by))?;
    let token = Some(act(work, idea, Action::Supersede(by)).await?);
    Ok(pb::SupersedeIdeaResponse { token })
}

pub(super) async fn implement_idea(
    desk: &Desk,
    request: pb::ImplementIdeaRequest,
) -> Result<pb::ImplementIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "ImplementIdea", &request, request.command.as_ref(), &request.idea);
    let result = form.text("result", &request.result, LONG);
    let (mut work, idea) = form.finish(idea)?;
    let result = work
        .seal(&Scope::Idea(idea), "IdeaImplemented", "result", &result)
        .await?;
    let shareable = request.shareable;
    let token = Some(act(work, idea, Action::Implement { result, shareable }).await?);
    Ok(pb::ImplementIdeaResponse { token })
}

pub(super) async fn deliver_feedback(
    desk: &Desk,
    request: pb::DeliverFeedbackRequest,
) -> Result<pb::DeliverFeedbackResponse, Status> {
    let (mut form, idea) = on_idea(
        desk,
        "DeliverFeedback",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let message = form.text("message", &request.message, LONG);
    let (mut work, idea) = form.finish(idea)?;
    let message = work
        .seal(&Scope::Idea(idea), "FeedbackDelivered", "message", &message)
        .await?;
    let token = Some(act(work, idea, Action::FeedBack(message)).await?);
    Ok(pb::DeliverFeedbackResponse { token })
}

pub(super) async fn close_idea(desk: &Desk, request: pb::CloseIdeaRequest) -> Result<pb::CloseIdeaResponse, Status> {
    let (form, idea) = on_idea(desk, "CloseIdea", &request, request.command.as_ref(), &request.idea);
    let (work, idea) = form.finish(idea)?;
    let token = Some(act(work, idea, Action::Close).await?);
    Ok(pb::CloseIdeaResponse { token })
}

pub(super) async fn request_erasure(
    desk: &Desk,
    request: pb::RequestErasureRequest,
) -> Result<pb::RequestErasureResponse, Status> {
    let (form, idea) = on_idea(
        desk,
        "RequestErasure",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let (work, idea) = form.finish(idea)?;
    let token = Some(act(work, idea, Action::RequestErasure).await?);
    Ok(pb::RequestErasureResponse { token })
}

pub(super) async fn decide_erasure(
    desk: &Desk,
    request: pb::DecideErasureRequest,
) -> Result<pb::DecideErasureResponse, Status> {
    let (mut form, idea) = on_idea(desk, "DecideErasure", &request, request.command.as_ref(), &request.idea);
    let basis = form.text("basis", &request.basis, 1..=500);
    let (work, idea) = form.finish(idea)?;
    let services = COPIES.map(str::to_owned).to_vec();
    let token = Some(act(work, idea, Action::DecideErasure(DecideErasure { basis, services })).await?);
    Ok(pb::DecideErasureResponse { token })
}

pub(super) async fn refuse_erasure(
    desk: &Desk,
    request: pb::RefuseErasureRequest,
) -> Result<pb::RefuseErasureResponse, Status> {
    let (mut form, idea) = on_idea(desk, "RefuseErasure", &request, request.command.as_ref(), &request.idea);
    let basis = form.text("basis", &request.basis, 1..=500);
    let reasons = form.text("reasons", &request.reasons, LONG);
    let (mut work, idea) = form.finish(idea)?;
    let reasons = work
        .seal(&Scope::Idea(idea), "ErasureRefused", "reasons", &reasons)
        .await?;
    let token = Some(act(work, idea, Action::RefuseErasure { basis, reasons }).await?);
    Ok(pb::RefuseErasureResponse { token })
}
