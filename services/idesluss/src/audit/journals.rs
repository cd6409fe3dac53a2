//! The journals of the three services.

use super::AuditError;
use super::journal::{Journal, Lines};
use crate::session::Session;
use idesluss_auditor::Service;
use idesluss_auditor::mining::{Merge, merge};
use indicatif::ProgressBar;

/// All journals, in the order submission, evaluation, sharing.
pub(super) struct Journals {
    pub(super) submission: Journal,
    pub(super) evaluation: Journal,
    pub(super) sharing: Journal,
}

impl Journals {
    /// Asks each journal how many entries it has; what is written later is not read.
    pub(super) async fn open(session: &Session) -> Result<Self, AuditError> {
        Ok(Self {
            submission: Journal::open(Service::Submission, session.submission.clone()).await?,
            evaluation: Journal::open(Service::Evaluation, session.evaluation.clone()).await?,
            sharing: Journal::open(Service::Sharing, session.sharing.clone()).await?,
        })
    }

    pub(super) fn of(&self, service: Service) -> &Journal {
        match service {
            Service::Submission => &self.submission,
            Service::Evaluation => &self.evaluation,
            Service::Sharing => &self.sharing,
        }
    }

    pub(super) fn all(self) -> [Journal; 3] {
        [self.submission, self.evaluation, self.sharing]
    }

    /// How many entries all journals have together.
    pub(super) fn entries(&self) -> u64 {
        self.submission.size + self.evaluation.size + self.sharing.size
    }

    /// The own events of all journals as one history.
    pub(super) fn events(&self, bar: &ProgressBar) -> Merge<Lines> {
        merge([&self.submission, &self.evaluation, &self.sharing].map(|journal| journal.lines(bar)))
    }
}
