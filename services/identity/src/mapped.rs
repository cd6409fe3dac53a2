//! What organisations make of what providers say: who holds which role by a group, for as long as the provider says so and they sign in.
//!
//! What a provider said of somebody last is kept beside the journal, one record a person and organisation, and runs out when they have not signed in for
//! long. Roles follow it: after a sign-in, when an organisation adopts another mapping, and when a record has run out.

use crate::grpc::Asked;
use crate::kept::{Kept, Key, Records};
use crate::providers::{Provider, Providers};
use crate::sessions::AtProvider;
use crate::views;
use async_trait::async_trait;
use idesluss_domain::identity::grant::{GrantAction, GrantCommand};
use idesluss_domain::identity::mapping::{Demands, MappingAdopted};
use idesluss_domain::identity::{Mapping, MappingState, Mappings};
use idesluss_domain::words::{
    Actor, CommandId, OrganisationId, PersonId, Rejection, Role, StreamName, holds_personal_number,
};
use idesluss_engine::{Call, CommandContext, Decided, ExecuteError, Loaded, Timer, ViewHandle};
use idesluss_proto::pb::command as pb;
use serde::{Deserialize, Serialize};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// For so long what a provider has said of somebody holds without another sign-in: 90 days, in microseconds.
const HOLDS_MICROS: i64 = 90 * 24 * 60 * 60 * 1_000_000;
/// Of so many people of an organisation it is looked at what providers have said, to see who would get what.
const MOST_PEOPLE: u32 = 20_000;
/// What is kept of somebody at most: claims, values of each, and characters of a value.
const MOST_CLAIMS: usize = 40;
const MOST_VALUES: usize = 400;
const LONGEST_VALUE: usize = 200;
const LARGEST: usize = 48 * 1024;

/// What a provider said of somebody when they signed in last, in an organisation for which it may speak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) person: PersonId,
    pub(crate) organisation: OrganisationId,
    /// The provider, with its issuer: another one under its name has said nothing.
    pub(crate) provider: String,
    /// The values of each claim.
    pub(crate) claims: BTreeMap<String, BTreeSet<String>>,
    /// Until when it holds. Microseconds since 1970.
    ends: i64,
}

impl Kept for Said {
    const KIND: &'static str = "said-by-provider";

    fn owner(&self) -> String {
        self.organisation.to_string()
    }

    fn ends(&self) -> i64 {
        self.ends
    }
}

impl Said {
    /// The roles that a mapping gives whoever this is, whose provider is known so.
    pub(crate) fn roles(&self, mapping: &Mapping, provider: &str) -> BTreeSet<Role> {
        if provider != self.provider {
            return BTreeSet::new();
        }
        let nothing = BTreeSet::new();
        mapping.roles(self.claims.get(&mapping.claim).unwrap_or(&nothing))
    }
}

/// No more of the claims than is kept.
fn bounded(claims: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    let mut left = LARGEST;
    let mut fits = |text: &str| {
        let fits = text.chars().count() <= LONGEST_VALUE && text.len() + 4 <= left && !holds_personal_number(text);
        left -= if fits { text.len() + 4 } else { 0 };
        fits
    };
    let mut kept = BTreeMap::new();
    for (claim, values) in claims.into_iter().take(MOST_CLAIMS) {
        if fits(&claim) {
            let values = values.into_iter().take(MOST_VALUES).filter(|value| fits(value));
            kept.insert(claim, values.collect());
        }
    }
    kept
}

/// Whether somebody has signed in as well as an organisation demands, which only its own provider can say.
pub(crate) fn is_good_enough(at: Option<&AtProvider>, mapping: &Mapping) -> bool {
    let demands = &mapping.demands;
    if *demands == Demands::default() {
        return true;
    }
    let of_it = at.filter(|at| mapping.provider.to_string() == at.provider);
    let Some(at) = of_it else {
        return false;
    };
    let acr = demands.acr.is_empty() || at.acr.as_ref().is_some_and(|acr| demands.acr.contains(acr));
    acr && demands.amr.iter().all(|means| at.amr.contains(means))
}

