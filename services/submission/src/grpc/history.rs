use super::Submission;
use super::access::load_all;
use futures_util::StreamExt as _;
use futures_util::stream;
use idesluss_domain::words::StreamName;
use idesluss_engine::{Asker, Parts, in_messages};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::GetHistory;
use tonic::Status;

/// Everything that stands here about an idea, line by line, with the texts opened in one batch.
pub(super) async fn get(
    submission: Submission,
    asker: Asker,
    asked: GetHistory,
) -> Result<Parts<pb::GetHistoryResponse>, Status> {
    let context = &submission.context;
    let (loaded, _) = load_all(context, &asker, asked.idea).await?;
    let streams = [StreamName::idea(asked.idea), StreamName::disclosure(asked.idea)];
    let entries = context.history(&asker.permit, loaded, &streams, |_| true).await?;
    let part = move |entries| Ok(pb::GetHistoryResponse { entries });
    Ok(stream::iter(in_messages(entries).into_iter().map(part)).boxed())
}
