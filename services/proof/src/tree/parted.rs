use super::Hash;
use std::ops::Range;

/// The entries under the first complete subtree whose root in one tree is not that in another, both of `size` entries: one of them is another.
///
/// `noted` and `found` are the subtrees' roots, largest first. None: they are the same, or not those of `size` entries.
pub fn parted(size: u64, noted: &[Hash], found: &[Hash]) -> Option<Range<u64>> {
    let mut from = 0;
    let powers = (0..u64::BITS).rev().map(|bit| 1_u64 << bit);
    let widths = powers.filter(|power| size & power != 0);
    for (width, (noted, found)) in widths.zip(noted.iter().zip(found)) {
        if noted != found {
            return Some(from..from + width);
        }
        from += width;
    }
    None
}
