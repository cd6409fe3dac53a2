//! Calls (utlysningar).

use super::{LONG, MAYBE_LONG, TITLE};
use idesluss_domain::submission::Calls;
use idesluss_domain::submission::call::{CallAction, CallCommand};
use idesluss_domain::words::{CallId, IdeaId, StreamName};
use idesluss_engine::{Desk, Work};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::submission as pb;
use idesluss_vault::Scope;
use tonic::Status;

/// A call's texts are sealed like an idea's, under a key of their own.
fn scope(call: CallId) -> Scope {
    Scope::Idea(IdeaId(call.0))
}

async fn act(work: Work, call: CallId, action: CallAction) -> Result<Token, Status> {
    let command = CallCommand {
        call,
        actor: work.actor().clone(),
        today: work.today(),
        action,
    };
    work.decide::<Calls>(StreamName::call(call), call.0, command).await
}

pub(super) async fn open_call(desk: &Desk, request: pb::OpenCallRequest) -> Result<pb::OpenCallResponse, Status> {
    let mut form = desk.form("OpenCall", &request, request.command.as_ref());
    let call = form.id("call", &request.call);
    let title = form.text("title", &request.title, TITLE);
    let need = form.text("need", &request.need, LONG);
    let resources = form.text("resources", &request.resources, LONG);
    let until = form.date_if_any("until", &request.until);
    let (mut work, call) = form.finish(call)?;
    let fields = [("title", title.as_str()), ("need", &need), ("resources", &resources)];
    let texts = work.seal_fields(&scope(call), "CallOpened", &fields).await?;
    let token = Some(act(work, call, CallAction::Open { texts, until }).await?);
    Ok(pb::OpenCallResponse { token })
}

pub(super) async fn close_call(desk: &Desk, request: pb::CloseCallRequest) -> Result<pb::CloseCallResponse, Status> {
    let mut form = desk.form("CloseCall", &request, request.command.as_ref());
    let call = form.id("call", &request.call);
    let outcome = form.text("outcome", &request.outcome, MAYBE_LONG);
    let (mut work, call) = form.finish(call)?;
    let outcome = work
        .seal_if_any(&scope(call), "CallClosed", "outcome", &outcome)
        .await?;
    let token = Some(act(work, call, CallAction::Close(outcome)).await?);
    Ok(pb::CloseCallResponse { token })
}
