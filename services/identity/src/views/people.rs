use idesluss_domain::Event;
use idesluss_domain::identity::terms::TermsAdopted;
use idesluss_domain::identity::{AccountEvent, GrantEvent, OrganisationEvent, PersonEvent};
use idesluss_domain::words::{OrganisationId, PersonId, SealedText};
use idesluss_engine::{Derived, Recorded, View};
use idesluss_proto::pb::command::Role;
use rusqlite::{Transaction, params};
use std::sync::Arc;

/// People with the roles that they hold and held, and what organisations have adopted in versions.
#[derive(Debug)]
pub struct PeopleView;

impl View for PeopleView {
    const NAME: &'static str = "people";
    const VERSION: u32 = 6;

    fn schema() -> &'static str {
        include_str!("people.sql")
    }

    fn derived() -> &'static [Derived] {
        &[Derived {
            name: "members",
            kept: "SELECT organisation, members FROM counts WHERE members <> 0",
            counted: "SELECT organisation, count(*) FROM members GROUP BY organisation",
        }]
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        for entry in batch.iter().filter(|entry| entry.own) {
            match &entry.event {
                Some(Event::Person(event)) => person(tx, entry, event)?,
                Some(Event::Grant(event)) => grant(tx, entry, event)?,
                Some(Event::Account(event)) => account(tx, entry, event)?,
                Some(Event::Program(event)) => super::programs::take(tx, entry, event)?,
                Some(Event::Organisation(OrganisationEvent::TermsAdopted(event))) => terms(tx, entry, event)?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// A sealed text of the entry as it is opened again.
fn member(entry: &Recorded, text: SealedText) -> Option<String> {
    let members = entry.sealed_members().into_iter();
    let mut own = members.filter(|member| member.digest == text.0);
    own.next().map(|member| member.to_string())
}

fn person(tx: &Transaction<'_>, entry: &Recorded, event: &PersonEvent) -> rusqlite::Result<()> {
    let person = entry.aggregate_id();
    let texts = |name, address: Option<SealedText>| {
        (
            member(entry, name).unwrap_or_default(),
            address.and_then(|address| member(entry, address)),
        )
    };
    match event {
        PersonEvent::PersonRegistered(registered) => {
            let (name, address) = texts(registered.name, registered.address);
            tx.prepare_cached("INSERT INTO people (person, organisation, name, address) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![person, registered.organisation.as_str(), name, address])?;
            knows(tx, entry, &registered.organisation, person)
        }
        PersonEvent::PersonChanged(changed) => {
            let (name, address) = texts(changed.name, changed.address);
            tx.prepare_cached("UPDATE people SET name = ?2, address = ?3 WHERE person = ?1")?
                .execute(params![person, name, address])?;
            Ok(())
        }
        PersonEvent::PersonDisabled(_) => disabled(tx, person, true),
        PersonEvent::PersonEnabled(_) => disabled(tx, person, false),
        PersonEvent::SignInCodeMade(_)
        | PersonEvent::InvitationMade(_)
        | PersonEvent::SignInReset(_)
        | PersonEvent::SignInMeansChanged(_) => Ok(()),
    }
}

fn disabled(tx: &Transaction<'_>, person: &str, disabled: bool) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE people SET disabled = ?2 WHERE person = ?1")?
        .execute((person, disabled))?;
    Ok(())
}

fn account(tx: &Transaction<'_>, entry: &Recorded, event: &AccountEvent) -> rusqlite::Result<()> {
    match event {
        AccountEvent::AccountLinked(linked) => tx
            .prepare_cached("INSERT OR REPLACE INTO accounts (account, person) VALUES (?1, ?2)")?
            .execute((entry.aggregate_id(), linked.person.to_string()))?,
        AccountEvent::AccountUnlinked(_) => tx
            .prepare_cached("DELETE FROM accounts WHERE account = ?1")?
            .execute([entry.aggregate_id()])?,
    };
    Ok(())
}

fn grant(tx: &Transaction<'_>, entry: &Recorded, event: &GrantEvent) -> rusqlite::Result<()> {
    match event {
        GrantEvent::RoleGranted(granted) => {
            let person = granted.person.to_string();
            tx.prepare_cached(
                "INSERT INTO grants (\"grant\", person, organisation, role, first_day, last_day, substitute_for, revoked, since, round, by_group)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10)
                 ON CONFLICT (\"grant\") DO UPDATE
                 SET first_day = ?5, last_day = ?6, substitute_for = ?7, revoked = 0, round = ?9, by_group = ?10",
            )?
            .execute(params![
                entry.aggregate_id(),
                person,
                granted.organisation.as_str(),
                Role::from(granted.role) as i32,
                granted.from.to_string(),
                granted.until.map(|day| day.to_string()),
                granted.substitute_for.map(|person| person.to_string()),
                entry.position.cast_signed(),
                granted.round,
                granted.by_group,
            ])?;
            if granted.person == PersonId::members_of(&granted.organisation) || !granted.role.is_for_people() {
                // All who come in by a provider are nobody in particular, and of whoever has a private link nothing is known.
                return Ok(());
            }
            if granted.role != idesluss_domain::words::Role::Submitter {
                tx.prepare_cached("UPDATE people SET acts = 1 WHERE person = ?1 AND organisation = ?2")?
                    .execute((&person, granted.organisation.as_str()))?;
            }
            knows(tx, entry, &granted.organisation, &person)
        }
        GrantEvent::RoleRevoked(_) | GrantEvent::LinkClaimed(_) => {
            tx.prepare_cached("UPDATE grants SET revoked = 1 WHERE \"grant\" = ?1")?
                .execute([entry.aggregate_id()])?;
            Ok(())
        }
        GrantEvent::LinkRenewed(_) => Ok(()),
    }
}

fn terms(tx: &Transaction<'_>, entry: &Recorded, adopted: &TermsAdopted) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO terms (organisation, version, sv, en, adopted_at, adopted_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        adopted.organisation.as_str(),
        adopted.version,
        adopted.terms.sv,
        adopted.terms.en,
        entry.recorded.to_string(),
        entry.meta.actor.to_string(),
    ])?;
    Ok(())
}

/// Notes that an organisation knows a person, and counts them once.
fn knows(tx: &Transaction<'_>, entry: &Recorded, organisation: &OrganisationId, person: &str) -> rusqlite::Result<()> {
    let new = tx
        .prepare_cached("INSERT OR IGNORE INTO members (organisation, person, since) VALUES (?1, ?2, ?3)")?
        .execute(params![organisation.as_str(), person, entry.position.cast_signed()])?;
    if new > 0 {
        tx.prepare_cached(
            "INSERT INTO counts (organisation, members) VALUES (?1, 1)
             ON CONFLICT (organisation) DO UPDATE SET members = members + 1",
        )?
        .execute([organisation.as_str()])?;
    }
    Ok(())
}
