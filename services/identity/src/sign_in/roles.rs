//! What whoever has signed in may act as.

use super::SignIn;
use crate::mapped::is_good_enough;
use crate::sessions::Way;
use crate::views::{self, OwnRoleRow};
use idesluss_domain::identity::People;
use idesluss_domain::words::{Actor, OrganisationId, PersonId, Role};
use idesluss_engine::ExecuteError;
use idesluss_proto::pb::command as pb;
use std::collections::BTreeSet;

/// A role that somebody may act in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OwnRole {
    pub(crate) organisation: OrganisationId,
    pub(crate) role: Role,
    pub(crate) substitute_for: Option<PersonId>,
}

impl SignIn {
    /// The roles that somebody may act in today who has signed in so.
    pub(crate) async fn roles(&self, person: PersonId, way: &Way) -> Result<Vec<OwnRole>, ExecuteError> {
        match self.is_theirs(person, way).await? {
            true => self.roles_of(person, way).await,
            false => Ok(Vec::new()),
        }
    }

    /// Those that they could act in, if the way was theirs.
    pub(crate) async fn roles_of(&self, person: PersonId, way: &Way) -> Result<Vec<OwnRole>, ExecuteError> {
        let today = self.context.engine.clock().today();
        self.people.catch_up().await?;
        let (rows, _) = self
            .people
            .query(None, move |conn| views::own_roles(conn, person, today))
            .await?;
        let read = |row: OwnRoleRow| {
            Some(OwnRole {
                organisation: row.organisation.parse().ok()?,
                role: Role::try_from(pb::Role::try_from(row.role).ok()?).ok()?,
                substitute_for: row.substitute_for.and_then(|away| away.parse().ok()),
            })
        };
        let mut found: BTreeSet<OwnRole> = rows.into_iter().filter_map(read).collect();
        let organisations = self.context.organisations().await?;
        for organisation in organisations.all.keys() {
            let submits = OwnRole {
                organisation: organisation.clone(),
                role: Role::Submitter,
                substitute_for: None,
            };
            let has_it = found
                .iter()
                .any(|own| own.organisation == *organisation && own.role == Role::Submitter);
            if !has_it && self.mapped.lets_submit(person, organisation).await? {
                found.insert(submits);
            }
        }
        let mut held = Vec::new();
        for own in found {
            let actor = Actor {
                person,
                organisation: own.organisation.clone(),
                role: own.role,
            };
            if self.context.engine.holds(&actor).await? && self.is_good_enough(&actor, way).await? {
                held.push(own);
            }
        }
        Ok(held)
    }

    /// Whether somebody may come in so: by a provider that is set up and whose account is still theirs; with an account of here in which nothing has changed
    /// since, as long as those of their home have one.
    async fn is_theirs(&self, person: PersonId, way: &Way) -> Result<bool, ExecuteError> {
        match way {
            Way::Trusted | Way::Code | Way::Link => Ok(true),
            Way::Provider(at) => {
                let is_set_up = self.providers.iter().any(|provider| provider.key() == at.key);
                Ok(is_set_up && self.linked_to(at.account).await? == Some(person))
            }
            Way::Local(generation) => {
                let account = self.accounts.of(person).await?;
                let is_it = account.filter(|account| account.generation == *generation);
                Ok(is_it.is_some_and(|account| self.providers.local.organisations.contains(&account.home)))
            }
        }
    }

    /// Whether whoever has come in so has done it as well as an organisation demands; by a code, as whoever administers it and nothing else; by a
    /// private link, as whoever has it.
    async fn is_good_enough(&self, actor: &Actor, way: &Way) -> Result<bool, ExecuteError> {
        // Nobody but whoever has the link acts by it, whoever says so, and by it as nothing else.
        if (actor.role == Role::LinkHolder) != (*way == Way::Link) {
            return Ok(false);
        }
        let at = match way {
            Way::Trusted | Way::Link => return Ok(true),
            Way::Code => return Ok(actor.role == Role::Administrator),
            Way::Provider(at) => Some(at),
            Way::Local(_) => None,
        };
        let adopted = self.mapped.state(&actor.organisation).await?.adopted;
        Ok(adopted.is_none_or(|adopted| is_good_enough(at, &adopted.mapping)))
    }

    /// Whether whoever acts in a session holds the role by themselves, or by what their provider has said, and has signed in well enough for it.
    pub(crate) async fn may_act(&self, actor: &Actor, way: &Way) -> Result<bool, ExecuteError> {
        let engine = &self.context.engine;
        if engine.state::<People>(actor.person).await?.is_disabled
            || !self.is_theirs(actor.person, way).await?
            || !self.is_good_enough(actor, way).await?
        {
            return Ok(false);
        }
        if actor.role != Role::Submitter || engine.holds_by_themselves(actor).await? {
            return engine.holds(actor).await;
        }
        Ok(self.mapped.lets_submit(actor.person, &actor.organisation).await? && engine.holds(actor).await?)
    }
}
