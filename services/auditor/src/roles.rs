use crate::{Entry, Happened, MergeError, Moment};
use idesluss_domain::identity::{Grant, GrantEvent, Grants, Organisations, OrganisationsRules, PersonEvent};
use idesluss_domain::words::{Date, OrganisationId, PersonId, Role};
use idesluss_domain::{Decider as _, Event, may_write};
use serde::Serialize;
use std::collections::BTreeMap;
use std::error::Error;

/// A role that somebody held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleHeld {
    /// In which organisation.
    pub organisation: OrganisationId,
    /// Which.
    pub role: Role,
    /// The first day.
    pub from: Date,
    /// The last day; None: until it is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Who was away meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub substitute_for: Option<PersonId>,
    /// The entry that says so: where it stands in the journal that was read, and who gave the role.
    pub granted: Happened,
}

/// The roles that somebody held at a moment, on the Swedish day of that moment, as one journal knew it: identity's own, or another's, which holds
/// what it had received by then. By organisation and role. None: the journal had never heard of the person.
///
/// Errors: [`MergeError::Source`], [`MergeError::Entry`].
pub fn roles_held<E: Into<Box<dyn Error + Send + Sync>>>(
    entries: impl IntoIterator<Item = Result<Entry, E>>,
    person: PersonId,
    until: Option<Moment>,
    day: Date,
) -> Result<Option<Vec<RoleHeld>>, MergeError> {
    let mut is_known = false;
    let mut grants: BTreeMap<String, (Grant, Happened)> = BTreeMap::new();
    let mut organisations = Organisations::default();
    for entry in entries {
        let entry = entry.map_err(|error| MergeError::Source(error.into()))?;
        let Some(reading) = entry.read()? else { continue };
        if until.is_some_and(|until| !until.covers(&reading)) {
            continue;
        }
        // Nobody but identity says who may.
        if !may_write(&reading.source, &reading.type_name, &reading.subject) {
            continue;
        }
        is_known |= tells_of(&reading.event, person);
        if let Event::Organisation(event) = &reading.event {
            organisations = OrganisationsRules::evolve(organisations, event);
        }
        let Event::Grant(event) = &reading.event else { continue };
        let before = grants.remove(&reading.subject).map(|(grant, _)| grant);
        let grant = Grants::evolve(before.unwrap_or_default(), event);
        let is_theirs = grant.held.as_ref().is_some_and(|held| held.person == person);
        if is_theirs {
            grants.insert(reading.subject.clone(), (grant, Happened::of(&reading)));
        }
    }
    let in_force = grants.into_values().filter(|(grant, _)| grant.is_in_force(day));
    let role = |(grant, granted): (Grant, Happened)| {
        // One that waits to be confirmed after a restore of identity was not held.
        let held = grant.held.filter(|held| organisations.counts(held))?;
        Some(RoleHeld {
            organisation: held.organisation,
            role: held.role,
            from: held.from,
            until: held.until,
            substitute_for: held.substitute_for,
            granted,
        })
    };
    let mut held: Vec<RoleHeld> = in_force.filter_map(role).collect();
    held.sort_by(|one, other| (&one.organisation, one.role).cmp(&(&other.organisation, other.role)));
    Ok(is_known.then_some(held))
}

fn tells_of(event: &Event, person: PersonId) -> bool {
    match event {
        Event::Person(PersonEvent::PersonRegistered(registered)) => registered.person == person,
        Event::Grant(GrantEvent::RoleGranted(granted)) => granted.person == person,
        _ => false,
    }
}
