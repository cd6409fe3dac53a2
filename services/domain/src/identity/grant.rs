//! A grant: one role of one person in one organisation, from a day, perhaps until one.
//!
//! Its id follows from these three, so whoever wants to know whether somebody holds a role reads one stream, and nobody holds it twice.

use super::organisations::{Administrators, AdministratorsChanged};
use crate::Decider;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, Date, GrantId, OrganisationId, PersonId, Role};
use serde::{Deserialize, Serialize};

/// The first day of a role that was held already when the instance began, since nobody knows which day it was.
pub const HELD_BEFORE: Date = jiff::civil::date(2000, 1, 1);

/// How many days lie before an administrator's first one whom the operator has named beside others: those have a whole day to see it.
const NOTICE_DAYS: i32 = 2;

/// Somebody holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGranted {
    /// Who.
    pub person: PersonId,
    /// In which organisation.
    pub organisation: OrganisationId,
    /// Which.
    pub role: Role,
    /// The first day.
    pub from: Date,
    /// The last day; None: until it is taken back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Date>,
    /// Who is away meanwhile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub substitute_for: Option<PersonId>,
    /// With which epoch of identity's journal all roles had been suspended last; 0: never.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub round: u32,
    /// Whether it is a group's, as the organisation's provider says: it ends with the group, and when nobody signs in for long.
    #[serde(skip_serializing_if = "is_false", default)]
    pub by_group: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(round: &u32) -> bool {
    *round == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(it: &bool) -> bool {
    !*it
}

/// Somebody holds the role no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRevoked {}

/// A private link has another secret from now on, and the one before opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRenewed {}

/// Somebody who is signed in has shown a private link, and that what was given by it is theirs. The link has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkClaimed {
    /// Whose link it was: under which pseudonym the idea was given.
    pub link: PersonId,
    /// Whose the idea is.
    pub by: PersonId,
}

events! {
    /// What happens to a grant.
    GrantEvent, "identity", "grant", [RoleGranted, RoleRevoked, LinkRenewed, LinkClaimed]
}

rejections! {
    /// Why a role is not granted, or not taken back.
    GrantRejection {
        /// The person does not hold the role.
        NotHeld => NotFound, "ROLE_NOT_GRANTED";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// A role in another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// Nobody is registered under the pseudonym.
        NoSuchPerson => NotFound, "NO_SUCH_PERSON";
        /// There is no such organisation.
        NoSuchOrganisation => NotFound, "NO_SUCH_ORGANISATION";
        /// Only programs are services.
        NotForPeople => Invalid, "ROLE_NOT_FOR_PEOPLE";
        /// It would have begun already.
        FromPast => Invalid, "GRANT_FROM_PAST";
        /// It would end before it begins.
        EndsBefore => Invalid, "GRANT_ENDS_BEFORE";
        /// Who stands in for somebody stops some day.
        SubstituteEnds => Invalid, "SUBSTITUTE_NEEDS_END";
        /// Nobody stands in for somebody in a role that they don't hold there.
        AbsentHoldsNone => Precondition, "ABSENT_HOLDS_NO_SUCH_ROLE";
        /// Who holds the role by themselves would lose it with the substitution's end.
        HoldsAlready => Precondition, "SUBSTITUTE_HOLDS_ROLE";
        /// Nobody stands in for themselves.
        OwnSubstitute => Invalid, "OWN_SUBSTITUTE";
        /// An administrator's role is taken back by somebody, or it stays: it does not run out unseen.
        AdministratorEnds => Invalid, "ADMINISTRATOR_WITHOUT_END";
        /// Nobody would be left who grants roles.
        LastAdministrator => Precondition, "LAST_ADMINISTRATOR";
        /// The organisation takes no ideas by private links.
        NoPrivateLinks => Precondition, "NO_PRIVATE_LINKS";
        /// It was revoked, or what was given by it is somebody's by now.
        LinkEnded => Precondition, "LINK_ENDED";
        /// Another's link.
        OtherLink => Forbidden, "OTHER_LINK";
    }
}

/// A grant as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    /// What is held; None: nothing, or no more.
    pub held: Option<RoleGranted>,
    /// Whether it was taken back, and not granted again.
    pub is_ended: bool,
}

impl Grant {
    /// Whether the role may be acted in on `day`.
    pub fn is_in_force(&self, day: Date) -> bool {
        let held = self.held.as_ref();
        held.is_some_and(|held| held.from <= day && held.until.is_none_or(|until| day <= until))
    }
}

/// What the table of rights asks of a grant: whose role it is, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantHead {
    /// The organisation in which the role is held.
    pub organisation: OrganisationId,
    /// Whether somebody holds it.
    pub held: bool,
}

