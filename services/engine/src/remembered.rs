//! What was folded from streams and is asked for again and again: kept at hand until it changes.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many are kept at hand; beyond that they are read anew.
const MOST: usize = 10_000;

/// What is at hand. What has changed is forgotten as soon as it is seen.
pub(crate) struct Remembered<K, V>(Mutex<Inner<K, V>>);

struct Inner<K, V> {
    known: HashMap<K, V>,
    /// How often something was forgotten: what was read before that is not kept.
    forgotten: u64,
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            known: HashMap::new(),
            forgotten: 0,
        }))
    }
}

impl<K: Hash + Eq, V: Clone> Remembered<K, V> {
    fn inner(&self) -> MutexGuard<'_, Inner<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is at hand, and how often something was forgotten until now.
    pub(crate) fn find(&self, key: &K) -> (Option<V>, u64) {
        let inner = self.inner();
        (inner.known.get(key).cloned(), inner.forgotten)
    }

    /// Keeps what was read after `forgotten` had been found, unless something was forgotten since.
    pub(crate) fn keep(&self, key: K, value: V, forgotten: u64) {
        let mut inner = self.inner();
        if inner.forgotten != forgotten {
            return;
        }
        if inner.known.len() >= MOST {
            inner.known.clear();
        }
        inner.known.insert(key, value);
    }

    pub(crate) fn forget(&self, key: &K) {
        let mut inner = self.inner();
        inner.known.remove(key);
        inner.forgotten += 1;
    }

    pub(crate) fn forget_all(&self) {
        let mut inner = self.inner();
        inner.known.clear();
        inner.forgotten += 1;
    }
}
