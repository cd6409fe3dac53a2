use crate::{Entry, Reading, ReplayError};
use std::error::Error;

/// Why journals can't be read as one history. Names places, never content.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Whoever hands out the entries could not.
    #[error("the journals can't be read: {0}")]
    Source(#[source] Box<dyn Error + Send + Sync>),
    /// A line is not in its form, or of a type that this version does not know.
    #[error(transparent)]
    Entry(#[from] ReplayError),
    /// The entries of one journal were not handed over in its order.
    #[error("entry {position} of {service} was handed over after a later one")]
    Order {
        /// Whose journal.
        service: &'static str,
        /// Where.
        position: u64,
    },
}

/// Several journals read as one history: the own events of all, by `recorded`, then service, then position.
///
/// Each journal is read lazily and one entry ahead, so memory does not grow with their length. A journal's own order is never
/// changed, whatever its times say: only what stands at the front of each is compared.
/// Errors: [`MergeError::Source`], [`MergeError::Entry`], [`MergeError::Order`]; nothing comes after the first one.
#[derive(Debug)]
pub struct Merge<I> {
    journals: Vec<Journal<I>>,
    failed: bool,
}

#[derive(Debug)]
struct Journal<I> {
    entries: I,
    front: Option<Reading>,
    before: Option<u64>,
    ended: bool,
}

/// Reads journals together, one iterator for each; see [`Merge`]. What they received from each other, and what they refused, is left out:
/// it has happened elsewhere, or has not happened.
pub fn merge<I, E>(journals: impl IntoIterator<Item = I>) -> Merge<I>
where
    I: Iterator<Item = Result<Entry, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let journal = |entries| Journal {
        entries,
        front: None,
        before: None,
        ended: false,
    };
    Merge {
        journals: journals.into_iter().map(journal).collect(),
        failed: false,
    }
}

impl<I, E> Journal<I>
where
    I: Iterator<Item = Result<Entry, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    /// Reads on to the next own event, unless one stands at the front already.
    fn fill(&mut self) -> Result<(), MergeError> {
        while self.front.is_none() && !self.ended {
            let Some(entry) = self.entries.next() else {
                self.ended = true;
                break;
            };
            let entry = entry.map_err(|error| MergeError::Source(error.into()))?;
            let Some(reading) = entry.read_own()? else {
                continue;
            };
            if self.before.is_some_and(|before| before >= reading.position) {
                return Err(MergeError::Order {
                    service: reading.service.as_str(),
                    position: reading.position,
                });
            }
            self.before = Some(reading.position);
            self.front = Some(reading);
        }
        Ok(())
    }
}

impl<I, E> Iterator for Merge<I>
where
    I: Iterator<Item = Result<Entry, E>>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Item = Result<Reading, MergeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        for journal in &mut self.journals {
            if let Err(error) = journal.fill() {
                self.failed = true;
                return Some(Err(error));
            }
        }
        let order = |journal: &&mut Journal<I>| {
            let front = journal.front.as_ref();
            front.map(|front| (front.recorded, front.service, front.position))
        };
        let waiting = self.journals.iter_mut().filter(|journal| journal.front.is_some());
        waiting.min_by_key(order)?.front.take().map(Ok)
    }
}
