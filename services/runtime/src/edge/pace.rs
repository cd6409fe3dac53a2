//! How long the other side may keep us waiting for bytes, or to take them: what has come buys more time.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// How long may be waited with nothing moved.
const GRACE: Duration = Duration::from_secs(30);
/// How fast something must move on the whole.
const BYTES_A_SECOND: u64 = 4 * 1024;

/// A budget of waiting. Only waiting is counted: time in which we work ourselves costs the other side nothing.
pub(crate) struct Pace {
    left: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self {
            left: GRACE,
            waiting: None,
        }
    }

    /// So many bytes have moved.
    pub(crate) fn moved(&mut self, bytes: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
        let bought = Duration::from_millis((bytes as u64).saturating_mul(1_000) / BYTES_A_SECOND);
        self.left = self.left.saturating_add(bought).min(GRACE);
    }

    /// Nothing moves just now: whether that has lasted too long. Wakes the task when it has.
    pub(crate) fn is_overdue(&mut self, context: &mut Context<'_>) -> bool {
        let left = self.left;
        let (_, due) = self
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        due.as_mut().poll(context) == Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    async fn wait(pace: &mut Pace, time: Duration) -> bool {
        let overdue = poll_fn(|context| {
            if pace.is_overdue(context) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        tokio::time::timeout(time, overdue).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_now_and_then_does_not_hold_a_connection() {
        let mut pace = Pace::new();
        let began = Instant::now();
        while !wait(&mut pace, Duration::from_secs(5)).await {
            pace.moved(1);
        }
        assert!(
            began.elapsed() <= GRACE + Duration::from_secs(5),
            "{:?}",
            began.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_that_moves_on_is_waited_for() {
        let mut pace = Pace::new();
        for second in 0..3_600 {
            assert!(!wait(&mut pace, Duration::from_secs(1)).await, "after {second} s");
            pace.moved(8 * 1024);
        }
    }
}
