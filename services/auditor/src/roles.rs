use crate::{Entry, Happened, MergeError, Moment};
use idesluss_domain::Event;
use idesluss_domain::identity::GrantEvent;
use idesluss_domain::words::{Date, OrganisationId, PersonId, Role};
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
/// what it had received by then. By organisation and role.
///
/// Errors: [`MergeError::Source`], [`MergeError::Entry`].
pub fn roles_held<E: Into<Box<dyn Error + Send + Sync>>>(
    entries: impl IntoIterator<Item = Result<Entry, E>>,
    person: PersonId,
    until: Option<Moment>,
    day: Date,
) -> Result<Vec<RoleHeld>, MergeError> {
    let mut held = BTreeMap::new();
    for entry in entries {
        let entry = entry.map_err(|error| MergeError::Source(error.into()))?;
        let Some(reading) = entry.read()? else { continue };
        if until.is_some_and(|until| !until.covers(&reading)) {
            continue;
        }
        match &reading.event {
            Event::Grant(GrantEvent::RoleGranted(granted)) if granted.person == person => {
                let role = RoleHeld {
                    organisation: granted.organisation.clone(),
                    role: granted.role,
                    from: granted.from,
                    until: granted.until,
                    substitute_for: granted.substitute_for,
                    granted: Happened::of(&reading),
                };
                held.insert(reading.subject.clone(), role);
            }
            Event::Grant(GrantEvent::RoleRevoked(_)) => drop(held.remove(&reading.subject)),
            _ => {}
        }
    }
    let is_in_force = |held: &RoleHeld| held.from <= day && held.until.is_none_or(|until| day <= until);
    let mut held: Vec<RoleHeld> = held.into_values().filter(is_in_force).collect();
    held.sort_by(|one, other| (&one.organisation, one.role).cmp(&(&other.organisation, other.role)));
    Ok(held)
}
