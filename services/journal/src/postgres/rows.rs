//! What the decisions write, gathered for one statement.

use super::prefetch::Found;
use crate::stream_key::StreamKey;
use crate::write::sealed::FileRow;
use crate::write::{CommandRow, EntryRow, FoundCommand, Rows, WriteError};
use crate::{Appended, KeyRow, Received, TextRow, number, sum};
use idesluss_proof::tree::FullTile;
use std::convert::Infallible;
use std::sync::Arc;

/// Columns for `journal.write` and `journal.write_beside`, in the order of their parameters.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) entry_streams: Vec<Option<[u8; 16]>>,
    pub(super) entry_versions: Vec<Option<i64>>,
    pub(super) entry_sources: Vec<i32>,
    pub(super) entry_epochs: Vec<i64>,
    pub(super) entry_sequences: Vec<i64>,
    pub(super) entry_event_ids: Vec<Option<Vec<u8>>>,
    pub(super) entry_lines: Vec<Arc<[u8]>>,
    pub(super) command_ids: Vec<Option<[u8; 16]>>,
    pub(super) command_organisations: Vec<Option<i32>>,
    pub(super) command_fingerprints: Vec<Option<[u8; 32]>>,
    pub(super) command_entries: Vec<Option<i16>>,
    pub(super) command_sums: Vec<Option<i64>>,
    pub(super) tile_levels: Vec<i16>,
    pub(super) tile_numbers: Vec<i64>,
    pub(super) tile_hashes: Vec<Vec<u8>>,
    pub(super) beside: Beside,
}

/// What not every batch has.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) kind_names: Vec<String>,
    pub(super) kind_positions: Vec<i64>,
    pub(super) source_ids: Vec<i32>,
    pub(super) source_names: Vec<String>,
    pub(super) source_owns: Vec<bool>,
    pub(super) organisation_ids: Vec<i32>,
    pub(super) organisation_names: Vec<String>,
    pub(super) empty_ids: Vec<[u8; 16]>,
    pub(super) empty_organisations: Vec<i32>,
    pub(super) empty_fingerprints: Vec<[u8; 32]>,
    pub(super) empty_sources: Vec<i32>,
    pub(super) empty_epochs: Vec<i64>,
    pub(super) empty_sequences: Vec<i64>,
    pub(super) empty_positions: Vec<i64>,
    pub(super) empty_sums: Vec<i64>,
    pub(super) orphan_sources: Vec<i32>,
    pub(super) orphan_epochs: Vec<i64>,
    pub(super) orphan_sequences: Vec<i64>,
    pub(super) refused_positions: Vec<Option<i64>>,
    pub(super) refused_sources: Vec<String>,
    pub(super) refused_epochs: Vec<i64>,
    pub(super) refused_sequences: Vec<i64>,
    pub(super) refused_from_positions: Vec<i64>,
    pub(super) refused_reasons: Vec<String>,
    pub(super) refused_digests: Vec<[u8; 32]>,
    pub(super) refused_events: Vec<Vec<u8>>,
    pub(super) refused_sums: Vec<i64>,
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
            && self.source_ids.is_empty()
            && self.organisation_ids.is_empty()
            && self.empty_ids.is_empty()
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
        // A tile comes with an entry.
        self.entry_lines.is_empty() && self.beside.is_empty()
    }
}

/// Sources and organisations are numbered by the writer from 1.
fn small(id: i64) -> i32 {
    i32::try_from(id).unwrap_or(i32::MAX)
}

/// A batch's look-ups and writes: first what it has gathered itself, then what was found.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) found: Found,
    pub(super) columns: Columns,
}

impl Gathered {
    pub(super) fn new(found: Found) -> Self {
        Self {
            found,
            columns: Columns::default(),
        }
    }
}

/// Decisions in memory can be refused, but their database can't fail.
type Sure<T> = Result<T, WriteError<Infallible>>;

impl Rows for Gathered {
    type Error = Infallible;

    fn find_command(&mut self, organisation: i64, id: &[u8; 16]) -> Sure<Option<FoundCommand>> {
        Ok(self.found.commands.get(&(*id, organisation)).cloned())
    }

    fn find_stream(&mut self, key: StreamKey) -> Sure<u64> {
        Ok(self.found.streams.get(&key).copied().unwrap_or_default())
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

    fn add_organisation(&mut self, id: i64, name: &str) -> Sure<()> {
        self.columns.beside.organisation_ids.push(small(id));
        self.columns.beside.organisation_names.push(name.to_owned());
        Ok(())
    }

    fn add_source(&mut self, id: i64, name: &Arc<str>, own: bool) -> Sure<()> {
        self.columns.beside.source_ids.push(small(id));
        self.columns.beside.source_names.push(name.to_string());
        self.columns.beside.source_owns.push(own);
        Ok(())
    }

    fn add_kind(&mut self, kind: &str, position: u64) -> Sure<()> {
        self.columns.beside.kind_names.push(kind.to_owned());
        self.columns.beside.kind_positions.push(number::to(position));
        Ok(())
    }

    fn add_entry(&mut self, entry: EntryRow<'_>) -> Sure<()> {
        let EntryRow {
            position,
            columns: of,
            line,
        } = entry;
        let columns = &mut self.columns;
        columns.entry_streams.push(of.stream.map(|(key, _)| key.0));
        columns
            .entry_versions
            .push(of.stream.map(|(_, version)| number::to(version)));
        columns.entry_sources.push(small(of.source));
        columns.entry_epochs.push(i64::from(of.epoch));
        columns.entry_sequences.push(number::to(of.sequence));
        columns.entry_event_ids.push(of.event_id.map(<[u8]>::to_vec));
        columns.entry_lines.push(Arc::clone(line));
        columns.command_ids.push(of.command.map(|command| *command.id));
        columns
            .command_organisations
            .push(of.command.map(|command| small(command.organisation.1)));
        columns
            .command_fingerprints
            .push(of.command.map(|command| *command.fingerprint));
        columns.command_entries.push(of.command.map(|command| command.count()));
        columns
            .command_sums
            .push(of.command.map(|command| command.sum(position)));
        self.found.event_ids.extend(of.event_id.map(<[u8]>::to_vec));
        Ok(())
    }

    fn add_tile(&mut self, tile: FullTile<'_>) -> Sure<()> {
        self.columns.tile_levels.push(i16::from(tile.level));
        self.columns.tile_numbers.push(number::to(tile.number));
        self.columns.tile_hashes.push(tile.hashes.as_flattened().to_vec());
        Ok(())
    }

    fn add_empty_command(&mut self, command: CommandRow<'_>, source: i64, first: &Appended) -> Sure<()> {
        let stands = [
            source,
            i64::from(first.epoch),
            number::to(first.sequence),
            number::to(first.position),
        ];
        let sum = sum::command(command.id, command.organisation.0, command.fingerprint, &stands);
        let beside = &mut self.columns.beside;
        beside.empty_ids.push(*command.id);
        beside.empty_organisations.push(small(command.organisation.1));
        beside.empty_fingerprints.push(*command.fingerprint);
        beside.empty_sources.push(small(source));
        beside.empty_epochs.push(stands[1]);
        beside.empty_sequences.push(stands[2]);
        beside.empty_positions.push(stands[3]);
        beside.empty_sums.push(sum);
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
        beside.refused_from_positions.push(number::to(event.from_position));
        // A text column takes every character but this one.
        beside.refused_reasons.push(reason.replace('\0', "\u{fffd}"));
        let digest = sum::digest(&event.event);
        beside.refused_sums.push(event.refused_sum(&digest));
        beside.refused_digests.push(digest);
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
