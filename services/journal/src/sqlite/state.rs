//! What the writer knows by heart of what stands in the file.

use super::edge::Tiles;
use super::{number, sql};
use crate::{Head, SourceState, StoreError};
use idesluss_proof::tree::Edge;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A source and how far it has come.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) id: i64,
    pub(super) name: Arc<str>,
    pub(super) own: bool,
    pub(super) epoch: u32,
    pub(super) sequence: u64,
    pub(super) from_position: u64,
    /// Whether the batch has moved it.
    pub(super) moved: bool,
}

/// The head with the tree's edge and the sources: what a batch works on a copy of.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) size: u64,
    pub(super) recorded: i64,
    pub(super) epoch: u32,
    pub(super) edge: Edge,
    pub(super) sources: Vec<Source>,
}

impl Place {
    /// Reads the head; compares the tree's edge, found anew from tiles and lines, with the peaks in it.
    pub(super) fn read(conn: &Connection) -> Result<(String, Self), StoreError> {
        let (name, size, recorded, epoch, peaks): (String, i64, i64, i64, Vec<u8>) =
            conn.prepare_cached(sql::HEAD_READ)?.query_row([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?;
        let size = number::from(size);
        let (first, last): (Option<i64>, Option<i64>) = conn
            .prepare_cached(sql::ENTRIES_BOUNDS)?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let there = match (first, last) {
            (None, None) => 0,
            (Some(0), Some(last)) => number::from(last) + 1,
            _ => return Err(StoreError::Damaged("its first entry is missing".into())),
        };
        if there != size {
            return Err(StoreError::Damaged(format!(
                "its head speaks of {size} entries, there are {there}"
            )));
        }
        let edge = Tiles { conn, size }.edge()?;
        if edge.peaks().concat() != peaks {
            return Err(StoreError::Damaged(
                "its last entries are not the ones that its head speaks of".into(),
            ));
        }
        let mut statement = conn.prepare_cached(sql::SOURCES_READ)?;
        let sources = statement
            .query_map([], |row| {
                Ok(Source {
                    id: row.get(0)?,
                    name: Arc::from(row.get::<_, String>(1)?),
                    own: row.get::<_, i64>(2)? != 0,
                    epoch: number::epoch(row.get(3)?),
                    sequence: number::from(row.get(4)?),
                    from_position: number::from(row.get(5)?),
                    moved: false,
                })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        Ok((
            name,
            Self {
                size,
                recorded,
                epoch: number::epoch(epoch),
                edge,
                sources,
            },
        ))
    }

    /// The head as everyone may see it.
    pub(super) fn head(&self) -> Head {
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
pub(super) struct Stream {
    /// None: it has no row yet.
    pub(super) id: Option<i64>,
    pub(super) version: u64,
}

/// Stream versions, so that most appends need not look them up. Two generations bound its memory.
#[derive(Debug, Default)]
pub(super) struct Streams {
    young: HashMap<String, Stream>,
    old: HashMap<String, Stream>,
}

/// How many streams a generation holds: about 10 MiB for both.
const GENERATION: usize = 32_768;

impl Streams {
    pub(super) fn get(&self, name: &str) -> Option<Stream> {
        self.young.get(name).or_else(|| self.old.get(name)).copied()
    }

    pub(super) fn put(&mut self, name: String, stream: Stream) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name, stream);
    }

    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

/// All that the writer keeps in memory between batches.
#[derive(Debug)]
pub(super) struct State {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) streams: Streams,
    pub(super) kinds: HashSet<String>,
}

impl State {
    pub(super) fn read(conn: &Connection) -> Result<Self, StoreError> {
        let (name, place) = Place::read(conn)?;
        let mut statement = conn.prepare_cached(sql::KINDS_ALL)?;
        let kinds = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<HashSet<String>, _>>()?;
        Ok(Self {
            name,
            place,
            streams: Streams::default(),
            kinds,
        })
    }
}
