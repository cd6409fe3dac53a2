//! Calls (utlysningar).

use super::{LONG, MAYBE_LONG, TITLE};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::Calls;
use idesluss_domain::submission::call::{CallAction, CallCommand, CallRejection};
use idesluss_domain::words::{CallId, IdeaId, StreamName};
use idesluss_engine::{CommandContext, Decided, Loaded, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::submission as pb;
use idesluss_runtime::report_refusal;
use idesluss_vault::Scope;
use tonic::Status;

async fn act(pending: PendingCommand, call: CallId, action: CallAction) -> Result<Token, Status> {
    let command = CallCommand {
        call,
        actor: pending.actor().clone(),
        today: pending.today(),
        action,
    };
    let stream = StreamName::call(call);
    // An id stands for one thing: whatever is looked up by it, or erased, is that thing's alone.
    let idea = StreamName::idea(IdeaId(call.0));
    let decide = |loaded: &Loaded| {
        if loaded.exists(&idea) && !loaded.exists(&stream) {
            report_refusal(super::ID_TAKEN);
            return Err(CallRejection::OtherCall.into());
        }
        let events = Calls::decide(&command, &loaded.state::<Calls>(&stream))?;
        Ok(vec![Decided::of(&stream, call.0, events)])
    };
    pending.run(&[stream.clone(), idea.clone()], decide).await
}

pub(super) async fn open_call(
    context: &CommandContext,
    request: pb::OpenCallRequest,
) -> Result<pb::OpenCallResponse, Status> {
    let mut reader = context.reader("OpenCall", &request, request.command.as_ref());
    let call = reader.id("call", &request.call);
    let title = reader.text("title", &request.title, TITLE);
    let need = reader.text("need", &request.need, LONG);
    let resources = reader.text("resources", &request.resources, LONG);
    let until = reader.date_if_any("until", &request.until);
    let (mut pending, call) = reader.finish(call)?;
    let fields = [("title", title.as_str()), ("need", &need), ("resources", &resources)];
    let texts = pending.seal_fields(&Scope::Call(call), "CallOpened", &fields).await?;
    let token = Some(act(pending, call, CallAction::Open { texts, until }).await?);
    Ok(pb::OpenCallResponse { token })
}

pub(super) async fn close_call(
    context: &CommandContext,
    request: pb::CloseCallRequest,
) -> Result<pb::CloseCallResponse, Status> {
    let mut reader = context.reader("CloseCall", &request, request.command.as_ref());
    let call = reader.id("call", &request.call);
    let outcome = reader.text("outcome", &request.outcome, MAYBE_LONG);
    let (mut pending, call) = reader.finish(call)?;
    let outcome = pending
        .seal_if_any(&Scope::Call(call), "CallClosed", "outcome", &outcome)
        .await?;
    let token = Some(act(pending, call, CallAction::Close(outcome)).await?);
    Ok(pb::CloseCallResponse { token })
}
