//! What comes new into the journal, read once for all who follow it.
//!
//! Every view, reaction and index looks at every entry as soon as it is durable, at about the same moment. Whoever is first has it read; the others
//! are given what was read. Who has fallen behind, or begins, reads from the journal.

use crate::{Engine, Recorded};
use idesluss_journal::{Entry, Head, Lease, Store, StoreError};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::watch;

/// The most entries that are kept, and how many bytes of lines: about as much again as was read of them.
const ENTRIES: usize = 4_096;
const BYTES: usize = 4 * 1024 * 1024;

/// An entry that is read when the first asks for it.
#[derive(Debug)]
pub struct News {
    /// Its gapless number from 0.
    pub position: u64,
    /// The line without its newline.
    pub line: Arc<[u8]>,
    read: OnceLock<Option<Arc<Recorded>>>,
}

impl News {
    fn new(entry: Entry) -> Arc<Self> {
        Arc::new(Self {
            position: entry.position,
            line: entry.line,
            read: OnceLock::new(),
        })
    }

    /// What it says. None: a refused entry, or one whose members are not this instance's kind of ids.
    pub fn recorded(&self) -> Option<&Arc<Recorded>> {
        self.read
            .get_or_init(|| Recorded::read(&self.line).map(Arc::new))
            .as_ref()
    }
}

/// The newest entries that anybody asked for.
#[derive(Debug)]
pub(crate) struct Newest {
    ring: Mutex<Ring>,
    /// Whoever finds nothing here reads for all who come meanwhile.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Ring {
    /// The position of the first one.
    first: u64,
    entries: VecDeque<Arc<News>>,
    bytes: usize,
    /// Tells when another begins to write: what this process had may not be what stands from then on.
    lease: watch::Receiver<Lease>,
    /// Looked at under the lock alone: who had looked before would take what others have kept since for lost.
    head: watch::Receiver<Head>,
}

impl Ring {
    fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// Forgets all that may not stand in the journal.
    fn check(&mut self) {
        let size = self.head.borrow().size;
        if self.lease.has_changed().unwrap_or(false) || self.end() > size {
            self.lease.borrow_and_update();
            self.begin_at(size);
        }
    }

    fn begin_at(&mut self, position: u64) {
        self.entries.clear();
        self.bytes = 0;
        self.first = position;
    }

    /// What there is from `from` on, up to `limit`; None: it does not begin in here.
    fn read(&self, from: u64, limit: usize) -> Option<Vec<Arc<News>>> {
        if from < self.first || from >= self.end() {
            return None;
        }
        let begin = usize::try_from(from - self.first).ok()?;
        let end = begin.saturating_add(limit).min(self.entries.len());
        Some(self.entries.range(begin..end).cloned().collect())
    }

    /// Keeps entries that follow on those in here, or are newer than they, as far as the head speaks of them.
    fn keep(&mut self, entries: &[Arc<News>]) {
        let (end, size) = (self.end(), self.head.borrow().size);
        for entry in (entries.iter()).filter(|entry| (end..size).contains(&entry.position)) {
            if entry.position != self.end() {
                self.begin_at(entry.position);
            }
            self.bytes += entry.line.len();
            self.entries.push_back(Arc::clone(entry));
        }
        while self.entries.len() > ENTRIES || self.bytes > BYTES {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.line.len();
            self.first += 1;
        }
    }
}

impl Newest {
    /// None yet: what stands in the journal already is old.
    pub(crate) fn of(store: &dyn Store) -> Self {
        Self {
            ring: Mutex::new(Ring {
                first: store.head().borrow().size,
                entries: VecDeque::new(),
                bytes: 0,
                lease: store.lease(),
                head: store.head(),
            }),
            reading: tokio::sync::Mutex::default(),
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.check();
        ring
    }

    /// Gives the others the same, and whoever was not the first what the first had: a line stays what it is.
    fn share(&self, from: u64, entries: Vec<Entry>, limit: usize) -> Vec<Arc<News>> {
        let entries: Vec<_> = entries.into_iter().map(News::new).collect();
        let mut ring = self.ring();
        if entries.first().is_some_and(|first| first.position >= ring.first) {
            ring.keep(&entries);
        }
        ring.read(from, limit).unwrap_or(entries)
    }
}

impl Engine {
    /// Up to `limit` entries from `from` on, for whoever follows the journal; none only where there are none yet.
    pub async fn news(&self, from: u64, limit: usize) -> Result<Vec<Arc<News>>, StoreError> {
        if let Some(news) = self.fresh(from, limit) {
            return Ok(news);
        }
        // Whoever is far behind reads for nobody else, and holds up nobody.
        let is_far_behind = from < self.0.newest.ring().first;
        let _turn = match is_far_behind {
            true => None,
            false => Some(self.0.newest.reading.lock().await),
        };
        if let Some(news) = self.fresh(from, limit) {
            return Ok(news);
        }
        let entries = self.0.store.read(from, limit).await?;
        Ok(self.0.newest.share(from, entries, limit))
    }

