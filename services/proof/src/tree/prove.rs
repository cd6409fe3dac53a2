use super::tiles::{complete, largest_power_below, range_root};
use super::{Hash, TileReader, TreeError, empty_root};

/// The root over the first `size` entries.
pub fn root<R: TileReader>(reader: &R, size: u64) -> Result<Hash, R::Error> {
    if size == 0 {
        Ok(empty_root())
    } else {
        range_root(reader, 0, size)
    }
}

/// The roots of the complete subtrees over the first `size` entries, largest first: one for each power of two in it.
pub fn peaks<R: TileReader>(reader: &R, size: u64) -> Result<Vec<Hash>, R::Error> {
    let mut from = 0;
    let mut peaks = Vec::with_capacity(size.count_ones() as usize);
    for height in (0..u64::BITS).rev().filter(|height| size >> height & 1 == 1) {
        peaks.push(complete(reader, height, from)?);
        from += 1 << height;
    }
    Ok(peaks)
}

/// Proves that the entry at `index` is in the tree of `size` entries: the hashes beside its way to the root, lowest first.
pub fn inclusion<R: TileReader>(reader: &R, index: u64, size: u64) -> Result<Vec<Hash>, R::Error> {
    if index >= size {
        return Err(TreeError::Beyond { asked: index, size }.into());
    }
    let mut path = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + largest_power_below(to - from);
        if index < middle {
            path.push(range_root(reader, middle, to)?);
            to = middle;
        } else {
            path.push(range_root(reader, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proves that the tree of `size` entries extends the one of `older` entries without changing it.
///
/// Shape: empty when both are the same, or when the older one has no entries.
pub fn consistency<R: TileReader>(reader: &R, older: u64, size: u64) -> Result<Vec<Hash>, R::Error> {
    if older > size {
        return Err(TreeError::Beyond { asked: older, size }.into());
    }
    let mut path = Vec::new();
    if older == 0 || older == size {
        return Ok(path);
    }
    let (mut from, mut to) = (0, size);
    // Whether the older tree's root itself is a node of the way: then the verifier has it already.
    let mut whole = true;
    while older != to {
        let middle = from + largest_power_below(to - from);
        if older <= middle {
            path.push(range_root(reader, middle, to)?);
            to = middle;
        } else {
            path.push(range_root(reader, from, middle)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range_root(reader, from, to)?);
    }
    path.reverse();
    Ok(path)
}
