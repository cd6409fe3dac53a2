//! The Merkle tree over the lines, hashed as in RFC 6962, stored as tiles of 256 hashes.
//!
//! [`CompactRange`] grows the tree and keeps only what is not yet in a full tile. Proofs are made from stored tiles through
//! [`TileReader`], and checked with nothing but hashes.

mod at_hand;
mod compact_range;
mod hash;
mod parted;
mod prove;
mod tiles;
mod under;
mod verify;

pub use at_hand::{AtHand, Missing};
pub use compact_range::{CompactRange, FullTile, root_of};
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use parted::parted;
pub use prove::{consistency, inclusion, peaks, root};
pub use tiles::{TILE_WIDTH, TileReader, TreeError, subtree, tile_width};
pub use under::UnderRoot;
pub use verify::{ProofError, verify_consistency, verify_inclusion};
