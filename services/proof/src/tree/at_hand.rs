use super::{Hash, TileReader, TreeError};
use std::collections::HashMap;

/// Tiles that come one by one from elsewhere, a database or another process: a question about the tree is asked again, each time with
/// the tile that it missed, until it is answered.
#[derive(Debug, Default)]
pub struct AtHand(HashMap<(u8, u64), Vec<Hash>>);

/// Why the tree can't answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// This tile is not at hand yet: put it there and ask again.
    Tile {
        /// Its level.
        level: u8,
        /// Its number in its level.
        number: u64,
    },
    /// It never will.
    Tree(TreeError),
}

impl From<TreeError> for Missing {
    fn from(error: TreeError) -> Self {
        Self::Tree(error)
    }
}

impl AtHand {
    /// Puts a tile there, with as many hashes as it has by now: more than a question about an earlier tree asks for do no harm.
    pub fn put(&mut self, level: u8, number: u64, hashes: Vec<Hash>) {
        self.0.insert((level, number), hashes);
    }
}

impl TileReader for AtHand {
    type Error = Missing;

    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, Missing> {
        let found = self.0.get(&(level, number)).ok_or(Missing::Tile { level, number })?;
        Ok(found[..width.min(found.len())].to_vec())
    }
}
