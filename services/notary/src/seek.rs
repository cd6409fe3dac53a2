//! Proofs from a journal whose tiles come one after the other.

use idesluss_journal::{Store, StoreError};
use idesluss_proof::tree::{AtHand, Hash, Missing, consistency};

/// Proves that the tree of `size` entries extends the one of `older` entries.
pub(crate) async fn prove(store: &dyn Store, older: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
    let mut tiles = AtHand::default();
    loop {
        match consistency(&tiles, older, size) {
            Ok(path) => return Ok(path),
            Err(Missing::Tile { level, number }) => tiles.put(level, number, store.tile(level, number).await?),
            Err(Missing::Tree(error)) => return Err(StoreError::Database(error.to_string())),
        }
    }
}
