//! Ideas that go on elsewhere: with another organisation, or together with another idea.

use super::{Answer, Submission, act_with};
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Idea, Refer};
use idesluss_domain::words::{Actor, IdeaId, OrganisationId};
use idesluss_engine::PendingCommand;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::{LinkDuplicate, ReferIdea};
use idesluss_proto::{Problem, Reader};
use uuid::Uuid;

/// The receiver is one of the organisations that have a sluice here.
pub(super) fn check(submission: &Submission, _: Option<&Actor>, request: &pb::ReferIdeaRequest, reader: &mut Reader) {
    let receiver = request.receiver.trim().parse::<OrganisationId>();
    if receiver.is_ok_and(|receiver| submission.context.directory.organisation(&receiver).is_none()) {
        reader.problem("receiver", Problem::UnknownOrganisation);
    }
}

pub(super) async fn refer(_: Submission, pending: PendingCommand, command: ReferIdea) -> Answer<pb::ReferIdeaRequest> {
    let ReferIdea {
        idea,
        receiver,
        secrecy_check,
        submitter_told,
    } = command;
    // Sent there again after it came back, it is a new idea there.
    let seed = format!("received/{receiver}/{}", pending.event_id("IdeaReferred"));
    let received_as = IdeaId(Uuid::new_v5(&idea.0, seed.as_bytes()));
    let action = Action::Refer(Refer {
        receiver,
        secrecy_check,
        submitter_told,
        received_as,
    });
    Ok(pb::ReferIdeaResponse {
        token: Some(pending.carry_out::<Ideas>(idea, action).await?),
        received_as: received_as.to_string(),
    })
}

pub(super) async fn link_duplicate(
    _: Submission,
    pending: PendingCommand,
    command: LinkDuplicate,
) -> Answer<pb::LinkDuplicateRequest> {
    let LinkDuplicate { idea, of, consented } = command;
    let token = act_with(pending, idea, Some(of), |other: Option<&Idea>| {
        Action::LinkAsDuplicate {
            of,
            home: other.and_then(|other| other.organisation().cloned()),
            consented,
        }
    });
    Ok(token.await?.into())
}
