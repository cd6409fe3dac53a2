//! One transaction: what it has changed so far, in the file and beside the writer's memory.

use super::fault::Fault;
use super::state::{Place, Source, State, Stream};
use super::{number, sql};
use crate::AppendError;
use idesluss_proof::tree::{FullTile, leaf_hash};
use rusqlite::{Connection, OptionalExtension as _};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Further behind its own last entry than this, and the clock is only told about.
pub(super) const CLOCK_DEGRADED_MICROS: i64 = 5_000_000;
/// Further behind than this, and nothing is appended.
pub(super) const CLOCK_REFUSED_MICROS: i64 = 300_000_000;

/// The transaction under way. Dropped without `settle`, it leaves the writer's memory as it was.
pub(super) struct Batch<'a> {
    pub(super) conn: &'a Connection,
    state: &'a State,
    /// What the clock says.
    pub(super) now: i64,
    pub(super) place: Place,
    streams: HashMap<String, Stream>,
    kinds: HashSet<String>,
    /// The line being written; kept for its memory.
    pub(super) line: Vec<u8>,
}

/// What a batch leaves for the writer's memory once it is durable.
pub(super) struct Settled {
    place: Place,
    streams: HashMap<String, Stream>,
    kinds: HashSet<String>,
    pub(super) line: Vec<u8>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(conn: &'a Connection, state: &'a State, now: i64, line: Vec<u8>) -> Self {
        Self {
            conn,
            state,
            now,
            place: state.place.clone(),
            streams: HashMap::new(),
            kinds: HashSet::new(),
            line,
        }
    }

