use super::tiles::levels_of;
use super::{Hash, TILE_WIDTH, TileReader, TreeError, empty_root, node_hash, tile_width};

/// A tile that has just been filled and never changes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FullTile<'a> {
    /// 0 for the hashes of entries.
    pub level: u8,
    /// Its number in its level, from 0.
    pub number: u64,
    /// 256 hashes.
    pub hashes: &'a [Hash],
}

/// The growing tree: per level the hashes on the right that do not fill a tile yet, and nothing else.
///
/// Memory: at most 8 KiB a level, so 24 KiB for sixteen million entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactRange {
    size: u64,
    levels: Vec<Level>,
}

/// What stands on the right of a level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Level {
    hashes: Vec<Hash>,
    /// The roots of the complete subtrees over them, largest first, so that each node is hashed once.
    peaks: Vec<Hash>,
}

impl Level {
    fn push(&mut self, hash: Hash) {
        self.hashes.push(hash);
        let mut peak = hash;
        for _ in 0..self.hashes.len().trailing_zeros() {
            if let Some(left) = self.peaks.pop() {
                peak = node_hash(&left, &peak);
            }
        }
        self.peaks.push(peak);
    }
}

impl CompactRange {
    /// Takes up a tree of `size` entries where it was left, from its tiles on the right.
    pub fn resume<R: TileReader>(reader: &R, size: u64) -> Result<Self, R::Error> {
        let mut levels = Vec::new();
        for level in 0..levels_of(size) {
            let nodes = size >> (8 * u32::from(level));
            let number = nodes / TILE_WIDTH as u64;
            let width = tile_width(size, level, number);
            let hashes = if width == 0 {
                Vec::new()
            } else {
                reader.tile(level, number, width)?
            };
            if hashes.len() != width {
                return Err(TreeError::ShortTile {
                    level,
                    number,
                    found: hashes.len(),
                    wanted: width,
                }
                .into());
            }
            let mut right = Level::default();
            hashes.into_iter().for_each(|hash| right.push(hash));
            levels.push(right);
        }
        Ok(Self { size, levels })
    }

    /// How many entries the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds an entry's hash and shows every tile that it fills to `sink`, lowest level first.
    ///
    /// Errors: the sink's; the edge is then to be thrown away and resumed.
    pub fn push<E>(&mut self, leaf: Hash, mut sink: impl FnMut(FullTile<'_>) -> Result<(), E>) -> Result<(), E> {
        self.size += 1;
        let mut hash = leaf;
        for level in 0u8.. {
            let row = usize::from(level);
            if self.levels.len() == row {
                self.levels.push(Level::default());
            }
            let right = &mut self.levels[row];
            right.push(hash);
            if right.hashes.len() < TILE_WIDTH {
                break;
            }
            let number = (self.size >> (8 * (u32::from(level) + 1))) - 1;
            sink(FullTile {
                level,
                number,
                hashes: &right.hashes,
            })?;
            // A full tile is one subtree.
            right.hashes.clear();
            hash = right.peaks.pop().unwrap_or(hash);
        }
        Ok(())
    }

    /// The hashes of a level that do not fill a tile yet: 0..=255.
    pub fn partial(&self, level: u8) -> &[Hash] {
        self.levels.get(usize::from(level)).map_or(&[], |right| &right.hashes)
    }

    /// The roots of the complete subtrees, largest first: what a head keeps of its tree.
    pub fn peaks(&self) -> Vec<Hash> {
        let all = self.levels.iter().rev();
        all.flat_map(|right| &right.peaks).copied().collect()
    }

    /// The root over all entries.
    pub fn root(&self) -> Hash {
        root_of(&self.peaks())
    }
}

/// The root over a tree's complete subtrees, largest first.
pub fn root_of(peaks: &[Hash]) -> Hash {
    let mut peaks = peaks.iter().rev();
    let Some(smallest) = peaks.next() else {
        return empty_root();
    };
    peaks.fold(*smallest, |right, left| node_hash(left, &right))
}
