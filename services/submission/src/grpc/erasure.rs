//! Erasure of an idea's texts. What was received is erased after the idea that it came from.

use super::{Answer, Submission, act_with};
use crate::{SERVICE, service};
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, DecideErasure as Decide, Idea};
use idesluss_domain::words::{IdeaId, StreamName};
use idesluss_engine::PendingCommand;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::{DecideErasure, RequestErasure};
use tonic::Status;

pub(super) async fn request(
    _: Submission,
    mut pending: PendingCommand,
    command: RequestErasure,
) -> Answer<pb::RequestErasureRequest> {
    let origin = origin(&mut pending, command.idea).await?;
    let token = act_with(pending, command.idea, &origin, |origin| Action::RequestErasure {
        origin_erased: origin.first().is_some_and(Idea::is_erased),
    });
    Ok(token.await?.into())
}

pub(super) async fn decide(
    _: Submission,
    mut pending: PendingCommand,
    command: DecideErasure,
) -> Answer<pb::DecideErasureRequest> {
    let DecideErasure { idea, basis } = command;
    let origin = origin(&mut pending, idea).await?;
    let token = act_with(pending, idea, &origin, |origin| {
        Action::DecideErasure(Decide {
            basis: basis.clone(),
            // Those that may hold a copy of its texts.
            services: vec![service(SERVICE.name), service("evaluation")],
            origin_erased: origin.first().is_some_and(Idea::is_erased),
        })
    });
    Ok(token.await?.into())
}

/// Where an idea was received from, if it was: that never changes.
async fn origin(pending: &mut PendingCommand, idea: IdeaId) -> Result<Vec<IdeaId>, Status> {
    let stream = StreamName::idea(idea);
    let loaded = pending.load(std::slice::from_ref(&stream)).await?;
    let received = loaded.state::<Ideas>(&stream).received;
    Ok(received.map(|received| received.origin).into_iter().collect())
}
