//! What a provider says of whoever signs in, and what an organisation makes of it: which of its groups holds which role.
//!
//! A mapping is adopted whole and never edited, so that it shows under which one somebody came in. Submitting is a right of the mapping itself
//! (see [`PersonId::members_of`]), so that the journal does not hold everybody who works in a municipality; other roles are granted to a person,
//! and end with the group.

use crate::Decider;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, Label, OrganisationId, Role, holds_personal_number, is_unseen};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most lines of a mapping.
pub const MOST_LINES: usize = 100;
/// How many characters the name of a claim, or a value of it, has at most.
pub const LONGEST_VALUE: usize = 200;
/// The most ways of signing in that are good enough.
pub const MOST_WAYS: usize = 20;

/// An organisation makes this of what its provider says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingAdopted {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Counted from 1 in the organisation.
    pub version: u32,
    /// What it makes of it.
    pub mapping: Mapping,
}

/// Nobody comes in for the organisation by a provider any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingWithdrawn {
    /// The organisation.
    pub organisation: OrganisationId,
}

/// Who holds which role by what the provider says of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The provider, as whoever runs the instance calls it.
    pub provider: Label,
    /// The claim that is looked at, such as `groups`.
    pub claim: String,
    /// How somebody must have signed in there, if that is demanded.
    pub demands: Demands,
    /// Who gets what.
    pub lines: Vec<MappingLine>,
}

/// How somebody must have signed in at the provider. Empty lists demand nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demands {
    /// One of these must be the token's `acr`.
    pub acr: Vec<String>,
    /// All of these must be among the token's `amr`.
    pub amr: Vec<String>,
}

/// Whoever is said to be in a group holds a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MappingLine {
    /// The claim's value; None: everybody who signs in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// The role.
    pub role: Role,
}

impl Mapping {
    /// The roles of somebody of whom the provider says these values.
    pub fn roles(&self, values: &BTreeSet<String>) -> BTreeSet<Role> {
        let fits = |line: &&MappingLine| line.value.as_ref().is_none_or(|value| values.contains(value));
        self.lines.iter().filter(fits).map(|line| line.role).collect()
    }

    /// Whether anybody may submit by it.
    pub fn lets_submit(&self) -> bool {
        self.lines.iter().any(|line| line.role == Role::Submitter)
    }

    fn is_whole(&self) -> bool {
        let fits =
            |text: &str| !text.trim().is_empty() && text.chars().count() <= LONGEST_VALUE && !text.contains(is_unseen);
        let values = self.lines.iter().filter_map(|line| line.value.as_deref());
        let ways = self.demands.acr.iter().chain(&self.demands.amr);
        let texts = values.chain(ways.map(String::as_str)).chain([&*self.claim]);
        let once: BTreeSet<&MappingLine> = self.lines.iter().collect();
        let ways = self.demands.acr.len().max(self.demands.amr.len());
        (1..=MOST_LINES).contains(&self.lines.len())
            && once.len() == self.lines.len()
            && ways <= MOST_WAYS
            && texts.into_iter().all(|text| fits(text) && !holds_personal_number(text))
    }
}

events! {
    /// What happens to an organisation's mapping.
    MappingEvent, "identity", "mapping", [MappingAdopted, MappingWithdrawn]
}

rejections! {
    /// Why a mapping is not adopted or withdrawn.
    MappingRejection {
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// Another organisation's.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// Whoever runs the instance has not let this provider speak for the organisation.
        NoSuchProvider => NotFound, "NO_SUCH_PROVIDER";
        /// No lines, too many, one twice, or texts that are none.
        BadMapping => Invalid, "BAD_MAPPING", max = MOST_LINES, most = LONGEST_VALUE;
        /// Who administers, and who runs the machines, no group says.
        NotByGroup => Invalid, "ROLE_NOT_BY_GROUP";
    }
}

/// An organisation's mapping as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingState {
    /// The one in force; None: none was adopted, or it was withdrawn.
    pub adopted: Option<MappingAdopted>,
    /// The newest version that there ever was; 0: none.
    pub last: u32,
}

/// What the table of rights asks of a mapping: whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingHead {
    /// The organisation.
    pub organisation: OrganisationId,
}

rules! {
    /// All that may be done with a mapping.
    MappingHead {
        ADOPT_MAPPING = "adopt-mapping", [Administrator: OwnOrganisation] => [MappingAdopted], |_| Ok(());
        WITHDRAW_MAPPING = "withdraw-mapping", [Administrator: OwnOrganisation] => [MappingWithdrawn], |_| Ok(());
    }
}

impl Ruled for MappingHead {
    type Rejection = MappingRejection;

    const WRONG_ROLE: MappingRejection = MappingRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), MappingRejection> {
        match relation {
            Relation::Any => Ok(()),
            _ if self.organisation == actor.organisation => Ok(()),
            _ => Err(MappingRejection::WrongOrganisation),
        }
    }
}

/// What somebody wants done with an organisation's mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingCommand {
    /// Who acts.
    pub actor: Actor,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The providers that may speak for the organisation, as whoever runs the instance has set them.
    pub providers: BTreeSet<Label>,
    /// What is to be done.
    pub action: MappingAction,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingAction {
    /// Let it hold from now on.
    Adopt(Mapping),
    /// Let none hold.
    Withdraw,
}

impl MappingAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<MappingHead> {
        match self {
            Self::Adopt(_) => &ADOPT_MAPPING,
            Self::Withdraw => &WITHDRAW_MAPPING,
        }
    }
}

/// The rules of mappings.
pub struct Mappings;

impl Decider for Mappings {
    type Command = MappingCommand;
    type Event = MappingEvent;
    type State = MappingState;
    type Rejection = MappingRejection;

    fn decide(command: &MappingCommand, state: &MappingState) -> Result<Vec<MappingEvent>, MappingRejection> {
        let organisation = command.organisation.clone();
        let head = MappingHead { organisation };
        command.action.rule().may(&command.actor, &head)?;
        let MappingHead { organisation } = head;
        let mapping = match &command.action {
            MappingAction::Adopt(mapping) => mapping,
            MappingAction::Withdraw if state.adopted.is_none() => return Ok(vec![]),
            MappingAction::Withdraw => return Ok(vec![MappingWithdrawn { organisation }.into()]),
        };
        if state
            .adopted
            .as_ref()
            .is_some_and(|adopted| adopted.mapping == *mapping)
        {
            return Ok(vec![]);
        }
        if !command.providers.contains(&mapping.provider) {
            return Err(MappingRejection::NoSuchProvider);
        }
        if mapping.lines.iter().any(|line| !line.role.may_come_by_group()) {
            return Err(MappingRejection::NotByGroup);
        }
        if !mapping.is_whole() {
            return Err(MappingRejection::BadMapping);
        }
        let adopted = MappingAdopted {
            organisation,
            version: state.last + 1,
            mapping: mapping.clone(),
        };
        Ok(vec![adopted.into()])
    }

    fn evolve(state: MappingState, event: &MappingEvent) -> MappingState {
        match event {
            MappingEvent::MappingAdopted(adopted) => MappingState {
                last: adopted.version,
                adopted: Some(adopted.clone()),
            },
            MappingEvent::MappingWithdrawn(_) => MappingState { adopted: None, ..state },
        }
    }
}
