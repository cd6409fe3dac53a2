//! What happens to an instance's journals themselves.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::words::Digest;

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
    /// Why, in the operator's words; about machines, never about people.
    pub reason: String,
}

events! {
    /// What happens to a journal as a whole.
    InstanceEvent, "journal", [EpochOpened]
}
