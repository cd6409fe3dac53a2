//! The own events of all journals as one history, with a bar that counts what was read.

use idesluss_auditor::{Entry, Merge, merge};
use idesluss_evidence::{EvidenceError, Journal, Journals};
use indicatif::ProgressBar;

/// The entries of one journal.
pub(super) type Lines = Box<dyn Iterator<Item = Result<Entry, EvidenceError>> + Send>;

/// All entries of a journal, lazily, for a thread that may block.
pub(super) fn lines(journal: &Journal, bar: &ProgressBar) -> Lines {
    let bar = bar.clone();
    Box::new(journal.lines().inspect(move |_| bar.inc(1)))
}

/// The own events of all journals as one history.
pub(super) fn events(journals: &Journals, bar: &ProgressBar) -> Merge<Lines> {
    merge(journals.iter().map(|journal| lines(journal, bar)))
}
