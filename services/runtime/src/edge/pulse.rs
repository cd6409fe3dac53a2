//! What a connection is about just now, so that one that keeps us waiting can be told from one that we keep waiting.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What a connection is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing is under way: new, or between two requests.
    Quiet,
    /// Some of a request has come, not its whole head.
    Asking,
    /// All that is under way waits for the rest of a body, which has a pace of its own.
    Sending,
    /// A request is worked on or answered.
    Busy,
}

/// A connection's stage, and since when.
#[derive(Debug)]
pub(crate) struct Pulse(Mutex<Now>);

#[derive(Debug)]
struct Now {
    stage: Stage,
    since: Instant,
    /// How many requests are worked on or answered.
    under_way: usize,
    /// Of how many of them the next part of the body has not come.
    awaited: usize,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Now {
            stage: Stage::Quiet,
            since: Instant::now(),
            under_way: 0,
            awaited: 0,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> (Stage, Instant) {
        let now = self.lock();
        (now.stage, now.since)
    }

    /// Something has come from the other side.
    pub(crate) fn came(&self) {
        let mut now = self.lock();
        if now.stage == Stage::Quiet {
            now.turn(Stage::Asking);
        }
    }

    /// It has begun as it should, and asks for nothing yet.
    pub(crate) fn greeted(&self) {
        self.lock().turn(Stage::Quiet);
    }

    /// The head of a request is whole.
    pub(crate) fn begins(&self) {
        let mut now = self.lock();
        now.under_way += 1;
        now.turn(Stage::Busy);
    }

    /// The next part of a body has not come yet. Once for each body that is waited for, until [`Pulse::body_came`].
    pub(crate) fn waits_for_body(&self) {
        let mut now = self.lock();
        now.awaited += 1;
        now.weigh();
    }

    /// A part of a body has come that was waited for, or its end; or nobody waits for it any more.
    pub(crate) fn body_came(&self) {
        let mut now = self.lock();
        now.awaited = now.awaited.saturating_sub(1);
        now.weigh();
    }

    /// An answer is out. The connection is quiet again when it was the last one.
    pub(crate) fn ends(&self) {
        let mut now = self.lock();
        now.under_way = now.under_way.saturating_sub(1);
        if now.under_way == 0 {
            now.turn(Stage::Quiet);
        } else {
            now.weigh();
        }
    }

    /// Ends when the connection has been quiet, or asking, for longer than it may.
    pub(crate) async fn overdue(&self, quiet: Duration, asking: Duration) -> Stage {
        loop {
            let (stage, since) = self.now();
            let due = match stage {
                Stage::Quiet => since + quiet,
                Stage::Asking => since + asking,
                // Looked at again soon enough for whatever comes next.
                Stage::Sending | Stage::Busy => Instant::now() + asking,
            };
            if due <= Instant::now() {
                return stage;
            }
            // A quiet connection may begin to ask at any moment.
            tokio::time::sleep_until(due.min(Instant::now() + asking)).await;
        }
    }
}

impl Now {
    /// Whether all that is under way keeps us waiting: one request of many that does not go on keeps nobody from the others.
    fn weigh(&mut self) {
        let stage = match self.stage {
            Stage::Quiet | Stage::Asking => return,
            Stage::Sending | Stage::Busy if self.awaited >= self.under_way => Stage::Sending,
            Stage::Sending | Stage::Busy => Stage::Busy,
        };
        if stage != self.stage {
            self.turn(stage);
        }
    }

    fn turn(&mut self, stage: Stage) {
        (self.stage, self.since) = (stage, Instant::now());
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
        pulse.begins();
        pulse.ends();
        assert_eq!(pulse.now().0, Stage::Busy, "one of two is still answered");
        pulse.ends();
        let began = Instant::now();
        assert_eq!(pulse.overdue(QUIET, ASKING).await, Stage::Quiet);
        assert!(began.elapsed() >= QUIET, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn one_body_that_does_not_come_makes_no_connection_wait_that_is_busy_beside_it() {
        let pulse = Pulse::new();
        pulse.begins();
        pulse.begins();
        pulse.waits_for_body();
        assert_eq!(pulse.now().0, Stage::Busy, "the other is worked on");
        pulse.ends();
        assert_eq!(pulse.now().0, Stage::Sending);
        pulse.begins();
        assert_eq!(pulse.now().0, Stage::Busy);
        pulse.waits_for_body();
        assert_eq!(pulse.now().0, Stage::Sending, "both keep us waiting");
        pulse.body_came();
        assert_eq!(pulse.now().0, Stage::Busy);
    }
}