/// What would change for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) person: PersonId,
    pub(crate) gets: BTreeSet<Role>,
    pub(crate) loses: BTreeSet<Role>,
}

/// Who would get what by a mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// How many people have signed in lately.
    pub(crate) people: usize,
    /// How many of them would submit by it.
    pub(crate) submitters: usize,
    /// Whose roles would change, by their pseudonyms.
    pub(crate) changes: Vec<Change>,
}

/// The mappings of all organisations, and what follows from them.
#[derive(Clone)]
pub(crate) struct Mapped {
    context: CommandContext,
    records: Records,
    people: ViewHandle,
    providers: Arc<Providers>,
}

/// A mapping that holds, with what its provider is known by.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    pub(crate) adopted: MappingAdopted,
    pub(crate) provider: String,
}

impl Mapped {
    pub(crate) fn new(context: CommandContext, people: ViewHandle, providers: Arc<Providers>) -> Self {
        let records = Records::new(context.engine.clone());
        Self {
            context,
            records,
            people,
            providers,
        }
    }

    /// An organisation's mapping, where it holds: its provider may still speak for the organisation, as whoever runs the instance has set it, and no roles
    /// wait to be confirmed after a restore, which may have brought an older mapping back.
    pub(crate) async fn in_force(&self, organisation: &OrganisationId) -> Result<Option<InForce>, ExecuteError> {
        if self.context.organisations().await?.awaits_confirmation(organisation) {
            return Ok(None);
        }
        let adopted = self.state(organisation).await?.adopted;
        Ok(adopted.and_then(|adopted| self.spoken(adopted)))
    }

    fn spoken(&self, adopted: MappingAdopted) -> Option<InForce> {
        let provider = self.providers.get(&adopted.mapping.provider)?;
        let provider = provider.speaks_for(&adopted.organisation).then(|| provider.key())?;
        Some(InForce { adopted, provider })
    }

    /// An organisation's mapping as it stands.
    pub(crate) async fn state(&self, organisation: &OrganisationId) -> Result<MappingState, ExecuteError> {
        let stream = StreamName::mapping(organisation);
        let loaded = self.context.engine.load(std::slice::from_ref(&stream)).await?;
        Ok(loaded.state::<Mappings>(&stream))
    }

    /// The mappings that hold by which a provider may speak.
    pub(crate) async fn of_provider(&self, provider: &Provider) -> Result<Vec<InForce>, ExecuteError> {
        let mut found = Vec::new();
        for organisation in &provider.organisations {
            let held = self.in_force(organisation).await?;
            found.extend(held.filter(|held| held.adopted.mapping.provider == provider.name));
        }
        Ok(found)
    }

    fn place(&self, person: PersonId, organisation: &OrganisationId) -> Key {
        let vault = self.context.engine.vault();
        vault.fingerprint("said by provider", format!("{person}\n{organisation}").as_bytes())
    }

    /// Keeps what a provider has just said of somebody, in the place of what it said before.
    pub(crate) async fn note(
        &self,
        (person, organisation): (PersonId, &OrganisationId),
        provider: &Provider,
        claims: BTreeMap<String, BTreeSet<String>>,
    ) -> Result<Said, ExecuteError> {
        let said = Said {
            person,
            organisation: organisation.clone(),
            provider: provider.key(),
            claims: bounded(claims),
            ends: self.records.now().saturating_add(HOLDS_MICROS),
        };
        self.records.keep(self.place(person, organisation), &said, None).await?;
        Ok(said)
    }

    /// What providers have said of everybody of an organisation who has signed in lately.
    pub(crate) async fn all_said(&self, organisation: &OrganisationId) -> Result<Vec<Said>, ExecuteError> {
        let all = self.records.all_of::<Said>(organisation.as_str(), MOST_PEOPLE).await?;
        Ok(all.into_iter().map(|(_, said)| said).collect())
    }

