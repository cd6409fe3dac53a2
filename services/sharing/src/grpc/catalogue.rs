use idesluss_domain::sharing::Solutions;
use idesluss_domain::sharing::solution::{Solution, SolutionRejection, Visibility};
use idesluss_domain::words::{Rejection, Role, SolutionId, StreamName};
use idesluss_engine::{Asker, CommandContext, ExecuteError, ViewHandle, forbidden};
use idesluss_proto::status::Reason;
use idesluss_search::Search;
use std::collections::HashMap;
use tonic::Status;

/// What the rpcs are answered with.
#[derive(Clone)]
pub(crate) struct Catalogue {
    pub(crate) context: CommandContext,
    pub(crate) catalogue: ViewHandle,
    pub(crate) search: Search,
}

impl AsRef<CommandContext> for Catalogue {
    fn as_ref(&self) -> &CommandContext {
        &self.context
    }
}

/// Operators run the machines and read nothing.
pub(super) fn reads(asker: &Asker) -> Result<(), Status> {
    if asker.is(&[Role::Operator]) {
        return Err(forbidden(Reason::WrongRole));
    }
    Ok(())
}

impl Catalogue {
    /// Solutions as they stand, all read at one moment.
    pub(super) async fn states(&self, ids: &[SolutionId]) -> Result<HashMap<String, Solution>, Status> {
        let streams: Vec<StreamName> = ids.iter().copied().map(StreamName::solution).collect();
        let loaded = self.context.engine.load(&streams).await?;
        let state = |(id, stream)| -> (String, Solution) {
            let id: &SolutionId = id;
            (id.to_string(), loaded.state::<Solutions>(stream))
        };
        Ok(ids.iter().zip(&streams).map(state).collect())
    }

    /// The titles of solutions, by id; drafts have none.
    pub(super) async fn titles(&self, ids: impl Iterator<Item = &str>) -> Result<HashMap<String, String>, Status> {
        let mut ids: Vec<SolutionId> = ids.filter_map(|id| id.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        let states = self.states(&ids).await?.into_iter();
        let title = |(id, state): (String, Solution)| Some((id, state.published?.0.title));
        Ok(states.filter_map(title).collect())
    }
}

/// Whether somebody of the asker's organisation may see the solution: its own, or what is shown to others.
pub(super) fn may_see(asker: &Asker, solution: &Solution) -> bool {
    let own = solution
        .drafted
        .as_ref()
        .is_some_and(|drafted| drafted.organisation == asker.actor.organisation);
    let shown = solution
        .published
        .as_ref()
        .is_some_and(|(_, visibility)| *visibility >= Visibility::Region);
    own || shown
}

/// There is no such solution, or it is not shown to this asker.
pub(super) fn unknown() -> Status {
    ExecuteError::from(Rejection::from(SolutionRejection::Unknown)).into()
}
