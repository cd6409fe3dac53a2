use super::tiles::levels_of;
use super::{Hash, TILE_WIDTH, TileReader, TreeError, empty_root, node_hash, subtree, tile_width};

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
    levels: Vec<Vec<Hash>>,
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
            levels.push(hashes);
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
                self.levels.push(Vec::with_capacity(TILE_WIDTH));
            }
            self.levels[row].push(hash);
            if self.levels[row].len() < TILE_WIDTH {
                break;
            }
            let number = (self.size >> (8 * (u32::from(level) + 1))) - 1;
            sink(FullTile {
                level,
                number,
                hashes: &self.levels[row],
            })?;
            hash = subtree(&self.levels[row]);
            self.levels[row].clear();
        }
        Ok(())
    }

    /// The hashes of a level that do not fill a tile yet: 0..=255.
    pub fn partial(&self, level: u8) -> &[Hash] {
        self.levels.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// The roots of the complete subtrees, largest first: what a head keeps of its tree.
    pub fn peaks(&self) -> Vec<Hash> {
        let mut peaks = Vec::new();
        for level in self.levels.iter().rev() {
            let mut rest = level.as_slice();
            while !rest.is_empty() {
                let (whole, after) = rest.split_at(1 << rest.len().ilog2());
                peaks.push(subtree(whole));
                rest = after;
            }
        }
        peaks
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
