//! Proofs from a journal whose tiles come one after the other.

use idesluss_journal::{Store, StoreError};
use idesluss_proof::tree::{Hash, TileReader, TreeError, consistency};
use std::collections::HashMap;

/// What tiles are at hand, and which one is missing.
#[derive(Default)]
struct AtHand(HashMap<(u8, u64), Vec<Hash>>);

/// Why a proof could not be made yet.
enum Missing {
    Tile(u8, u64),
    Tree(TreeError),
}

impl From<TreeError> for Missing {
    fn from(error: TreeError) -> Self {
        Self::Tree(error)
    }
}

impl TileReader for AtHand {
    type Error = Missing;

    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, Missing> {
        let found = self.0.get(&(level, number)).ok_or(Missing::Tile(level, number))?;
        // The tile may have grown since.
        Ok(found[..width.min(found.len())].to_vec())
    }
}

/// Proves that the tree of `size` entries extends the one of `older` entries.
pub(crate) async fn prove(store: &dyn Store, older: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
    let mut tiles = AtHand::default();
    loop {
        match consistency(&tiles, older, size) {
            Ok(path) => return Ok(path),
            Err(Missing::Tile(level, number)) => {
                let hashes = store.tile(level, number).await?;
                tiles.0.insert((level, number), hashes);
            }
            Err(Missing::Tree(error)) => return Err(StoreError::Database(error.to_string())),
        }
    }
}