    /// Whether somebody submits for an organisation by what its provider says of them.
    pub(crate) async fn lets_submit(
        &self,
        person: PersonId,
        organisation: &OrganisationId,
    ) -> Result<bool, ExecuteError> {
        let Some(held) = self.in_force(organisation).await? else {
            return Ok(false);
        };
        let said = self.records.find::<Said>(self.place(person, organisation)).await?;
        Ok(said.is_some_and(|said| {
            said.roles(&held.adopted.mapping, &held.provider)
                .contains(&Role::Submitter)
        }))
    }

    /// What is decided together with a mapping: the grant to all who come in by the organisation's provider.
    pub(crate) fn grant_to_all(&self, organisation: &OrganisationId, lets_submit: bool) -> Asked {
        let action = match lets_submit {
            true => GrantAction::GrantByGroup,
            false => GrantAction::RevokeByGroup,
        };
        self.asked(
            PersonId::members_of(organisation),
            organisation,
            Role::Submitter,
            action,
        )
    }

    fn asked(&self, person: PersonId, organisation: &OrganisationId, role: Role, action: GrantAction) -> Asked {
        Asked {
            organisations: StreamName::organisations(&self.context.instance),
            command: GrantCommand {
                actor: Actor::service(organisation),
                today: self.context.engine.clock().today(),
                person,
                organisation: organisation.clone(),
                role,
                is_known: false,
                absent: None,
                administrators: None,
                round: 0,
                action,
            },
        }
    }

    /// Gives somebody the roles of an organisation that they are to hold by what a provider said of them, and takes back what they hold so and are not to.
    /// The mapping is looked at with the grants: nobody is given what another one, adopted meanwhile, does not give.
    pub(crate) async fn settle(
        &self,
        person: PersonId,
        organisation: &OrganisationId,
        said: Option<&Said>,
    ) -> Result<Option<pb::Token>, ExecuteError> {
        let holds = !self.context.organisations().await?.awaits_confirmation(organisation);
        let of_mapping = StreamName::mapping(organisation);
        let by_group: Vec<Role> = Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Submitter && role.may_come_by_group())
            .collect();
        let asked = |role, is_wanted| match is_wanted {
            true => self.asked(person, organisation, role, GrantAction::GrantByGroup),
            false => self.asked(person, organisation, role, GrantAction::RevokeByGroup),
        };
        let of_each = by_group.iter().flat_map(|role| asked(*role, true).streams());
        let streams: BTreeSet<StreamName> = of_each.chain([of_mapping.clone()]).collect();
        let streams: Vec<StreamName> = streams.into_iter().collect();
        let decide = |loaded: &Loaded| -> Result<Vec<Decided>, Rejection> {
            let adopted = loaded.state::<Mappings>(&of_mapping).adopted.filter(|_| holds);
            let held = adopted.and_then(|adopted| self.spoken(adopted));
            let roles = held
                .zip(said)
                .map(|(held, said)| said.roles(&held.adopted.mapping, &held.provider));
            let roles = roles.unwrap_or_default();
            let each = by_group
                .iter()
                .map(|role| asked(*role, roles.contains(role)).decide(loaded));
            Ok(each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        };
        // Most sign-ins change nothing, and then nothing is written.
        let loaded = self.context.engine.load(&streams).await?;
        if decide(&loaded)?.iter().all(|decided| decided.events.is_empty()) {
            return Ok(None);
        }
        let call = Call::by_service("SettleRoles", organisation, CommandId(Uuid::new_v4()), None);
        Ok(Some(self.context.engine.execute(call, &streams, decide).await?))
    }

