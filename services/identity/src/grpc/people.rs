//! People: who is known, what they are called, and what they may act as.

use super::{Answer, Identity};
use crate::sessions::Way;
use crate::views::{self, GrantRow, PersonRow};
use idesluss_domain::Decider as _;
use idesluss_domain::identity::account::{self, AccountAction, AccountCommand, AccountHead, AccountRejection};
use idesluss_domain::identity::organisations::OrganisationRejection;
use idesluss_domain::identity::person::{Person, PersonAction, PersonRejection, RULES};
use idesluss_domain::identity::{Accounts, People};
use idesluss_domain::rights::offered;
use idesluss_domain::words::{
    AccountId, AggregateId as _, Date, OrganisationId, PersonId, Role, StreamName, is_mail_address,
};
use idesluss_engine::{Asker, Decided, Loaded, Page, PendingCommand, Texts, rejected};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::{
    ChangePerson, DisablePerson, GetNames, GetPerson, ListPeople, MakeSignInCode, RegisterPerson, UnlinkAccounts,
};
use idesluss_proto::status::invalid_field;
use idesluss_proto::{PageToken, Plaintext};
use idesluss_proto::{Problem, status};
use idesluss_search::Among;
use rusqlite::Connection;
use tonic::Status;

/// How many people a search finds.
const FOUND: usize = 200;

/// What decides which roles count now.
struct Now {
    today: Date,
    /// Roles of rounds before this one wait to be confirmed.
    round: u32,
}

fn held(row: &GrantRow, now: &Now) -> pb::HeldRole {
    let waits = row.round < now.round;
    pb::HeldRole {
        role: row.role,
        from: row.first_day.clone(),
        until: row.last_day.clone().unwrap_or_default(),
        substitute_for: row.substitute_for.clone().unwrap_or_default(),
        in_force: row.first_day <= now.today.to_string() && !waits,
        awaits_confirmation: waits,
        by_group: row.by_group,
    }
}

fn shown(asker: &Asker, row: &PersonRow, roles: &[GrantRow], texts: &Texts, now: &Now) -> pb::Person {
    let own = roles.iter().filter(|role| role.person == row.person);
    pb::Person {
        person: row.person.clone(),
        name: texts.get(row.name_for(&asker.actor().organisation)),
        roles: own.map(|role| held(role, now)).collect(),
        disabled: row.is_disabled,
    }
}

impl Identity {
    pub(super) fn today(&self) -> Date {
        self.context.engine.clock().today()
    }

    /// How an organisation's roles stand now.
    async fn now(&self, organisation: &OrganisationId) -> Result<Now, Status> {
        let all = self.context.organisations().await?;
        let round = if all.awaits_confirmation(organisation) {
            all.round
        } else {
            0
        };
        let today = self.today();
        Ok(Now { today, round })
    }

    async fn open_names(&self, asker: &Asker, rows: &[PersonRow]) -> Result<Texts, Status> {
        let names = rows.iter().filter_map(|row| row.name_for(&asker.actor().organisation));
        self.context.open(&asker.permit, names.cloned()).await
    }
}

/// Errors: it is no address that mail reaches, nor one that somebody could sign in by.
fn check_address(address: Option<&str>) -> Result<(), Status> {
    match address.is_none_or(is_mail_address) {
        true => Ok(()),
        false => Err(invalid_field("address", Problem::NotAMailAddress)),
    }
}

/// Registers somebody. Whoever sits at the machine does it for the organisation whose they are, under whose keys their name is sealed.
pub(super) async fn register(
    identity: Identity,
    mut pending: PendingCommand,
    plain: RegisterPerson<Plaintext>,
) -> Answer<pb::RegisterPersonRequest> {
    if identity.context.organisation(&plain.organisation).await?.is_none() {
        return Err(rejected(OrganisationRejection::Unknown));
    }
    // Under the pseudonym of all who come in by an organisation's provider nobody is somebody.
    let all = identity.context.organisations().await?.all;
    if all
        .keys()
        .any(|organisation| PersonId::members_of(organisation) == plain.person)
    {
        return Err(rejected(PersonRejection::OtherPerson));
    }
    check_address(plain.address.as_deref())?;
    pending.operate_for(&plain.organisation);
    let RegisterPerson {
        person,
        name,
        address,
        organisation,
    } = pending.seal(plain).await?;
    let action = PersonAction::Register {
        organisation,
        name,
        address,
    };
    Ok(pending.carry_out::<People>(person, action).await?.into())
}

