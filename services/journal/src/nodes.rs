//! Nodes of tiles that are not full yet, once found: finding one takes the hashes of a whole tile below it.

use idesluss_proof::tree::Hash;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing of what was found for signatures is found anew: a tile that is altered under a running service is noticed within this.
const ANEW: Duration = Duration::from_secs(60);

/// One tile a level, as far as it was found. Shape: 8 KiB a level at the most.
///
/// Proofs keep what they have found for good, signatures for a minute; the verification reads every tile as it is stored now.
#[derive(Debug, Default)]
pub(crate) struct Nodes(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    tiles: HashMap<u8, (u64, Vec<Hash>)>,
    /// One more each time that all is forgotten: what was read before that is not kept after it.
    generation: u64,
    since: Option<Instant>,
}

impl Found {
    fn forget(&mut self) {
        self.tiles.clear();
        self.generation += 1;
        self.since = None;
    }
}

/// The first nodes of a tile that were found before, to be kept together with those that are found now.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) nodes: Vec<Hash>,
    generation: u64,
}

impl Nodes {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first `most` nodes of a tile, as far as they were found before.
    pub(crate) fn known(&self, level: u8, number: u64, most: usize) -> Known {
        let found = self.found();
        let nodes = match found.tiles.get(&level) {
            Some((known, nodes)) if *known == number => nodes[..most.min(nodes.len())].to_vec(),
            _ => Vec::new(),
        };
        Known {
            nodes,
            generation: found.generation,
        }
    }

    /// Keeps what was found of a tile, if it is the newest of its level and more than was known. What a journal has written stays as it is.
    pub(crate) fn learn(&self, level: u8, number: u64, known: &Known) {
        let mut found = self.found();
        if found.generation != known.generation {
            return;
        }
        found.since.get_or_insert_with(Instant::now);
        let (newest, kept) = found.tiles.entry(level).or_default();
        if number > *newest || (number == *newest && known.nodes.len() > kept.len()) {
            (*newest, *kept) = (number, known.nodes.clone());
        }
    }

    /// Forgets everything: what is stored may be other than what was found.
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn clear(&self) {
        self.found().forget();
    }

    /// Forgets what was found long ago, so that it is found anew.
    pub(crate) fn age(&self) {
        let mut found = self.found();
        if found.since.is_some_and(|since| since.elapsed() > ANEW) {
            found.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(nodes: &Nodes, level: u8, number: u64, found: &[Hash]) {
        let mut known = nodes.known(level, number, 0);
        known.nodes.extend(found);
        nodes.learn(level, number, &known);
    }

    #[test]
    fn the_newest_tile_of_a_level_is_known_as_far_as_it_was_found() {
        let nodes = Nodes::default();
        let known = |level, number, most| nodes.known(level, number, most).nodes;
        let hashes = [[1; 32], [2; 32], [3; 32]];
        learn(&nodes, 1, 7, &hashes[..2]);
        learn(&nodes, 1, 7, &hashes[..1]);
        assert_eq!(known(1, 7, 9), hashes[..2]);
        assert_eq!(known(1, 7, 1), hashes[..1]);
        assert!(known(1, 6, 9).is_empty() && known(2, 7, 9).is_empty());
        learn(&nodes, 1, 6, &hashes);
        assert_eq!(known(1, 7, 9), hashes[..2]);
        learn(&nodes, 1, 8, &hashes[..1]);
        assert_eq!(known(1, 8, 9), hashes[..1]);
    }

    #[test]
    fn what_was_read_before_all_was_forgotten_is_not_kept_after_it() {
        let nodes = Nodes::default();
        let mut read = nodes.known(1, 7, 9);
        read.nodes.push([1; 32]);
        nodes.clear();
        nodes.learn(1, 7, &read);
        assert!(nodes.known(1, 7, 9).nodes.is_empty());
        learn(&nodes, 1, 7, &[[2; 32]]);
        nodes.age();
        assert_eq!(nodes.known(1, 7, 9).nodes, [[2; 32]], "it is not old");
    }
}
