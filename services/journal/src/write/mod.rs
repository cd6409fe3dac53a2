//! What a writer decides, whatever store it writes to.
//!
//! A [`Batch`] works on a copy of what the writer knows, and asks and tells the store through [`Rows`]. Each store keeps
//! its statements to itself: SQLite carries them out at once, PostgreSQL gathers them for one round trip. All checks
//! of a piece of work come before its first write, so one that is refused leaves no trace in the batch.

pub(crate) mod append;
mod batch;
mod head_state;
pub(crate) mod receive;
pub(crate) mod sealed;

pub(crate) use batch::{Batch, CLOCK_DEGRADED_MICROS, refuse};
pub(crate) use head_state::{HeadState, LastOf, Recent, Source, State, head_of};

use crate::stream_key::StreamKey;
use crate::{AppendError, Appended, KeyRow, Received, TextRow, number, sum};
use idesluss_proof::tree::FullTile;
use sealed::FileRow;
use std::sync::Arc;

/// Tells the time in UTC microseconds.
pub(crate) type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Why a piece of work did not take place inside a batch.
#[derive(Debug)]
pub(crate) enum WriteError<E> {
    /// It was refused before it had written anything: the rest of the batch goes on.
    Refused(AppendError),
    /// The database failed: nothing of the batch may stay.
    Database(E),
}

impl<E> From<AppendError> for WriteError<E> {
    fn from(error: AppendError) -> Self {
        Self::Refused(error)
    }
}

/// What a look-up of a command finds: its fingerprint and its first result.
pub(crate) type FoundCommand = ([u8; 32], Appended);

/// An entry on its way to its table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryRow<'a> {
    pub(crate) position: u64,
    pub(crate) columns: &'a EntryColumns<'a>,
    pub(crate) line: &'a Arc<[u8]>,
}

/// What stands beside an entry's line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryColumns<'a> {
    /// Key and version; refused events have none.
    pub(crate) stream: Option<(StreamKey, u64)>,
    pub(crate) source: i64,
    pub(crate) epoch: u32,
    pub(crate) sequence: u64,
    /// The id of a received event.
    pub(crate) event_id: Option<&'a [u8]>,
    /// The command whose first entry it is.
    pub(crate) command: Option<CommandRow<'a>>,
}

/// A command that was accepted, as it is remembered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommandRow<'a> {
    pub(crate) id: &'a [u8; 16],
    /// The organisation's name, and the number that stands for it.
    pub(crate) organisation: (&'a str, i64),
    pub(crate) fingerprint: &'a [u8; 32],
    /// How many entries it has.
    pub(crate) entries: usize,
}

impl CommandRow<'_> {
    /// How many entries it has, as it is stored.
    pub(crate) fn count(&self) -> i16 {
        i16::try_from(self.entries).unwrap_or(i16::MAX)
    }

    /// The checksum of what stands of it beside its first entry.
    pub(crate) fn sum(&self, position: u64) -> i64 {
        let numbers = [number::to(position), i64::from(self.count())];
        sum::command(self.id, self.organisation.0, self.fingerprint, &numbers)
    }
}

/// What a store looks up and writes for a batch, the batch's own writes counted.
pub(crate) trait Rows {
    /// What its database says when it fails.
    type Error;

    /// What an earlier batch has written of a command; `organisation` is the number that stands for its organisation.
    fn find_command(
        &mut self,
        organisation: i64,
        id: &[u8; 16],
    ) -> Result<Option<FoundCommand>, WriteError<Self::Error>>;
    /// A stream's version; 0: it has no entry.
    fn find_stream(&mut self, key: StreamKey) -> Result<u64, WriteError<Self::Error>>;
    /// Whether a received event has this id.
    fn has_event_id(&mut self, id: &[u8]) -> Result<bool, WriteError<Self::Error>>;
    /// The line of the entry at a place in a source, whose id is `source`.
    fn find_line(&mut self, source: i64, event: &Received) -> Result<Option<Vec<u8>>, WriteError<Self::Error>>;
    /// Whether a key is here (`Some`), and whether it was erased.
    fn find_key(&mut self, id: &[u8; 16]) -> Result<Option<bool>, WriteError<Self::Error>>;
    /// A file that is not gone.
    fn find_file(&mut self, digest: &[u8; 32]) -> Result<Option<FileRow>, WriteError<Self::Error>>;

    fn add_organisation(&mut self, id: i64, name: &str) -> Result<(), WriteError<Self::Error>>;
    fn add_source(&mut self, id: i64, name: &Arc<str>, own: bool) -> Result<(), WriteError<Self::Error>>;
    fn add_kind(&mut self, kind: &str, position: u64) -> Result<(), WriteError<Self::Error>>;
    fn add_entry(&mut self, entry: EntryRow<'_>) -> Result<(), WriteError<Self::Error>>;
    fn add_tile(&mut self, tile: FullTile<'_>) -> Result<(), WriteError<Self::Error>>;
    /// Remembers a command that had nothing to write; `source` is the id of `first.source`.
    fn add_empty_command(
        &mut self,
        command: CommandRow<'_>,
        source: i64,
        first: &Appended,
    ) -> Result<(), WriteError<Self::Error>>;
    /// Marks what the epoch that begins with (epoch, sequence) cuts off of a source.
    fn mark_orphans(&mut self, source: i64, epoch: u32, sequence: u64) -> Result<(), WriteError<Self::Error>>;
    /// Keeps a refused event's bytes; `position` is that of its refusal.
    fn quarantine(
        &mut self,
        position: Option<u64>,
        event: &Received,
        reason: &str,
    ) -> Result<(), WriteError<Self::Error>>;
    /// A known id is left alone.
    fn add_key(&mut self, key: &KeyRow) -> Result<(), WriteError<Self::Error>>;
    /// A known digest is left alone.
    fn add_text(&mut self, text: &TextRow) -> Result<(), WriteError<Self::Error>>;
    /// Writes that a file is claimed, as `file` says.
    fn claim_file(&mut self, file: &FileRow) -> Result<(), WriteError<Self::Error>>;
}
