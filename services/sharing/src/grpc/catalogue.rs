use idesluss_domain::sharing::Solutions;
use idesluss_domain::sharing::solution::{Solution, SolutionRejection};
use idesluss_domain::words::{OrganisationId, Rejection, SolutionId, StreamName};
use idesluss_engine::{CommandContext, ExecuteError, ViewHandle};
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

    /// What solutions are called for an organisation, by id; drafts are called nothing.
    pub(super) async fn titles(
        &self,
        asker: &OrganisationId,
        ids: impl Iterator<Item = &str>,
    ) -> Result<HashMap<String, String>, Status> {
        let mut ids: Vec<SolutionId> = ids.filter_map(|id| id.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        let states = self.states(&ids).await?.into_iter();
        let title = |(id, state): (String, Solution)| Some((id, state.title_for(asker)?.to_owned()));
        Ok(states.filter_map(title).collect())
    }
}

/// There is no such solution, or it is not shown to this asker.
pub(super) fn unknown() -> Status {
    ExecuteError::from(Rejection::from(SolutionRejection::Unknown)).into()
}
