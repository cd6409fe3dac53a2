//! Who is on the other side of a connection, as far as its share of a service goes.

use crate::edge::{Party, Pulse};
use crate::report_refusal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How long the next part of an answer may wait to be taken. A follower may be without its database for a minute.
const TAKING: Duration = Duration::from_secs(120);

/// The other side of a connection. Every request that comes over it finds this among its extensions.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Whose share its requests count to.
    pub(super) party: Party,
    pub(super) pulse: Arc<Pulse>,
    show_out: CancellationToken,
}

impl Caller {
    /// One whose connection is ended when the token is cancelled.
    pub(super) fn new(party: Party, pulse: Arc<Pulse>) -> (Self, CancellationToken) {
        let show_out = CancellationToken::new();
        let shown_out = show_out.clone();
        let caller = Self { party, pulse, show_out };
        (caller, shown_out)
    }

    /// A request has come. The connection is busy until what is returned is dropped.
    pub(super) fn begins(&self) -> UnderWay {
        self.pulse.begins();
        UnderWay(self.pulse.clone())
    }

    /// Ends the connection once a part of an answer is not taken in time: HTTP/2 lets whoever asked grant no room for the answer, and
    /// then nothing would ever move again, while the answer and its place are kept.
    pub(super) fn watch(&self) -> Taking {
        let waits = Arc::new(Mutex::new(Some(Instant::now())));
        let (show_out, waiting) = (self.show_out.clone(), waits.clone());
        let watching = async move {
            loop {
                let since = *waiting.lock().unwrap_or_else(PoisonError::into_inner);
                match since.map(|since| since + TAKING) {
                    Some(due) if due <= Instant::now() => break,
                    Some(due) => sleep_until(due).await,
                    None => sleep(TAKING).await,
                }
            }
            report_refusal("slow_reader");
            show_out.cancel();
        };
        let answered = CancellationToken::new();
        tokio::spawn(answered.clone().run_until_cancelled_owned(watching));
        Taking {
            waits,
            _answered: answered.drop_guard(),
        }
    }
}

/// A request that is worked on or answered.
pub(super) struct UnderWay(Arc<Pulse>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.ends();
    }
}

/// An answer that is being taken.
pub(super) struct Taking {
    /// Since when the other side has not taken the last part; None: it waits for us.
    waits: Arc<Mutex<Option<Instant>>>,
    _answered: DropGuard,
}

impl Taking {
    /// The last part is taken, and the next is there at once or is not.
    pub(super) fn is_taken(&self, next_is_there: bool) {
        let since = next_is_there.then(Instant::now);
        *self.waits.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::Admission;

    fn caller() -> (Caller, CancellationToken) {
        let admission = Admission::new(1, 1);
        let place = admission.admit([127, 0, 0, 1].into()).expect("a place");
        Caller::new(place.party, place.pulse.clone())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_take_the_next_part_of_an_answer_is_shown_out() {
        let (caller, shown_out) = caller();
        let began = Instant::now();
        let taking = caller.watch();
        for _ in 0..10 {
            sleep(TAKING / 2).await;
            taking.is_taken(true);
        }
        assert!(!shown_out.is_cancelled(), "it takes one part after another");
        shown_out.cancelled().await;
        assert!(began.elapsed() <= TAKING * 7, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_us_stays_and_what_was_answered_is_forgotten() {
        let (caller, shown_out) = caller();
        let (idle, answered) = (caller.watch(), caller.watch());
        idle.is_taken(false);
        drop(answered);
        sleep(TAKING * 10).await;
        assert!(!shown_out.is_cancelled());
    }
}
