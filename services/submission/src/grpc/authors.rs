//! What submitters and their colleagues do.

use super::{LONG, MAYBE_LONG, act, on_idea};
use idesluss_domain::submission::idea::Action;
use idesluss_engine::CommandContext;
use idesluss_proto::pb::submission as pb;
use idesluss_vault::Scope;
use tonic::Status;

pub(super) async fn add_coauthor(
    context: &CommandContext,
    request: pb::AddCoauthorRequest,
) -> Result<pb::AddCoauthorResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "AddCoauthor",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let coauthor = reader.id("coauthor", &request.coauthor);
    let (pending, (idea, coauthor)) = reader.finish(idea.zip(coauthor))?;
    let token = Some(act(pending, idea, Action::AddCoauthor(coauthor)).await?);
    Ok(pb::AddCoauthorResponse { token })
}

pub(super) async fn express_support(
    context: &CommandContext,
    request: pb::ExpressSupportRequest,
) -> Result<pb::ExpressSupportResponse, Status> {
    let (reader, idea) = on_idea(
        context,
        "ExpressSupport",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let (pending, idea) = reader.finish(idea)?;
    let token = Some(act(pending, idea, Action::Support).await?);
    Ok(pb::ExpressSupportResponse { token })
}

pub(super) async fn give_consent(
    context: &CommandContext,
    request: pb::GiveConsentRequest,
) -> Result<pb::GiveConsentResponse, Status> {
    let (reader, idea) = on_idea(
        context,
        "GiveConsent",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let (pending, idea) = reader.finish(idea)?;
    let token = Some(act(pending, idea, Action::Consent(true)).await?);
    Ok(pb::GiveConsentResponse { token })
}

pub(super) async fn withdraw_consent(
    context: &CommandContext,
    request: pb::WithdrawConsentRequest,
) -> Result<pb::WithdrawConsentResponse, Status> {
    let (reader, idea) = on_idea(
        context,
        "WithdrawConsent",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let (pending, idea) = reader.finish(idea)?;
    let token = Some(act(pending, idea, Action::Consent(false)).await?);
    Ok(pb::WithdrawConsentResponse { token })
}

pub(super) async fn provide_clarification(
    context: &CommandContext,
    request: pb::ProvideClarificationRequest,
) -> Result<pb::ProvideClarificationResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "ProvideClarification",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let answer = reader.text("answer", &request.answer, LONG);
    let (mut pending, idea) = reader.finish(idea)?;
    let scope = Scope::Idea(idea);
    let answer = pending.seal(&scope, "ClarificationProvided", "answer", &answer).await?;
    let token = Some(act(pending, idea, Action::Answer(answer)).await?);
    Ok(pb::ProvideClarificationResponse { token })
}

pub(super) async fn withdraw_idea(
    context: &CommandContext,
    request: pb::WithdrawIdeaRequest,
) -> Result<pb::WithdrawIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "WithdrawIdea",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let reason = reader.text("reason", &request.reason, MAYBE_LONG);
    let (mut pending, idea) = reader.finish(idea)?;
    let scope = Scope::Idea(idea);
    let reason = pending.seal_if_any(&scope, "IdeaWithdrawn", "reason", &reason).await?;
    let token = Some(act(pending, idea, Action::Withdraw(reason)).await?);
    Ok(pb::WithdrawIdeaResponse { token })
}
