//! What coordinators do with an idea that has come in.

use super::{LONG, MAYBE_LONG, SHORT, TITLE, act, on_idea};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Brief, Decline, HandToLine, IdeaCommand, IdeaEvent, Refer};
use idesluss_domain::words::{Citation, IdeaId, RegisterNumber, Rejection, RejectionKind, StreamName};
use idesluss_engine::{CommandContext, Decided, Loaded};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::submission::{read_decline_reason, read_secrecy_check};
use idesluss_vault::Scope;
use tonic::Status;
use uuid::Uuid;

pub(super) async fn assign_coordinator(
    context: &CommandContext,
    request: pb::AssignCoordinatorRequest,
) -> Result<pb::AssignCoordinatorResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "AssignCoordinator",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let coordinator = reader.id("coordinator", &request.coordinator);
    let (pending, (idea, coordinator)) = reader.finish(idea.zip(coordinator))?;
    let token = Some(act(pending, idea, Action::AssignCoordinator(coordinator)).await?);
    Ok(pb::AssignCoordinatorResponse { token })
}

pub(super) async fn register_idea(
    context: &CommandContext,
    request: pb::RegisterIdeaRequest,
) -> Result<pb::RegisterIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "RegisterIdea",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let number = reader.form::<RegisterNumber>("number", &request.number);
    let secrecy = reader.form_if_any::<Citation>("secrecy", &request.secrecy);
    let (pending, (idea, number)) = reader.finish(idea.zip(number))?;
    let token = Some(act(pending, idea, Action::Register { number, secrecy }).await?);
    Ok(pb::RegisterIdeaResponse { token })
}

pub(super) async fn move_answer_due(
    context: &CommandContext,
    request: pb::MoveAnswerDueRequest,
) -> Result<pb::MoveAnswerDueResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "MoveAnswerDue",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let answer_due = reader.date("answer_due", &request.answer_due);
    let reason = reader.text("reason", &request.reason, LONG);
    let (mut pending, (idea, answer_due)) = reader.finish(idea.zip(answer_due))?;
    let scope = Scope::Idea(idea);
    let reason = pending.seal(&scope, "AnswerDueMoved", "reason", &reason).await?;
    let token = Some(act(pending, idea, Action::MoveAnswerDue { answer_due, reason }).await?);
    Ok(pb::MoveAnswerDueResponse { token })
}

pub(super) async fn request_clarification(
    context: &CommandContext,
    request: pb::RequestClarificationRequest,
) -> Result<pb::RequestClarificationResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "RequestClarification",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let question = reader.text("question", &request.question, LONG);
    let (mut pending, idea) = reader.finish(idea)?;
    let scope = Scope::Idea(idea);
    let question = pending
        .seal(&scope, "ClarificationRequested", "question", &question)
        .await?;
    let token = Some(act(pending, idea, Action::Ask(question)).await?);
    Ok(pb::RequestClarificationResponse { token })
}

pub(super) async fn suggest_similar_ideas(
    context: &CommandContext,
    request: pb::SuggestSimilarIdeasRequest,
) -> Result<pb::SuggestSimilarIdeasResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "SuggestSimilarIdeas",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let similar = reader.ids("similar", &request.similar, 1..=10);
    let (pending, (idea, similar)) = reader.finish(idea.zip(similar))?;
    let token = Some(act(pending, idea, Action::SuggestSimilar(similar)).await?);
    Ok(pb::SuggestSimilarIdeasResponse { token })
}

pub(super) async fn approve_brief(
    context: &CommandContext,
    request: pb::ApproveBriefRequest,
) -> Result<pb::ApproveBriefResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "ApproveBrief",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let title = reader.text("title", &request.title, TITLE);
    let problem = reader.text("problem", &request.problem, MAYBE_LONG);
    let proposal = reader.text("proposal", &request.proposal, MAYBE_LONG);
    let expected_benefit = reader.text("expected_benefit", &request.expected_benefit, MAYBE_LONG);
    let (mut pending, id) = reader.finish(idea)?;
    let stream = StreamName::idea(id);
    // A text is bound to the type of event that it stands in, so which it will be is looked up first.
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let replaces = loaded.state::<Ideas>(&stream).brief.is_some();
    let name = if replaces { "BriefReplaced" } else { "BriefApproved" };
    let fields = [
        ("title", title.as_str()),
        ("problem", &problem),
        ("proposal", &proposal),
        ("expected_benefit", &expected_benefit),
    ];
    let texts = pending.seal_fields(&Scope::Brief(id), name, &fields).await?;
    let command = IdeaCommand {
        idea: id,
        actor: pending.actor().clone(),
        today: pending.today(),
        action: Action::ApproveBrief(Brief {
            texts,
            deidentified: request.deidentified,
        }),
    };
    let decide = |loaded: &Loaded| {
        let events = Ideas::decide(&command, &loaded.state::<Ideas>(&stream))?;
        let is_replacement = |event: &IdeaEvent| matches!(event, IdeaEvent::BriefReplaced(_));
        if events.iter().any(|event| is_replacement(event) != replaces) {
            return Err(Rejection {
                kind: RejectionKind::Precondition,
                code: "BRIEF_CHANGED",
                sentence: "Somebody has approved a brief meanwhile: look again.".into(),
            });
        }
        Ok(vec![Decided::of(&stream, id.0, events)])
    };
    let token = Some(pending.run(std::slice::from_ref(&stream), decide).await?);
    Ok(pb::ApproveBriefResponse { token })
}

