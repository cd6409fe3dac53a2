use super::catalogue::{Catalogue, unknown};
use crate::views;
use futures_util::StreamExt as _;
use futures_util::stream;
use idesluss_domain::words::{AdoptionId, Role, SolutionId, StreamName};
use idesluss_engine::{Asker, Parts, Recorded, forbidden, in_messages};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::requests::sharing::GetHistory;
use idesluss_proto::status::Reason;
use tonic::Status;

/// Everything that came of an idea here; what other organisations wrote for themselves is left out.
pub(super) async fn get(
    catalogue: Catalogue,
    asker: Asker,
    asked: GetHistory,
) -> Result<Parts<pb::GetHistoryResponse>, Status> {
    asker.needs(&[Role::Coordinator, Role::Registrar, Role::Auditor])?;
    let solution = SolutionId::derive(asked.idea);
    let state = catalogue.states(&[solution]).await?.remove(&solution.to_string());
    let drafted = state.and_then(|state| state.drafted).ok_or_else(unknown)?;
    if drafted.organisation != asker.actor.organisation {
        return Err(forbidden(Reason::WrongRole));
    }
    let ask = move |conn: &rusqlite::Connection| views::of_solution(conn, &solution.to_string());
    let (adoptions, _) = catalogue.catalogue.query(asker.after.as_ref(), ask).await?;
    let mut streams = vec![StreamName::solution(solution)];
    let adoptions = adoptions
        .iter()
        .filter_map(|row| row.adoption.parse::<AdoptionId>().ok());
    streams.extend(adoptions.map(StreamName::adoption));
    let own = |entry: &Recorded| entry.meta.organisation == asker.actor.organisation;
    let (entries, position) = catalogue.context.history(&streams, own).await?;
    let part = move |entries| Ok(pb::GetHistoryResponse { entries, position });
    Ok(stream::iter(in_messages(entries).into_iter().map(part)).boxed())
}
