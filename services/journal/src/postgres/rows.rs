//! What the decisions write, gathered for one statement.

use super::prefetch::Found;
use crate::write::sealed::FileRow;
use crate::write::{EntryRow, FoundCommand, HeadState, Rows, Stream, WriteError};
use crate::{Appended, CommandKey, KeyRow, Received, TextRow, number, sum};
use idesluss_proof::tree::FullTile;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

/// Columns for `journal.write` and `journal.write_beside`, in the order of their parameters.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) entry_streams: Vec<Option<i64>>,
    pub(super) entry_versions: Vec<Option<i64>>,
    pub(super) entry_sources: Vec<i32>,
    pub(super) entry_epochs: Vec<i64>,
    pub(super) entry_sequences: Vec<i64>,
    pub(super) entry_lines: Vec<Arc<[u8]>>,
    pub(super) stream_ids: Vec<i64>,
    pub(super) stream_names: Vec<String>,
    pub(super) new_sources: Vec<i64>,
    pub(super) tile_levels: Vec<i16>,
    pub(super) tile_numbers: Vec<i64>,
    pub(super) tile_hashes: Vec<Vec<u8>>,
    pub(super) command_ids: Vec<[u8; 16]>,
    pub(super) command_organisations: Vec<String>,
    pub(super) command_fingerprints: Vec<[u8; 32]>,
    pub(super) command_sources: Vec<i32>,
    pub(super) command_epochs: Vec<i64>,
    pub(super) command_sequences: Vec<i64>,
    pub(super) command_positions: Vec<i64>,
    pub(super) command_sums: Vec<i64>,
    pub(super) beside: Beside,
}

/// What not every batch has.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) kind_names: Vec<String>,
    pub(super) kind_positions: Vec<i64>,
    pub(super) event_ids: Vec<Vec<u8>>,
    pub(super) event_id_positions: Vec<i64>,
    pub(super) orphan_sources: Vec<i32>,
    pub(super) orphan_epochs: Vec<i64>,
    pub(super) orphan_sequences: Vec<i64>,
    pub(super) refused_positions: Vec<Option<i64>>,
    pub(super) refused_sources: Vec<String>,
    pub(super) refused_epochs: Vec<i64>,
    pub(super) refused_sequences: Vec<i64>,
    pub(super) refused_reasons: Vec<String>,
    pub(super) refused_digests: Vec<[u8; 32]>,
    pub(super) refused_events: Vec<Vec<u8>>,
    pub(super) keys: Vec<KeyRow>,
    pub(super) key_sums: Vec<i64>,
    pub(super) texts: Vec<TextRow>,
    pub(super) text_sums: Vec<i64>,
    pub(super) file_seqs: Vec<i64>,
    pub(super) file_sums: Vec<i64>,
    pub(super) cursor_reactions: Vec<String>,
    pub(super) cursor_nexts: Vec<i64>,
    pub(super) cursor_sums: Vec<i64>,
}

impl Beside {
    /// Adds the cursors that have moved.
    pub(super) fn add_cursors(&mut self, moved: &[(String, u64)]) {
        for (reaction, next) in moved {
            let next = number::to(*next);
            self.cursor_sums.push(sum::cursor(reaction, next));
            self.cursor_reactions.push(reaction.clone());
            self.cursor_nexts.push(next);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kind_names.is_empty()
            && self.event_ids.is_empty()
            && self.orphan_sources.is_empty()
            && self.refused_sources.is_empty()
            && self.keys.is_empty()
            && self.texts.is_empty()
            && self.file_seqs.is_empty()
            && self.cursor_reactions.is_empty()
    }
}

impl Columns {
    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        // A stream or a tile comes with an entry.
        self.entry_lines.is_empty()
            && self.new_sources.is_empty()
            && self.command_ids.is_empty()
            && self.beside.is_empty()
    }

