use super::queries::{Queries, unknown};
use crate::views;
use idesluss_domain::words::{AdoptionId, IdeaId, Role, SolutionId, StreamName};
use idesluss_engine::{Recorded, wrong_role};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::status::Problems;
use tonic::Status;

/// Everything that came of an idea here; what other organisations wrote for themselves is left out.
pub(super) async fn get(queries: &Queries, request: pb::GetHistoryRequest) -> Result<pb::GetHistoryResponse, Status> {
    let asker = queries.asker(request.query.as_ref())?;
    asker.needs(&[Role::Coordinator, Role::Registrar, Role::Auditor])?;
    let mut problems = Problems::default();
    let idea = problems.parse::<IdeaId>("idea", &request.idea, "give a UUID");
    let solution = SolutionId::derive(problems.finish(idea)?);
    let state = queries.states(&[solution]).await?.remove(&solution.to_string());
    let drafted = state.and_then(|state| state.drafted).ok_or_else(unknown)?;
    if drafted.organisation != asker.actor.organisation {
        return Err(wrong_role());
    }
    let ask = move |conn: &rusqlite::Connection| views::of_solution(conn, &solution.to_string());
    let (adoptions, _) = queries.catalogue.query(asker.after.as_ref(), ask).await?;
    let mut streams = vec![StreamName::solution(solution)];
    let adoptions = adoptions
        .iter()
        .filter_map(|row| row.adoption.parse::<AdoptionId>().ok());
    streams.extend(adoptions.map(StreamName::adoption));
    let own = |entry: &Recorded| entry.meta.organisation == asker.actor.organisation;
    let (entries, position) = queries.context.history(&streams, own).await?;
    Ok(pb::GetHistoryResponse { entries, position })
}
