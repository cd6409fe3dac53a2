//! Placeholder until the aggregate is written.
use serde::{Deserialize, Serialize};

/// Placeholder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferenceAssigned {}

events! {
    /// Placeholder.
    RegisterEvent, "submission", [ReferenceAssigned]
}