    /// The sources that are new or have moved: ids, names, whether own, epochs, sequences, positions.
    #[allow(clippy::type_complexity, reason = "six columns of one table")]
    pub(super) fn sources(
        &self,
        head_state: &HeadState,
    ) -> (Vec<i32>, Vec<String>, Vec<bool>, Vec<i64>, Vec<i64>, Vec<i64>) {
        let mut columns: (Vec<_>, Vec<_>, Vec<_>, Vec<_>, Vec<_>, Vec<_>) = Default::default();
        let changed = |id| self.new_sources.contains(id);
        for source in head_state
            .sources
            .iter()
            .filter(|source| source.moved || changed(&source.id))
        {
            columns.0.push(small(source.id));
            columns.1.push(source.name.to_string());
            columns.2.push(source.own);
            columns.3.push(i64::from(source.epoch));
            columns.4.push(number::to(source.sequence));
            columns.5.push(number::to(source.from_position));
        }
        columns
    }
}

/// Ids of sources are counted by the writer from 1.
fn small(id: i64) -> i32 {
    i32::try_from(id).unwrap_or(i32::MAX)
}

/// A batch's look-ups and writes: first what it has gathered itself, then what was found.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) found: Found,
    pub(super) columns: Columns,
    pub(super) next_stream: i64,
    /// Where a command, an id or a place stands in `columns`.
    commands: HashMap<([u8; 16], String), FoundCommand>,
}

impl Gathered {
    pub(super) fn new(found: Found, next_stream: i64) -> Self {
        Self {
            found,
            columns: Columns::default(),
            next_stream,
            commands: HashMap::new(),
        }
    }
}

/// Decisions in memory can be refused, but their database can't fail.
type Sure<T> = Result<T, WriteError<Infallible>>;

impl Rows for Gathered {
    type Error = Infallible;

    fn find_command(&mut self, organisation: &str, id: &[u8; 16]) -> Sure<Option<FoundCommand>> {
        if !self.commands.is_empty()
            && let Some(command) = self.commands.get(&(*id, organisation.to_owned()))
        {
            return Ok(Some(command.clone()));
        }
        let by_organisation = self.found.commands.get(id);
        Ok(by_organisation.and_then(|found| found.get(organisation)).cloned())
    }

    fn find_stream(&mut self, name: &str) -> Sure<Option<Stream>> {
        Ok(self.found.streams.get(name).copied())
    }

    fn has_event_id(&mut self, id: &[u8]) -> Sure<bool> {
        Ok(self.found.event_ids.contains(id))
    }

    fn find_line(&mut self, source: i64, event: &Received) -> Sure<Option<Vec<u8>>> {
        let source_position = (event.source.clone(), event.epoch, event.sequence);
        if let Some(line) = self.found.lines.get(&source_position) {
            return Ok(Some(line.clone()));
        }
        let columns = &self.columns;
        let wanted = (small(source), i64::from(event.epoch), number::to(event.sequence));
        let at = (0..columns.entry_lines.len()).find(|at| {
            let (source, epoch) = (columns.entry_sources[*at], columns.entry_epochs[*at]);
            (source, epoch, columns.entry_sequences[*at]) == wanted
        });
        Ok(at.map(|at| columns.entry_lines[at].to_vec()))
    }

    fn find_key(&mut self, id: &[u8; 16]) -> Sure<Option<bool>> {
        Ok(self.found.keys.get(id).copied())
    }

    fn find_file(&mut self, digest: &[u8; 32]) -> Sure<Option<FileRow>> {
        Ok(self.found.files.get(digest).cloned())
    }

    fn add_stream(&mut self, name: &str) -> Sure<i64> {
        let id = self.next_stream;
        self.next_stream += 1;
        self.columns.stream_ids.push(id);
        self.columns.stream_names.push(name.to_owned());
        Ok(id)
    }

    fn add_source(&mut self, id: i64, _name: &Arc<str>, _own: bool) -> Sure<()> {
        self.columns.new_sources.push(id);
        Ok(())
    }

    fn add_kind(&mut self, kind: &str, position: u64) -> Sure<()> {
        self.columns.beside.kind_names.push(kind.to_owned());
        self.columns.beside.kind_positions.push(number::to(position));
        Ok(())
    }

