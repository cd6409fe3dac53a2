//! What coordinators do with an idea that has come in.

use super::{LONG, MAYBE_LONG, SHORT, TITLE, act, on_idea};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Brief, Decline, HandToLine, IdeaCommand, IdeaEvent, Refer};
use idesluss_domain::words::{IdeaId, Rejection, RejectionKind, StreamName};
use idesluss_engine::{Decided, Desk, Loaded};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::submission::{read_decline_reason, read_secrecy_check};
use idesluss_vault::Scope;
use tonic::Status;
use uuid::Uuid;

pub(super) async fn assign_coordinator(
    desk: &Desk,
    request: pb::AssignCoordinatorRequest,
) -> Result<pb::AssignCoordinatorResponse, Status> {
    let (mut form, idea) = on_idea(
        desk,
        "AssignCoordinator",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let coordinator = form.id("coordinator", &request.coordinator);
    let (work, (idea, coordinator)) = form.finish(idea.zip(coordinator))?;
    let token = Some(act(work, idea, Action::AssignCoordinator(coordinator)).await?);
    Ok(pb::AssignCoordinatorResponse { token })
}

pub(super) async fn register_idea(
    desk: &Desk,
    request: pb::RegisterIdeaRequest,
) -> Result<pb::RegisterIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "RegisterIdea", &request, request.command.as_ref(), &request.idea);
    let number = form.text("number", &request.number, 1..=60);
    let secrecy = form.text("secrecy", &request.secrecy, 0..=200);
    let (work, idea) = form.finish(idea)?;
    let secrecy = Some(secrecy).filter(|secrecy| !secrecy.is_empty());
    let token = Some(act(work, idea, Action::Register { number, secrecy }).await?);
    Ok(pb::RegisterIdeaResponse { token })
}

pub(super) async fn move_answer_due(
    desk: &Desk,
    request: pb::MoveAnswerDueRequest,
) -> Result<pb::MoveAnswerDueResponse, Status> {
    let (mut form, idea) = on_idea(desk, "MoveAnswerDue", &request, request.command.as_ref(), &request.idea);
    let answer_due = form.date("answer_due", &request.answer_due);
    let reason = form.text("reason", &request.reason, LONG);
    let (mut work, (idea, answer_due)) = form.finish(idea.zip(answer_due))?;
    let scope = Scope::Idea(idea);
    let reason = work.seal(&scope, "AnswerDueMoved", "reason", &reason).await?;
    let token = Some(act(work, idea, Action::MoveAnswerDue { answer_due, reason }).await?);
    Ok(pb::MoveAnswerDueResponse { token })
}