    /// Who would get and lose what, if `mapping` held; None: none does.
    pub(crate) async fn outlook(
        &self,
        organisation: &OrganisationId,
        held: Option<&InForce>,
    ) -> Result<Outlook, ExecuteError> {
        let roles_of = |said: &Said| {
            let roles = held.map(|held| said.roles(&held.adopted.mapping, &held.provider));
            roles.unwrap_or_default()
        };
        let said = self.all_said(organisation).await?;
        let mut outlook = Outlook {
            people: said.len(),
            ..Outlook::default()
        };
        let mut wanted: BTreeMap<PersonId, BTreeSet<Role>> = BTreeMap::new();
        for said in said {
            let mut roles = roles_of(&said);
            outlook.submitters += usize::from(roles.remove(&Role::Submitter));
            wanted.insert(said.person, roles);
        }
        let mut by_group: BTreeMap<PersonId, BTreeSet<Role>> = BTreeMap::new();
        for (person, role) in self.held_by_group(organisation).await? {
            by_group.entry(person).or_default().insert(role);
        }
        for person in by_group.keys() {
            // Whatever of the others is looked at: nobody loses a role but by what was said of them.
            if let Entry::Vacant(missing) = wanted.entry(*person) {
                let said = self.records.find::<Said>(self.place(*person, organisation)).await?;
                let mut roles = said.as_ref().map(roles_of).unwrap_or_default();
                roles.remove(&Role::Submitter);
                missing.insert(roles);
            }
        }
        let everybody: BTreeSet<PersonId> = wanted.keys().chain(by_group.keys()).copied().collect();
        for person in everybody {
            let (wanted, held) = (
                wanted.remove(&person).unwrap_or_default(),
                by_group.remove(&person).unwrap_or_default(),
            );
            let change = Change {
                person,
                gets: wanted.difference(&held).copied().collect(),
                loses: held.difference(&wanted).copied().collect(),
            };
            if !change.gets.is_empty() || !change.loses.is_empty() {
                outlook.changes.push(change);
            }
        }
        Ok(outlook)
    }

    async fn held_by_group(&self, organisation: &OrganisationId) -> Result<Vec<(PersonId, Role)>, ExecuteError> {
        let name = organisation.to_string();
        self.people.catch_up().await?;
        let (rows, _) = self
            .people
            .query(None, move |conn| views::by_group(conn, &name))
            .await?;
        let all = PersonId::members_of(organisation);
        let read = |(person, role): (String, i32)| {
            let role = Role::try_from(pb::Role::try_from(role).ok()?).ok()?;
            Some((person.parse::<PersonId>().ok()?, role))
        };
        Ok(rows
            .into_iter()
            .filter_map(read)
            .filter(|(person, _)| *person != all)
            .collect())
    }

    /// What a mapping would be, if it held.
    pub(crate) fn as_if(&self, organisation: &OrganisationId, mapping: Mapping) -> Option<InForce> {
        let adopted = MappingAdopted {
            organisation: organisation.clone(),
            version: 0,
            mapping,
        };
        self.spoken(adopted)
    }

    /// Lets everybody of an organisation hold what its mapping says of what providers have said of them, and nobody else. Returns how many changed.
    pub(crate) async fn settle_all(&self, organisation: &OrganisationId) -> Result<usize, ExecuteError> {
        let held = self.in_force(organisation).await?;
        let outlook = self.outlook(organisation, held.as_ref()).await?;
        let mut changed = 0;
        for change in &outlook.changes {
            let said = self
                .records
                .find::<Said>(self.place(change.person, organisation))
                .await?;
            let settled = self.settle(change.person, organisation, said.as_ref()).await?;
            changed += usize::from(settled.is_some());
        }
        Ok(changed)
    }
}

/// What nobody has signed in for lapses, and what was interrupted is gone on with.
#[async_trait]
impl Timer for Mapped {
    const NAME: &'static str = "settle-roles";

    fn period(&self) -> Duration {
        Duration::from_secs(3_600)
    }

    async fn fire_due(&self) -> Result<usize, ExecuteError> {
        let organisations = self.context.organisations().await?;
        let mut changed = 0;
        for organisation in organisations.all.keys() {
            changed += self.settle_all(organisation).await?;
        }
        Ok(changed)
    }
}
