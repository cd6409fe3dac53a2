//! A private link: whoever has it is the author of one idea, and nothing else is known of them.
//!
//! What it lets them do is a grant like any other, to a pseudonym that was made for it: so every service hears of it, covers it and hears when it ends. Its
//! secret stands nowhere but with whoever has it. That an organisation takes ideas so, its administrator allows.

use super::grant::{Grant, GrantEvent, GrantRejection, Grants, LinkClaimed, LinkRenewed, RoleGranted, RoleRevoked};
use super::organisations::{OrganisationEvent, OrganisationRejection};
use crate::Decider;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, Date, GrantId, OrganisationId, PersonId, Role};
use serde::{Deserialize, Serialize};

/// The most ideas a day that an organisation may take by private links.
pub const MOST_IDEAS_PER_DAY: u16 = 1_000;

/// Anybody may give an organisation an idea, without an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateLinksAllowed {
    /// Which.
    pub organisation: OrganisationId,
    /// So many ideas a day, in Sweden, and no more.
    pub ideas_per_day: u16,
}

/// Nobody gives an organisation an idea without an account any more. The links that there are go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateLinksStopped {
    /// Which.
    pub organisation: OrganisationId,
}

/// Takes ideas by private links, so many a day; nothing where it is so already.
pub(super) fn allow(
    organisation: OrganisationId,
    before: Option<u16>,
    ideas_per_day: u16,
) -> Result<Vec<OrganisationEvent>, OrganisationRejection> {
    if before == Some(ideas_per_day) {
        return Ok(vec![]);
    }
    if !(1..=MOST_IDEAS_PER_DAY).contains(&ideas_per_day) {
        return Err(OrganisationRejection::BadIdeasPerDay);
    }
    Ok(vec![
        PrivateLinksAllowed {
            organisation,
            ideas_per_day,
        }
        .into(),
    ])
}

/// Takes none so any more; nothing where it takes none.
pub(super) fn stop(organisation: OrganisationId, before: Option<u16>) -> Vec<OrganisationEvent> {
    match before {
        None => vec![],
        Some(_) => vec![PrivateLinksStopped { organisation }.into()],
    }
}

/// What the table of rights asks of a private link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkHead {
    /// The organisation that the idea is given to.
    pub organisation: OrganisationId,
    /// Under which pseudonym.
    pub holder: PersonId,
    /// Whether it opens anything.
    pub held: bool,
    /// Whether the organisation takes ideas so.
    pub is_allowed: bool,
}

fn held(link: &LinkHead) -> Result<(), GrantRejection> {
    match link.held {
        true => Ok(()),
        false => Err(GrantRejection::LinkEnded),
    }
}

rules! {
    /// All that may be done with a private link.
    LinkHead {
        // For whoever sends the form: nobody is known of them.
        MAKE_LINK = "make-link", [Service: Any] => [RoleGranted], |link| match link.is_allowed {
            true => Ok(()),
            false => Err(GrantRejection::NoPrivateLinks),
        };
        RENEW_LINK = "renew-link", [LinkHolder: OwnLink] => [LinkRenewed], held;
        REVOKE_LINK = "revoke-link", [LinkHolder: OwnLink] => [RoleRevoked], held;
        // By whoever is signed in and has shown the link, of which identity has looked at the secret.
        CLAIM_LINK = "claim-link", [Submitter: OwnOrganisation] => [LinkClaimed], held;
    }
}

impl Ruled for LinkHead {
    type Rejection = GrantRejection;

    const WRONG_ROLE: GrantRejection = GrantRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), GrantRejection> {
        match relation {
            Relation::Any => Ok(()),
            _ if self.organisation != actor.organisation => Err(GrantRejection::WrongOrganisation),
            Relation::OwnLink if self.holder != actor.person => Err(GrantRejection::OtherLink),
            _ => Ok(()),
        }
    }
}

/// What somebody wants done with a private link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCommand {
    /// Who acts.
    pub actor: Actor,
    /// The day in Sweden.
    pub today: Date,
    /// The pseudonym that was made for the link.
    pub holder: PersonId,
    /// The organisation that the idea is given to.
    pub organisation: OrganisationId,
    /// Whether that takes ideas so.
    pub is_allowed: bool,
    /// With which epoch of identity's journal all roles were suspended last; 0: never.
    pub round: u32,
    /// What is to be done.
    pub action: LinkAction,
}

impl LinkCommand {
    /// The grant that it is about.
    pub fn id(&self) -> GrantId {
        GrantId::of(self.holder, &self.organisation, Role::LinkHolder)
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAction {
    /// Make it.
    Make,
    /// Give it another secret.
    Renew,
    /// Let it open nothing any more.
    Revoke,
    /// Say that what was given by it is one's own.
    Claim,
}

impl LinkAction {
    /// The line of the table that it falls under.
    pub fn rule(self) -> &'static Rule<LinkHead> {
        match self {
            Self::Make => &MAKE_LINK,
            Self::Renew => &RENEW_LINK,
            Self::Revoke => &REVOKE_LINK,
            Self::Claim => &CLAIM_LINK,
        }
    }
}

/// The rules of private links.
pub struct PrivateLinks;

impl Decider for PrivateLinks {
    type Command = LinkCommand;
    type Event = GrantEvent;
    type State = Grant;
    type Rejection = GrantRejection;

    fn decide(command: &LinkCommand, grant: &Grant) -> Result<Vec<GrantEvent>, GrantRejection> {
        let head = LinkHead {
            organisation: command.organisation.clone(),
            holder: command.holder,
            held: grant.held.is_some(),
            is_allowed: command.is_allowed,
        };
        let rule = command.action.rule();
        rule.may(&command.actor, &head)?;
        match command.action {
            // A form that is sent again after its link was revoked, or claimed, brings nothing back.
            LinkAction::Make if grant.is_ended => return Err(GrantRejection::LinkEnded),
            LinkAction::Make if grant.held.is_some() => return Ok(vec![]),
            LinkAction::Revoke if grant.is_ended => return Ok(vec![]),
            _ => (rule.state)(&head)?,
        }
        Ok(vec![match command.action {
            LinkAction::Make => RoleGranted {
                person: command.holder,
                organisation: command.organisation.clone(),
                role: Role::LinkHolder,
                from: command.today,
                until: None,
                substitute_for: None,
                round: command.round,
                by_group: false,
            }
            .into(),
            LinkAction::Renew => LinkRenewed {}.into(),
            LinkAction::Revoke => RoleRevoked {}.into(),
            LinkAction::Claim => LinkClaimed {
                link: command.holder,
                by: command.actor.person,
            }
            .into(),
        }])
    }

    fn evolve(grant: Grant, event: &GrantEvent) -> Grant {
        Grants::evolve(grant, event)
    }
}
