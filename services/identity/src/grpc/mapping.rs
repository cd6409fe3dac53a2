//! How people of an organisation come in by a provider.

use super::{Answer, Answered, Identity};
use crate::mapped::Said;
use crate::views;
use idesluss_domain::Decider as _;
use idesluss_domain::identity::mapping::{MappingAction, MappingCommand, MappingHead, MappingRejection, RULES};
use idesluss_domain::identity::{Mapping, Mappings};
use idesluss_domain::rights::offered;
use idesluss_domain::words::{Label, OrganisationId, PersonId, Role, StreamName};
use idesluss_engine::{Asker, Decided, Loaded, PendingCommand, rejected};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::{AdoptMapping, GetMapping, PreviewMapping, WithdrawMapping};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tonic::Status;

/// So many values of claims, and changes of somebody's roles, are shown at most.
const MOST_SHOWN: usize = 200;

pub(super) async fn adopt(
    identity: Identity,
    pending: PendingCommand,
    command: AdoptMapping,
) -> Answer<pb::AdoptMappingRequest> {
    let mapping = Mapping::from(command.mapping);
    Ok(act(&identity, pending, MappingAction::Adopt(mapping)).await?.into())
}

pub(super) async fn withdraw(
    identity: Identity,
    pending: PendingCommand,
    _: WithdrawMapping,
) -> Answer<pb::WithdrawMappingRequest> {
    Ok(act(&identity, pending, MappingAction::Withdraw).await?.into())
}

async fn act(identity: &Identity, pending: PendingCommand, action: MappingAction) -> Result<Token, Status> {
    let own = pending.actor().organisation.clone();
    let lets_submit = match &action {
        MappingAction::Adopt(mapping) => mapping.lets_submit(),
        MappingAction::Withdraw => false,
    };
    let command = MappingCommand {
        actor: pending.actor().clone(),
        organisation: own.clone(),
        providers: identity.speakers(&own),
        action,
    };
    // Together with it, whether those submit who come in by it: that is a right of the mapping.
    let grant = identity.sign_in.mapped.grant_to_all(&own, lets_submit);
    let stream = StreamName::mapping(&own);
    let streams: Vec<StreamName> = std::iter::once(stream.clone()).chain(grant.streams()).collect();
    let about = super::about(&stream);
    let decide = |loaded: &Loaded| {
        let events = Mappings::decide(&command, &loaded.state::<Mappings>(&stream))?;
        let mut decided = vec![Decided::of(&stream, about, events)];
        decided.extend(grant.decide(loaded)?);
        Ok(decided)
    };
    let token = pending.run(&streams, decide).await?;
    // It holds: what is left to be done of it, the timer does.
    if let Err(error) = identity.sign_in.mapped.settle_all(&own).await {
        tracing::warn!(%error, "roles by group follow the mapping a little later");
    }
    Ok(token)
}

impl Identity {
    /// The providers that may speak for an organisation.
    fn speakers(&self, organisation: &OrganisationId) -> BTreeSet<Label> {
        let all = self.sign_in.providers.of_organisation(organisation);
        all.map(|provider| provider.name.clone()).collect()
    }
}

pub(super) async fn get(identity: Identity, asker: Asker, _: GetMapping) -> Answer<pb::GetMappingRequest> {
    identity.context.wait(&asker).await?;
    let own = asker.actor().organisation.clone();
    let mapped = &identity.sign_in.mapped;
    let (state, said) = (mapped.state(&own).await?, mapped.all_said(&own).await?);
    Ok(pb::GetMappingResponse {
        version: state.adopted.as_ref().map_or(0, |adopted| adopted.version),
        mapping: state.adopted.map(|adopted| (&adopted.mapping).into()),
        providers: identity.speakers(&own).iter().map(ToString::to_string).collect(),
        people: count(said.len()),
        claims: seen(&said),
        actions: offered(RULES, asker.actor(), &MappingHead { organisation: own }),
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What was said of more than one person, of most first: a value that is one person's tells who they are.
fn seen(said: &[Said]) -> Vec<pb::ClaimSeen> {
    let mut counted: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for said in said {
        for (claim, values) in &said.claims {
            for value in values {
                *counted.entry((claim, value)).or_default() += 1;
            }
        }
    }
    let mut seen: Vec<_> = counted.into_iter().filter(|(_, people)| *people > 1).collect();
    seen.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    let write = |((claim, value), people): ((&str, &str), u32)| pb::ClaimSeen {
        claim: claim.to_owned(),
        value: value.to_owned(),
        people,
    };
    seen.into_iter().take(MOST_SHOWN).map(write).collect()
}

pub(super) async fn preview(
    identity: Identity,
    asker: Asker,
    asked: PreviewMapping,
) -> Answer<pb::PreviewMappingRequest> {
    identity.context.wait(&asker).await?;
    let own = asker.actor().organisation.clone();
    let mapping = Mapping::from(asked.mapping);
    if !identity.speakers(&own).contains(&mapping.provider) {
        return Err(rejected(MappingRejection::NoSuchProvider));
    }
    let held = identity.sign_in.mapped.as_if(&own, mapping);
    let outlook = identity.sign_in.mapped.outlook(&own, held.as_ref()).await?;
    let total = outlook.changes.len();
    let shown: Vec<_> = outlook.changes.into_iter().take(MOST_SHOWN).collect();
    let people: Vec<PersonId> = shown.iter().map(|change| change.person).collect();
    let names = identity.names_of(&asker, people).await?;
    let write = |roles: BTreeSet<Role>| {
        let write = |role: Role| idesluss_proto::pb::command::Role::from(role).into();
        roles.into_iter().map(write).collect()
    };
    let changes = shown.into_iter().map(|change| pb::RoleChange {
        name: names.get(&change.person.to_string()).cloned(),
        person: change.person.to_string(),
        gets: write(change.gets),
        loses: write(change.loses),
    });
    Ok(pb::PreviewMappingResponse {
        people: count(outlook.people),
        submitters: count(outlook.submitters),
        changes: changes.collect(),
        total: count(total),
    })
}

impl Identity {
    /// What these people are called, for somebody who may know.
    async fn names_of(
        &self,
        asker: &Asker,
        people: Vec<PersonId>,
    ) -> Answered<HashMap<String, idesluss_proto::pb::command::Text>> {
        if people.is_empty() {
            return Ok(HashMap::new());
        }
        let ask = move |conn: &rusqlite::Connection| views::anybody(conn, &people);
        let (rows, _) = self.people.query(asker.after.as_ref(), ask).await?;
        let own = &asker.actor().organisation;
        let names = rows.iter().filter_map(|row| row.name_for(own).cloned());
        let texts = self.context.open(&asker.permit, names).await?;
        let name = |row: &views::PersonRow| Some((row.person.clone(), texts.get(row.name_for(own))?));
        Ok(rows.iter().filter_map(name).collect())
    }
}