pub(super) async fn request_clarification(
    desk: &Desk,
    request: pb::RequestClarificationRequest,
) -> Result<pb::RequestClarificationResponse, Status> {
    let (mut form, idea) = on_idea(
        desk,
        "RequestClarification",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let question = form.text("question", &request.question, LONG);
    let (mut work, idea) = form.finish(idea)?;
    let scope = Scope::Idea(idea);
    let question = work
        .seal(&scope, "ClarificationRequested", "question", &question)
        .await?;
    let token = Some(act(work, idea, Action::Ask(question)).await?);
    Ok(pb::RequestClarificationResponse { token })
}

pub(super) async fn suggest_similar_ideas(
    desk: &Desk,
    request: pb::SuggestSimilarIdeasRequest,
) -> Result<pb::SuggestSimilarIdeasResponse, Status> {
    let (mut form, idea) = on_idea(
        desk,
        "SuggestSimilarIdeas",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let similar = form.ids("similar", &request.similar, 1..=10);
    let (work, (idea, similar)) = form.finish(idea.zip(similar))?;
    let token = Some(act(work, idea, Action::SuggestSimilar(similar)).await?);
    Ok(pb::SuggestSimilarIdeasResponse { token })
}

pub(super) async fn approve_brief(
    desk: &Desk,
    request: pb::ApproveBriefRequest,
) -> Result<pb::ApproveBriefResponse, Status> {
    let (mut form, idea) = on_idea(desk, "ApproveBrief", &request, request.command.as_ref(), &request.idea);
    let title = form.text("title", &request.title, TITLE);
    let problem = form.text("problem", &request.problem, MAYBE_LONG);
    let proposal = form.text("proposal", &request.proposal, MAYBE_LONG);
    let expected_benefit = form.text("expected_benefit", &request.expected_benefit, MAYBE_LONG);
    let (mut work, id) = form.finish(idea)?;
    let stream = StreamName::idea(id);
    // A text is bound to the type of event that it stands in, so which it will be is looked up first.
    let loaded = desk.engine.load(std::slice::from_ref(&stream)).await?;
    let replaces = loaded.state::<Ideas>(&stream).brief.is_some();
    let name = if replaces { "BriefReplaced" } else { "BriefApproved" };
    let fields = [
        ("title", title.as_str()),
        ("problem", &problem),
        ("proposal", &proposal),
        ("expected_benefit", &expected_benefit),
    ];
    let texts = work.seal_fields(&Scope::Brief(id), name, &fields).await?;
    let command = IdeaCommand {
        idea: id,
        actor: work.actor().clone(),
        today: work.today(),
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
    let token = Some(work.run(std::slice::from_ref(&stream), decide).await?);
    Ok(pb::ApproveBriefResponse { token })
}

pub(super) async fn accept_idea(desk: &Desk, request: pb::AcceptIdeaRequest) -> Result<pb::AcceptIdeaResponse, Status> {
    let (form, idea) = on_idea(desk, "AcceptIdea", &request, request.command.as_ref(), &request.idea);
    let (work, idea) = form.finish(idea)?;
    let token = Some(act(work, idea, Action::Accept).await?);
    Ok(pb::AcceptIdeaResponse { token })
}

pub(super) async fn hand_to_line(
    desk: &Desk,
    request: pb::HandToLineRequest,
) -> Result<pb::HandToLineResponse, Status> {
    let (mut form, idea) = on_idea(desk, "HandToLine", &request, request.command.as_ref(), &request.idea);
    let unit = form.text("unit", &request.unit, SHORT);
    let responsible = form.text("responsible", &request.responsible, SHORT);
    let due = form.date("due", &request.due);
    let (mut work, (idea, due)) = form.finish(idea.zip(due))?;
    let (scope, name) = (Scope::Idea(idea), "IdeaHandedToLine");
    let unit = work.seal(&scope, name, "unit", &unit).await?;
    let responsible = work.seal(&scope, name, "responsible", &responsible).await?;
    let action = Action::HandToLine(HandToLine { unit, responsible, due });
    let token = Some(act(work, idea, action).await?);
    Ok(pb::HandToLineResponse { token })
}

pub(super) async fn refer_idea(desk: &Desk, request: pb::ReferIdeaRequest) -> Result<pb::ReferIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "ReferIdea", &request, request.command.as_ref(), &request.idea);
    let receiver = form.organisation("receiver", &request.receiver);
    if receiver
        .as_ref()
        .is_some_and(|receiver| desk.directory.organisation(receiver).is_none())
    {
        form.problem("receiver", "choose one of the organisations that have a sluice here");
    }
    let secrecy_check = form.chosen("secrecy_check", read_secrecy_check(request.secrecy_check()));
    let (work, ((idea, receiver), secrecy_check)) = form.finish(idea.zip(receiver).zip(secrecy_check))?;
    // Sent there again after it came back, it is a new idea there.
    let seed = format!("received/{receiver}/{}", work.event_id("IdeaReferred"));
    let received_as = IdeaId(Uuid::new_v5(&idea.0, seed.as_bytes()));
    let action = Action::Refer(Refer {
        receiver,
        secrecy_check,
        submitter_told: request.submitter_told,
        received_as,
    });
    let token = Some(act(work, idea, action).await?);
    Ok(pb::ReferIdeaResponse {
        token,
        received_as: received_as.to_string(),
    })
}

pub(super) async fn decline_idea(
    desk: &Desk,
    request: pb::DeclineIdeaRequest,
) -> Result<pb::DeclineIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "DeclineIdea", &request, request.command.as_ref(), &request.idea);
    let reason = form.chosen("reason", read_decline_reason(request.reason()));
    let text = form.text("text", &request.text, LONG);
    let instead = form.text("instead", &request.instead, MAYBE_LONG);
    let (mut work, (idea, reason)) = form.finish(idea.zip(reason))?;
    let (scope, name) = (Scope::Idea(idea), "IdeaDeclined");
    let text = work.seal(&scope, name, "text", &text).await?;
    let instead = work.seal_if_any(&scope, name, "instead", &instead).await?;
    let token = Some(act(work, idea, Action::Decline(Decline { reason, text, instead })).await?);
    Ok(pb::DeclineIdeaResponse { token })
}
