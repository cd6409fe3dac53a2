//! What the writer knows by heart of what is stored.

use crate::stream_key::StreamKey;
use crate::{Head, SourceState};
use idesluss_proof::line::{Body, parse};
use idesluss_proof::tree::CompactRange;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

/// A source and how far it has come.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) id: i64,
    pub(crate) name: Arc<str>,
    pub(crate) own: bool,
    pub(crate) epoch: u32,
    pub(crate) sequence: u64,
    pub(crate) from_position: u64,
}

/// What a source's last entry here tells of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LastOf {
    pub(crate) epoch: u32,
    pub(crate) sequence: u64,
    pub(crate) from_position: u64,
}

impl LastOf {
    /// `line` is that of a received entry, `refused` what its feed said of its position, if it was refused.
    pub(crate) fn read(epoch: u32, sequence: u64, line: Option<&[u8]>, refused: Option<u64>) -> Self {
        let told = match line.map(|line| parse(line).map(|line| line.body)) {
            Some(Ok(Body::Received { from_position, .. })) => Some(from_position),
            _ => refused,
        };
        Self {
            epoch,
            sequence,
            from_position: told.unwrap_or_default(),
        }
    }
}

impl Source {
    /// One that has come as far as its last entry, if it has any.
    pub(crate) fn at(id: i64, name: Arc<str>, own: bool, last: Option<LastOf>) -> Self {
        Self {
            id,
            name,
            own,
            epoch: last.map_or(0, |last| last.epoch),
            sequence: last.map_or(0, |last| last.sequence),
            from_position: last.map_or(0, |last| last.from_position),
        }
    }
}

/// The head with the tree's edge and the sources: what a batch works on a copy of.
#[derive(Debug, Clone)]
pub(crate) struct HeadState {
    pub(crate) size: u64,
    pub(crate) recorded: i64,
    pub(crate) epoch: u32,
    pub(crate) compact_range: CompactRange,
    pub(crate) sources: Vec<Source>,
}

impl HeadState {
    /// The head as everyone may see it.
    pub(crate) fn head(&self) -> Head {
        Head {
            epoch: self.epoch,
            ..head_of(self.size, self.recorded, &self.sources)
        }
    }
}

/// The head as the last entries tell it: the epoch in force is that of the last own one.
pub(crate) fn head_of(size: u64, recorded_micros: i64, sources: &[Source]) -> Head {
    let own = sources.iter().filter(|source| source.own);
    let foreign = sources.iter().filter(|source| !source.own);
    Head {
        size,
        recorded_micros,
        epoch: own.clone().map(|source| source.epoch).max().unwrap_or_default().max(1),
        own: own.map(|source| (source.name.to_string(), source.sequence)).collect(),
        received: foreign
            .map(|source| {
                let state = SourceState {
                    epoch: source.epoch,
                    sequence: source.sequence,
                    from_position: source.from_position,
                };
                (source.name.to_string(), state)
            })
            .collect::<BTreeMap<_, _>>(),
    }
}

/// What was written or looked up lately, so that it need not be looked up again. Two generations bound its memory.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

/// How many a generation holds: about 7 MiB for both of streams, 5 of keys.
const GENERATION: usize = 65_536;

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash, V: Copy> Recent<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    pub(crate) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

/// All that the writer keeps in memory between batches.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) name: String,
    pub(crate) head_state: HeadState,
    /// Versions of streams.
    pub(crate) streams: Recent<StreamKey, u64>,
    /// Keys that are there, and not erased.
    pub(crate) keys: Recent<[u8; 16], ()>,
    pub(crate) kinds: HashSet<String>,
    /// The numbers that stand for organisations.
    pub(crate) organisations: HashMap<String, i64>,
}
