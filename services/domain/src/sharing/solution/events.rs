//! The stored form of what happens to a solution.

use crate::words::{EvaluationId, IdeaId, OrganisationId, PersonId, SolutionId};
use serde::{Deserialize, Serialize};

/// An idea that was carried out, or decided for rollout, became a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolutionDrafted {
    /// The solution.
    pub solution: SolutionId,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The idea that it comes from.
    pub idea: IdeaId,
    /// The evaluation that decided for rollout, if that is why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decided_in: Option<EvaluationId>,
}

/// What others need to know to copy or adapt it. Public words, not sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Its title.
    pub title: String,
    /// What problem it solves, and how.
    pub summary: String,
    /// What it is.
    pub kind: SolutionKind,
    /// Under which licence or terms it may be used, such as `CC-BY-4.0`.
    pub licence: String,
    /// A function to turn to, such as a shared mailbox; never a person's own.
    pub contact: String,
    /// The lowest and highest cost of taking it into use, in kronor, if known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cost_kronor: Option<(u64, u64)>,
    /// What it takes to take it into use.
    pub prerequisites: String,
}

/// What a solution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SolutionKind {
    /// A product.
    Product,
    /// A service.
    Service,
    /// A way of working.
    WayOfWorking,
}

/// Who may see a solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// The organisation itself.
    Own,
    /// Every organisation of the region.
    Region,
    /// Everybody.
    Public,
}

/// It can be found by others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolutionPublished {
    /// What it is.
    pub description: Description,
    /// Who looks after it.
    pub steward: PersonId,
    /// Who may see it.
    pub visibility: Visibility,
}

/// Its description or visibility changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolutionVersioned {
    /// From 2.
    pub version: u32,
    /// What it is now.
    pub description: Description,
    /// Who may see it now.
    pub visibility: Visibility,
    /// What is new. Public words, not sealed.
    pub changes: String,
}

/// It is no longer offered. Those who use it go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolutionRetired {
    /// Why. Public words, not sealed.
    pub reason: String,
    /// What to use instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaced_by: Option<SolutionId>,
}

events! {
    /// What happens to a solution.
    SolutionEvent, "sharing", "solution", [SolutionDrafted, SolutionPublished, SolutionVersioned, SolutionRetired]
}
