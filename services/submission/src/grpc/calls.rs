//! Calls (utlysningar).

use super::{Answer, Submission};
use idesluss_domain::submission::Calls;
use idesluss_domain::submission::call::{CallAction, CallRejection};
use idesluss_domain::words::{CallId, IdeaId, StreamName};
use idesluss_engine::{Decided, Loaded, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::{CloseCall, OpenCall};
use idesluss_runtime::report_refusal;
use tonic::Status;

pub(super) async fn open(_: Submission, pending: PendingCommand, command: OpenCall) -> Answer<pb::OpenCallRequest> {
    let OpenCall { call, texts, until } = command;
    Ok(act(pending, call, CallAction::Open { texts, until }).await?.into())
}

pub(super) async fn close(_: Submission, pending: PendingCommand, command: CloseCall) -> Answer<pb::CloseCallRequest> {
    Ok(act(pending, command.call, CallAction::Close(command.outcome))
        .await?
        .into())
}

async fn act(pending: PendingCommand, call: CallId, action: CallAction) -> Result<Token, Status> {
    let act = pending.act(call, action);
    let stream = StreamName::call(call);
    // An id stands for one thing: whatever is looked up by it, or erased, is that thing's alone.
    let idea = StreamName::idea(IdeaId(call.0));
    let decide = |loaded: &Loaded| {
        if loaded.exists(&idea) && !loaded.exists(&stream) {
            report_refusal(super::ID_TAKEN);
            return Err(CallRejection::OtherCall.into());
        }
        Ok(vec![Decided::by::<Calls>(&act, loaded, call.0)?])
    };
    pending.run(&[stream.clone(), idea.clone()], decide).await
}
