//! One transaction: what it has changed so far, in the store and beside the writer's memory.

use super::{EntryRow, HeadState, Rows, Source, State, Stream, WriteError};
use crate::AppendError;
use crate::tail::{self, Kept};
use idesluss_proof::tree::leaf_hash;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Further behind its own last entry than this, and the clock is only told about.
pub(crate) const CLOCK_DEGRADED_MICROS: i64 = 5_000_000;
/// Further behind than this, and nothing is appended.
pub(crate) const CLOCK_REFUSED_MICROS: i64 = 300_000_000;

/// The transaction under way. Dropped without `settle`, it leaves the writer's memory as it was.
pub(crate) struct Batch<'a, R> {
    /// The store.
    pub(crate) rows: R,
    state: &'a State,
    /// What the clock says.
    pub(crate) now: i64,
    pub(crate) head_state: HeadState,
    streams: HashMap<String, Stream>,
    kinds: HashSet<String>,
    /// The line being written; kept for its memory.
    pub(crate) line: Vec<u8>,
    /// The last of what was written, for those who wait for it.
    kept: Vec<Kept>,
    kept_bytes: usize,
}

/// What a batch leaves for the writer's memory once it is durable.
pub(crate) struct Settled {
    head_state: HeadState,
    streams: HashMap<String, Stream>,
    kinds: HashSet<String>,
    pub(crate) line: Vec<u8>,
    kept: Vec<Kept>,
}

impl<'a, R: Rows> Batch<'a, R> {
    pub(crate) fn new(rows: R, state: &'a State, now: i64, line: Vec<u8>) -> Self {
        Self {
            rows,
            state,
            now,
            head_state: state.head_state.clone(),
            streams: HashMap::new(),
            kinds: HashSet::new(),
            line,
            kept: Vec::new(),
            kept_bytes: 0,
        }
    }

