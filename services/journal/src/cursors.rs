//! How far the reactions have come. Moves are kept in memory and ride on the next transaction: repeating an entry
//! after a crash is harmless, a sync for each entry is not.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All cursors, with those that are not stored yet.
#[derive(Debug, Default)]
pub(crate) struct CursorTable {
    cursors: Mutex<HashMap<String, Cursor>>,
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
        *self.lock() = all.collect();
    }

    pub(crate) fn get(&self, reaction: &str) -> u64 {
        self.lock().get(reaction).map_or(0, |cursor| cursor.next)
    }

    pub(crate) fn set(&self, reaction: &str, next: u64) {
        let mut cursors = self.lock();
        match cursors.get_mut(reaction) {
            Some(cursor) => cursor.next = next,
            None => drop(cursors.insert(reaction.to_owned(), Cursor { next, written: 0 })),
        }
    }

    pub(crate) fn is_dirty(&self) -> bool {
        self.lock().values().any(|cursor| cursor.next != cursor.written)
    }

    /// The moved cursors that are not stored yet; written, they are told to `written`.
    pub(crate) fn moved(&self) -> Vec<(String, u64)> {
        let cursors = self.lock();
        let moved = cursors.iter().filter(|(_, cursor)| cursor.next != cursor.written);
        moved
            .map(|(reaction, cursor)| (reaction.clone(), cursor.next))
            .collect()
    }

    /// Notes what a commit has made durable.
    pub(crate) fn written(&self, moved: &[(String, u64)]) {
        let mut cursors = self.lock();
        for (reaction, next) in moved {
            if let Some(cursor) = cursors.get_mut(reaction) {
                cursor.written = *next;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Cursor>> {
        self.cursors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
