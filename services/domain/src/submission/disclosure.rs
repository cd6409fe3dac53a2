//! Texts of an idea that were handed out to be kept elsewhere: where copies lie that no erasure reaches.
//!
//! A stream of its own beside the idea's: a disclosure changes nothing about the idea, and must not make a decider look again.

use crate::Decider;
use crate::rights::{Relation, Ruled};
use crate::words::{Actor, IdeaId, OrganisationId, PersonId, SealedText};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Everything that somebody may read of an idea was handed to them in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextsDisclosed {
    /// The idea.
    pub idea: IdeaId,
    /// Whose idea it is.
    pub organisation: OrganisationId,
    /// To whom.
    pub to: PersonId,
    /// What for.
    pub purpose: SealedText,
}

events! {
    /// What is disclosed of an idea.
    DisclosureEvent, "submission", "disclosure", [TextsDisclosed]
}

rejections! {
    /// Why nothing is disclosed.
    DisclosureRejection {
        /// There is no such idea.
        Unknown => NotFound, "NO_SUCH_IDEA";
        /// The role may not take texts away.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// The actor wrote it, or is in conflict with it.
        TakesNoPart => Forbidden, "TAKES_NO_PART";
    }
}

rules! {
    /// All that may be done about an idea's texts leaving in a file.
    Disclosed {
        DISCLOSE_TEXTS = "disclose-texts", [Auditor: OwnOrganisation] => [TextsDisclosed], |_| Ok(());
    }
}

impl Ruled for Disclosed {
    type Rejection = DisclosureRejection;

    const WRONG_ROLE: DisclosureRejection = DisclosureRejection::WrongRole;

    /// Whose the idea is comes with the command, from the idea's own stream.
    fn relation(&self, _: Relation, _: &Actor) -> Result<(), DisclosureRejection> {
        Ok(())
    }
}

/// Hands an idea's texts to the actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscloseTexts {
    /// Who gets them.
    pub actor: Actor,
    /// Of which idea.
    pub idea: IdeaId,
    /// Whose it is; None: there is no such idea.
    pub home: Option<OrganisationId>,
    /// Who takes no part in judging it: they may not read it, so nothing is handed to them, and nothing says that it was.
    pub aside: BTreeSet<PersonId>,
    /// What for.
    pub purpose: SealedText,
}

/// What has been disclosed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disclosed {
    /// How often.
    pub times: u32,
}

/// The rules of disclosing.
pub struct Disclosures;

impl Decider for Disclosures {
    type Command = DiscloseTexts;
    type Event = DisclosureEvent;
    type State = Disclosed;
    type Rejection = DisclosureRejection;

    fn decide(command: &DiscloseTexts, disclosed: &Disclosed) -> Result<Vec<DisclosureEvent>, DisclosureRejection> {
        let home = command.home.as_ref().ok_or(DisclosureRejection::Unknown)?;
        DISCLOSE_TEXTS.may(&command.actor, disclosed)?;
        if command.actor.organisation != *home {
            return Err(DisclosureRejection::WrongOrganisation);
        }
        if command.aside.contains(&command.actor.person) {
            return Err(DisclosureRejection::TakesNoPart);
        }
        Ok(vec![
            TextsDisclosed {
                idea: command.idea,
                organisation: home.clone(),
                to: command.actor.person,
                purpose: command.purpose,
            }
            .into(),
        ])
    }

    fn evolve(mut disclosed: Disclosed, _: &DisclosureEvent) -> Disclosed {
        disclosed.times = disclosed.times.saturating_add(1);
        disclosed
    }
}
