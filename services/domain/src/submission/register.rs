//! The register that hands out an organisation's references in one year.

use crate::Decider;
use crate::rights::{Relation, Ruled};
use crate::words::{Actor, IdeaId, Label, OrganisationId};
use serde::{Deserialize, Serialize};

/// An idea got the next number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceAssigned {
    /// The idea.
    pub idea: IdeaId,
    /// From 1, without gaps in an organisation's year.
    pub number: u32,
    /// Such as `UDD-2026-0042`.
    pub reference: Label,
}

events! {
    /// What happens to a register.
    RegisterEvent, "submission", "register", [ReferenceAssigned]
}

rejections! {
    /// Why no reference is given.
    RegisterRejection {
        /// Only the service takes numbers.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// The prefix can't begin a reference.
        WrongPrefix => Invalid, "WRONG_PREFIX";
        /// The year is used up.
        Full => Precondition, "REGISTER_FULL";
    }
}

/// Takes the next reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignReference {
    /// Who acts.
    pub actor: Actor,
    /// Whose register it is.
    pub organisation: OrganisationId,
    /// The beginning of its references.
    pub prefix: String,
    /// The register's year, in Sweden.
    pub year: i16,
    /// For which idea.
    pub idea: IdeaId,
}

/// The numbers that have been given. Which idea has which stands with the idea, in its receipt, which is appended with the number: so a register is
/// known by its last entry alone, however long its year is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register {
    /// The last number; 0 before the first.
    pub last: u32,
}

rules! {
    /// All that may be done with a register.
    Register {
        ASSIGN_REFERENCE = "assign-reference", [Service: OwnOrganisation] => [ReferenceAssigned], |_| Ok(());
    }
}

impl Ruled for Register {
    type Rejection = RegisterRejection;

    const WRONG_ROLE: RegisterRejection = RegisterRejection::WrongRole;

    /// A register stands under its organisation's name, which the command brings.
    fn relation(&self, _: Relation, _: &Actor) -> Result<(), RegisterRejection> {
        Ok(())
    }
}

/// The rules of a register.
pub struct Registers;

impl Decider for Registers {
    type Command = AssignReference;
    type Event = RegisterEvent;
    type State = Register;
    type Rejection = RegisterRejection;

    fn decide(command: &AssignReference, register: &Register) -> Result<Vec<RegisterEvent>, RegisterRejection> {
        ASSIGN_REFERENCE.may(&command.actor, register)?;
        if command.actor.organisation != command.organisation {
            return Err(RegisterRejection::WrongOrganisation);
        }
        let prefix = &command.prefix;
        if !(2..=5).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(RegisterRejection::WrongPrefix);
        }
        let number = register.last.checked_add(1).ok_or(RegisterRejection::Full)?;
        // In a number of ten digits a day of birth could be read.
        let reference = format!("{prefix}-{}-{number:04}", command.year);
        let reference = reference.parse().map_err(|_| RegisterRejection::Full)?;
        Ok(vec![
            ReferenceAssigned {
                idea: command.idea,
                number,
                reference,
            }
            .into(),
        ])
    }

    fn evolve(mut register: Register, event: &RegisterEvent) -> Register {
        let RegisterEvent::ReferenceAssigned(assigned) = event;
        register.last = register.last.max(assigned.number);
        register
    }
}
