//! How far the reactions have come. Moves are kept in memory, and ride on a transaction about once a second: repeating the entries of a second or two
//! after a crash is harmless, a row for each reaction in each transaction is not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long moves are kept where there are transactions all the time.
pub(crate) const EVERY: Duration = Duration::from_secs(1);

/// All cursors, with those that are not stored yet.
#[derive(Debug, Default)]
pub(crate) struct CursorTable(Mutex<Cursors>);

#[derive(Debug, Default)]
struct Cursors {
    all: HashMap<String, Cursor>,
    /// When any were stored last.
    stored: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    next: u64,
    written: u64,
}

impl CursorTable {
    /// Begins anew with the cursors that are stored.
    pub(crate) fn replace(&self, stored: impl IntoIterator<Item = (String, u64)>) {
        let stored = stored.into_iter();
        let all = stored.map(|(reaction, next)| (reaction, Cursor { next, written: next }));
        *self.lock() = Cursors {
            all: all.collect(),
            stored: None,
        };
    }

    pub(crate) fn get(&self, reaction: &str) -> u64 {
        self.lock().all.get(reaction).map_or(0, |cursor| cursor.next)
    }

    pub(crate) fn set(&self, reaction: &str, next: u64) {
        let mut cursors = self.lock();
        match cursors.all.get_mut(reaction) {
            Some(cursor) => cursor.next = next,
            None => drop(cursors.all.insert(reaction.to_owned(), Cursor { next, written: 0 })),
        }
    }

    pub(crate) fn is_dirty(&self) -> bool {
        self.lock().all.values().any(|cursor| cursor.next != cursor.written)
    }

    /// The moved cursors that are to be stored with a transaction: all that are not yet, if it is for them `alone` or the last ones are old. Written,
    /// they are told to `written`.
    pub(crate) fn due(&self, alone: bool) -> Vec<(String, u64)> {
        let cursors = self.lock();
        if !alone && cursors.stored.is_some_and(|stored| stored.elapsed() < EVERY) {
            return Vec::new();
        }
        let moved = cursors.all.iter().filter(|(_, cursor)| cursor.next != cursor.written);
        moved
            .map(|(reaction, cursor)| (reaction.clone(), cursor.next))
            .collect()
    }

    /// Notes what a commit has made durable.
    pub(crate) fn written(&self, moved: &[(String, u64)]) {
        if moved.is_empty() {
            return;
        }
        let mut cursors = self.lock();
        cursors.stored = Some(Instant::now());
        for (reaction, next) in moved {
            if let Some(cursor) = cursors.all.get_mut(reaction) {
                cursor.written = *next;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Cursors> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_stored_with_the_first_transaction_then_once_a_second_or_by_themselves() {
        let table = CursorTable::default();
        let first = vec![("receipts".to_owned(), 5)];
        table.set("receipts", 5);
        assert_eq!(table.due(false), first);
        assert_eq!(table.due(false), first, "what was rolled back is still to be stored");
        table.written(&first);
        assert!(!table.is_dirty() && table.due(true).is_empty());
        table.set("receipts", 6);
        assert!(table.is_dirty());
        assert_eq!(table.due(false), vec![]);
        assert_eq!(table.get("receipts"), 6);
        let second = vec![("receipts".to_owned(), 6)];
        assert_eq!(table.due(true), second);
        table.lock().stored = Instant::now().checked_sub(EVERY);
        assert_eq!(table.due(false), second);
    }
}
