//! How the journals stand with what was signed of them, looked up once for all who ask at about the same time.

use idesluss_evidence::{JournalStatus, Services, journal_statuses};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A look is good for so long: checkpoints are signed as often.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// What was seen; None: it can't be told just now.
type Seen = Option<Arc<Vec<JournalStatus>>>;

/// The last look at the journals. It reads their trees' edges and checks what signed them, which weighs more than all else on a page.
#[derive(Default)]
pub(crate) struct JournalLook(Mutex<Option<(Instant, Seen)>>);

impl JournalLook {
    /// How the journals stand; None: it can't be told just now. Whoever comes meanwhile waits for the look that is under way, and has what came of it.
    ///
    /// It is the same for all: only those may have it whom the services have let in as auditors.
    pub(crate) async fn at(&self, services: &Services) -> Seen {
        let mut last = self.0.lock().await;
        if let Some((_, seen)) = last.as_ref().filter(|(at, _)| at.elapsed() < GOOD_FOR) {
            return seen.clone();
        }
        let seen = match journal_statuses(services).await {
            Ok(statuses) => Some(Arc::new(statuses)),
            Err(error) => {
                tracing::warn!(%error, "how the journals stand can't be told");
                None
            }
        };
        *last = Some((Instant::now(), seen.clone()));
        seen
    }
}
