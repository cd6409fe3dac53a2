//! One transaction: what it has changed so far, in the store and beside the writer's memory.

use super::{EntryColumns, EntryRow, FoundCommand, HeadState, Rows, Source, State, WriteError};
use crate::stream_key::StreamKey;
use crate::tail::{self, Kept};
use crate::{AppendError, CommandKey};
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
    streams: HashMap<StreamKey, u64>,
    /// Keys that it has added, or found not to be erased.
    keys: HashSet<[u8; 16]>,
    /// Whether it has erased keys: what was known of them before counts no more.
    has_erased: bool,
    kinds: HashSet<String>,
    /// Organisations that are new.
    organisations: HashMap<String, i64>,
    /// Commands that it has carried out, by id and organisation.
    commands: HashMap<([u8; 16], i64), FoundCommand>,
    /// The line being written; kept for its memory.
    pub(crate) line: Vec<u8>,
    /// The last of what was written, for those who wait for it.
    kept: Vec<Kept>,
    kept_bytes: usize,
}

/// What a batch leaves for the writer's memory once it is durable.
pub(crate) struct Settled {
    head_state: HeadState,
    streams: HashMap<StreamKey, u64>,
    keys: HashSet<[u8; 16]>,
    has_erased: bool,
    kinds: HashSet<String>,
    organisations: HashMap<String, i64>,
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
            keys: HashSet::new(),
            has_erased: false,
            kinds: HashSet::new(),
            organisations: HashMap::new(),
            commands: HashMap::new(),
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

    /// The version of a stream, this batch counted; 0: it has no entry.
    pub(crate) fn stream(&mut self, key: StreamKey) -> Result<u64, WriteError<R::Error>> {
        if let Some(version) = self.streams.get(&key).copied().or_else(|| self.state.streams.get(&key)) {
            return Ok(version);
        }
        let version = self.rows.find_stream(key)?;
        self.streams.insert(key, version);
        Ok(version)
    }

    /// Whether a key is known to be there and not erased.
    pub(crate) fn is_usable(&self, key: &[u8; 16]) -> bool {
        self.keys.contains(key) || (!self.has_erased && self.state.keys.get(key).is_some())
    }

    /// Notes that a key is there and not erased.
    pub(crate) fn note_usable(&mut self, key: [u8; 16]) {
        self.keys.insert(key);
    }

    /// Forgets which keys are there: some were erased.
    pub(crate) fn forget_keys(&mut self) {
        self.keys.clear();
        self.has_erased = true;
    }

    /// Notes a stream's new version.
    pub(crate) fn move_stream(&mut self, key: StreamKey, version: u64) {
        self.streams.insert(key, version);
    }

    /// A command's first result, this batch counted.
    pub(crate) fn find_command(&mut self, command: &CommandKey) -> Result<Option<FoundCommand>, WriteError<R::Error>> {
        // No command of an organisation that has no number yet.
        let Some(organisation) = self.known_organisation(&command.organisation) else {
            return Ok(None);
        };
        match self.commands.get(&(command.id, organisation)) {
            Some(found) => Ok(Some(found.clone())),
            None => self.rows.find_command(organisation, &command.id),
        }
    }

    /// Notes that a command was carried out.
    pub(crate) fn note_command(&mut self, id: [u8; 16], organisation: i64, done: FoundCommand) {
        self.commands.insert((id, organisation), done);
    }

    fn known_organisation(&self, name: &str) -> Option<i64> {
        let known = self
            .state
            .organisations
            .get(name)
            .or_else(|| self.organisations.get(name));
        known.copied()
    }

    /// The number that stands for an organisation; a new one gets the next.
    pub(crate) fn organisation(&mut self, name: &str) -> Result<i64, WriteError<R::Error>> {
        if let Some(known) = self.known_organisation(name) {
            return Ok(known);
        }
        let id = 1 + (self.state.organisations.len() + self.organisations.len()) as i64;
        self.rows.add_organisation(id, name)?;
        self.organisations.insert(name.to_owned(), id);
        Ok(id)
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
        self.head_state.sources.push(Source::at(id, name, own, None));
        Ok(self.head_state.sources.len() - 1)
    }

    /// Moves a source on.
    pub(crate) fn move_source(&mut self, index: usize, epoch: u32, sequence: u64, from_position: u64) {
        let source = &mut self.head_state.sources[index];
        source.epoch = epoch;
        source.sequence = sequence;
        source.from_position = from_position;
    }

    /// Notes an own event type; the first use of one is written down.
    pub(crate) fn note_kind(&mut self, kind: &str) -> Result<(), WriteError<R::Error>> {
        if !self.state.kinds.contains(kind) && self.kinds.insert(kind.to_owned()) {
            self.rows.add_kind(kind, self.head_state.size)?;
        }
        Ok(())
    }

    /// Writes `self.line` as the next entry, and into the tree.
    pub(crate) fn add_entry(&mut self, recorded: i64, columns: &EntryColumns<'_>) -> Result<(), WriteError<R::Error>> {
        let line: Arc<[u8]> = Arc::from(self.line.as_slice());
        self.rows.add_entry(EntryRow {
            position: self.head_state.size,
            columns,
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
            source: columns.source,
            epoch: columns.epoch,
            sequence: columns.sequence,
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
            keys: self.keys,
            has_erased: self.has_erased,
            kinds: self.kinds,
            organisations: self.organisations,
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
    pub(crate) fn merge(self, state: &mut State) -> Vec<u8> {
        state.head_state = self.head_state;
        for (key, version) in self.streams {
            state.streams.put(key, version);
        }
        if self.has_erased {
            state.keys.clear();
        }
        for key in self.keys {
            state.keys.put(key, ());
        }
        state.kinds.extend(self.kinds);
        state.organisations.extend(self.organisations);
        self.line
    }
}

/// Refuses work with a sentence.
pub(crate) fn refuse<T, E>(why: impl Into<String>) -> Result<T, WriteError<E>> {
    Err(WriteError::Refused(AppendError::Refused(why.into())))
}
