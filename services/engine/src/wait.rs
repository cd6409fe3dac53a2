//! Waiting until this journal has what a caller has seen elsewhere.

use crate::{Engine, QueryError};
use idesluss_domain::is_written_by;
use idesluss_domain::words::Audience;
use idesluss_journal::Head;
use idesluss_proto::pb::command::Token;
use std::time::Duration;
use tokio::time::Instant;

/// How long anybody waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a journal can have what the token speaks of: while it waits, most heads that it is woken by say no.
fn has_come(head: &Head, token: &Token) -> bool {
    match head.received.get(&token.source) {
        Some(source) => (source.epoch, source.sequence) >= (token.epoch, token.sequence),
        None => head.own.contains_key(&token.source),
    }
}

impl Engine {
    /// Waits until the event that the token speaks of stands in this journal. Returns its position here, of one of its own commands the position up to
    /// which that command has seen all; None: there is nothing to wait for, since the token is of no event, or of a source that is not followed here.
    ///
    /// Errors: `Stale` after two seconds; `Token` for an own event that was never written.
    pub async fn arrived(&self, token: &Token) -> Result<Option<u64>, QueryError> {
        let until = Instant::now() + PATIENCE;
        let mut head = self.0.store.head();
        let own = is_written_by(&token.source, self.0.store.name());
        if token.sequence == 0 || !(own || self.follows(&token.source)) {
            return Ok(None);
        }
        // Such an event was never written, nor will be. What stands here already, as nearly always, is not asked of the table.
        let is_known = !own || head.borrow().own.contains_key(&token.source);
        let is_written = || {
            let audience = Audience::of_source(&token.source);
            audience.is_some_and(|audience| Audience::written_by(self.service()).contains(&audience))
        };
        if token.epoch == 0 || !(is_known || is_written()) {
            return Err(QueryError::Token);
        }
        loop {
            let (size, is_here) = {
                let head = head.borrow_and_update();
                (head.size, has_come(&head, token))
            };
            let here = match is_here {
                true => {
                    self.0
                        .store
                        .position_of(&token.source, token.epoch, token.sequence)
                        .await?
                }
                false => None,
            };
            match here {
                // A command may write for several audiences, and have seen what was written for others.
                Some(position) if own => return Ok(Some(position.max(token.position.min(size.saturating_sub(1))))),
                Some(position) => return Ok(Some(position)),
                None => {}
            }
            if own && token.position < size {
                return Err(QueryError::Token);
            }
            match tokio::time::timeout_at(until, head.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(QueryError::Closed),
                Err(_) => return Err(QueryError::Stale),
            }
        }
    }
}
