use super::catalogue::Catalogue;
use crate::views;
use futures_util::StreamExt as _;
use futures_util::stream;
use idesluss_domain::sharing::Solutions;
use idesluss_domain::words::{AdoptionId, SolutionId, StreamName};
use idesluss_engine::{Asker, Parts, Recorded, in_messages, rejected};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::requests::sharing::GetHistory;
use tonic::Status;

/// Everything that came of an idea here; what other organisations wrote for themselves is left out.
pub(super) async fn get(
    catalogue: Catalogue,
    asker: Asker,
    asked: GetHistory,
) -> Result<Parts<pb::GetHistoryResponse>, Status> {
    let solution = SolutionId::derive(asked.idea);
    catalogue.context.wait(&asker).await?;
    let stream = StreamName::solution(solution);
    let loaded = catalogue.context.engine.load(std::slice::from_ref(&stream)).await?;
    asker
        .permit
        .sees(&loaded.state::<Solutions>(&stream))
        .map_err(rejected)?;
    let ask = move |conn: &rusqlite::Connection| views::of_solution(conn, &solution.to_string());
    let (adoptions, _) = catalogue.catalogue.query(asker.after.as_ref(), ask).await?;
    let mut streams = vec![stream];
    let adoptions = adoptions
        .iter()
        .filter_map(|row| row.adoption.parse::<AdoptionId>().ok());
    streams.extend(adoptions.map(StreamName::adoption));
    let own = |entry: &Recorded| entry.meta.organisation == asker.actor().organisation;
    let entries = catalogue.context.history(&asker.permit, loaded, &streams, own).await?;
    let part = move |entries| Ok(pb::GetHistoryResponse { entries });
    Ok(stream::iter(in_messages(entries).into_iter().map(part)).boxed())
}
