//! Organisations: what they are, what they promise, and their lists of codes.

use super::{Answer, Identity};
use idesluss_domain::identity::OrganisationsRules;
use idesluss_domain::identity::organisations::{OrganisationAction, OrganisationCommand, OrganisationHead, RULES};
use idesluss_domain::rights::offered;
use idesluss_domain::words::{OrganisationId, StreamName};
use idesluss_engine::{Asker, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::{AdoptCodes, ChangeOrganisation, ListOrganisations, RegisterOrganisation};
use tonic::Status;
use uuid::Uuid;

/// What belongs to no idea is about its own stream.
pub(crate) fn about(stream: &StreamName) -> Uuid {
    Uuid::new_v5(&Uuid::nil(), stream.as_str().as_bytes())
}

async fn act(
    pending: PendingCommand,
    organisation: OrganisationId,
    action: OrganisationAction,
) -> Result<Token, Status> {
    let stream = StreamName::organisations(&pending.context().instance);
    let command = OrganisationCommand {
        organisation,
        actor: pending.actor().clone(),
        action,
    };
    let about = about(&stream);
    pending.decide::<OrganisationsRules>(stream, about, command).await
}

pub(super) async fn register(
    _: Identity,
    pending: PendingCommand,
    command: RegisterOrganisation,
) -> Answer<pb::RegisterOrganisationRequest> {
    let action = OrganisationAction::Register(command.settings.into());
    Ok(act(pending, command.organisation, action).await?.into())
}

pub(super) async fn change(
    _: Identity,
    pending: PendingCommand,
    command: ChangeOrganisation,
) -> Answer<pb::ChangeOrganisationRequest> {
    let own = pending.actor().organisation.clone();
    let action = OrganisationAction::Change(command.settings.into());
    Ok(act(pending, own, action).await?.into())
}

pub(super) async fn adopt_codes(
    _: Identity,
    pending: PendingCommand,
    command: AdoptCodes,
) -> Answer<pb::AdoptCodesRequest> {
    let codes = command.codes.into_iter().map(Into::into).collect();
    let own = pending.actor().organisation.clone();
    let action = OrganisationAction::AdoptCodes(command.list, codes);
    Ok(act(pending, own, action).await?.into())
}

pub(super) async fn list(
    identity: Identity,
    asker: Asker,
    _: ListOrganisations,
) -> Answer<pb::ListOrganisationsRequest> {
    identity.context.wait(&asker).await?;
    let organisations = identity.context.organisations().await?;
    let shown = organisations.all.values().map(|organisation| {
        let head = OrganisationHead(Some(organisation.id.clone()));
        pb::Organisation {
            actions: offered(RULES, asker.actor(), &head),
            ..pb::Organisation::from(organisation)
        }
    });
    Ok(pb::ListOrganisationsResponse {
        organisations: shown.collect(),
    })
}
