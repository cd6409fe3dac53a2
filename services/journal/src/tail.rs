//! The newest entries, kept by the writer for those who wait for them: every view, reaction and relay reads each batch as soon
//! as it is durable, and would otherwise ask the database for it one after the other.

use crate::Entry;
use crate::write::HeadState;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most entries that are kept, and about how many bytes.
const ENTRIES: usize = 4_096;
pub(crate) const BYTES: usize = 8 * 1024 * 1024;

/// A durable entry.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) line: Arc<[u8]>,
    /// The id of its source, and its place in there.
    pub(crate) source: i64,
    pub(crate) epoch: u32,
    pub(crate) sequence: u64,
}

/// The end of the journal in memory; empty where this process does not write.
#[derive(Debug, Default)]
pub(crate) struct Tail(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    /// The position of the first one.
    first: u64,
    entries: VecDeque<Kept>,
    bytes: usize,
    /// Ids of own sources by name.
    own: HashMap<Arc<str>, i64>,
}

impl Entries {
    fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn entry(&self, at: usize) -> Entry {
        Entry {
            position: self.first + at as u64,
            line: Arc::clone(&self.entries[at].line),
        }
    }
}

impl Tail {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what is known of a durable batch, up to the journal's new `end`.
    pub(crate) fn add(&self, end: u64, batch: Vec<Kept>) {
        let mut tail = self.entries();
        let first = end - batch.len() as u64;
        if tail.end() != first {
            tail.entries.clear();
            tail.bytes = 0;
            tail.first = first;
        }
        tail.bytes += batch.iter().map(|kept| kept.line.len()).sum::<usize>();
        tail.entries.extend(batch);
        while tail.entries.len() > ENTRIES || tail.bytes > BYTES {
            let Some(oldest) = tail.entries.pop_front() else { break };
            tail.bytes -= oldest.line.len();
            tail.first += 1;
        }
    }

    /// Learns the ids of own sources.
    pub(crate) fn learn(&self, head_state: &HeadState) {
        let mut tail = self.entries();
        for source in head_state.sources.iter().filter(|source| source.own) {
            tail.own.insert(Arc::clone(&source.name), source.id);
        }
    }

    /// Forgets everything: another may write from here on.
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn clear(&self) {
        *self.entries() = Entries::default();
    }

    /// What there is of the entries in `from..to`; None when they do not begin in here.
    pub(crate) fn read(&self, from: u64, to: u64) -> Option<Vec<Entry>> {
        let tail = self.entries();
        if from < tail.first || from >= tail.end() {
            return None;
        }
        let at = usize::try_from(from - tail.first).ok()?;
        let end = usize::try_from(to.min(tail.end()).saturating_sub(tail.first)).ok()?;
        Some((at..end).map(|at| tail.entry(at)).collect())
    }

    /// The entries of an own source after a place in it, at most `limit`; None when the one at that place is not in here.
    pub(crate) fn feed(&self, source: &str, epoch: u32, sequence: u64, limit: usize) -> Option<Vec<Entry>> {
        let tail = self.entries();
        let id = *tail.own.get(source)?;
        let of_source = |at: &usize| tail.entries[*at].source == id;
        let begin = (0..tail.entries.len()).rev().filter(of_source).find(|at| {
            let kept = &tail.entries[*at];
            (kept.epoch, kept.sequence) <= (epoch, sequence)
        })?;
        let newer = (begin + 1..tail.entries.len()).filter(of_source).take(limit);
        Some(newer.map(|at| tail.entry(at)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(source: i64, sequence: u64) -> Kept {
        Kept {
            line: Arc::from(format!("{source}/{sequence}").as_bytes()),
            source,
            epoch: 1,
            sequence,
        }
    }

    fn lines(entries: Option<Vec<Entry>>) -> Option<Vec<String>> {
        let text = |entry: Entry| format!("{} {}", entry.position, String::from_utf8_lossy(&entry.line));
        entries.map(|entries| entries.into_iter().map(text).collect())
    }

    fn some<const N: usize>(lines: [&str; N]) -> Option<Vec<String>> {
        Some(lines.map(str::to_owned).to_vec())
    }

    #[test]
    fn what_it_has_is_read_from_it_and_nothing_else() {
        let tail = Tail::default();
        assert_eq!(lines(tail.read(0, 9)), None);
        tail.entries()
            .own
            .extend([(Arc::from("house"), 1), (Arc::from("region"), 2)]);
        tail.add(7, vec![kept(1, 3), kept(2, 1)]);
        tail.add(8, vec![kept(1, 4)]);
        assert_eq!(lines(tail.read(4, 9)), None);
        assert_eq!(lines(tail.read(8, 9)), None, "nothing is known of what comes next");
        assert_eq!(lines(tail.read(5, 7)), some(["5 1/3", "6 2/1"]));
        assert_eq!(lines(tail.read(6, 7)), some(["6 2/1"]));
        assert_eq!(lines(tail.feed("house", 1, 3, 9)), some(["7 1/4"]));
        assert_eq!(lines(tail.feed("house", 1, 4, 9)), some([]));
        assert_eq!(
            lines(tail.feed("house", 1, 2, 9)),
            None,
            "others may come before the first one here"
        );
        assert_eq!(lines(tail.feed("partner", 1, 4, 9)), None);
        tail.clear();
        assert_eq!(lines(tail.read(7, 9)), None);
    }

    #[test]
    fn it_forgets_the_oldest_and_whatever_is_not_followed_by_the_next_batch() {
        let tail = Tail::default();
        for position in 0..5_000 {
            tail.add(position + 1, vec![kept(1, 1)]);
        }
        assert_eq!(lines(tail.read(903, 904)), None);
        assert_eq!(lines(tail.read(904, 905)), some(["904 1/1"]));
        tail.add(6_001, vec![kept(1, 2)]);
        assert_eq!(lines(tail.read(4_999, 9_999)), None);
        assert_eq!(lines(tail.read(6_000, 9_999)), some(["6000 1/2"]));
    }
}