    /// The same, if they are at hand.
    pub(crate) fn fresh(&self, from: u64, limit: usize) -> Option<Vec<Arc<News>>> {
        let size = self.0.store.head().borrow().size;
        let limit = limit.min(usize::try_from(size.saturating_sub(from)).unwrap_or(usize::MAX));
        let mut news = self.0.newest.ring().read(from, limit).unwrap_or_default();
        let (next, missing) = (from + news.len() as u64, limit - news.len());
        if missing > 0
            && let Some(entries) = self.0.store.newest(next, next.saturating_add(missing as u64))
        {
            news.extend(self.0.newest.share(next, entries, missing));
        }
        (!news.is_empty()).then_some(news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a ring is told by.
    struct Senders {
        lease: watch::Sender<Lease>,
        head: watch::Sender<Head>,
    }

    impl Senders {
        fn size(&self, size: u64) {
            self.head.send_modify(|head| head.size = size);
        }
    }

    fn ring(first: u64) -> (Newest, Senders) {
        let (lease, followed) = watch::channel(Lease::Held);
        let (head, seen) = watch::channel(Head::default());
        let told = Senders { lease, head };
        told.size(first);
        let ring = Ring {
            first,
            entries: VecDeque::new(),
            bytes: 0,
            lease: followed,
            head: seen,
        };
        let newest = Newest {
            ring: Mutex::new(ring),
            reading: tokio::sync::Mutex::default(),
        };
        (newest, told)
    }

    fn entries(positions: std::ops::Range<u64>, bytes: usize) -> Vec<Entry> {
        let entry = |position: u64| Entry {
            position,
            line: vec![b'x'; bytes].into(),
        };
        positions.map(entry).collect()
    }

    fn positions(news: &[Arc<News>]) -> Vec<u64> {
        news.iter().map(|news| news.position).collect()
    }

    fn held(newest: &Newest) -> Vec<u64> {
        positions(&Vec::from(newest.ring().entries.clone()))
    }

    #[test]
    fn whoever_comes_second_is_given_what_the_first_had_read() {
        let (newest, told) = ring(5);
        told.size(9);
        let first = newest.share(5, entries(5..8, 1), 9);
        let second = newest.share(6, entries(6..9, 1), 9);
        assert_eq!(positions(&second), [6, 7, 8]);
        assert!(Arc::ptr_eq(&first[1], &second[0]));
        assert_eq!(newest.ring().read(5, 2).map(|news| positions(&news)), Some(vec![5, 6]));
        assert!(newest.ring().read(9, 2).is_none());
    }

    #[test]
    fn who_is_behind_takes_nothing_from_the_others_and_who_is_ahead_is_followed() {
        let (newest, told) = ring(5);
        told.size(99);
        assert_eq!(positions(&newest.share(1, entries(1..4, 1), 9)), [1, 2, 3]);
        assert_eq!(held(&newest), Vec::<u64>::new());
        newest.share(5, entries(5..7, 1), 9);
        assert_eq!(positions(&newest.share(3, entries(3..6, 1), 9)), [3, 4, 5]);
        assert_eq!(held(&newest), [5, 6]);
        newest.share(20, entries(20..22, 1), 9);
        assert_eq!(held(&newest), [20, 21]);
    }

    #[test]
    fn it_forgets_the_oldest_by_number_and_by_size() {
        let (newest, told) = ring(0);
        for position in 0..5_000 {
            told.size(position + 1);
            newest.share(position, entries(position..position + 1, 1), 9);
        }
        let kept = held(&newest);
        assert_eq!((kept.first(), kept.len()), (Some(&904), ENTRIES));
        told.size(5_005);
        let large = newest.share(5_000, entries(5_000..5_005, BYTES / 4), 9);
        // Whoever has read them is given all, whatever is kept.
        assert_eq!(positions(&large), [5_000, 5_001, 5_002, 5_003, 5_004]);
        assert_eq!(held(&newest), [5_001, 5_002, 5_003, 5_004]);
    }

    #[test]
    fn where_another_may_have_written_nothing_is_remembered() {
        let (newest, told) = ring(0);
        told.size(4);
        newest.share(0, entries(0..4, 1), 9);
        told.lease.send_replace(Lease::Elsewhere { address: None });
        assert_eq!(held(&newest), Vec::<u64>::new());
        told.size(6);
        newest.share(4, entries(4..6, 1), 9);
        assert_eq!(held(&newest), [4, 5]);
        // Its end is lost: others will stand there.
        told.size(5);
        assert_eq!(held(&newest), Vec::<u64>::new());
        told.size(7);
        let others = newest.share(5, entries(5..7, 1), 9);
        assert_eq!(positions(&others), [5, 6]);
        assert_eq!(held(&newest), [5, 6]);
    }

    #[test]
    fn what_was_read_before_the_head_speaks_of_it_is_given_and_not_kept() {
        let (newest, told) = ring(0);
        told.size(2);
        let given = newest.share(2, entries(2..4, 1), 9);
        assert_eq!(positions(&given), [2, 3]);
        assert_eq!(held(&newest), Vec::<u64>::new());
        newest.share(0, entries(0..4, 1), 9);
        assert_eq!(held(&newest), [0, 1]);
        told.size(4);
        newest.share(2, entries(2..4, 1), 9);
        assert_eq!(held(&newest), [0, 1, 2, 3]);
    }
}
