use idesluss_proof::tree::{Hash, node_hash, root_of};
use std::collections::VecDeque;

/// How many entries back a root can still be asked for.
pub(super) const WINDOW: u64 = 1 << 16;
/// After how many entries the peaks are kept.
const STEP: u64 = 64;
/// How many leaves are there at once.
const MOST_LEAVES: usize = (WINDOW + STEP) as usize;

/// The roots of a tree's complete subtrees, largest first.
///
/// Unlike [`idesluss_proof::tree::CompactRange`] it can begin in the midst of a log, from peaks that somebody handed over, and its root costs as
/// many hashes as it has peaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Peaks {
    size: u64,
    peaks: Vec<Hash>,
}

impl Peaks {
    /// Takes up a tree of `size` entries; None: such a tree has another number of peaks.
    pub(super) fn resume(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (size.count_ones() as usize == peaks.len()).then_some(Self { size, peaks })
    }

    /// A tree of `size` entries of which nothing is known: no root of it will be right.
    pub(super) fn unknown(size: u64) -> Self {
        let peaks = vec![[0; 32]; size.count_ones() as usize];
        Self { size, peaks }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn push(&mut self, leaf: &Hash) {
        let mut hash = *leaf;
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    pub(super) fn root(&self) -> Hash {
        root_of(&self.peaks)
    }
}

/// The growing tree, with enough of its past that the root at any of the last 65,536 sizes can be told.
///
/// Memory: 32 bytes for each of those entries and 0.7 KiB for each 64: about 2.7 MiB.
#[derive(Debug, Default)]
pub(super) struct Tree {
    begin: u64,
    now: Peaks,
    past: VecDeque<Peaks>,
    leaves: VecDeque<Hash>,
}

impl Tree {
    /// Takes up a tree where it was left.
    pub(super) fn from(begin: Peaks) -> Self {
        Self {
            begin: begin.size(),
            past: VecDeque::from([begin.clone()]),
            now: begin,
            leaves: VecDeque::new(),
        }
    }

    pub(super) fn size(&self) -> u64 {
        self.now.size()
    }

    /// How many entries it had when it was taken up.
    pub(super) fn begin(&self) -> u64 {
        self.begin
    }

    pub(super) fn root(&self) -> Hash {
        self.now.root()
    }

    pub(super) fn push(&mut self, leaf: &Hash) {
        if self.past.is_empty() {
            self.past.push_back(self.now.clone());
        }
        if self.leaves.is_empty() {
            // Growing by doubling it would take twice the window.
            self.leaves.reserve_exact(MOST_LEAVES);
        }
        self.now.push(leaf);
        self.leaves.push_back(*leaf);
        if self.now.size().is_multiple_of(STEP) {
            self.past.push_back(self.now.clone());
            if self.leaves.len() as u64 > WINDOW {
                self.forget();
            }
        }
    }

    /// Drops the oldest peaks, and the leaves up to the next ones.
    fn forget(&mut self) {
        let Some(oldest) = self.past.pop_front() else { return };
        if let Some(next) = self.past.front() {
            let count = usize::try_from(next.size() - oldest.size()).unwrap_or(usize::MAX);
            self.leaves.drain(..count.min(self.leaves.len()));
        }
    }

    /// The root over the first `size` entries; None: that is too long ago, or to come.
    pub(super) fn root_at(&self, size: u64) -> Option<Hash> {
        let first = self.past.front()?.size();
        if size < first || size > self.now.size() {
            return None;
        }
        let index = self.past.partition_point(|peaks| peaks.size() <= size) - 1;
        let mut peaks = self.past.get(index)?.clone();
        let begin = usize::try_from(peaks.size() - first).ok()?;
        let count = usize::try_from(size - peaks.size()).ok()?;
        for leaf in self.leaves.range(begin..begin + count) {
            peaks.push(leaf);
        }
        Some(peaks.root())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_proof::tree::{CompactRange, leaf_hash};

    #[test]
    fn the_root_at_every_size_is_that_of_the_tree_then_also_when_begun_in_the_midst() {
        let leaf = |number: u64| leaf_hash(number.to_string().as_bytes());
        let mut compact_range = CompactRange::default();
        let mut roots = vec![compact_range.root()];
        for number in 0..1_000 {
            assert_eq!(compact_range.push(leaf(number), |_| Ok::<(), ()>(())), Ok(()));
            roots.push(compact_range.root());
        }
        for begin in [0_u64, 1, 64, 77, 300] {
            let mut before = Peaks::default();
            (0..begin).for_each(|number| before.push(&leaf(number)));
            let mut tree = Tree::from(Peaks::resume(begin, before.peaks).expect("as many peaks"));
            (begin..1_000).for_each(|number| tree.push(&leaf(number)));
            for size in begin..=1_000 {
                assert_eq!(tree.root_at(size), Some(roots[size as usize]), "{begin} {size}");
            }
            assert_eq!((tree.root_at(1_001), tree.root()), (None, roots[1_000]));
            assert_eq!(begin.checked_sub(1).and_then(|size| tree.root_at(size)), None);
        }
    }

    #[test]
    fn what_lies_further_back_than_the_window_is_forgotten() {
        let mut tree = Tree::default();
        for number in 0..WINDOW + 1_000 {
            tree.push(&leaf_hash(&number.to_be_bytes()));
        }
        assert_eq!(tree.root_at(10), None);
        assert!(tree.root_at(1_000).is_some());
        assert!(tree.leaves.len() as u64 <= WINDOW + STEP);
    }
}
