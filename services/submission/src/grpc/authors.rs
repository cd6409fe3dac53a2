//! What submitters and their colleagues do.

use super::{LONG, MAYBE_LONG, act, on_idea};
use idesluss_domain::submission::idea::Action;
use idesluss_engine::Desk;
use idesluss_proto::pb::submission as pb;
use idesluss_vault::Scope;
use tonic::Status;

pub(super) async fn add_coauthor(
    desk: &Desk,
    request: pb::AddCoauthorRequest,
) -> Result<pb::AddCoauthorResponse, Status> {
    let (mut form, idea) = on_idea(desk, "AddCoauthor", &request, request.command.as_ref(), &request.idea);
    let coauthor = form.id("coauthor", &request.coauthor);
    let (work, (idea, coauthor)) = form.finish(idea.zip(coauthor))?;
    let token = Some(act(work, idea, Action::AddCoauthor(coauthor)).await?);
    Ok(pb::AddCoauthorResponse { token })
}

pub(super) async fn express_support(
    desk: &Desk,
    request: pb::ExpressSupportRequest,
) -> Result<pb::ExpressSupportResponse, Status> {
    let (form, idea) = on_idea(
        desk,
        "ExpressSupport",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let (work, idea) = form.finish(idea)?;
    let token = Some(act(work, idea, Action::Support).await?);
    Ok(pb::ExpressSupportResponse { token })
}

pub(super) async fn give_consent(
    desk: &Desk,
    request: pb::GiveConsentRequest,
) -> Result<pb::GiveConsentResponse, Status> {
    let (form, idea) = on_idea(desk, "GiveConsent", &request, request.command.as_ref(), &request.idea);
    let (work, idea) = form.finish(idea)?;
    let token = Some(act(work, idea, Action::Consent(true)).await?);
    Ok(pb::GiveConsentResponse { token })
}

pub(super) async fn withdraw_consent(
    desk: &Desk,
    request: pb::WithdrawConsentRequest,
) -> Result<pb::WithdrawConsentResponse, Status> {
    let (form, idea) = on_idea(
        desk,
        "WithdrawConsent",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let (work, idea) = form.finish(idea)?;
    let token = Some(act(work, idea, Action::Consent(false)).await?);
    Ok(pb::WithdrawConsentResponse { token })
}

pub(super) async fn provide_clarification(
    desk: &Desk,
    request: pb::ProvideClarificationRequest,
) -> Result<pb::ProvideClarificationResponse, Status> {
    let (mut form, idea) = on_idea(
        desk,
        "ProvideClarification",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let answer = form.text("answer", &request.answer, LONG);
    let (mut work, idea) = form.finish(idea)?;
    let scope = Scope::Idea(idea);
    let answer = work.seal(&scope, "ClarificationProvided", "answer", &answer).await?;
    let token = Some(act(work, idea, Action::Answer(answer)).await?);
    Ok(pb::ProvideClarificationResponse { token })
}

pub(super) async fn withdraw_idea(
    desk: &Desk,
    request: pb::WithdrawIdeaRequest,
) -> Result<pb::WithdrawIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "WithdrawIdea", &request, request.command.as_ref(), &request.idea);
    let reason = form.text("reason", &request.reason, MAYBE_LONG);
    let (mut work, idea) = form.finish(idea)?;
    let scope = Scope::Idea(idea);
    let reason = work.seal_if_any(&scope, "IdeaWithdrawn", "reason", &reason).await?;
    let token = Some(act(work, idea, Action::Withdraw(reason)).await?);
    Ok(pb::WithdrawIdeaResponse { token })
}
