//! Organisations: what they are, what they promise, and their lists of codes.

use super::{Answer, Identity};
use crate::views::{self, TermsRow};
use idesluss_domain::Decider as _;
use idesluss_domain::identity::look::Look;
use idesluss_domain::identity::organisations::{
    Administrators, OrganisationAction, OrganisationCommand, OrganisationHead, RULES,
};
use idesluss_domain::identity::{Grants, OrganisationsRules};
use idesluss_domain::rights::offered;
use idesluss_domain::words::{AggregateId as _, GrantId, OrganisationId, PersonId, Role, StreamName};
use idesluss_engine::{Asker, Decided, Loaded, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::{
    AdoptCodes, AdoptTerms, ChangeLook, ChangeOrganisation, ConfirmRoles, GetTerms, ListOrganisations,
    RegisterOrganisation,
};
use idesluss_proto::write_organisation;
use tonic::Status;
use uuid::Uuid;

/// What belongs to no idea is about its own stream.
pub(crate) fn about(stream: &StreamName) -> Uuid {
    Uuid::new_v5(&Uuid::nil(), stream.as_str().as_bytes())
}

pub(super) async fn act(
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

pub(super) async fn adopt_terms(
    _: Identity,
    pending: PendingCommand,
    command: AdoptTerms,
) -> Answer<pb::AdoptTermsRequest> {
    let own = pending.actor().organisation.clone();
    let action = OrganisationAction::AdoptTerms(command.terms.into());
    Ok(act(pending, own, action).await?.into())
}

pub(super) async fn change_look(
    _: Identity,
    pending: PendingCommand,
    command: ChangeLook,
) -> Answer<pb::ChangeLookRequest> {
    let own = pending.actor().organisation.clone();
    let action = OrganisationAction::ChangeLook(Look {
        colour: command.colour,
        logo: command.logo,
    });
    Ok(act(pending, own, action).await?.into())
}

/// Lets the organisation's roles of before count again, those of its administrators too: all that were not taken back since.
pub(super) async fn confirm_roles(
    identity: Identity,
    pending: PendingCommand,
    _: ConfirmRoles,
) -> Answer<pb::ConfirmRolesRequest> {
    let stream = StreamName::organisations(&pending.context().instance);
    let own = pending.actor().organisation.clone();
    let known = identity.context.organisations().await?;
    let suspended = known.get(&own).map(|known| known.suspended.clone()).unwrap_or_default();
    let grant = |person: &PersonId| GrantId::of(*person, &own, Role::Administrator).stream();
    let streams: Vec<StreamName> = std::iter::once(stream.clone())
        .chain(suspended.0.keys().map(grant))
        .collect();
    let actor = pending.actor().clone();
    let decide = |loaded: &Loaded| {
        let still = |person: &PersonId| {
            let held = loaded.state::<Grants>(&grant(person)).held?;
            Some((*person, held.from))
        };
        let command = OrganisationCommand {
            organisation: own.clone(),
            actor: actor.clone(),
            action: OrganisationAction::ConfirmRoles {
                administrators: Administrators(suspended.0.keys().filter_map(still).collect()),
            },
        };
        let events = OrganisationsRules::decide(&command, &loaded.state::<OrganisationsRules>(&stream))?;
        Ok(vec![Decided::of(&stream, about(&stream), events)])
    };
    Ok(pending.run(&streams, decide).await?.into())
}

pub(super) async fn list(
    identity: Identity,
    asker: Asker,
    _: ListOrganisations,
) -> Answer<pb::ListOrganisationsRequest> {
    identity.context.wait(&asker).await?;
    let organisations = identity.context.organisations().await?;
    let today = identity.today();
    let shown = organisations.all.values().map(|organisation| {
        let head = OrganisationHead::of(&organisations, &organisation.id);
        pb::Organisation {
            actions: offered(RULES, asker.actor(), &head),
            ..write_organisation(organisation, today)
        }
    });
    Ok(pb::ListOrganisationsResponse {
        organisations: shown.collect(),
    })
}

/// So many versions of an organisation's terms are told of.
const MOST_VERSIONS: u32 = 200;

pub(super) async fn get_terms(identity: Identity, asker: Asker, asked: GetTerms) -> Answer<pb::GetTermsRequest> {
    let GetTerms { organisation, version } = asked;
    let ask = move |conn: &rusqlite::Connection| views::terms(conn, organisation.as_str(), version, MOST_VERSIONS);
    let ((versions, adopted), _) = identity.people.query(asker.after.as_ref(), ask).await?;
    let about = |row: TermsRow| pb::TermsVersion {
        version: row.version,
        adopted_at: row.adopted_at,
        adopted_by: row.adopted_by,
        terms: row.said.map(|[sv, en]| pb::Terms { sv, en }),
    };
    Ok(pb::GetTermsResponse {
        adopted: adopted.map(about),
        versions: versions.into_iter().map(about).collect(),
    })
}
