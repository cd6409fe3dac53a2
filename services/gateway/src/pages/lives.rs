//! An idea's life as the three services tell it to whoever may see all of it.

use crate::door::Visitor;
use crate::error::WebError;
use idesluss_evidence::Histories;
use idesluss_proto::pb::journal::HistoryEntry;

/// Every entry about an idea in each journal: submission's, evaluation's, sharing's.
pub(super) async fn of_idea(visitor: &Visitor, idea: &str) -> Result<[Vec<HistoryEntry>; 3], WebError> {
    let services = visitor.services();
    let histories = Histories {
        submission: services.ideas,
        evaluation: services.evaluations,
        sharing: services.solutions,
    };
    let told = histories.of_idea(visitor.asks(None), idea.to_owned()).await;
    told.map_err(|status| visitor.said(&status))
}
