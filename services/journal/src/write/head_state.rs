//! What the writer knows by heart of what is stored.

use crate::{Head, SourceState};
use idesluss_proof::tree::CompactRange;
use std::collections::{BTreeMap, HashMap, HashSet};
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
    /// Whether the batch has moved it.
    pub(crate) moved: bool,
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
        let own = self.sources.iter().filter(|source| source.own);
        let foreign = self.sources.iter().filter(|source| !source.own);
        Head {
            size: self.size,
            recorded_micros: self.recorded,
            epoch: self.epoch,
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
}

/// What is known of a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stream {
    /// None: it has no row yet.
    pub(crate) id: Option<i64>,
    pub(crate) version: u64,
}

/// Stream versions, so that most appends need not look them up. Two generations bound its memory.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    young: HashMap<String, Stream>,
    old: HashMap<String, Stream>,
}

/// How many streams a generation holds: about 10 MiB for both.
const GENERATION: usize = 32_768;

impl Streams {
    pub(crate) fn get(&self, name: &str) -> Option<Stream> {
        self.young.get(name).or_else(|| self.old.get(name)).copied()
    }

    pub(crate) fn put(&mut self, name: String, stream: Stream) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name, stream);
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
    pub(crate) streams: Streams,
    pub(crate) kinds: HashSet<String>,
}
