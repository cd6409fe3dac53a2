use super::tiles::levels_of;
use super::{Hash, TILE_WIDTH, TileReader, TreeError, root, subtree, tile_width};
use std::collections::HashSet;

/// A tree that is known by its size and root alone, read from tiles of whoever has them: what they say of an entry counts once it has led to
/// the root.
#[derive(Debug, Clone)]
pub struct UnderRoot {
    size: u64,
    root: Hash,
    /// The tiles that have led there.
    led: HashSet<(u8, u64)>,
}

impl UnderRoot {
    /// The tree of `size` entries with this root.
    pub fn new(size: u64, root: Hash) -> Self {
        let led = HashSet::new();
        Self { size, root, led }
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of the entry at `index`.
    ///
    /// Errors: `Beyond`; `OtherRoot` when the tiles are another tree's; the reader's.
    pub fn leaf<R: TileReader>(&mut self, reader: &R, index: u64) -> Result<Hash, R::Error> {
        if index >= self.size {
            let size = self.size;
            return Err(TreeError::Beyond { asked: index, size }.into());
        }
        let (number, place) = place(index);
        let tile = self.tile(reader, 0, number)?;
        Ok(tile[place])
    }

    /// Whether the tree extends the one of `older` entries with this root.
    ///
    /// Errors: `Beyond`; `OtherRoot` when the tiles are another tree's; the reader's.
    pub fn extends<R: TileReader>(&mut self, reader: &R, older: u64, older_root: &Hash) -> Result<bool, R::Error> {
        if older > self.size {
            let (asked, size) = (older, self.size);
            return Err(TreeError::Beyond { asked, size }.into());
        }
        // The older root is made of its right edge, in tiles that have led to this one.
        for level in 0..levels_of(older) {
            let number = tiles_before(older, level);
            if tile_width(older, level, number) > 0 {
                self.tile(reader, level, number)?;
            }
        }
        Ok(root(reader, older)? == *older_root)
    }

    /// A tile as it was when the tree had this size.
    fn tile<R: TileReader>(&mut self, reader: &R, level: u8, number: u64) -> Result<Vec<Hash>, R::Error> {
        let wanted = tile_width(self.size, level, number);
        let tile = reader.tile(level, number, wanted)?;
        let found = tile.len();
        if found != wanted {
            return Err(TreeError::ShortTile {
                level,
                number,
                found,
                wanted,
            }
            .into());
        }
        if self.led.contains(&(level, number)) {
            return Ok(tile);
        }
        let leads = if wanted < TILE_WIDTH {
            // One of the right edge, of which the root is made.
            root(reader, self.size)? == self.root
        } else {
            let (above, place) = place(number);
            self.tile(reader, level + 1, above)?[place] == subtree(&tile)
        };
        if !leads {
            return Err(TreeError::OtherRoot.into());
        }
        self.led.insert((level, number));
        Ok(tile)
    }
}

/// The tile in which a node stands, and its place there.
fn place(index: u64) -> (u64, usize) {
    let width = TILE_WIDTH as u64;
    (index / width, (index % width) as usize)
}

/// How many full tiles of a level a tree of `size` entries has: the number of the one on its right edge.
fn tiles_before(size: u64, level: u8) -> u64 {
    (0..=level).fold(size, |nodes, _| nodes / TILE_WIDTH as u64)
}
