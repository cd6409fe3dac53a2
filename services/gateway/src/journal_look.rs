//! How the journals stand with what was signed of them, looked up once for all who ask at about the same time.

use idesluss_evidence::{EvidenceError, JournalStatus, Services, journal_statuses};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A look is good for so long: checkpoints are signed as often.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// The last look at the journals. It reads their trees' edges and checks what signed them, which weighs more than all else on a page.
#[derive(Default)]
pub(crate) struct JournalLook(Mutex<Option<(Instant, Arc<Vec<JournalStatus>>)>>);

impl JournalLook {
    /// How the journals stand. Whoever comes meanwhile waits for the look that is under way; nothing is kept of one that failed.
    ///
    /// It is the same for all: only those are to ask whom the services have let in as auditors.
    pub(crate) async fn take(&self, services: &Services) -> Result<Arc<Vec<JournalStatus>>, EvidenceError> {
        let mut last = self.0.lock().await;
        if let Some((_, statuses)) = last.as_ref().filter(|(at, _)| at.elapsed() < GOOD_FOR) {
            return Ok(Arc::clone(statuses));
        }
        *last = None;
        let statuses = Arc::new(journal_statuses(services).await?);
        *last = Some((Instant::now(), Arc::clone(&statuses)));
        Ok(statuses)
    }
}
