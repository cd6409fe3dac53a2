//! Who holds which role.

use super::organisations::about;
use super::{Answer, Identity};
use idesluss_domain::Decider as _;
use idesluss_domain::identity::grant::{GrantAction, GrantCommand};
use idesluss_domain::identity::organisations::AdministratorsChanged;
use idesluss_domain::identity::{Grants, OrganisationEvent, OrganisationsRules};
use idesluss_domain::words::{AggregateId as _, GrantId, OrganisationId, PersonId, Rejection, Role, StreamName};
use idesluss_engine::{Decided, Loaded, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::{GrantRole, NameAdministrator, RevokeRole};
use tonic::Status;

pub(super) async fn grant(_: Identity, pending: PendingCommand, command: GrantRole) -> Answer<pb::GrantRoleRequest> {
    let action = GrantAction::Grant {
        from: command.from.unwrap_or_else(|| pending.today()),
        until: command.until,
        substitute_for: command.substitute_for,
    };
    let own = pending.actor().organisation.clone();
    Ok(act(pending, command.person, own, command.role, action).await?.into())
}

pub(super) async fn revoke(_: Identity, pending: PendingCommand, command: RevokeRole) -> Answer<pb::RevokeRoleRequest> {
    let own = pending.actor().organisation.clone();
    Ok(act(pending, command.person, own, command.role, GrantAction::Revoke)
        .await?
        .into())
}

pub(super) async fn name_administrator(
    _: Identity,
    pending: PendingCommand,
    command: NameAdministrator,
) -> Answer<pb::NameAdministratorRequest> {
    let action = GrantAction::NameAdministrator;
    Ok(act(
        pending,
        command.person,
        command.organisation,
        Role::Administrator,
        action,
    )
    .await?
    .into())
}

async fn act(
    pending: PendingCommand,
    person: PersonId,
    organisation: OrganisationId,
    role: Role,
    action: GrantAction,
) -> Result<Token, Status> {
    let asked = Asked {
        organisations: StreamName::organisations(&pending.context().instance),
        command: GrantCommand {
            actor: pending.actor().clone(),
            today: pending.today(),
            person,
            organisation,
            role,
            is_known: false,
            absent: None,
            administrators: None,
            round: 0,
            action,
        },
    };
    let streams = asked.streams();
    pending.run(&streams, |loaded| asked.decide(loaded)).await
}

/// What is asked for, before it is known what stands around it.
pub(crate) struct Asked {
    pub(crate) organisations: StreamName,
    pub(crate) command: GrantCommand,
}

impl Asked {
    /// What it is decided on.
    pub(crate) fn streams(&self) -> Vec<StreamName> {
        let mut streams = vec![self.command.id().stream(), self.organisations.clone()];
        streams.push(self.command.person.stream());
        // Nobody stands in for themselves, which is refused.
        let absent = self
            .command
            .absent_grant()
            .filter(|absent| *absent != self.command.id());
        streams.extend(absent.map(|absent| absent.stream()));
        streams
    }

    /// The grant's own events, and who administers the organisation from then on. All of the streams are loaded.
    pub(crate) fn decide(&self, loaded: &Loaded) -> Result<Vec<Decided>, Rejection> {
        let grant: GrantId = self.command.id();
        let organisations = loaded.state::<OrganisationsRules>(&self.organisations);
        let known = organisations.get(&self.command.organisation);
        let command = GrantCommand {
            // All who come in by a provider are nobody in particular.
            is_known: (self.command.person == PersonId::members_of(&self.command.organisation)
                && matches!(
                    self.command.action,
                    GrantAction::GrantByGroup | GrantAction::RevokeByGroup
                ))
                || loaded.exists(&self.command.person.stream()),
            absent: (self.command.absent_grant()).and_then(|absent| loaded.state::<Grants>(&absent.stream()).held),
            administrators: known.map(|known| known.administrators.clone()),
            round: organisations.round,
            ..self.command.clone()
        };
        let events = Grants::decide(&command, &loaded.state::<Grants>(&grant.stream()))?;
        let after = command.administrators_after(&events);
        let mut decided = vec![Decided::of(&grant.stream(), grant.0, events)];
        if let Some(administrators) = after {
            let changed = AdministratorsChanged {
                organisation: command.organisation,
                administrators,
            };
            let changed = vec![OrganisationEvent::from(changed)];
            decided.push(Decided::of(&self.organisations, about(&self.organisations), changed));
        }
        Ok(decided)
    }
}
