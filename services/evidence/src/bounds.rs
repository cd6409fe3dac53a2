//! Where a period begins and ends in a journal.

use crate::{EvidenceError, Journal};
use idesluss_auditor::Cut;
use idesluss_domain::words::Timestamp;

/// A cut, and its moment in all journals.
pub(crate) type Bound = (Cut, Timestamp);

/// The first position of a journal from a moment on. In the journal whose position was named that is exact.
pub(crate) async fn begins(journal: &Journal, (at, time): Bound, size: u64) -> Result<u64, EvidenceError> {
    match at {
        Cut::Position(service, position) if service == journal.service => Ok(position),
        _ => journal.first_at(time, size).await,
    }
}

/// The position behind a moment.
pub(crate) async fn ends(journal: &Journal, (at, time): Bound, size: u64) -> Result<u64, EvidenceError> {
    match at {
        Cut::Position(service, position) if service == journal.service => Ok(position + 1),
        _ => {
            let after = Timestamp::from_micros(time.as_micros().saturating_add(1)).unwrap_or(time);
            journal.first_at(after, size).await
        }
    }
}
