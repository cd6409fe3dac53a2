use super::{Hash, node_hash};

/// How many hashes a full tile has: eight levels of the tree.
pub const TILE_WIDTH: usize = 256;

/// How many levels of the tree one tile spans.
const TILE_HEIGHT: u32 = 8;

/// Where stored tiles are read from: a database, a folder, an HTTP server.
///
/// A tile of level `l` holds the roots of complete subtrees over 256^l entries each, in order.
pub trait TileReader {
    /// Why a tile could not be read.
    type Error: From<TreeError>;

    /// Reads the first `width` hashes (1..=256) of tile `number` of `level`.
    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, Self::Error>;
}

/// Why a question about a tree can't be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The entry or the older tree lies beyond the tree that is asked about.
    #[error("{asked} lies beyond a tree of {size} entries")]
    Beyond {
        /// The index or size that was asked for.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A tile holds fewer hashes than it should.
    #[error("tile {number} of level {level} has {found} hashes, not {wanted}")]
    ShortTile {
        /// The tile's level.
        level: u8,
        /// The tile's number in its level.
        number: u64,
        /// How many hashes came.
        found: usize,
        /// How many were asked for.
        wanted: usize,
    },
    /// The tiles lead to another root than the tree's.
    #[error("the tiles are another tree's")]
    OtherRoot,
}

/// How many hashes tile `number` of `level` has in a tree of `size` entries: 0..=256.
pub fn tile_width(size: u64, level: u8, number: u64) -> usize {
    let nodes = size.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0);
    let before = number.saturating_mul(TILE_WIDTH as u64);
    nodes.saturating_sub(before).min(TILE_WIDTH as u64) as usize
}

/// How many levels of tiles a tree of `size` entries has.
pub(super) fn levels_of(size: u64) -> u8 {
    if size == 0 {
        0
    } else {
        (size.ilog2() / TILE_HEIGHT) as u8 + 1
    }
}

/// The root over a power of two of hashes, 1..=256.
pub fn subtree(hashes: &[Hash]) -> Hash {
    debug_assert!(hashes.len().is_power_of_two());
    match hashes {
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&subtree(left), &subtree(right))
        }
    }
}

/// The root over entries `from..to`, cut as RFC 6962 cuts them.
pub(super) fn range_root<R: TileReader>(reader: &R, from: u64, to: u64) -> Result<Hash, R::Error> {
    let count = to - from;
    if count.is_power_of_two() {
        return complete(reader, count.ilog2(), from);
    }
    let middle = from + largest_power_below(count);
    Ok(node_hash(
        &range_root(reader, from, middle)?,
        &range_root(reader, middle, to)?,
    ))
}

/// The largest power of two that is smaller than `count`, which is at least 2.
pub(super) fn largest_power_below(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The root of the complete subtree of 2^`height` entries that begins at `from`.
pub(super) fn complete<R: TileReader>(reader: &R, height: u32, from: u64) -> Result<Hash, R::Error> {
    let level = (height / TILE_HEIGHT) as u8;
    let first = from >> (TILE_HEIGHT * u32::from(level));
    let count = 1usize << (height % TILE_HEIGHT);
    let number = first / TILE_WIDTH as u64;
    let start = (first % TILE_WIDTH as u64) as usize;
    let hashes = reader.tile(level, number, start + count)?;
    match hashes.get(start..start + count) {
        Some(part) => Ok(subtree(part)),
        None => Err(TreeError::ShortTile {
            level,
            number,
            found: hashes.len(),
            wanted: start + count,
        }
        .into()),
    }
}
