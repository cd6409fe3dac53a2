//! Nodes of tiles that are not full yet, once found: finding one takes the hashes of a whole tile below it.

use idesluss_proof::tree::Hash;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// One tile a level, as far as it was found. Shape: 8 KiB a level at the most.
///
/// Proofs and signatures keep what they have found each for itself, and read only what has changed since; the verification reads every tile as it is
/// stored now.
#[derive(Debug, Default)]
pub(crate) struct Nodes(Mutex<HashMap<u8, (u64, Vec<Hash>)>>);

impl Nodes {
    /// The first `most` nodes of a tile, as far as they were found before.
    pub(crate) fn known(&self, level: u8, number: u64, most: usize) -> Vec<Hash> {
        let tiles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match tiles.get(&level) {
            Some((known, nodes)) if *known == number => nodes[..most.min(nodes.len())].to_vec(),
            _ => Vec::new(),
        }
    }

    /// Forgets everything: what is stored may be other than what was found.
    #[cfg(feature = "postgres")]
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Keeps what was found of a tile, if it is the newest of its level and more than was known. What a journal has written stays as it is.
    pub(crate) fn learn(&self, level: u8, number: u64, nodes: &[Hash]) {
        let mut tiles = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known, kept) = tiles.entry(level).or_default();
        if number > *known || (number == *known && nodes.len() > kept.len()) {
            (*known, *kept) = (number, nodes.to_vec());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_tile_of_a_level_is_known_as_far_as_it_was_found() {
        let nodes = Nodes::default();
        let hashes = [[1; 32], [2; 32], [3; 32]];
        nodes.learn(1, 7, &hashes[..2]);
        nodes.learn(1, 7, &hashes[..1]);
        assert_eq!(nodes.known(1, 7, 9), hashes[..2]);
        assert_eq!(nodes.known(1, 7, 1), hashes[..1]);
        assert!(nodes.known(1, 6, 9).is_empty() && nodes.known(2, 7, 9).is_empty());
        nodes.learn(1, 6, &hashes);
        assert_eq!(nodes.known(1, 7, 9), hashes[..2]);
        nodes.learn(1, 8, &hashes[..1]);
        assert_eq!(nodes.known(1, 8, 9), hashes[..1]);
    }
}