    /// `/<instance>/<service>`.
    pub(super) fn name(&self) -> &'a str {
        &self.state.name
    }

    /// Refuses new entries while the clock is far behind: their times would be made up.
    pub(super) fn check_clock(&self) -> Result<(), AppendError> {
        let behind = self.place.recorded.saturating_sub(self.now);
        if behind > CLOCK_REFUSED_MICROS {
            let seconds = behind / 1_000_000;
            return Err(AppendError::Closed(format!(
                "this machine's clock is {seconds} s behind the last entry: set it right"
            )));
        }
        Ok(())
    }

    /// The time for the next entry: now, or just after the last one.
    pub(super) fn next_recorded(&self) -> i64 {
        self.now.max(self.place.recorded.saturating_add(1))
    }

    /// Where a stream stands, this batch counted.
    pub(super) fn stream(&mut self, name: &str) -> Result<Stream, rusqlite::Error> {
        if let Some(stream) = self.streams.get(name).copied().or_else(|| self.state.streams.get(name)) {
            return Ok(stream);
        }
        let found = self
            .conn
            .prepare_cached(sql::STREAM_FIND)?
            .query_row([name], |row| {
                let version: Option<i64> = row.get(1)?;
                Ok(Stream {
                    id: Some(row.get(0)?),
                    version: version.map_or(0, number::from),
                })
            })
            .optional()?;
        let stream = found.unwrap_or(Stream { id: None, version: 0 });
        self.streams.insert(name.to_owned(), stream);
        Ok(stream)
    }

    /// The stream's id; adds its row when it is new.
    pub(super) fn stream_id(&mut self, name: &str) -> Result<i64, rusqlite::Error> {
        let stream = self.stream(name)?;
        if let Some(id) = stream.id {
            return Ok(id);
        }
        let id = self.conn.prepare_cached(sql::STREAM_ADD)?.insert([name])?;
        self.streams.insert(name.to_owned(), Stream { id: Some(id), ..stream });
        Ok(id)
    }

    /// Notes a stream's new version.
    pub(super) fn move_stream(&mut self, name: &str, id: i64, version: u64) {
        self.streams.insert(name.to_owned(), Stream { id: Some(id), version });
    }

    /// Finds a source in memory.
    pub(super) fn find_source(&self, name: &str) -> Option<usize> {
        self.place.sources.iter().position(|source| &*source.name == name)
    }

    /// Finds one of our own sources by its audience.
    pub(super) fn find_audience(&self, audience: &str) -> Option<usize> {
        let length = self.state.name.len() + 1 + audience.len();
        self.place
            .sources
            .iter()
            .position(|source| source.own && source.name.len() == length && source.name.ends_with(audience))
    }

    /// Adds a source that has no entries yet.
    pub(super) fn add_source(&mut self, name: &str, own: bool) -> Result<usize, rusqlite::Error> {
        let id = self.place.sources.iter().map(|source| source.id).max().unwrap_or(0) + 1;
        self.conn
            .prepare_cached(sql::SOURCE_ADD)?
            .execute((id, name, i64::from(own)))?;
        let name = Arc::from(name);
        self.place.sources.push(Source {
            id,
            name,
            own,
            epoch: 0,
            sequence: 0,
            from_position: 0,
            moved: false,
        });
        Ok(self.place.sources.len() - 1)
    }

    /// Moves a source on.
    pub(super) fn move_source(&mut self, index: usize, epoch: u32, sequence: u64, from_position: u64) {
        let source = &mut self.place.sources[index];
        source.epoch = epoch;
        source.sequence = sequence;
        source.from_position = from_position;
        source.moved = true;
    }

    /// Notes an own event type; the first use of one is written down.
    pub(super) fn note_kind(&mut self, kind: &str) -> Result<(), rusqlite::Error> {
        if !self.state.kinds.contains(kind) && self.kinds.insert(kind.to_owned()) {
            self.conn
                .prepare_cached(sql::KIND_ADD)?
                .execute((kind, number::to(self.place.size)))?;
        }
        Ok(())
    }

    /// Writes `self.line` as the next entry, and into the tree. `stream` is (id, version); refused events have none.
    pub(super) fn add_entry(
        &mut self,
        recorded: i64,
        stream: Option<(i64, u64)>,
        source: i64,
        epoch: u32,
        sequence: u64,
    ) -> Result<(), rusqlite::Error> {
        let conn = self.conn;
        conn.prepare_cached(sql::ENTRY_ADD)?.execute((
            number::to(self.place.size),
            stream.map(|(id, _)| id),
            stream.map(|(_, version)| number::to(version)),
            source,
            epoch,
            number::to(sequence),
            self.line.as_slice(),
        ))?;
        self.place
            .edge
            .push(leaf_hash(&self.line), |FullTile { level, number, hashes }| {
                conn.prepare_cached(sql::TILE_ADD)?
                    .execute((level, number::to(number), hashes.as_flattened()))
                    .map(|_| ())
            })?;
        self.place.size += 1;
        self.place.recorded = recorded;
        Ok(())
    }

    /// Writes the head and the moved sources, if anything changed.
    pub(super) fn write_head(&self) -> Result<(), rusqlite::Error> {
        if self.place.size == self.state.place.size && self.place.epoch == self.state.place.epoch {
            return Ok(());
        }
        let place = &self.place;
        let peaks = place.edge.peaks();
        self.conn.prepare_cached(sql::HEAD_WRITE)?.execute((
            number::to(place.size),
            place.recorded,
            place.epoch,
            peaks.as_flattened(),
        ))?;
        for source in place.sources.iter().filter(|source| source.moved) {
            self.conn.prepare_cached(sql::SOURCE_MOVE)?.execute((
                source.id,
                source.epoch,
                number::to(source.sequence),
                number::to(source.from_position),
            ))?;
        }
        Ok(())
    }

    /// Lets go of the borrowed state, to be merged into it after the commit.
    pub(super) fn settle(self) -> Settled {
        Settled {
            place: self.place,
            streams: self.streams,
            kinds: self.kinds,
            line: self.line,
        }
    }
}

impl Settled {
    /// Makes the writer's memory what the file now says. Returns the line's buffer for the next batch.
    pub(super) fn merge(mut self, state: &mut State) -> Vec<u8> {
        for source in &mut self.place.sources {
            source.moved = false;
        }
        state.place = self.place;
        for (name, stream) in self.streams {
            state.streams.put(name, stream);
        }
        state.kinds.extend(self.kinds);
        self.line
    }
}

/// Refuses work with a sentence.
pub(super) fn refuse<T>(why: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Refused(AppendError::Refused(why.into())))
}
