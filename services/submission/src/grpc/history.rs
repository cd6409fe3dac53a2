use super::queries::{AccessLevel, access_level, idea_id, load};
use idesluss_domain::words::StreamName;
use idesluss_engine::{CommandContext, wrong_role};
use idesluss_proto::pb::submission as pb;
use tonic::Status;

/// Everything that stands here about an idea, line by line, with the texts opened in one batch.
pub(super) async fn get(
    context: &CommandContext,
    request: pb::GetHistoryRequest,
) -> Result<pb::GetHistoryResponse, Status> {
    let asker = context.asker(request.query.as_ref())?;
    let id = idea_id(&request.idea)?;
    let (_, idea) = load(context, &asker, id).await?;
    if access_level(context, &asker, id, &idea).await? != AccessLevel::All {
        return Err(wrong_role());
    }
    let streams = [StreamName::idea(id), StreamName::disclosure(id)];
    let (entries, position) = context.history(&streams, |_| true).await?;
    Ok(pb::GetHistoryResponse { entries, position })
}
