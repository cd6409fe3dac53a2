//! What comes new into the journal, read once for all who follow it.
//!
//! Every view, reaction and index looks at every entry as soon as it is durable, at about the same moment. Whoever is first has it read; the others
//! are given what was read. Who has fallen behind, or begins, reads from the journal.

use crate::{Engine, Recorded};
use idesluss_journal::{Entry, StoreError};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

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
pub(crate) struct Newest(Mutex<Ring>);

#[derive(Debug, Default)]
struct Ring {
    /// The position of the first one.
    first: u64,
    entries: VecDeque<Arc<News>>,
    bytes: usize,
}

impl Ring {
    fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
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

    /// Keeps entries that follow on those in here, or are newer than they.
    fn keep(&mut self, entries: &[Arc<News>]) {
        let end = self.end();
        for entry in entries.iter().skip_while(|entry| entry.position < end) {
            if entry.position != self.end() {
                self.entries.clear();
                self.bytes = 0;
                self.first = entry.position;
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
    /// None yet, of a journal of so many entries: what was there before is old.
    pub(crate) fn after(size: u64) -> Self {
        Self(Mutex::new(Ring {
            first: size,
            ..Ring::default()
        }))
    }

    fn read(&self, from: u64, limit: usize) -> Option<Vec<Arc<News>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).read(from, limit)
    }

    /// Gives the others the same, and whoever was not the first what the first had: a line stays what it is.
    fn share(&self, from: u64, entries: Vec<Entry>, limit: usize) -> Vec<Arc<News>> {
        let entries: Vec<_> = entries.into_iter().map(News::new).collect();
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
        let entries = self.0.store.read(from, limit).await?;
        Ok(self.0.newest.share(from, entries, limit))
    }

    /// The same, if they are at hand.
    pub(crate) fn fresh(&self, from: u64, limit: usize) -> Option<Vec<Arc<News>>> {
        let mut news = self.0.newest.read(from, limit).unwrap_or_default();
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

    fn entries(positions: std::ops::Range<u64>) -> Vec<Entry> {
        let entry = |position: u64| Entry {
            position,
            line: Arc::from(position.to_string().as_bytes()),
        };
        positions.map(entry).collect()
    }

    fn positions(news: Option<Vec<Arc<News>>>) -> Option<Vec<u64>> {
        news.map(|news| news.iter().map(|news| news.position).collect())
    }

    #[test]
    fn whoever_comes_second_is_given_what_the_first_had_read() {
        let newest = Newest::after(5);
        let first = newest.share(5, entries(5..8), 9);
        let second = newest.share(6, entries(6..9), 9);
        assert_eq!(positions(Some(second.clone())), Some(vec![6, 7, 8]));
        assert!(Arc::ptr_eq(&first[1], &second[0]));
        assert_eq!(positions(newest.read(5, 2)), Some(vec![5, 6]));
        assert_eq!(positions(newest.read(9, 2)), None);
    }

    #[test]
    fn who_is_behind_takes_nothing_from_the_others_and_who_is_ahead_is_followed() {
        let newest = Newest::after(5);
        assert_eq!(positions(Some(newest.share(1, entries(1..4), 9))), Some(vec![1, 2, 3]));
        assert_eq!(positions(newest.read(1, 9)), None);
        newest.share(5, entries(5..7), 9);
        newest.share(3, entries(3..6), 9);
        assert_eq!(positions(newest.read(5, 9)), Some(vec![5, 6]));
        newest.share(20, entries(20..22), 9);
        assert_eq!(positions(newest.read(20, 9)), Some(vec![20, 21]));
        assert_eq!(positions(newest.read(6, 9)), None);
    }

    #[test]
    fn it_forgets_the_oldest() {
        let newest = Newest::after(0);
        for position in 0..5_000 {
            newest.share(position, entries(position..position + 1), 9);
        }
        assert_eq!(positions(newest.read(903, 1)), None);
        assert_eq!(positions(newest.read(904, 1)), Some(vec![904]));
    }
}
