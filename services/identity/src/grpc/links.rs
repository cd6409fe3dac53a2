//! Private links: whether an organisation takes ideas by them, and what is done with one.

use super::organisations::act;
use super::{Answer, Identity};
use crate::links::{Asked, Opened};
use idesluss_domain::identity::organisations::OrganisationAction;
use idesluss_domain::identity::private_link::LinkAction;
use idesluss_domain::words::{OrganisationId, PersonId};
use idesluss_engine::{MemberCall, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::{AllowPrivateLinks, ClaimLink, RenewLink, RevokeLink, StopPrivateLinks};
use idesluss_proto::status::{Reason, refuse};
use tonic::Status;

pub(super) async fn allow(
    _: Identity,
    pending: PendingCommand,
    command: AllowPrivateLinks,
) -> Answer<pb::AllowPrivateLinksRequest> {
    let own = pending.actor().organisation.clone();
    // What is more than the contract lets in was refused before.
    let most = u16::try_from(command.ideas_per_day).unwrap_or(u16::MAX);
    Ok(act(pending, own, OrganisationAction::AllowPrivateLinks(most))
        .await?
        .into())
}

pub(super) async fn stop(
    _: Identity,
    pending: PendingCommand,
    _: StopPrivateLinks,
) -> Answer<pb::StopPrivateLinksRequest> {
    let own = pending.actor().organisation.clone();
    Ok(act(pending, own, OrganisationAction::StopPrivateLinks).await?.into())
}

/// A hash or a secret. Errors: it is none.
fn bytes(sent: &[u8]) -> Result<[u8; 32], Status> {
    sent.try_into().map_err(|_| refuse(Reason::BadLink))
}

pub(super) async fn begin(identity: Identity, call: MemberCall<pb::BeginLinkRequest>) -> Answer<pb::BeginLinkRequest> {
    let pb::BeginLinkRequest { organisation, hash } = call.request;
    let organisation: OrganisationId = organisation.parse().map_err(|_| refuse(Reason::NoPrivateLinks))?;
    let kept = identity.links.begin(organisation, bytes(&hash)?).await?;
    Ok(pb::BeginLinkResponse { kept })
}

pub(super) async fn make(identity: Identity, call: MemberCall<pb::MakeLinkRequest>) -> Answer<pb::MakeLinkRequest> {
    let pb::MakeLinkRequest { kept, hash, browser } = call.request;
    let Opened { begun, idea, token } = identity.links.make(&kept, bytes(&hash)?, browser).await?;
    Ok(pb::MakeLinkResponse {
        token,
        session: begun.secret.to_vec(),
        idea: idea.to_string(),
    })
}

pub(super) async fn open(identity: Identity, call: MemberCall<pb::OpenLinkRequest>) -> Answer<pb::OpenLinkRequest> {
    let pb::OpenLinkRequest {
        secret,
        browser,
        replaces,
    } = call.request;
    let Opened { begun, idea, token } = identity.links.open(&secret, browser, &replaces).await?;
    Ok(pb::OpenLinkResponse {
        token,
        session: begun.secret.to_vec(),
        idea: idea.to_string(),
    })
}

pub(super) async fn confirm(
    identity: Identity,
    call: MemberCall<pb::ConfirmLinkRequest>,
) -> Answer<pb::ConfirmLinkRequest> {
    let pb::ConfirmLinkRequest { link, organisation } = call.request;
    let (Ok(holder), Ok(organisation)) = (link.parse::<PersonId>(), organisation.parse::<OrganisationId>()) else {
        return Err(refuse(Reason::BadLink));
    };
    identity.links.confirm(holder, &organisation).await?;
    Ok(pb::ConfirmLinkResponse { token: None })
}

/// Does something with one's own link.
async fn act_on(
    identity: &Identity,
    pending: PendingCommand,
    whose: (PersonId, OrganisationId),
    action: LinkAction,
) -> Result<Token, Status> {
    let asked = Asked::of(&identity.context, pending.actor().clone(), whose, action);
    pending.run(&asked.streams(), |loaded| asked.decide(loaded)).await
}

fn own(pending: &PendingCommand) -> (PersonId, OrganisationId) {
    let actor = pending.actor();
    (actor.person, actor.organisation.clone())
}

pub(super) async fn renew(
    identity: Identity,
    pending: PendingCommand,
    command: RenewLink,
) -> Answer<pb::RenewLinkRequest> {
    let own = own(&pending);
    let holder = own.0;
    let token = act_on(&identity, pending, own, LinkAction::Renew).await?;
    // After it stands in the journal: where this is interrupted the old link holds, and the same command goes on with it.
    let ended = identity.links.renew(holder, command.hash.0).await?;
    Ok(ended.unwrap_or(token).into())
}

pub(super) async fn revoke(
    identity: Identity,
    pending: PendingCommand,
    _: RevokeLink,
) -> Answer<pb::RevokeLinkRequest> {
    let own = own(&pending);
    let holder = own.0;
    let token = act_on(&identity, pending, own, LinkAction::Revoke).await?;
    let ended = identity.links.end(holder).await?;
    Ok(ended.unwrap_or(token).into())
}

pub(super) async fn claim(
    identity: Identity,
    pending: PendingCommand,
    command: ClaimLink,
) -> Answer<pb::ClaimLinkRequest> {
    let whose = identity.links.whose(&command.secret.0).await?;
    let holder = whose.0;
    let token = act_on(&identity, pending, whose, LinkAction::Claim).await?;
    let ended = identity.links.end(holder).await?;
    Ok(pb::ClaimLinkResponse {
        token: Some(ended.unwrap_or(token)),
        link: holder.to_string(),
    })
}