rules! {
    /// All that may be done with a grant.
    GrantHead {
        // The service grants what stood in the file with which the instance began.
        GRANT_ROLE = "grant-role", [Administrator: OwnOrganisation, Service: Any] => [RoleGranted, AdministratorsChanged], |_| Ok(());
        REVOKE_ROLE = "revoke-role", [Administrator: OwnOrganisation] => [RoleRevoked, AdministratorsChanged], |grant| match grant.held {
            true => Ok(()),
            false => Err(GrantRejection::NotHeld),
        };
        // At a sign-in, by what the provider says and the organisation has adopted.
        GRANT_BY_GROUP = "grant-role-by-group", [Service: Any] => [RoleGranted], |_| Ok(());
        REVOKE_BY_GROUP = "revoke-role-by-group", [Service: Any] => [RoleRevoked], |_| Ok(());
        // At the machine, and nothing else: who runs it does not choose who reads.
        NAME_ADMINISTRATOR = "name-administrator", [Operator: Any] => [RoleGranted, AdministratorsChanged], |_| Ok(());
    }
}

impl Ruled for GrantHead {
    type Rejection = GrantRejection;

    const WRONG_ROLE: GrantRejection = GrantRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), GrantRejection> {
        match relation {
            Relation::Any => Ok(()),
            _ if self.organisation == actor.organisation => Ok(()),
            _ => Err(GrantRejection::WrongOrganisation),
        }
    }
}

/// What somebody wants done with a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantCommand {
    /// Who acts.
    pub actor: Actor,
    /// The day in Sweden.
    pub today: Date,
    /// Whose role it is.
    pub person: PersonId,
    /// In which organisation.
    pub organisation: OrganisationId,
    /// Which.
    pub role: Role,
    /// Whether somebody is registered under the pseudonym.
    pub is_known: bool,
    /// What whom they would stand in for holds of that role there.
    pub absent: Option<RoleGranted>,
    /// Who administers that organisation; None: there is no such organisation.
    pub administrators: Option<Administrators>,
    /// With which epoch of identity's journal all roles were suspended last; 0: never.
    pub round: u32,
    /// What is to be done.
    pub action: GrantAction,
}

impl GrantCommand {
    /// The grant that it is about.
    pub fn id(&self) -> GrantId {
        GrantId::of(self.person, &self.organisation, self.role)
    }

    /// Whether whom they would stand in for holds the role on all these days.
    fn absent_holds(&self, from: Date, until: Option<Date>) -> bool {
        let held = self.absent.as_ref();
        held.is_some_and(|held| {
            held.from <= from && held.until.is_none_or(|end| until.is_some_and(|until| until <= end))
        })
    }

    /// The same role of whom they would stand in for; None: for nobody.
    pub fn absent_grant(&self) -> Option<GrantId> {
        match self.action {
            GrantAction::Grant { substitute_for, .. } => {
                substitute_for.map(|away| GrantId::of(away, &self.organisation, self.role))
            }
            GrantAction::Revoke
            | GrantAction::GrantByGroup
            | GrantAction::RevokeByGroup
            | GrantAction::NameAdministrator => None,
        }
    }

    /// Who administers the organisation after these events of the grant; None: the same as before.
    pub fn administrators_after(&self, events: &[GrantEvent]) -> Option<Administrators> {
        if self.role != Role::Administrator {
            return None;
        }
        let before = self.administrators.clone().unwrap_or_default();
        let mut after = before.clone();
        for event in events {
            match event {
                GrantEvent::RoleGranted(granted) => after.0.insert(granted.person, granted.from),
                GrantEvent::RoleRevoked(_) => after.0.remove(&self.person),
                // Nobody administers by a link.
                GrantEvent::LinkRenewed(_) | GrantEvent::LinkClaimed(_) => None,
            };
        }
        (after != before).then_some(after)
    }

    /// Whether nobody would administer the organisation after these events, today or at all, who does now.
    fn leaves_nobody(&self, before: &Administrators, events: &[GrantEvent]) -> bool {
        self.administrators_after(events).is_some_and(|after| {
            after.0.is_empty() || (before.any_active_on(self.today) && !after.any_active_on(self.today))
        })
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantAction {
    /// Let the person act in the role.
    Grant {
        /// The first day.
        from: Date,
        /// The last day.
        until: Option<Date>,
        /// Who is away meanwhile.
        substitute_for: Option<PersonId>,
    },
    /// Take the role back.
    Revoke,
    /// Let the person act in the role for as long as the provider says so.
    GrantByGroup,
    /// Take back what was granted so, and nothing else.
    RevokeByGroup,
    /// Name an administrator at the machine: at once where nobody acts as one.
    NameAdministrator,
}

impl GrantAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<GrantHead> {
        match self {
            Self::Grant { .. } => &GRANT_ROLE,
            Self::Revoke => &REVOKE_ROLE,
            Self::GrantByGroup => &GRANT_BY_GROUP,
            Self::RevokeByGroup => &REVOKE_BY_GROUP,
            Self::NameAdministrator => &NAME_ADMINISTRATOR,
        }
    }
}

/// The rules of grants.
pub struct Grants;

impl Decider for Grants {
    type Command = GrantCommand;
    type Event = GrantEvent;
    type State = Grant;
    type Rejection = GrantRejection;

