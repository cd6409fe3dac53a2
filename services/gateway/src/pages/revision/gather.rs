//! The lines that the auditor's library folds, as the services hand them to an auditor.

use crate::error::WebError;
use crate::pages::histories;
use crate::session::User;
use idesluss_auditor::{Entry, Service};
use idesluss_evidence::{entries, entry};
use idesluss_proto::pb::evaluation as ev;

/// Every entry about an idea in each journal.
pub(super) async fn history(user: &User, idea: &str) -> Result<Vec<Entry>, WebError> {
    histories::of_idea(user, idea).await.map(entries)
}

/// Every entry of the organisation's criteria and delegation order. Only auditors are told.
pub(super) async fn terms(user: &User) -> Result<Vec<Entry>, WebError> {
    let (mut entries, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ev::GetTermsRequest {
            query: user.asks(None),
            page_size: 200,
            page_token,
        };
        let page = user.services().ask(request).await;
        let page = page.map_err(|status| user.web_error(&status))?;
        entries.extend(page.entries.into_iter().map(entry(Service::Evaluation)));
        if page.next_page_token.is_empty() {
            return Ok(entries);
        }
        page_token = page.next_page_token;
    }
}
