//! The tree's tiles as they lie in the file: full ones as rows, the right edge in the lines themselves.

use super::sql;
use crate::nodes::Nodes;
use crate::{StoreError, number};
use idesluss_proof::tree::{CompactRange, Hash, TILE_WIDTH, TileReader, leaf_hash, subtree, tile_width};
use rusqlite::{Connection, OptionalExtension as _};

/// The tiles of the tree over the first `size` entries.
pub(super) struct Tiles<'a> {
    pub(super) conn: &'a Connection,
    pub(super) size: u64,
    /// Nodes that were found before; None: every one is found anew.
    pub(super) nodes: Option<&'a Nodes>,
}

impl TileReader for Tiles<'_> {
    type Error = StoreError;

    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, StoreError> {
        if let Some(mut hashes) = stored(self.conn, level, number)? {
            hashes.truncate(width);
            return Ok(hashes);
        }
        let from = number.saturating_mul(TILE_WIDTH as u64);
        let to = from + width.min(tile_width(self.size, level, number)) as u64;
        if level == 0 {
            self.leaves(from, to)
        } else {
            self.nodes(level, number, from, to)
        }
    }
}

impl Tiles<'_> {
    /// The tree's right edge, found anew.
    pub(super) fn compact_range(&self) -> Result<CompactRange, StoreError> {
        CompactRange::resume(self, self.size)
    }

    /// Nodes of a level, each the root of a full tile below it.
    fn nodes(&self, level: u8, number: u64, from: u64, to: u64) -> Result<Vec<Hash>, StoreError> {
        let most = (to - from) as usize;
        let mut known = self.nodes.map(|nodes| nodes.known(level, number, most));
        let mut found = known
            .as_mut()
            .map_or_else(Vec::new, |known| std::mem::take(&mut known.nodes));
        let node = |below| match stored(self.conn, level - 1, below)? {
            Some(tile) => Ok(subtree(&tile)),
            None => Err(StoreError::Damaged(format!(
                "tile {below} of level {} is missing",
                level - 1
            ))),
        };
        for below in from + found.len() as u64..to {
            found.push(node(below)?);
        }
        if let (Some(nodes), Some(mut known)) = (self.nodes, known) {
            known.nodes = found;
            nodes.learn(level, number, &known);
            return Ok(known.nodes);
        }
        Ok(found)
    }

    fn leaves(&self, from: u64, to: u64) -> Result<Vec<Hash>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql::ENTRIES_SCAN)?;
        let mut rows = statement.query((number::to(from), number::to(to)))?;
        let mut hashes = Vec::with_capacity((to - from) as usize);
        while let Some(row) = rows.next()? {
            hashes.push(leaf_hash(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?));
        }
        if hashes.len() as u64 == to - from {
            Ok(hashes)
        } else {
            Err(StoreError::Damaged(format!("entries {from} to {to} are not all there")))
        }
    }
}

/// The roots of the trees over the first so many entries each; what two of them share is found once, what `nodes` has is not found again.
pub(super) fn roots(conn: &Connection, sizes: [u64; 2], nodes: &Nodes) -> Result<[Hash; 2], StoreError> {
    nodes.age();
    let root = |size| {
        let nodes = Some(nodes);
        let compact_range = Tiles { conn, size, nodes }.compact_range()?;
        Ok::<_, StoreError>(compact_range.root())
    };
    Ok([root(sizes[0])?, root(sizes[1])?])
}

/// A full tile as it is stored.
fn stored(conn: &Connection, level: u8, tile: u64) -> Result<Option<Vec<Hash>>, StoreError> {
    let bytes: Option<Vec<u8>> = conn
        .prepare_cached(sql::TILE_FIND)?
        .query_row((level, number::to(tile)), |row| row.get(0))
        .optional()?;
    let Some(bytes) = bytes else { return Ok(None) };
    let (hashes, rest) = bytes.as_chunks::<32>();
    if hashes.len() != TILE_WIDTH || !rest.is_empty() {
        return Err(StoreError::Damaged(format!(
            "tile {tile} of level {level} has {} bytes",
            bytes.len()
        )));
    }
    Ok(Some(hashes.to_vec()))
}