    fn decide(command: &GrantCommand, grant: &Grant) -> Result<Vec<GrantEvent>, GrantRejection> {
        let head = GrantHead {
            organisation: command.organisation.clone(),
            held: grant.held.is_some(),
        };
        command.action.rule().may(&command.actor, &head)?;
        let administrators = command.administrators.as_ref();
        let administrators = administrators.ok_or(GrantRejection::NoSuchOrganisation)?;
        if !command.is_known {
            return Err(GrantRejection::NoSuchPerson);
        }
        let events = match &command.action {
            GrantAction::Grant {
                from,
                until,
                substitute_for,
            } => grant_role(command, grant, *from, *until, *substitute_for)?,
            GrantAction::Revoke if grant.is_ended => vec![],
            GrantAction::Revoke if grant.held.is_none() => return Err(GrantRejection::NotHeld),
            GrantAction::Revoke => vec![RoleRevoked {}.into()],
            GrantAction::GrantByGroup => grant_by_group(command, grant)?,
            GrantAction::RevokeByGroup if grant.held.as_ref().is_some_and(|held| held.by_group) => {
                vec![RoleRevoked {}.into()]
            }
            // What somebody was granted by hand, a group does not end.
            GrantAction::RevokeByGroup => vec![],
            GrantAction::NameAdministrator => name_administrator(command, administrators, grant),
        };
        match command.leaves_nobody(administrators, &events) {
            true => Err(GrantRejection::LastAdministrator),
            false => Ok(events),
        }
    }

    fn evolve(mut grant: Grant, event: &GrantEvent) -> Grant {
        match event {
            GrantEvent::RoleGranted(granted) => (grant.held, grant.is_ended) = (Some(granted.clone()), false),
            GrantEvent::RoleRevoked(_) | GrantEvent::LinkClaimed(_) => (grant.held, grant.is_ended) = (None, true),
            GrantEvent::LinkRenewed(_) => {}
        }
        grant
    }
}

fn grant_role(
    command: &GrantCommand,
    grant: &Grant,
    from: Date,
    until: Option<Date>,
    substitute_for: Option<PersonId>,
) -> Result<Vec<GrantEvent>, GrantRejection> {
    let granted = RoleGranted {
        person: command.person,
        organisation: command.organisation.clone(),
        role: command.role,
        from,
        until,
        substitute_for,
        round: command.round,
        by_group: false,
    };
    if grant.held.as_ref() == Some(&granted) {
        return Ok(vec![]);
    }
    if !command.role.is_for_people() {
        return Err(GrantRejection::NotForPeople);
    }
    if until.is_some_and(|until| until < from) {
        return Err(GrantRejection::EndsBefore);
    }
    // What goes on already keeps its first day; nothing new begins before today.
    let began = grant.held.as_ref().map(|held| held.from);
    // What stood in the file with which the instance began says no day.
    let is_known_before = command.actor.role == Role::Service;
    if from < command.today && began != Some(from) && !is_known_before {
        return Err(GrantRejection::FromPast);
    }
    if command.role == Role::Administrator && until.is_some() {
        return Err(GrantRejection::AdministratorEnds);
    }
    match substitute_for {
        Some(away) if away == command.person => Err(GrantRejection::OwnSubstitute),
        Some(_) if until.is_none() => Err(GrantRejection::SubstituteEnds),
        Some(_) if !command.absent_holds(from, until) => Err(GrantRejection::AbsentHoldsNone),
        Some(_) if grant.held.as_ref().is_some_and(|held| held.substitute_for.is_none()) => {
            Err(GrantRejection::HoldsAlready)
        }
        _ => Ok(vec![granted.into()]),
    }
}

fn grant_by_group(command: &GrantCommand, grant: &Grant) -> Result<Vec<GrantEvent>, GrantRejection> {
    if !command.role.may_come_by_group() {
        return Err(GrantRejection::NotForPeople);
    }
    // What somebody was granted by hand is left as it is until it is over: a group neither lengthens nor ends it. Nor does it let count what waits to be
    // confirmed after a restore.
    let stays = |held: &RoleGranted| held.until.is_none_or(|until| command.today <= until);
    if grant.held.as_ref().is_some_and(stays) {
        return Ok(vec![]);
    }
    let granted = RoleGranted {
        person: command.person,
        organisation: command.organisation.clone(),
        role: command.role,
        from: command.today,
        until: None,
        substitute_for: None,
        round: command.round,
        by_group: true,
    };
    Ok(vec![granted.into()])
}

fn name_administrator(command: &GrantCommand, administrators: &Administrators, grant: &Grant) -> Vec<GrantEvent> {
    let from = if administrators.any_active_on(command.today) {
        let notice = jiff::Span::new().days(NOTICE_DAYS);
        command.today.saturating_add(notice)
    } else {
        command.today
    };
    let held = grant.held.as_ref();
    if held.is_some_and(|held| held.round == command.round && held.from <= from) {
        return vec![];
    }
    let granted = RoleGranted {
        person: command.person,
        organisation: command.organisation.clone(),
        role: Role::Administrator,
        from,
        until: None,
        substitute_for: None,
        round: command.round,
        by_group: false,
    };
    vec![granted.into()]
}
