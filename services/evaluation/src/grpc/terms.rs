//! The terms by which an organisation evaluates and decides, line by line, for auditors.

use super::queries::Queries;
use idesluss_domain::words::{Role, StreamName};
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::status::Problems;
use tonic::Status;

const PAGE: usize = 50;
const LARGEST_PAGE: u32 = 200;

/// The entries of the organisation's criteria and delegation order, in order.
pub(super) async fn get(queries: &Queries, request: pb::GetTermsRequest) -> Result<pb::GetTermsResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(&[Role::Auditor])?;
    let mut from = 0;
    if !request.page_token.is_empty() {
        let mut problems = Problems::default();
        let sentence = "give it as it came, or leave it empty";
        let token = problems.parse("page_token", &request.page_token, sentence);
        from = problems.finish(token)?;
    }
    let most = match request.page_size {
        0 => PAGE,
        size => usize::try_from(size.min(LARGEST_PAGE)).unwrap_or(PAGE),
    };
    queries.context.wait(&asker).await?;
    let organisation = &asker.actor.organisation;
    let streams = [
        StreamName::criteria(organisation),
        StreamName::delegation_order(organisation),
    ];
    let (entries, position) = queries.context.history(&streams, |_| true).await?;
    let mut entries: Vec<_> = entries.into_iter().filter(|entry| entry.position >= from).collect();
    let next = entries.get(most).map(|entry| entry.position.to_string());
    entries.truncate(most);
    Ok(pb::GetTermsResponse {
        entries,
        next_page_token: next.unwrap_or_default(),
        position,
    })
}
