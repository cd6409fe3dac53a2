//! Why no command is taken: several may have found something, each takes back only its own word.

use crate::Engine;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// Who says that no command may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockedBy {
    /// Whoever compares the journal with what others have received of it.
    Exchange,
    /// Whoever compares the journal with what was signed of it.
    Checkpoints,
}

/// What stands there until it has been looked at for the first time.
pub const CHECKING: &str =
    "it is being checked whether the journal was restored from a backup; send the same command again in a moment";

/// Everybody's word.
#[derive(Debug, Default)]
pub(crate) struct WriteBlocks {
    words: Mutex<BTreeMap<BlockedBy, String>>,
    all: watch::Sender<Option<String>>,
}

impl WriteBlocks {
    /// Whether and why no command is taken.
    pub(crate) fn now(&self) -> Option<String> {
        self.all.borrow().clone()
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<BlockedBy, String>)) {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let before = words.clone();
        change(&mut words);
        // By the words, not by what they say together: two may say the same, and whoever waits for one of them must hear that it is gone.
        let changed = before != *words;
        let each: BTreeSet<&str> = words.values().map(String::as_str).collect();
        let each: Vec<&str> = each.into_iter().collect();
        let why = if each.is_empty() { None } else { Some(each.join("; ")) };
        self.all.send_if_modified(|all| {
            *all = why;
            changed
        });
    }
}

impl Engine {
    /// Takes no commands any more, for a reason about machines; None: as far as `who` is concerned, takes them again.
    ///
    /// An epoch can be opened all the same: that is what a restored journal is waiting for.
    pub fn block_writes(&self, who: BlockedBy, why: Option<String>) {
        self.0.write_blocks.change(|words| match why {
            Some(why) => drop(words.insert(who, why)),
            None => drop(words.remove(&who)),
        });
    }

    /// Whether `who` says that no command may be taken.
    pub fn are_writes_blocked_by(&self, who: BlockedBy) -> bool {
        let words = self.0.write_blocks.words.lock().unwrap_or_else(PoisonError::into_inner);
        words.contains_key(&who)
    }

    /// Takes commands again, whoever has said otherwise.
    pub(crate) fn unblock_writes(&self) {
        self.0.write_blocks.change(BTreeMap::clear);
    }

    /// Why no command is taken for the moment.
    pub fn write_block(&self) -> watch::Receiver<Option<String>> {
        self.0.write_blocks.all.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_taken_back_is_heard_though_another_says_the_same() {
        let write_blocks = WriteBlocks::default();
        for who in [BlockedBy::Exchange, BlockedBy::Checkpoints] {
            write_blocks.change(|words| drop(words.insert(who, CHECKING.into())));
        }
        let mut heard = write_blocks.all.subscribe();
        write_blocks.change(|words| drop(words.remove(&BlockedBy::Exchange)));
        assert!(heard.has_changed().expect("it is there"));
        assert_eq!(heard.borrow_and_update().as_deref(), Some(CHECKING));
        write_blocks.change(|words| drop(words.remove(&BlockedBy::Exchange)));
        assert!(!heard.has_changed().expect("it is there"), "nothing has changed");
        write_blocks.change(BTreeMap::clear);
        assert_eq!(write_blocks.now(), None);
    }
}
