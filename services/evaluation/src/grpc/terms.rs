//! The terms by which an organisation evaluates and decides, line by line, for auditors.

use super::{Answer, Service};
use idesluss_domain::words::StreamName;
use idesluss_engine::{Asker, Loaded, Page};
use idesluss_proto::PageToken;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::GetTerms;

/// The entries of the organisation's criteria and delegation order, in order.
pub(super) async fn get(service: Service, asker: Asker, asked: GetTerms) -> Answer<pb::GetTermsRequest> {
    service.context.wait(&asker).await?;
    let organisation = &asker.actor().organisation;
    let streams = [
        StreamName::criteria(organisation),
        StreamName::delegation_order(organisation),
    ];
    let loaded = Loaded::default();
    let mut entries = (service.context)
        .history(&asker.permit, loaded, &streams, |_| true)
        .await?;
    let page = Page::of(asked.page_size, asked.page_token)?;
    entries.retain(|entry| entry.position.cast_signed() > page.after());
    entries.truncate(usize::try_from(page.size).unwrap_or(usize::MAX));
    Ok(pb::GetTermsResponse {
        next_page_token: PageToken::after(&entries, page.size, |entry| entry.position),
        entries,
    })
}
