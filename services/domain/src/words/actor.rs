use super::{OrganisationId, PersonId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Who acts: a pseudonym, in one role, for one organisation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The person, as a pseudonym.
    pub person: PersonId,
    /// The organisation that the role is held in.
    pub organisation: OrganisationId,
    /// The role in which the person acts now.
    pub role: Role,
}

impl Actor {
    /// The service itself, for an organisation: nobody's pseudonym.
    pub fn service(organisation: &OrganisationId) -> Self {
        Self {
            person: PersonId(Uuid::nil()),
            organisation: organisation.clone(),
            role: Role::Service,
        }
    }

    /// Whether it is a person or a program, who act by a grant, and neither a service nor whoever sits at the machine.
    pub fn acts_by_grant(&self) -> bool {
        match self.role {
            Role::Service => false,
            Role::Operator => !self.person.0.is_nil(),
            _ => true,
        }
    }

    /// Whoever sits at the machine on which a journal lies, for the instance: nobody's pseudonym.
    pub fn operator(instance: &OrganisationId) -> Self {
        Self {
            person: PersonId(Uuid::nil()),
            organisation: instance.clone(),
            role: Role::Operator,
        }
    }
}

/// What a person may be to an organisation. One person may hold several roles, and acts in one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Idégivare: submits ideas and hears what became of them.
    Submitter,
    /// Slussledare: screens, approves briefs, assigns, feeds back.
    Coordinator,
    /// Bedömare: gives an assessment of a brief.
    Assessor,
    /// Behovsägare: has the need that an idea answers.
    NeedOwner,
    /// Beslutsfattare: decides under a mandate.
    DecisionMaker,
    /// Registrator: registers ideas and hands out their numbers.
    Registrar,
    /// Förvaltare: looks after a shared solution.
    Steward,
    /// Införare: takes a solution into use in another organisation.
    Adopter,
    /// Revisor: reads and verifies, changes nothing.
    Auditor,
    /// Driftansvarig: runs the machines, may not read content.
    Operator,
    /// Organisationsadministratör: grants and takes back the roles of one organisation, and reads no ideas.
    Administrator,
    /// Idégivare utan konto: whoever has the private link of an idea, and is that idea's author.
    LinkHolder,
    /// The service itself, reacting to an event or a due date.
    Service,
}

impl Role {
    /// Every role, in the order in which people are shown them.
    pub const ALL: [Role; 13] = [
        Role::Submitter,
        Role::Coordinator,
        Role::Assessor,
        Role::NeedOwner,
        Role::DecisionMaker,
        Role::Registrar,
        Role::Steward,
        Role::Adopter,
        Role::Auditor,
        Role::Operator,
        Role::Administrator,
        Role::LinkHolder,
        Role::Service,
    ];

    /// Whether somebody who is known holds it: no program, and nobody of whom a private link is all that is known.
    pub fn is_for_people(self) -> bool {
        !matches!(self, Self::LinkHolder | Self::Service)
    }

    /// The roles that people hold, in the same order.
    pub fn of_people() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|role| role.is_for_people())
    }

    /// Whether a provider's group may say who holds it: not who administers, who runs the machines, and what is a program.
    pub fn may_come_by_group(self) -> bool {
        self.is_for_people() && !matches!(self, Self::Administrator | Self::Operator)
    }

    /// Whether a program may act in it: not in what takes somebody's judgement or mandate, nor in what says who may.
    pub fn may_be_a_programs(self) -> bool {
        match self {
            Self::Submitter | Self::Coordinator | Self::Registrar | Self::Steward | Self::Adopter | Self::Auditor => {
                true
            }
            Self::Assessor
            | Self::NeedOwner
            | Self::DecisionMaker
            | Self::Operator
            | Self::Administrator
            | Self::LinkHolder
            | Self::Service => false,
        }
    }

    /// The stored and wire form, such as `decision-maker`.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Submitter => "submitter",
            Role::Coordinator => "coordinator",
            Role::Assessor => "assessor",
            Role::NeedOwner => "need-owner",
            Role::DecisionMaker => "decision-maker",
            Role::Registrar => "registrar",
            Role::Steward => "steward",
            Role::Adopter => "adopter",
            Role::Auditor => "auditor",
            Role::Operator => "operator",
            Role::Administrator => "administrator",
            Role::LinkHolder => "link-holder",
            Role::Service => "service",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == name)
            .ok_or(UnknownRole)
    }
}

/// A role name that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the role is unknown")]
pub struct UnknownRole;
