//! The tree over the lines as they were read, against the tree that was noted when they were written; and where the two part.

use super::lines::Lines;
use super::read::{Reader, Unread, hash};
use idesluss_proof::tree::{Hash, TILE_WIDTH, leaf_hash, parted, root_of, subtree};
use std::ops::Range;

const WIDTH: u64 = TILE_WIDTH as u64;

/// Compares; a sentence for each place where lines and tree part, at most `named`.
pub(super) async fn compare(lines: &Lines, reader: &mut Reader, named: usize) -> Result<Vec<String>, Unread> {
    let head = reader.head().clone();
    let noted = head
        .peaks
        .iter()
        .map(|peak| hash(peak))
        .collect::<Result<Vec<_>, _>>()?;
    let found = lines.compact_range().peaks();
    if lines.compact_range().size() != head.size {
        let there = lines.compact_range().size();
        return Ok(vec![format!(
            "its head speaks of {} entries, and {there} are there",
            head.size
        )]);
    }
    if root_of(&noted) != *head.root {
        return Ok(vec![
            "its head names a root that is not that of its own tree".to_owned(),
        ]);
    }
    if noted == found {
        return Ok(Vec::new());
    }
    let mut parted = in_tiles(lines, reader, named).await?;
    if let Some(range) = in_rest(head.size, &noted, &found) {
        parted.push(range);
    }
    if parted.is_empty() {
        parted.push("the tree that was noted with its last entry is not the one over its entries".to_owned());
    }
    Ok(parted)
}

/// Where the stored hashes of full tiles are not those of the lines: exactly which entries.
async fn in_tiles(lines: &Lines, reader: &mut Reader, named: usize) -> Result<Vec<String>, Unread> {
    let mut parted = Vec::new();
    for (number, ours) in (0..).zip(lines.tiles()) {
        if parted.len() >= named {
            break;
        }
        let stored = reader.tile(number).await?;
        if stored.len() == TILE_WIDTH && subtree(&stored) == *ours {
            continue;
        }
        let from = number * WIDTH;
        for entry in reader.again(from, from + WIDTH).await? {
            let at = usize::try_from(entry.position - from).unwrap_or(TILE_WIDTH);
            if stored.get(at) != Some(&leaf_hash(&entry.line)) {
                parted.push(format!(
                    "entry {} of its journal is not the one that was written: its hash is not the one in the tree",
                    entry.position
                ));
            }
        }
    }
    parted.truncate(named);
    Ok(parted)
}

/// Which of the last entries, those that fill no tile, are not the ones that the head speaks of: the smallest subtree that tells.
fn in_rest(size: u64, noted: &[Hash], found: &[Hash]) -> Option<String> {
    // Larger subtrees are made of full tiles.
    let tiled = size & !(WIDTH - 1);
    let skip = tiled.count_ones() as usize;
    let (noted, found) = (noted.get(skip..)?, found.get(skip..)?);
    let Range { start, end } = parted(size - tiled, noted, found)?;
    let (first, last) = (tiled + start, tiled + end - 1);
    Some(if first == last {
        format!("entry {first} of its journal is not the one that was written: its hash is not the one in the tree")
    } else {
        format!(
            "one of the entries {first} to {last} of its journal is not the one that was written: their hashes do not give the tree's"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_proof::tree::CompactRange;

    fn peaks(size: u64, altered: Option<u64>) -> Vec<Hash> {
        let mut compact_range = CompactRange::default();
        for entry in 0..size {
            let text = if altered == Some(entry) {
                "altered".to_owned()
            } else {
                entry.to_string()
            };
            let pushed = compact_range.push(leaf_hash(text.as_bytes()), |_| Ok::<(), ()>(()));
            assert_eq!(pushed, Ok(()));
        }
        compact_range.peaks()
    }

    #[test]
    fn the_smallest_subtree_that_holds_an_altered_entry_is_named() {
        let noted = peaks(77, None);
        assert_eq!(in_rest(77, &noted, &peaks(77, None)), None);
        for (altered, named) in [(3, "entries 0 to 63 "), (70, "entries 64 to 71 "), (76, "entry 76 ")] {
            let said = in_rest(77, &noted, &peaks(77, Some(altered))).expect("a difference");
            assert!(said.contains(named), "{altered}: {said}");
        }
        // What lies in full tiles is for their stored hashes to tell.
        assert_eq!(in_rest(256, &peaks(256, None), &peaks(256, Some(9))), None);
    }
}
