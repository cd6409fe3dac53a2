//! Who is on the other side of a connection, as far as its share of a service goes.

use crate::edge::{Party, Pulse};
use crate::names::Names;
use idesluss_domain::MACHINE;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long the next part of an answer may wait to be taken. A follower may be without its database for a minute.
const TAKING: Duration = Duration::from_secs(120);
/// How often it is looked whether one waits for longer.
const LOOK: Duration = Duration::from_secs(10);

/// Who has sent a request, as far as the connection that it came over says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A member of the same process.
    Within,
    /// Somebody who may use this machine as the process's own user does, through its socket.
    Machine,
    /// Anybody: over a port, without a certificate.
    Anybody,
    /// Whoever these speak for.
    Named(Names),
}

impl Origin {
    /// Who has sent a request of these extensions; None: it did not come over a connection that is served here.
    pub fn of(extensions: &http::Extensions) -> Option<&Self> {
        extensions.get::<Caller>().map(|caller| &caller.origin)
    }

    /// Whether whoever has sent it speaks for a member of the instance, or for [`MACHINE`]. Within a process everybody speaks for every member.
    pub fn speaks_for(&self, member: &str) -> bool {
        match self {
            Self::Within => member != MACHINE,
            Self::Machine => member == MACHINE,
            Self::Anybody => false,
            // Whoever holds a certificate that names the machine is trusted as if they sat there.
            Self::Named(names) => names.contain(member),
        }
    }
}

/// The other side of a connection. Every request that comes over it finds this among its extensions.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    origin: Origin,
    /// Whose share its requests count to.
    pub(super) party: Party,
    pub(super) pulse: Arc<Pulse>,
    answers: Arc<Mutex<Answers>>,
}

/// The answers that are being taken.
#[derive(Debug, Default)]
struct Answers {
    next: u64,
    /// Since when the other side has not taken the last part; None: it waits for us.
    waits: BTreeMap<u64, Option<Instant>>,
}

impl Caller {
    pub(crate) fn new(origin: Origin, party: Party, pulse: Arc<Pulse>) -> Self {
        Self {
            origin,
            party,
            pulse,
            answers: Arc::default(),
        }
    }

    /// A request has come. The connection is busy until what is returned is dropped.
    pub(super) fn begins(&self) -> UnderWay {
        self.pulse.begins();
        UnderWay(self.pulse.clone())
    }

    /// An answer is ready to be taken, until what is returned is dropped.
    pub(crate) fn answers(&self) -> Taking {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let number = answers.next;
        answers.next += 1;
        answers.waits.insert(number, Some(Instant::now()));
        Taking {
            answers: self.answers.clone(),
            number,
        }
    }

    /// Ends when a part of an answer has not been taken in time: HTTP/2 lets whoever asked grant no room for the answer, and then nothing
    /// would ever move again, while the answer and its place are kept.
    pub(crate) async fn overdue(&self) {
        let is_overdue = |since: &Option<Instant>| since.is_some_and(|since| since.elapsed() >= TAKING);
        loop {
            sleep(LOOK).await;
            let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            if answers.waits.values().any(is_overdue) {
                return;
            }
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
pub(crate) struct Taking {
    answers: Arc<Mutex<Answers>>,
    number: u64,
}

impl Taking {
    /// The last part is taken, and the next is there at once or is not.
    pub(crate) fn is_taken(&self, next_is_there: bool) {
        let since = next_is_there.then(Instant::now);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.waits.insert(self.number, since);
    }
}

impl Drop for Taking {
    fn drop(&mut self) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.waits.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::Admission;

    fn caller() -> Caller {
        let admission = Admission::new(1, 1);
        let place = admission.admit([127, 0, 0, 1].into()).expect("a place");
        Caller::new(Origin::Machine, place.party, place.pulse.clone())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_take_the_next_part_of_an_answer_is_overdue() {
        let caller = caller();
        let taking = caller.answers();
        let takes = async {
            for _ in 0..10 {
                sleep(TAKING / 2).await;
                taking.is_taken(true);
            }
        };
        tokio::select! {
            () = takes => {}
            () = caller.overdue() => panic!("it takes one part after another"),
        }
        let began = Instant::now();
        caller.overdue().await;
        assert!(began.elapsed() <= TAKING + LOOK, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_us_is_not_and_what_was_answered_is_forgotten() {
        let caller = caller();
        let (idle, answered) = (caller.answers(), caller.answers());
        idle.is_taken(false);
        drop(answered);
        let waited = tokio::time::timeout(TAKING * 10, caller.overdue()).await;
        assert!(waited.is_err(), "nobody keeps us waiting");
    }
}