pub(super) async fn accept_idea(
    context: &CommandContext,
    request: pb::AcceptIdeaRequest,
) -> Result<pb::AcceptIdeaResponse, Status> {
    let (reader, idea) = on_idea(context, "AcceptIdea", &request, request.command.as_ref(), &request.idea);
    let (pending, idea) = reader.finish(idea)?;
    let token = Some(act(pending, idea, Action::Accept).await?);
    Ok(pb::AcceptIdeaResponse { token })
}

pub(super) async fn hand_to_line(
    context: &CommandContext,
    request: pb::HandToLineRequest,
) -> Result<pb::HandToLineResponse, Status> {
    let (mut reader, idea) = on_idea(context, "HandToLine", &request, request.command.as_ref(), &request.idea);
    let unit = reader.text("unit", &request.unit, SHORT);
    let responsible = reader.text("responsible", &request.responsible, SHORT);
    let due = reader.date("due", &request.due);
    let (mut pending, (idea, due)) = reader.finish(idea.zip(due))?;
    let (scope, name) = (Scope::Idea(idea), "IdeaHandedToLine");
    let unit = pending.seal(&scope, name, "unit", &unit).await?;
    let responsible = pending.seal(&scope, name, "responsible", &responsible).await?;
    let action = Action::HandToLine(HandToLine { unit, responsible, due });
    let token = Some(act(pending, idea, action).await?);
    Ok(pb::HandToLineResponse { token })
}

pub(super) async fn refer_idea(
    context: &CommandContext,
    request: pb::ReferIdeaRequest,
) -> Result<pb::ReferIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(context, "ReferIdea", &request, request.command.as_ref(), &request.idea);
    let receiver = reader.organisation("receiver", &request.receiver);
    if receiver
        .as_ref()
        .is_some_and(|receiver| context.directory.organisation(receiver).is_none())
    {
        reader.problem("receiver", "choose one of the organisations that have a sluice here");
    }
    let secrecy_check = reader.chosen("secrecy_check", read_secrecy_check(request.secrecy_check()));
    let (pending, ((idea, receiver), secrecy_check)) = reader.finish(idea.zip(receiver).zip(secrecy_check))?;
    // Sent there again after it came back, it is a new idea there.
    let seed = format!("received/{receiver}/{}", pending.event_id("IdeaReferred"));
    let received_as = IdeaId(Uuid::new_v5(&idea.0, seed.as_bytes()));
    let action = Action::Refer(Refer {
        receiver,
        secrecy_check,
        submitter_told: request.submitter_told,
        received_as,
    });
    let token = Some(act(pending, idea, action).await?);
    Ok(pb::ReferIdeaResponse {
        token,
        received_as: received_as.to_string(),
    })
}

pub(super) async fn decline_idea(
    context: &CommandContext,
    request: pb::DeclineIdeaRequest,
) -> Result<pb::DeclineIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "DeclineIdea",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let reason = reader.chosen("reason", read_decline_reason(request.reason()));
    let text = reader.text("text", &request.text, LONG);
    let instead = reader.text("instead", &request.instead, MAYBE_LONG);
    let (mut pending, (idea, reason)) = reader.finish(idea.zip(reason))?;
    let (scope, name) = (Scope::Idea(idea), "IdeaDeclined");
    let text = pending.seal(&scope, name, "text", &text).await?;
    let instead = pending.seal_if_any(&scope, name, "instead", &instead).await?;
    let token = Some(act(pending, idea, Action::Decline(Decline { reason, text, instead })).await?);
    Ok(pb::DeclineIdeaResponse { token })
}
