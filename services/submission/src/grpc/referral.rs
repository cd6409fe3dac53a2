//! Ideas that go on elsewhere: with another organisation, or together with another idea.

use super::{Answer, Submission, act, act_with};
use idesluss_domain::submission::idea::{Action, Idea, Refer};
use idesluss_domain::words::IdeaId;
use idesluss_engine::PendingCommand;
use idesluss_proto::Problem;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::{LinkDuplicate, ReferIdea, SupersedeIdea};
use idesluss_proto::status::invalid_field;

pub(super) async fn refer(
    submission: Submission,
    pending: PendingCommand,
    command: ReferIdea,
) -> Answer<pb::ReferIdeaRequest> {
    let ReferIdea {
        idea,
        receiver,
        secrecy_check,
        submitter_told,
    } = command;
    // The receiver is one of the organisations that have a sluice here.
    if submission.context.organisation(&receiver).await?.is_none() {
        return Err(invalid_field("receiver", Problem::UnknownOrganisation));
    }
    // Sent there again after it came back, it is a new idea there; and nobody has begun something else under its id before.
    let seed = format!("received/{idea}/{receiver}/{}", pending.event_id("IdeaReferred"));
    let received_as = IdeaId(pending.context().engine.own_id(&seed));
    let action = Action::Refer(Refer {
        receiver,
        secrecy_check,
        submitter_told,
        received_as,
    });
    Ok(pb::ReferIdeaResponse {
        token: Some(act(pending, idea, action).await?),
        received_as: received_as.to_string(),
    })
}

pub(super) async fn link_duplicate(
    _: Submission,
    pending: PendingCommand,
    command: LinkDuplicate,
) -> Answer<pb::LinkDuplicateRequest> {
    let LinkDuplicate { idea, of, consented } = command;
    let original = [of];
    let token = act_with(pending, idea, &original, |other| Action::LinkAsDuplicate {
        of,
        home: other.first().and_then(Idea::goes_on_in).cloned(),
        consented,
    });
    Ok(token.await?.into())
}

pub(super) async fn supersede(
    _: Submission,
    pending: PendingCommand,
    command: SupersedeIdea,
) -> Answer<pb::SupersedeIdeaRequest> {
    let SupersedeIdea { idea, by } = command;
    let token = act_with(pending, idea, &by, |others| Action::Supersede {
        by: by.clone(),
        homes: others.iter().map(|other| other.organisation().cloned()).collect(),
    });
    Ok(token.await?.into())
}
