use crate::tag::Tags;
use idesluss_proof::line::source_line;
use idesluss_proof::tree::{Hash, leaf_hash};
use std::collections::BTreeMap;

/// A received entry that was held against its source's own line, or is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Copied {
    /// The log that holds it, and where.
    pub(super) log: usize,
    pub(super) position: u64,
    /// The log that it came from, and where it stands there.
    pub(super) of: usize,
    pub(super) from_position: u64,
}

/// One that has to wait, without its logs: its tag, and both positions up to 2^40, small-endian.
type Waiting = [u8; 18];

fn pack(tag: u64, copied: &Copied) -> Waiting {
    let mut packed = [0; 18];
    packed[..8].copy_from_slice(&tag.to_le_bytes());
    packed[8..13].copy_from_slice(&copied.position.to_le_bytes()[..5]);
    packed[13..].copy_from_slice(&copied.from_position.to_le_bytes()[..5]);
    packed
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Own lines of one log, by position.
#[derive(Debug, Default)]
struct Own {
    begin: u64,
    run: Vec<u64>,
    picked: BTreeMap<u64, u64>,
}

/// Holds what one log has of another against the other's own lines, wherever both are in the bundle.
///
/// Memory: 8 bytes for each entry of each log; 18 for each received entry whose source's log comes later in the bundle; 16 and more for
/// each picked entry.
#[derive(Debug)]
pub(super) struct Copies {
    tags: Tags,
    own: Vec<Own>,
    /// By the log that holds them and the one that they came from.
    waiting: BTreeMap<(usize, usize), Vec<Waiting>>,
}

/// No own line of which the tag is known stands there. A line has this tag by chance as rarely as it has another's.
const NONE: u64 = 0;

impl Copies {
    pub(super) fn new(begins: impl Iterator<Item = u64>) -> Self {
        let own = begins
            .map(|begin| Own {
                begin,
                ..Own::default()
            })
            .collect();
        Self {
            tags: Tags::default(),
            own,
            waiting: BTreeMap::new(),
        }
    }

    fn tag(&self, leaf: &Hash) -> u64 {
        self.tags.of(leaf).max(1)
    }

    /// Takes the next entry of a log: the hash of its line if that is known to be an own one, or hidden.
    pub(super) fn own(&mut self, log: usize, leaf: Option<&Hash>) {
        let tag = leaf.map_or(NONE, |leaf| self.tag(leaf));
        self.own[log].run.push(tag);
    }

    /// Takes a picked own entry.
    pub(super) fn picked(&mut self, log: usize, position: u64, leaf: &Hash) {
        let tag = self.tag(leaf);
        self.own[log].picked.insert(position, tag);
    }

    /// Takes what entry `position` of `log` has of entry `from_position` of the log `of`. False: they are not the same.
    /// None: that can't be told, or not yet.
    pub(super) fn received(
        &mut self,
        (log, position): (usize, u64),
        (of, from_position): (usize, u64),
        from_recorded_micros: i64,
        event: &[u8],
    ) -> Option<bool> {
        let tag = self.tag(&leaf_hash(&source_line(from_position, from_recorded_micros, event)));
        let copied = Copied {
            log,
            position,
            of,
            from_position,
        };
        if of > log {
            self.waiting.entry((log, of)).or_default().push(pack(tag, &copied));
            return None;
        }
        self.compare(tag, &copied)
    }

    fn compare(&self, tag: u64, copied: &Copied) -> Option<bool> {
        let own = &self.own[copied.of];
        let in_run = copied
            .from_position
            .checked_sub(own.begin)
            .and_then(|index| usize::try_from(index).ok());
        let found = in_run
            .and_then(|index| own.run.get(index))
            .or_else(|| own.picked.get(&copied.from_position))?;
        Some(*found == tag)
    }

    /// Compares what had to wait until all logs were read, and shows each that could be to `sink` with whether it is the same.
    pub(super) fn finish(&self, mut sink: impl FnMut(&Copied, bool)) {
        for (&(log, of), waiting) in &self.waiting {
            for packed in waiting {
                let (position, from_position) = (number(&packed[8..13]), number(&packed[13..]));
                let copied = Copied {
                    log,
                    position,
                    of,
                    from_position,
                };
                if let Some(same) = self.compare(number(&packed[..8]), &copied) {
                    sink(&copied, same);
                }
            }
        }
    }
}
