use crate::tag::Tags;
use idesluss_proof::line::source_line;
use idesluss_proof::tree::{Hash, leaf_hash};
use std::collections::BTreeMap;

/// A received entry that is to be held against its source's own line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copied {
    /// The log that holds it, and where.
    pub(super) log: usize,
    pub(super) position: u64,
    /// The log that it came from, and where it stands there.
    pub(super) of: usize,
    pub(super) from_position: u64,
    tag: u64,
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
/// Memory: 8 bytes for each entry of each log; 40 for each received entry whose source's log comes later in the bundle; 16 and more for
/// each picked entry.
#[derive(Debug)]
pub(super) struct Copies {
    tags: Tags,
    own: Vec<Own>,
    waiting: Vec<Copied>,
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
            waiting: Vec::new(),
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
            tag,
        };
        if of > log {
            self.waiting.push(copied);
            return None;
        }
        self.compare(&copied)
    }

    fn compare(&self, copied: &Copied) -> Option<bool> {
        let own = &self.own[copied.of];
        let in_run = copied
            .from_position
            .checked_sub(own.begin)
            .and_then(|index| usize::try_from(index).ok());
        let tag = in_run
            .and_then(|index| own.run.get(index))
            .or_else(|| own.picked.get(&copied.from_position))?;
        Some(*tag == copied.tag)
    }

    /// Compares what had to wait until all logs were read: what was compared, and whether it is the same.
    pub(super) fn finish(self) -> Vec<(Copied, bool)> {
        let same = |copied: &Copied| self.compare(copied).map(|same| (*copied, same));
        self.waiting.iter().filter_map(same).collect()
    }
}
