//! What a connection is about just now, so that one that keeps us waiting can be told from one that we keep waiting.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What a connection is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing is under way: new, or between two requests.
    Quiet,
    /// Some of a request has come, not its whole head.
    Asking,
    /// A request is worked on or answered.
    Busy,
}

/// A connection's stage, and since when.
#[derive(Debug)]
pub(crate) struct Pulse(Mutex<(Stage, Instant)>);

impl Pulse {
    pub(crate) fn new() -> Self {
        Self(Mutex::new((Stage::Quiet, Instant::now())))
    }

    pub(crate) fn now(&self) -> (Stage, Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has come from the other side.
    pub(crate) fn came(&self) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.0 == Stage::Quiet {
            *now = (Stage::Asking, Instant::now());
        }
    }

    /// The head of a request is whole, or a certificate was shown.
    pub(crate) fn begins(&self) {
        self.set(Stage::Busy);
    }

    /// The answer is out.
    pub(crate) fn ends(&self) {
        self.set(Stage::Quiet);
    }

    fn set(&self, stage: Stage) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (stage, Instant::now());
    }

    /// Ends when the connection has been quiet, or asking, for longer than it may.
    pub(crate) async fn overdue(&self, quiet: Duration, asking: Duration) -> Stage {
        loop {
            let (stage, since) = self.now();
            let due = match stage {
                Stage::Quiet => since + quiet,
                Stage::Asking => since + asking,
                // Looked at again soon enough for whatever comes next.
                Stage::Busy => Instant::now() + asking,
            };
            if due <= Instant::now() {
                return stage;
            }
            // A quiet connection may begin to ask at any moment.
            tokio::time::sleep_until(due.min(Instant::now() + asking)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_secs(60);
    const ASKING: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_head_that_comes_byte_by_byte_is_overdue_though_something_always_comes() {
        let pulse = Pulse::new();
        let drip = async {
            loop {
                pulse.came();
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        let began = Instant::now();
        let stage = tokio::select! {
            stage = pulse.overdue(QUIET, ASKING) => stage,
            () = drip => unreachable!("it goes on for ever"),
        };
        assert_eq!(stage, Stage::Asking);
        assert!(
            began.elapsed() < ASKING * 2 + Duration::from_secs(1),
            "{:?}",
            began.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn work_of_ours_is_never_overdue_and_what_follows_it_is() {
        let pulse = Pulse::new();
        pulse.came();
        pulse.begins();
        let waited = tokio::time::timeout(Duration::from_secs(3_600), pulse.overdue(QUIET, ASKING)).await;
        assert!(waited.is_err(), "{waited:?}");
        pulse.ends();
        let began = Instant::now();
        assert_eq!(pulse.overdue(QUIET, ASKING).await, Stage::Quiet);
        assert!(began.elapsed() >= QUIET, "{:?}", began.elapsed());
    }
}
