//! What submitters and their colleagues do.

use super::{LONG, MAYBE_LONG, act, on_idea};
use idesluss_domain::submission::idea::Action;
use idesluss_domain::words::{OrganisationId, PersonId, Role};
use idesluss_engine::CommandContext;
use idesluss_proto::pb::submission as pb;
use idesluss_vault::Scope;
use tonic::Status;

pub(super) async fn propose_coauthor(
    context: &CommandContext,
    request: pb::ProposeCoauthorRequest,
) -> Result<pb::ProposeCoauthorResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "ProposeCoauthor",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let coauthor: Option<PersonId> = reader.id("coauthor", &request.coauthor);
    let home = reader.acts_for().cloned();
    if let (Some(coauthor), Some(home)) = (coauthor, &home)
        && !submits(context, coauthor, home)
    {
        reader.problem("coauthor", "choose a colleague who may submit ideas here");
    }
    let (pending, (idea, coauthor)) = reader.finish(idea.zip(coauthor))?;
    let token = Some(act(pending, idea, Action::ProposeCoauthor(coauthor)).await?);
    Ok(pb::ProposeCoauthorResponse { token })
}

/// Who may not submit ideas could neither answer nor see the idea afterwards.
fn submits(context: &CommandContext, person: PersonId, home: &OrganisationId) -> bool {
    let known = context.directory.person(person);
    known.is_some_and(|person| {
        let mut roles = person.roles.iter();
        roles.any(|held| held.role == Role::Submitter && held.organisation == *home)
    })
}

pub(super) async fn agree_to_coauthorship(
    context: &CommandContext,
    request: pb::AgreeToCoauthorshipRequest,
) -> Result<pb::AgreeToCoauthorshipResponse, Status> {
    let command = request.command.as_ref();
    let (reader, idea) = on_idea(context, "AgreeToCoauthorship", &request, command, &request.idea);
    let (pending, idea) = reader.finish(idea)?;
    let token = Some(act(pending, idea, Action::AnswerCoauthorship(true)).await?);
    Ok(pb::AgreeToCoauthorshipResponse { token })
}

pub(super) async fn decline_coauthorship(
    context: &CommandContext,
    request: pb::DeclineCoauthorshipRequest,
) -> Result<pb::DeclineCoauthorshipResponse, Status> {
    let command = request.command.as_ref();
    let (reader, idea) = on_idea(context, "DeclineCoauthorship", &request, command, &request.idea);
    let (pending, idea) = reader.finish(idea)?;
    let token = Some(act(pending, idea, Action::AnswerCoauthorship(false)).await?);
    Ok(pb::DeclineCoauthorshipResponse { token })
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