/// Calls somebody otherwise. Whoever has an account of here is known by the new address from now on.
pub(super) async fn change(
    identity: Identity,
    mut pending: PendingCommand,
    plain: ChangePerson<Plaintext>,
) -> Answer<pb::ChangePersonRequest> {
    check_address(plain.address.as_deref())?;
    match &plain.address {
        // First it leads to them, then it is theirs: whatever ends in between, they come in.
        Some(address) => identity.local.prepare_name(plain.person, address).await?,
        None if identity.local.standing(plain.person).await?.has_means => {
            return Err(invalid_field("address", Problem::Missing));
        }
        None => {}
    }
    let ChangePerson { person, name, address } = pending.seal(plain).await?;
    let token = pending
        .carry_out::<People>(person, PersonAction::Change { name, address })
        .await?;
    identity.local.rename(person).await?;
    Ok(token.into())
}

/// Lets somebody in no more: from now on, and where they are signed in.
pub(super) async fn disable(
    identity: Identity,
    pending: PendingCommand,
    command: DisablePerson,
) -> Answer<pb::DisablePersonRequest> {
    let token = pending
        .carry_out::<People>(command.person, PersonAction::Disable)
        .await?;
    let ended = identity.sign_in.sessions.end_all(command.person, |_| true).await?;
    Ok(ended.unwrap_or(token).into())
}

/// Lets nobody sign in as somebody by the accounts that are linked to them.
pub(super) async fn unlink_accounts(
    identity: Identity,
    pending: PendingCommand,
    command: UnlinkAccounts,
) -> Answer<pb::UnlinkAccountsRequest> {
    let person = command.person;
    identity.people.catch_up().await?;
    let (accounts, _) = identity
        .people
        .query(None, move |conn| views::accounts_of(conn, person))
        .await?;
    let accounts: Vec<AccountId> = accounts.iter().filter_map(|account| account.parse().ok()).collect();
    let home = identity.context.engine.state::<People>(person).await?.home;
    if home.is_none() {
        return Err(rejected(PersonRejection::Unknown));
    }
    let actor = pending.actor().clone();
    let streams: Vec<StreamName> = accounts.iter().map(|account| account.stream()).collect();
    let decide = |loaded: &Loaded| {
        let each = accounts.iter().zip(&streams).map(|(account, stream)| {
            let command = AccountCommand {
                actor: actor.clone(),
                account: *account,
                person,
                home: home.clone(),
                action: AccountAction::Unlink,
            };
            let events = Accounts::decide(&command, &loaded.state::<Accounts>(stream))?;
            Ok(Decided::of(stream, person.0, events))
        });
        each.collect()
    };
    if !accounts.is_empty() {
        let token = pending.run(&streams, decide).await?;
        let ended = identity.sign_in.sessions.end_all(person, |_| true).await?;
        return Ok(ended.unwrap_or(token).into());
    }
    Err(rejected(AccountRejection::NoAccount))
}

/// Lets an administrator in once by a code, of which the hash is kept.
pub(super) async fn make_code(
    identity: Identity,
    pending: PendingCommand,
    command: MakeSignInCode,
) -> Answer<pb::MakeSignInCodeRequest> {
    let MakeSignInCode { person, hash } = command;
    let roles = identity.sign_in.roles(person, &Way::Code).await?;
    let administers = roles.iter().any(|own| own.role == Role::Administrator);
    let action = PersonAction::MakeSignInCode { administers };
    let token = pending.carry_out::<People>(person, action).await?;
    identity.sign_in.keep_code(hash.0, person).await?;
    Ok(token.into())
}

