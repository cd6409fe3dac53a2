use super::{history, lists, pages};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use idesluss_domain::sharing::Solutions;
use idesluss_domain::sharing::solution::{Solution, SolutionRejection};
use idesluss_domain::words::{Rejection, Role, SolutionId, StreamName};
use idesluss_engine::{Asker, CommandContext, ExecuteError, ViewHandle, in_messages, wrong_role};
use idesluss_proto::pb::command::Query;
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::pb::sharing::sharing_query_service_server::SharingQueryService;
use idesluss_search::Search;
use std::collections::HashMap;
use tonic::{Request, Response, Status};

/// The query service.
pub(crate) struct Queries {
    pub(crate) context: CommandContext,
    pub(crate) catalogue: ViewHandle,
    pub(crate) search: Search,
}

impl Queries {
    /// Who asks. Operators run the machines and read nothing.
    pub(super) fn asker(&self, query: Option<&Query>) -> Result<Asker, Status> {
        let asker = self.context.asker(query)?;
        if asker.is(&[Role::Operator]) {
            Err(wrong_role())
        } else {
            Ok(asker)
        }
    }

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
    use idesluss_domain::sharing::solution::Visibility;
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

macro_rules! queries {
    ($($rpc:ident($request:ident) -> $response:ident = $function:path;)+) => {
        #[tonic::async_trait]
        impl SharingQueryService for Queries {
            $(
                async fn $rpc(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                    $function(self, request.into_inner()).await.map(Response::new)
                }
            )+

            type GetHistoryStream = BoxStream<'static, Result<pb::GetHistoryResponse, Status>>;

            async fn get_history(
                &self,
                request: Request<pb::GetHistoryRequest>,
            ) -> Result<Response<Self::GetHistoryStream>, Status> {
                let pb::GetHistoryResponse { entries, position } = history::get(self, request.into_inner()).await?;
                let part = move |entries| Ok(pb::GetHistoryResponse { entries, position });
                let parts = in_messages(entries).into_iter().map(part);
                Ok(Response::new(stream::iter(parts).boxed()))
            }
        }
    };
}

queries! {
    list_solutions(ListSolutionsRequest) -> ListSolutionsResponse = lists::solutions;
    list_adoptions(ListAdoptionsRequest) -> ListAdoptionsResponse = lists::adoptions;
    list_benefits(ListBenefitsRequest) -> ListBenefitsResponse = lists::benefits;
    get_solution(GetSolutionRequest) -> GetSolutionResponse = pages::solution;
    get_adoption(GetAdoptionRequest) -> GetAdoptionResponse = pages::adoption;
}
