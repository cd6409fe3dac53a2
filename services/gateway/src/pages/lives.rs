//! An idea's life as the three services tell it to whoever may see all of it.

use crate::door::Visitor;
use crate::error::WebError;
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
use tonic::{Code, Status};

/// Every entry about an idea in each journal: submission's, evaluation's, sharing's.
pub(super) async fn of_idea(visitor: &Visitor, idea: &str) -> Result<[Vec<HistoryEntry>; 3], WebError> {
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
    Ok([
        here.map_err(|status| visitor.said(&status))?.into_inner().entries,
        known(visitor, assessed.map(|answer| answer.into_inner().entries))?,
        known(visitor, shared.map(|answer| answer.into_inner().entries))?,
    ])
}

/// What a service has not heard of, it has nothing to tell about.
fn known(visitor: &Visitor, answer: Result<Vec<HistoryEntry>, Status>) -> Result<Vec<HistoryEntry>, WebError> {
    match answer {
        Err(status) if status.code() == Code::NotFound => Ok(Vec::new()),
        other => other.map_err(|status| visitor.said(&status)),
    }
}
