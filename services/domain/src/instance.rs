//! What happens to an instance's journals themselves.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::rights::{Relation, Ruled};
use crate::words::{Actor, Digest, Label};

/// An operator opened a new epoch, because the journal was restored from a backup and entries after
/// it may be lost. Receivers keep what they hold of the old epoch after `kept` and mark it orphaned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochOpened {
    /// The number of the epoch that begins with this event.
    pub epoch: u32,
    /// Per source, the last sequence of the earlier epoch that the journal still holds.
    pub kept: BTreeMap<String, u64>,
    /// How many entries the journal held when the epoch was opened.
    pub size: u64,
    /// The root of the tree over those entries.
    pub root: Digest,
    /// Why.
    pub reason: RestoreReason,
}

/// From here on a service writes by this table of rights, until it says another: whoever reads the journal later judges by what held then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyInForce {
    /// The version of the program.
    pub version: Label,
    /// The SHA-256 of the table as it is written (see [`crate::policy`]).
    pub table: Digest,
}

events! {
    /// What happens to a journal as a whole.
    InstanceEvent, "journal", "journal", [EpochOpened, PolicyInForce]
}

/// A journal, which nobody decides about: its line of rights says who writes what happens to it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Journal;

/// Nobody but the operator and the service itself writes about a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongRole;

rules! {
    /// All that may be done with a journal.
    Journal {
        OPEN_EPOCH = "open-epoch", [Operator: Any] => [EpochOpened], |_| Ok(());
        ANNOUNCE_POLICY = "announce-policy", [Service: Any] => [PolicyInForce], |_| Ok(());
    }
}

impl Ruled for Journal {
    type Rejection = WrongRole;

    const WRONG_ROLE: WrongRole = WrongRole;

    fn relation(&self, _: Relation, _: &Actor) -> Result<(), WrongRole> {
        Ok(())
    }
}

/// Why a journal was put back from a backup. A closed list: it stands in the journal for good, and speaks of machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestoreReason {
    /// A disk or a machine is lost.
    HardwareLost,
    /// The database or its file could not be read any more.
    DatabaseDamaged,
    /// Software, or the hand that ran it, has done the wrong thing.
    Mistake,
    /// It goes on in another place.
    Moved,
    /// Nothing has happened: it is being practised.
    Exercise,
}

/// A reason that is not on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reason is one of hardware-lost, database-damaged, mistake, moved and exercise")]
pub struct UnknownReason;

impl RestoreReason {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::HardwareLost,
        Self::DatabaseDamaged,
        Self::Mistake,
        Self::Moved,
        Self::Exercise,
    ];

    /// The stored and written form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HardwareLost => "hardware-lost",
            Self::DatabaseDamaged => "database-damaged",
            Self::Mistake => "mistake",
            Self::Moved => "moved",
            Self::Exercise => "exercise",
        }
    }
}

impl std::str::FromStr for RestoreReason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        let known = Self::ALL.into_iter().find(|reason| reason.as_str() == text);
        known.ok_or(UnknownReason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_written_and_stored_by_its_name() {
        for (reason, name) in
            RestoreReason::ALL
                .into_iter()
                .zip(["hardware-lost", "database-damaged", "mistake", "moved", "exercise"])
        {
            assert_eq!((reason.as_str(), name.parse()), (name, Ok(reason)));
            assert_eq!(serde_json::to_value(reason).expect("stored"), name);
        }
        assert_eq!("whim".parse::<RestoreReason>(), Err(UnknownReason));
    }
}