    /// `/<instance>/<service>`.
    pub(crate) fn name(&self) -> &'a str {
        &self.state.name
    }

    /// Refuses new entries while the clock is far behind: their times would be made up.
    pub(crate) fn check_clock(&self) -> Result<(), AppendError> {
        let behind = self.head_state.recorded.saturating_sub(self.now);
        if behind > CLOCK_REFUSED_MICROS {
            let seconds = behind / 1_000_000;
            return Err(AppendError::Closed(format!(
                "this machine's clock is {seconds} s behind the last entry: set it right"
            )));
        }
        Ok(())
    }

    /// The time for the next entry: now, or just after the last one.
    pub(crate) fn next_recorded(&self) -> i64 {
        self.now.max(self.head_state.recorded.saturating_add(1))
    }

    /// Where a stream stands, this batch counted.
    pub(crate) fn stream(&mut self, name: &str) -> Result<Stream, WriteError<R::Error>> {
        if let Some(stream) = self.streams.get(name).copied().or_else(|| self.state.streams.get(name)) {
            return Ok(stream);
        }
        let found = self.rows.find_stream(name)?;
        let stream = found.unwrap_or(Stream { id: None, version: 0 });
        self.streams.insert(name.to_owned(), stream);
        Ok(stream)
    }

    /// The stream's id; adds its row when it is new.
    pub(crate) fn stream_id(&mut self, name: &str) -> Result<i64, WriteError<R::Error>> {
        let stream = self.stream(name)?;
        if let Some(id) = stream.id {
            return Ok(id);
        }
        let id = self.rows.add_stream(name)?;
        self.streams.insert(name.to_owned(), Stream { id: Some(id), ..stream });
        Ok(id)
    }

    /// Notes a stream's new version.
    pub(crate) fn move_stream(&mut self, name: &str, id: i64, version: u64) {
        self.streams.insert(name.to_owned(), Stream { id: Some(id), version });
    }

    /// Finds a source in memory.
    pub(crate) fn find_source(&self, name: &str) -> Option<usize> {
        self.head_state.sources.iter().position(|source| &*source.name == name)
    }

    /// Finds one of our own sources by its audience.
    pub(crate) fn find_audience(&self, audience: &str) -> Option<usize> {
        let length = self.state.name.len() + 1 + audience.len();
        self.head_state
            .sources
            .iter()
            .position(|source| source.own && source.name.len() == length && source.name.ends_with(audience))
    }

    /// Adds a source that has no entries yet.
    pub(crate) fn add_source(&mut self, name: &str, own: bool) -> Result<usize, WriteError<R::Error>> {
        let id = self
            .head_state
            .sources
            .iter()
            .map(|source| source.id)
            .max()
            .unwrap_or(0)
            + 1;
        let name = Arc::from(name);
        self.rows.add_source(id, &name, own)?;
        self.head_state.sources.push(Source {
            id,
            name,
            own,
            epoch: 0,
            sequence: 0,
            from_position: 0,
            moved: false,
        });
        Ok(self.head_state.sources.len() - 1)
    }

    /// Moves a source on.
    pub(crate) fn move_source(&mut self, index: usize, epoch: u32, sequence: u64, from_position: u64) {
        let source = &mut self.head_state.sources[index];
        source.epoch = epoch;
        source.sequence = sequence;
        source.from_position = from_position;
        source.moved = true;
    }

    /// Notes an own event type; the first use of one is written down.
    pub(crate) fn note_kind(&mut self, kind: &str) -> Result<(), WriteError<R::Error>> {
        if !self.state.kinds.contains(kind) && self.kinds.insert(kind.to_owned()) {
            self.rows.add_kind(kind, self.head_state.size)?;
        }
        Ok(())
    }

    /// Writes `self.line` as the next entry, and into the tree. `stream` is (id, version); refused events have none.
    pub(crate) fn add_entry(
        &mut self,
        recorded: i64,
        stream: Option<(i64, u64)>,
        source: i64,
        epoch: u32,
        sequence: u64,
    ) -> Result<(), WriteError<R::Error>> {
        let line: Arc<[u8]> = Arc::from(self.line.as_slice());
        self.rows.add_entry(EntryRow {
            position: self.head_state.size,
            stream,
            source,
            epoch,
            sequence,
            line: &line,
        })?;
        let rows = &mut self.rows;
        self.head_state
            .compact_range
            .push(leaf_hash(&self.line), |tile| rows.add_tile(tile))?;
        if self.kept_bytes > tail::BYTES {
            // More than anybody keeps: only what comes after it is.
            self.kept.clear();
            self.kept_bytes = 0;
        }
        self.kept_bytes += line.len();
        self.kept.push(Kept {
            line,
            source,
            epoch,
            sequence,
        });
        self.head_state.size += 1;
        self.head_state.recorded = recorded;
        Ok(())
    }

    /// Whether the head must be written.
    pub(crate) fn is_moved(&self) -> bool {
        self.head_state.size != self.state.head_state.size || self.head_state.epoch != self.state.head_state.epoch
    }

    /// Lets go of the borrowed state, to be merged into it after the commit.
    pub(crate) fn settle(self) -> (Settled, R) {
        let settled = Settled {
            head_state: self.head_state,
            streams: self.streams,
            kinds: self.kinds,
            line: self.line,
            kept: self.kept,
        };
        (settled, self.rows)
    }
}

impl Settled {
    /// The entries that it has written last.
    pub(crate) fn take_kept(&mut self) -> Vec<Kept> {
        std::mem::take(&mut self.kept)
    }

    /// Makes the writer's memory what the store now says. Returns the line's buffer for the next batch.
    pub(crate) fn merge(mut self, state: &mut State) -> Vec<u8> {
        for source in &mut self.head_state.sources {
            source.moved = false;
        }
        state.head_state = self.head_state;
        for (name, stream) in self.streams {
            state.streams.put(name, stream);
        }
        state.kinds.extend(self.kinds);
        self.line
    }
}

/// Refuses work with a sentence.
pub(crate) fn refuse<T, E>(why: impl Into<String>) -> Result<T, WriteError<E>> {
    Err(WriteError::Refused(AppendError::Refused(why.into())))
}
