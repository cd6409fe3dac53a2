//! How far the reactions have come. Moves are kept in memory and ride on the next transaction: repeating an entry
//! after a crash is harmless, a sync for each entry is not.

use super::{number, sql, sum};
use crate::StoreError;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All cursors, with those that are not in the file yet.
#[derive(Debug, Default)]
pub(super) struct CursorTable {
    cursors: Mutex<HashMap<String, Cursor>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    next: u64,
    written: u64,
}

impl CursorTable {
    pub(super) fn read(conn: &Connection) -> Result<Self, StoreError> {
        let mut statement = conn.prepare_cached(sql::CURSORS_ALL)?;
        let rows = statement.query_map([], |row| {
            let next = number::from(row.get(1)?);
            Ok((row.get(0)?, Cursor { next, written: next }))
        })?;
        Ok(Self {
            cursors: Mutex::new(rows.collect::<Result<_, _>>()?),
        })
    }

    pub(super) fn get(&self, reaction: &str) -> u64 {
        self.lock().get(reaction).map_or(0, |cursor| cursor.next)
    }

    pub(super) fn set(&self, reaction: &str, next: u64) {
        let mut cursors = self.lock();
        match cursors.get_mut(reaction) {
            Some(cursor) => cursor.next = next,
            None => drop(cursors.insert(reaction.to_owned(), Cursor { next, written: 0 })),
        }
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.lock().values().any(|cursor| cursor.next != cursor.written)
    }

    /// Writes the moved cursors into the transaction; returns them for `written`.
    pub(super) fn write(&self, conn: &Connection) -> rusqlite::Result<Vec<(String, u64)>> {
        let cursors = self.lock();
        let moved = cursors.iter().filter(|(_, cursor)| cursor.next != cursor.written);
        let moved: Vec<_> = moved
            .map(|(reaction, cursor)| (reaction.clone(), cursor.next))
            .collect();
        drop(cursors);
        for (reaction, next) in &moved {
            let next = number::to(*next);
            conn.prepare_cached(sql::CURSOR_SET)?
                .execute((reaction, next, sum::cursor(reaction, next)))?;
        }
        Ok(moved)
    }

    /// Notes what a commit has made durable.
    pub(super) fn written(&self, moved: &[(String, u64)]) {
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
