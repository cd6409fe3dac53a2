//! What becomes of an idea after screening, and erasure.

use super::{LONG, act, act_with, on_idea, origin};
use crate::{SERVICE, service};
use idesluss_domain::submission::idea::{Action, DecideErasure, Idea};
use idesluss_domain::words::{CallId, Citation, IdeaId};
use idesluss_engine::CommandContext;
use idesluss_proto::pb::submission as pb;
use idesluss_vault::Scope;
use tonic::Status;

pub(super) async fn reopen_idea(
    context: &CommandContext,
    request: pb::ReopenIdeaRequest,
) -> Result<pb::ReopenIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(context, "ReopenIdea", &request, request.command.as_ref(), &request.idea);
    let reason = reader.text("reason", &request.reason, LONG);
    let (mut pending, idea) = reader.finish(idea)?;
    let reason = pending
        .seal(&Scope::Idea(idea), "IdeaReopened", "reason", &reason)
        .await?;
    let token = Some(act(pending, idea, Action::Reopen(reason)).await?);
    Ok(pb::ReopenIdeaResponse { token })
}

pub(super) async fn park_idea(
    context: &CommandContext,
    request: pb::ParkIdeaRequest,
) -> Result<pb::ParkIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(context, "ParkIdea", &request, request.command.as_ref(), &request.idea);
    let terms = reader.text("terms", &request.terms, 1..=1_000);
    let (mut pending, idea) = reader.finish(idea)?;
    let terms = pending.seal(&Scope::Idea(idea), "IdeaParked", "terms", &terms).await?;
    let token = Some(act(pending, idea, Action::Park(terms)).await?);
    Ok(pb::ParkIdeaResponse { token })
}

pub(super) async fn reactivate_idea(
    context: &CommandContext,
    request: pb::ReactivateIdeaRequest,
) -> Result<pb::ReactivateIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "ReactivateIdea",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let call: Option<CallId> = reader.id_if_any("call", &request.call);
    let need = reader.text("need", &request.need, LONG);
    let (mut pending, idea) = reader.finish(idea)?;
    let need = pending
        .seal(&Scope::Idea(idea), "IdeaReactivated", "need", &need)
        .await?;
    let token = Some(act(pending, idea, Action::Reactivate { call, need }).await?);
    Ok(pb::ReactivateIdeaResponse { token })
}

pub(super) async fn link_duplicate(
    context: &CommandContext,
    request: pb::LinkDuplicateRequest,
) -> Result<pb::LinkDuplicateResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "LinkDuplicate",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let of: Option<IdeaId> = reader.id("of", &request.of);
    let (pending, (idea, of)) = reader.finish(idea.zip(of))?;
    let consented = request.consented;
    let token = act_with(pending, idea, Some(of), |other: Option<&Idea>| {
        Action::LinkAsDuplicate {
            of,
            home: other.and_then(|other| other.organisation().cloned()),
            consented,
        }
    });
    let token = Some(token.await?);
    Ok(pb::LinkDuplicateResponse { token })
}

pub(super) async fn supersede_idea(
    context: &CommandContext,
    request: pb::SupersedeIdeaRequest,
) -> Result<pb::SupersedeIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "SupersedeIdea",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let by = reader.ids("by", &request.by, 0..=50);
    let (pending, (idea, by)) = reader.finish(idea.zip(by))?;
    let token = Some(act(pending, idea, Action::Supersede(by)).await?);
    Ok(pb::SupersedeIdeaResponse { token })
}

pub(super) async fn implement_idea(
    context: &CommandContext,
    request: pb::ImplementIdeaRequest,
) -> Result<pb::ImplementIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "ImplementIdea",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let result = reader.text("result", &request.result, LONG);
    let (mut pending, idea) = reader.finish(idea)?;
    let result = pending
        .seal(&Scope::Idea(idea), "IdeaImplemented", "result", &result)
        .await?;
    let shareable = request.shareable;
    let token = Some(act(pending, idea, Action::Implement { result, shareable }).await?);
    Ok(pb::ImplementIdeaResponse { token })
}

pub(super) async fn deliver_feedback(
    context: &CommandContext,
    request: pb::DeliverFeedbackRequest,
) -> Result<pb::DeliverFeedbackResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "DeliverFeedback",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let message = reader.text("message", &request.message, LONG);
    let (mut pending, idea) = reader.finish(idea)?;
    let message = pending
        .seal(&Scope::Idea(idea), "FeedbackDelivered", "message", &message)
        .await?;
    let token = Some(act(pending, idea, Action::FeedBack(message)).await?);
    Ok(pb::DeliverFeedbackResponse { token })
}

pub(super) async fn close_idea(
    context: &CommandContext,
    request: pb::CloseIdeaRequest,
) -> Result<pb::CloseIdeaResponse, Status> {
    let (reader, idea) = on_idea(context, "CloseIdea", &request, request.command.as_ref(), &request.idea);
    let (pending, idea) = reader.finish(idea)?;
    let token = Some(act(pending, idea, Action::Close).await?);
    Ok(pb::CloseIdeaResponse { token })
}

pub(super) async fn request_erasure(
    context: &CommandContext,
    request: pb::RequestErasureRequest,
) -> Result<pb::RequestErasureResponse, Status> {
    let (reader, idea) = on_idea(
        context,
        "RequestErasure",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let (pending, idea) = reader.finish(idea)?;
    let origin = origin(&pending, idea).await?;
    let token = act_with(pending, idea, origin, |origin| Action::RequestErasure {
        origin_erased: origin.is_some_and(Idea::is_erased),
    });
    let token = Some(token.await?);
    Ok(pb::RequestErasureResponse { token })
}

pub(super) async fn decide_erasure(
    context: &CommandContext,
    request: pb::DecideErasureRequest,
) -> Result<pb::DecideErasureResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "DecideErasure",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let basis = reader.form::<Citation>("basis", &request.basis);
    let (pending, (idea, basis)) = reader.finish(idea.zip(basis))?;
    let origin = origin(&pending, idea).await?;
    let token = act_with(pending, idea, origin, |origin| {
        Action::DecideErasure(DecideErasure {
            basis: basis.clone(),
            // Those that may hold a copy of its texts.
            services: vec![service(SERVICE), service("evaluation")],
            origin_erased: origin.is_some_and(Idea::is_erased),
        })
    });
    let token = Some(token.await?);
    Ok(pb::DecideErasureResponse { token })
}

pub(super) async fn refuse_erasure(
    context: &CommandContext,
    request: pb::RefuseErasureRequest,
) -> Result<pb::RefuseErasureResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "RefuseErasure",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let basis = reader.form::<Citation>("basis", &request.basis);
    let reasons = reader.text("reasons", &request.reasons, LONG);
    let (mut pending, (idea, basis)) = reader.finish(idea.zip(basis))?;
    let reasons = pending
        .seal(&Scope::Idea(idea), "ErasureRefused", "reasons", &reasons)
        .await?;
    let token = Some(act(pending, idea, Action::RefuseErasure { basis, reasons }).await?);
    Ok(pb::RefuseErasureResponse { token })
}
