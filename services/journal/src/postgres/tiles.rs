//! The tree's tiles as they are stored: full ones as rows, the right edge in the lines themselves.

use super::{cast, sql};
use crate::nodes::Nodes;
use crate::{StoreError, number};
use futures_util::TryStreamExt as _;
use idesluss_proof::tree::{AtHand, CompactRange, Hash, Missing, TILE_WIDTH, leaf_hash, subtree, tile_width};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

/// A tile, as far as the tree over the first `size` entries goes. Nodes that were found before are taken from `nodes`; None: every one is found anew.
pub(super) async fn tile(
    conn: &mut PgConnection,
    size: u64,
    level: u8,
    tile: u64,
    nodes: Option<&Nodes>,
) -> Result<Vec<Hash>, StoreError> {
    let width = tile_width(size, level, tile);
    if let Some(mut hashes) = stored(conn, level, tile, tile.saturating_add(1)).await?.pop() {
        hashes.truncate(width);
        return Ok(hashes);
    }
    let from = tile.saturating_mul(TILE_WIDTH as u64);
    let to = from + width as u64;
    if level == 0 {
        return leaves(conn, from, to).await;
    }
    let mut known = nodes.map(|nodes| nodes.known(level, tile, width));
    let mut found = known
        .as_mut()
        .map_or_else(Vec::new, |known| std::mem::take(&mut known.nodes));
    let next = from + found.len() as u64;
    if next < to {
        let below = stored(conn, level - 1, next, to).await?;
        if below.len() as u64 != to - next {
            return Err(StoreError::Damaged(format!(
                "tiles {next} to {to} of level {} are not all there",
                level - 1
            )));
        }
        found.extend(below.iter().map(|hashes| subtree(hashes)));
    }
    if let (Some(nodes), Some(mut known)) = (nodes, known) {
        known.nodes = found;
        nodes.learn(level, tile, &known);
        return Ok(known.nodes);
    }
    Ok(found)
}

/// The right edge of the tree over the first `size` entries, found anew.
pub(super) async fn compact_range(conn: &mut PgConnection, size: u64) -> Result<CompactRange, StoreError> {
    compact_range_with(conn, (&mut AtHand::default(), None), size).await
}

/// The roots of the trees over the first so many entries each; what two of them share is found once, what `nodes` has is not found again.
pub(super) async fn roots(conn: &mut PgConnection, sizes: [u64; 2], nodes: &Nodes) -> Result<[Hash; 2], StoreError> {
    nodes.age();
    let mut tiles = AtHand::default();
    // The larger first: its tiles have all that those of the smaller have.
    let [one, other] = sizes;
    let larger = compact_range_with(conn, (&mut tiles, Some(nodes)), one.max(other))
        .await?
        .root();
    let smaller = compact_range_with(conn, (&mut tiles, Some(nodes)), one.min(other))
        .await?
        .root();
    Ok(if one >= other {
        [larger, smaller]
    } else {
        [smaller, larger]
    })
}

/// Takes what it needs from `tiles`, and puts there what is not at hand yet.
async fn compact_range_with(
    conn: &mut PgConnection,
    (tiles, nodes): (&mut AtHand, Option<&Nodes>),
    size: u64,
) -> Result<CompactRange, StoreError> {
    loop {
        match CompactRange::resume(&*tiles, size) {
            Ok(compact_range) => return Ok(compact_range),
            Err(Missing::Tile { level, number }) => {
                tiles.put(level, number, tile(conn, size, level, number, nodes).await?);
            }
            Err(Missing::Tree(error)) => return Err(error.into()),
        }
    }
}

async fn leaves(conn: &mut PgConnection, from: u64, to: u64) -> Result<Vec<Hash>, StoreError> {
    let query = sqlx::query(sql::ENTRIES_SCAN)
        .bind(number::to(from))
        .bind(number::to(to));
    let mut rows = query.fetch(conn);
    let mut hashes = Vec::new();
    while let Some(row) = rows.try_next().await? {
        hashes.push(leaf_hash(row.try_get(1)?));
    }
    if hashes.len() as u64 == to - from {
        Ok(hashes)
    } else {
        Err(StoreError::Damaged(format!("entries {from} to {to} are not all there")))
    }
}

/// Full tiles as they are stored.
async fn stored(conn: &mut PgConnection, level: u8, from: u64, to: u64) -> Result<Vec<Vec<Hash>>, StoreError> {
    let query = sqlx::query(sql::TILES_FIND)
        .bind(i16::from(level))
        .bind(number::to(from))
        .bind(number::to(to));
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(|row| hashes(row, level)).collect()
}

/// The hashes of a row (number, hashes).
fn hashes(row: &PgRow, level: u8) -> Result<Vec<Hash>, StoreError> {
    let bytes: &[u8] = row.try_get(1)?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    if hashes.len() != TILE_WIDTH || !rest.is_empty() {
        let tile = cast::count(row, 0)?;
        return Err(StoreError::Damaged(format!(
            "tile {tile} of level {level} has {} bytes",
            bytes.len()
        )));
    }
    Ok(hashes.to_vec())
}