pub(super) async fn list(identity: Identity, asker: Asker, asked: ListPeople) -> Answer<pb::ListPeopleRequest> {
    let organisation = asker.actor().organisation.clone();
    let today = identity.today();
    let mut total_found = 0;
    let (found, next) = if asked.words.trim().is_empty() {
        (None, String::new())
    } else {
        identity.context.wait(&asker).await?;
        let found = identity
            .search
            .find(asked.words, Among::own(organisation.clone()), FOUND)
            .await;
        let found = found.map_err(|error| {
            tracing::error!(%error, "people can't be searched");
            status::refuse(status::Reason::Internal)
        })?;
        // Somebody whose name is only like it is somebody else.
        let found = found.into_iter().filter(|found| found.has_all);
        let found: Vec<PersonId> = found.map(|found| PersonId(found.id)).collect();
        total_found = found.len() as u64;
        let page = PageToken::of_found(found, asked.page_size, asked.page_token);
        let (page, next) = page.ok_or_else(|| invalid_field("page_token", Problem::NotAPage))?;
        (Some(page), next)
    };
    let page = match &found {
        Some(_) => Page::first(asked.page_size),
        None => Page::of(asked.page_size, asked.page_token)?,
    };
    let size = asked.page_size;
    let ask = move |conn: &Connection| {
        let (rows, total) = match &found {
            Some(found) => {
                let rows = views::by_ids(conn, organisation.as_str(), found)?;
                (rows, total_found)
            }
            None => views::members(conn, organisation.as_str(), page)?,
        };
        let ids: Vec<String> = rows.iter().map(|row| row.person.clone()).collect();
        let roles = views::roles(conn, organisation.as_str(), &ids, today)?;
        Ok((rows, total, roles, found.is_some()))
    };
    let ((rows, total, roles, is_search), position) = identity.people.query(asker.after.as_ref(), ask).await?;
    let texts = identity.open_names(&asker, &rows).await?;
    let now = identity.now(&asker.actor().organisation).await?;
    let next_page_token = if is_search {
        next
    } else {
        PageToken::after(&rows, size, |row| row.since)
    };
    Ok(pb::ListPeopleResponse {
        people: rows
            .iter()
            .map(|row| shown(&asker, row, &roles, &texts, &now))
            .collect(),
        total,
        next_page_token,
        position,
        actions: offered(RULES, asker.actor(), &Person::of(&asker.actor().organisation)),
        awaits_confirmation: now.round > 0,
    })
}

pub(super) async fn get(identity: Identity, asker: Asker, asked: GetPerson) -> Answer<pb::GetPersonRequest> {
    let (organisation, today, person) = (asker.actor().organisation.clone(), identity.today(), asked.person);
    let of = organisation.to_string();
    let ask = move |conn: &Connection| {
        let row = views::person(conn, &of, person)?;
        let roles = views::roles(conn, &of, &[person.to_string()], today)?;
        Ok((row, roles, !views::accounts_of(conn, person)?.is_empty()))
    };
    let ((row, roles, has_account), position) = identity.people.query(asker.after.as_ref(), ask).await?;
    let row = row.ok_or_else(|| rejected(PersonRejection::Unknown))?;
    let (name, address) = (row.name_for(&organisation), row.address_for(&organisation));
    let texts = identity
        .context
        .open(&asker.permit, name.into_iter().chain(address).cloned())
        .await?;
    let mut state = identity.context.engine.state::<People>(asked.person).await?;
    state.local = identity.local.standing(asked.person).await?;
    let now = identity.now(&asker.actor().organisation).await?;
    let mut actions = offered(RULES, asker.actor(), &state);
    if has_account {
        let home = state.home.clone();
        actions.extend(offered(account::RULES, asker.actor(), &AccountHead { home }));
    }
    Ok(pb::GetPersonResponse {
        person: Some(shown(&asker, &row, &roles, &texts, &now)),
        address: texts.get(address),
        organisation: row.organisation.clone(),
        actions,
        position,
    })
}

pub(super) async fn names(identity: Identity, asker: Asker, asked: GetNames) -> Answer<pb::GetNamesRequest> {
    let ask = move |conn: &Connection| {
        let people = views::anybody(conn, &asked.people)?;
        Ok((people, views::programs_among(conn, &asked.people)?))
    };
    let ((mut rows, programs), _) = identity.people.query(asker.after.as_ref(), ask).await?;
    rows.retain(|row| row.name_for(&asker.actor().organisation).is_some());
    let texts = identity.open_names(&asker, &rows).await?;
    let name = |row: &PersonRow| pb::Name {
        person: row.person.clone(),
        name: texts.get(row.name_for(&asker.actor().organisation)),
    };
    let names = rows.iter().map(name);
    Ok(pb::GetNamesResponse {
        names: names.chain(programs.into_iter().map(super::programs::named)).collect(),
    })
}
