//! The lines that the auditor's library folds, as the services hand them to an auditor.

use crate::door::Visitor;
use crate::error::WebError;
use idesluss_auditor::{Entry, Service};
use idesluss_evidence::entry;
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
use tonic::{Code, Status};

/// Every entry about an idea in each journal.
pub(super) async fn history(visitor: &Visitor, idea: &str) -> Result<Vec<Entry>, WebError> {
    let services = visitor.services();
    let (mut ideas, mut evaluations, mut solutions) = (services.ideas, services.evaluations, services.solutions);
    let (query, idea) = (visitor.asks(None), idea.to_owned());
    let here = ideas.get_history(sub::GetHistoryRequest {
        query: query.clone(),
        idea: idea.clone(),
    });
    let assessed = evaluations.get_history(ev::GetHistoryRequest {
        query: query.clone(),
        idea: idea.clone(),
    });
    let shared = solutions.get_history(sh::GetHistoryRequest { query, idea });
    let (here, assessed, shared) = tokio::join!(here, assessed, shared);
    let here = here.map_err(|status| visitor.said(&status))?.into_inner().entries;
    let mut entries: Vec<Entry> = here.into_iter().map(entry(Service::Submission)).collect();
    let assessed = known(visitor, assessed.map(|answer| answer.into_inner().entries))?;
    entries.extend(assessed.into_iter().map(entry(Service::Evaluation)));
    let shared = known(visitor, shared.map(|answer| answer.into_inner().entries))?;
    entries.extend(shared.into_iter().map(entry(Service::Sharing)));
    Ok(entries)
}

/// Every entry of the organisation's criteria and delegation order. Only auditors are told.
pub(super) async fn terms(visitor: &Visitor) -> Result<Vec<Entry>, WebError> {
    let mut evaluations = visitor.services().evaluations;
    let (mut entries, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ev::GetTermsRequest {
            query: visitor.asks(None),
            page_size: 200,
            page_token,
        };
        let page = evaluations.get_terms(request).await;
        let page = page.map_err(|status| visitor.said(&status))?.into_inner();
        entries.extend(page.entries.into_iter().map(entry(Service::Evaluation)));
        if page.next_page_token.is_empty() {
            return Ok(entries);
        }
        page_token = page.next_page_token;
    }
}

/// What a service has not heard of, it has nothing to tell about.
fn known(visitor: &Visitor, answer: Result<Vec<HistoryEntry>, Status>) -> Result<Vec<HistoryEntry>, WebError> {
    match answer {
        Err(status) if status.code() == Code::NotFound => Ok(Vec::new()),
        other => other.map_err(|status| visitor.said(&status)),
    }
}