    fn add_entry(&mut self, entry: EntryRow<'_>) -> Sure<()> {
        let columns = &mut self.columns;
        columns.entry_streams.push(entry.stream.map(|(id, _)| id));
        columns
            .entry_versions
            .push(entry.stream.map(|(_, version)| number::to(version)));
        columns.entry_sources.push(small(entry.source));
        columns.entry_epochs.push(i64::from(entry.epoch));
        columns.entry_sequences.push(number::to(entry.sequence));
        columns.entry_lines.push(Arc::clone(entry.line));
        Ok(())
    }

    fn add_tile(&mut self, tile: FullTile<'_>) -> Sure<()> {
        self.columns.tile_levels.push(i16::from(tile.level));
        self.columns.tile_numbers.push(number::to(tile.number));
        self.columns.tile_hashes.push(tile.hashes.as_flattened().to_vec());
        Ok(())
    }

    fn add_command(&mut self, command: &CommandKey, source: i64, first: &Appended) -> Sure<()> {
        let columns = &mut self.columns;
        let first_event = [
            source,
            i64::from(first.epoch),
            number::to(first.sequence),
            number::to(first.position),
        ];
        let sum = sum::command(&command.id, &command.organisation, &command.fingerprint, first_event);
        columns.command_ids.push(command.id);
        columns.command_organisations.push(command.organisation.clone());
        columns.command_fingerprints.push(command.fingerprint);
        columns.command_sources.push(small(source));
        columns.command_epochs.push(first_event[1]);
        columns.command_sequences.push(first_event[2]);
        columns.command_positions.push(first_event[3]);
        columns.command_sums.push(sum);
        let key = (command.id, command.organisation.clone());
        self.commands.insert(key, (command.fingerprint, first.clone()));
        Ok(())
    }

    fn add_event_id(&mut self, id: &[u8], position: u64) -> Sure<()> {
        self.columns.beside.event_ids.push(id.to_vec());
        self.columns.beside.event_id_positions.push(number::to(position));
        self.found.event_ids.insert(id.to_vec());
        Ok(())
    }

    fn mark_orphans(&mut self, source: i64, epoch: u32, sequence: u64) -> Sure<()> {
        self.columns.beside.orphan_sources.push(small(source));
        self.columns.beside.orphan_epochs.push(i64::from(epoch));
        self.columns.beside.orphan_sequences.push(number::to(sequence));
        Ok(())
    }

    fn quarantine(&mut self, position: Option<u64>, event: &Received, reason: &str) -> Sure<()> {
        let beside = &mut self.columns.beside;
        beside.refused_positions.push(position.map(number::to));
        beside.refused_sources.push(event.source.clone());
        beside.refused_epochs.push(i64::from(event.epoch));
        beside.refused_sequences.push(number::to(event.sequence));
        // A text column takes every character but this one.
        beside.refused_reasons.push(reason.replace('\0', "\u{fffd}"));
        beside.refused_digests.push(sum::digest(&event.event));
        beside.refused_events.push(event.event.to_vec());
        Ok(())
    }

    fn add_key(&mut self, key: &KeyRow) -> Sure<()> {
        if self.found.keys.insert(key.id, false).is_none() {
            let sum = sum::key(
                &key.id,
                &key.organisation,
                &key.scope,
                key.wrapped_by.as_ref().map(<[u8; 16]>::as_slice),
                &key.wrapped,
            );
            self.columns.beside.keys.push(key.clone());
            self.columns.beside.key_sums.push(sum);
        }
        Ok(())
    }

    fn add_text(&mut self, text: &TextRow) -> Sure<()> {
        let sum = sum::text(&text.digest, &text.key, &text.bound_to);
        self.columns.beside.texts.push(text.clone());
        self.columns.beside.text_sums.push(sum);
        Ok(())
    }

    fn claim_file(&mut self, file: &FileRow) -> Sure<()> {
        self.columns.beside.file_seqs.push(file.seq);
        self.columns.beside.file_sums.push(file.expected_sum());
        if let Some(known) = file.digest.and_then(|digest| self.found.files.get_mut(&digest)) {
            known.claimed = 1;
        }
        Ok(())
    }
}
