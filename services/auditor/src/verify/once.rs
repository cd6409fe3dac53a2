/// Remembers where each of many things stood, to find those that stand twice.
///
/// Memory: 13 bytes each. A tag and a position, sorted when all are there, so that no table has to keep room.
#[derive(Debug, Default)]
pub(super) struct Once(Vec<[u8; 13]>);

impl Once {
    /// Notes a thing. Positions up to 2^40 are told apart.
    pub(super) fn note(&mut self, tag: u64, position: u64) {
        let mut seen = [0; 13];
        seen[..8].copy_from_slice(&tag.to_be_bytes());
        seen[8..].copy_from_slice(&position.to_be_bytes()[3..]);
        self.0.push(seen);
    }

    /// The positions of each thing that stood twice: the earlier and the later, by the later.
    pub(super) fn doubles(mut self) -> Vec<(u64, u64)> {
        self.0.sort_unstable();
        let same = self.0.windows(2).filter(|pair| pair[0][..8] == pair[1][..8]);
        let mut doubles: Vec<_> = same.map(|pair| (position(&pair[0]), position(&pair[1]))).collect();
        doubles.sort_unstable_by_key(|(_, later)| *later);
        doubles
    }
}

fn position(seen: &[u8; 13]) -> u64 {
    seen[8..].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_twice_is_found_with_both_places() {
        let mut once = Once::default();
        for (tag, position) in [(7, 0), (u64::MAX, 1), (8, 2), (7, 1 << 39), (u64::MAX, 300)] {
            once.note(tag, position);
        }
        assert_eq!(once.doubles(), [(1, 300), (0, 1 << 39)]);
    }
}
