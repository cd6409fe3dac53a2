//! What may be done with a solution, by whom, and where it must stand.

use super::*;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::Actor;

rules! {
    /// All that may be done with a solution.
    Solution {
        DRAFT = "draft", [Service | Steward | Coordinator: Any] => [SolutionDrafted], |_| Ok(());
        PUBLISH = "publish", [Steward | Coordinator: OwnOrganisation] => [SolutionPublished], unpublished;
        VERSION = "version", [Steward | Coordinator: OwnOrganisation] => [SolutionVersioned], published;
        RETIRE = "retire", [Steward | Coordinator: OwnOrganisation] => [SolutionRetired], in_force;
    }
}

impl SolutionAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<Solution> {
        match self {
            SolutionAction::Draft { .. } => &DRAFT,
            SolutionAction::Publish { .. } => &PUBLISH,
            SolutionAction::Version { .. } => &VERSION,
            SolutionAction::Retire { .. } => &RETIRE,
        }
    }
}

impl SolutionCommand {
    /// Whether the solution is such that this may be done now.
    pub(super) fn in_state(&self, solution: &Solution) -> Result<(), SolutionRejection> {
        (self.action.rule().state)(solution)
    }
}

impl Ruled for Solution {
    type Rejection = SolutionRejection;

    const WRONG_ROLE: SolutionRejection = SolutionRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), SolutionRejection> {
        if relation == Relation::Any {
            return Ok(());
        }
        if relation == Relation::Offered && self.is_shown() {
            return Ok(());
        }
        let drafted = self.drafted.as_ref().ok_or(SolutionRejection::Unknown)?;
        if actor.organisation != drafted.organisation {
            return Err(SolutionRejection::WrongOrganisation);
        }
        Ok(())
    }
}

fn in_force(solution: &Solution) -> Result<(), SolutionRejection> {
    if solution.retired {
        return Err(SolutionRejection::Retired);
    }
    Ok(())
}

fn unpublished(solution: &Solution) -> Result<(), SolutionRejection> {
    in_force(solution)?;
    if solution.published.is_some() {
        return Err(SolutionRejection::AlreadyPublished);
    }
    Ok(())
}

fn published(solution: &Solution) -> Result<(), SolutionRejection> {
    if solution.published.is_none() {
        return Err(SolutionRejection::NotPublished);
    }
    in_force(solution)
}
