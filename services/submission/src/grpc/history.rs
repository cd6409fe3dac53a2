use super::queries::{Sight, idea_id, load, sight};
use idesluss_domain::words::StreamName;
use idesluss_engine::{Desk, wrong_role};
use idesluss_proto::pb::submission as pb;
use tonic::Status;

/// Everything that stands here about an idea, line by line, with the texts opened in one batch.
pub(super) async fn get(desk: &Desk, request: pb::GetHistoryRequest) -> Result<pb::GetHistoryResponse, Status> {
    let asker = desk.asker(request.query.as_ref())?;
    let id = idea_id(&request.idea)?;
    let (_, idea) = load(desk, &asker, id).await?;
    if sight(&asker, &idea)? != Sight::All {
        return Err(wrong_role());
    }
    let streams = [StreamName::idea(id), StreamName::disclosure(id)];
    let (entries, position) = desk.history(&streams).await?;
    Ok(pb::GetHistoryResponse { entries, position })
}
