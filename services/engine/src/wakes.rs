//! When those who follow the journal are woken.
//!
//! Every view, reaction and index does something for each time that it is woken, beside what it does for each entry: a transaction, a look, a task that
//! is put to work. After a pause they are woken by the first commit; while one commit follows on another, every few milliseconds, and have more to do
//! at once.

use idesluss_journal::Head;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The least time between two wake-ups: nobody who waits for a page notices it.
const BETWEEN: Duration = Duration::from_millis(5);

/// How far the journal goes, as followers are told.
#[derive(Debug, Default)]
pub(crate) struct Wakes(OnceLock<watch::Receiver<u64>>);

impl Wakes {
    /// For one more follower, until the journal closes or the service ends.
    pub(crate) fn subscribe(
        &self,
        head: watch::Receiver<Head>,
        (tasks, shutdown): (&TaskTracker, &CancellationToken),
    ) -> watch::Receiver<u64> {
        let begin = || {
            let (wake, woken) = watch::channel(head.borrow().size);
            let shutdown = shutdown.clone();
            tasks.spawn(async move {
                shutdown.run_until_cancelled(forward(head, wake)).await;
            });
            woken
        };
        self.0.get_or_init(begin).clone()
    }
}

async fn forward(mut head: watch::Receiver<Head>, wake: watch::Sender<u64>) {
    loop {
        let size = head.borrow_and_update().size;
        wake.send_if_modified(|told| std::mem::replace(told, size) != size);
        tokio::time::sleep(BETWEEN).await;
        if head.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn the_first_is_told_at_once_and_what_follows_together() {
        let (commit, head) = watch::channel(Head::default());
        let (wakes, tasks, shutdown) = (Wakes::default(), TaskTracker::new(), CancellationToken::new());
        let mut woken = wakes.subscribe(head.clone(), (&tasks, &shutdown));
        tokio::time::sleep(Duration::from_secs(1)).await;
        let began = Instant::now();
        let mut told = Vec::new();
        for size in 1..=20 {
            commit.send_modify(|head| head.size = size);
            if tokio::time::timeout(Duration::from_millis(1), woken.changed())
                .await
                .is_ok()
            {
                told.push((*woken.borrow_and_update(), began.elapsed().as_millis()));
            }
        }
        assert_eq!(told.first(), Some(&(1, 0)), "{told:?}");
        assert!((3..=5).contains(&told.len()), "{told:?}");
        // Nothing is left untold, and a second follower is woken with the first.
        let mut other = wakes.subscribe(head, (&tasks, &shutdown));
        other.wait_for(|size| *size == 20).await.expect("told");
        woken.wait_for(|size| *size == 20).await.expect("told");
        drop(commit);
        assert!(woken.changed().await.is_err(), "the journal has closed");
    }
}
