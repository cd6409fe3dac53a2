//! An idea's life as the three services tell it to whoever may see all of it.

use crate::error::WebError;
use crate::session::User;
use idesluss_proto::pb::journal::HistoryEntry;

/// Every entry about an idea in each journal: submission's, evaluation's, sharing's.
pub(super) async fn of_idea(user: &User, idea: &str) -> Result<[Vec<HistoryEntry>; 3], WebError> {
    let told = user
        .services()
        .histories()
        .of_idea(user.asks(None), idea.to_owned())
        .await;
    told.map_err(|status| user.web_error(&status))
}
