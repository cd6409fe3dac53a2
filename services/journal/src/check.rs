//! Whether lines are what was written: each against the row beside it and the entries before it, up to the tree's peaks.
//!
//! Store-neutral: a store shows its rows in order, and compares what they say with its own tables.

use crate::received::id_bytes;
use crate::stream_key::StreamKey;
use crate::write::{HeadState, head_of};
use crate::{StoreError, number, sum};
use idesluss_proof::line::{Body, Line, parse};
use idesluss_proof::tree::{CompactRange, FullTile, Hash, TILE_WIDTH, leaf_hash, parted};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Lines at the end that a large journal verifies at its start; the tree's edge covers the hashes of the last 255.
pub(crate) const TAIL: u64 = 512;

/// Says that something is damaged.
pub(crate) fn damaged<T>(what: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::Damaged(what.into()))
}

/// An entry as its table lists it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed<'a> {
    pub(crate) position: u64,
    pub(crate) line: &'a [u8],
    pub(crate) stream: Option<&'a [u8]>,
    pub(crate) version: Option<u64>,
    pub(crate) source: Option<&'a str>,
    /// Whether the source is said to be written here.
    pub(crate) own: Option<bool>,
    pub(crate) epoch: u32,
    pub(crate) sequence: u64,
    pub(crate) event_id: Option<&'a [u8]>,
    pub(crate) command: Option<ListedCommand<'a>>,
}

/// What an entry's table lists of the command that it is the first of, if it lists anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListedCommand<'a> {
    pub(crate) id: &'a [u8],
    /// None: no organisation has its number.
    pub(crate) organisation: Option<&'a str>,
    pub(crate) fingerprint: &'a [u8],
    pub(crate) entries: i64,
    pub(crate) sum: i64,
}

impl ListedCommand<'_> {
    fn is_as_written(&self, position: u64) -> bool {
        let numbers = [number::to(position), self.entries];
        self.organisation
            .is_some_and(|organisation| sum::command(self.id, organisation, self.fingerprint, &numbers) == self.sum)
    }
}

/// What the lines say, read one after the other.
pub(crate) struct Lines {
    /// `/<instance>/<service>`.
    name: String,
    /// Whether it began at the first entry.
    is_whole: bool,
    next: u64,
    recorded: i64,
    /// The last epoch and sequence of each source.
    sources: HashMap<String, (u32, u64)>,
    /// Own event types.
    kinds: HashSet<String>,
    /// Refused events.
    refused: u64,
    /// Where the entries of the last command end.
    command_ends: u64,
    /// Where a source began an epoch after its first: source, epoch, sequence.
    begun: Vec<(String, u32, u64)>,
    compact_range: CompactRange,
    tiles: u64,
}

impl Lines {
    /// Begins at the entry `from`; only from 0 on can the tree and the tables beside the entries be compared.
    pub(crate) fn new(name: &str, from: u64) -> Self {
        Self {
            name: name.to_owned(),
            is_whole: from == 0,
            next: from,
            recorded: i64::MIN,
            sources: HashMap::new(),
            kinds: HashSet::new(),
            refused: 0,
            command_ends: 0,
            begun: Vec::new(),
            compact_range: CompactRange::default(),
            tiles: 0,
        }
    }

    /// Checks one entry against the row beside it and the entries before it.
    ///
    /// Shows every tile that it fills to `tile`, to be compared with the stored one.
    pub(crate) fn entry(
        &mut self,
        row: &Listed<'_>,
        tile: impl FnMut(FullTile<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let position = row.position;
        let line = match parse(row.line) {
            Ok(line) => line,
            Err(error) => return damaged(format!("entry {position} is no line: {error}")),
        };
        if position != self.next || line.position != position {
            return damaged(format!("entry {} is missing or in another's place", self.next));
        }
        if line.recorded_micros <= self.recorded {
            return damaged(format!("entry {position} was recorded before the one before it"));
        }
        (self.next, self.recorded) = (position + 1, line.recorded_micros);
        self.listed(row, &line)?;
        if !self.is_whole {
            return Ok(());
        }
        let mut tiles = 0;
        let mut tile = tile;
        self.compact_range.push(leaf_hash(row.line), |full| {
            tiles += 1;
            tile(full)
        })?;
        self.tiles += tiles;
        match &line.body {
            Body::Own(event) => drop(self.kinds.insert(event.kind.to_string())),
            Body::Received { .. } => {}
            Body::Refused(_) => self.refused += 1,
        }
        Ok(())
    }

    /// Checks that the row says what its line says, and that its source goes on with it.
    fn listed(&mut self, row: &Listed<'_>, line: &Line<'_>) -> Result<(), StoreError> {
        let position = row.position;
        let own = matches!(line.body, Body::Own(_));
        let (from, source_position, subject) = match &line.body {
            Body::Own(event) | Body::Received { event, .. } => {
                (&*event.source, (event.epoch, event.sequence), Some(&*event.subject))
            }
            Body::Refused(refused) => (&*refused.source, (refused.epoch, refused.sequence), None),
        };
        let (version, event_id) = match &line.body {
            Body::Own(event) => (Some(event.stream_version), None),
            Body::Received { event, .. } => (Some(position + 1), Some(id_bytes(&event.id))),
            Body::Refused(_) => (None, None),
        };
        let stream = subject.map(|subject| match own {
            true => StreamKey::in_instance(&self.name, subject),
            false => StreamKey::in_source(from, subject),
        });
        if row.source != Some(from)
            || row.own != Some(own)
            || source_position != (row.epoch, row.sequence)
            || row.stream != stream.as_ref().map(|key| key.0.as_slice())
            || row.version != version
            || row.event_id != event_id.as_deref()
        {
            return damaged(format!("entry {position} is listed as another one than its line says"));
        }
        if own != from.strip_prefix(&*self.name).is_some_and(|rest| rest.starts_with('/')) {
            return damaged(format!("entry {position} is of {from}, which can't be"));
        }
        let is_within = position < self.command_ends;
        if is_within && !own {
            return damaged(format!("entry {position} is among those of a command, and is not its"));
        }
        if let Some(command) = &row.command {
            if !own || is_within || !command.is_as_written(position) {
                return damaged(format!(
                    "what stands of a command beside entry {position} is not as it was written"
                ));
            }
            self.command_ends = position + number::from(command.entries);
        }
        self.follow(position, from, source_position, own)
    }

    /// Checks that a source goes on without a gap, or begins an epoch.
    fn follow(
        &mut self,
        position: u64,
        source: &str,
        source_position: (u32, u64),
        own: bool,
    ) -> Result<(), StoreError> {
        let last = match self.sources.get_mut(source) {
            Some(known) => Some(std::mem::replace(known, source_position)),
            None => self.sources.insert(source.to_owned(), source_position),
        };
        let follows = match last {
            None => !self.is_whole || source_position.1 == 1,
            Some((epoch, sequence)) if source_position.0 == epoch => source_position.1 == sequence + 1,
            Some((epoch, sequence)) if source_position.0 > epoch => {
                if own {
                    source_position.1 == sequence + 1
                } else {
                    source_position.1 <= sequence + 1
                }
            }
            Some(_) => false,
        };
        if source_position.0 > last.map_or(1, |(epoch, _)| epoch) {
            self.begun
                .push((source.to_owned(), source_position.0, source_position.1));
        }
        if follows {
            Ok(())
        } else {
            damaged(format!(
                "entry {position} does not follow on the one before it of {source}"
            ))
        }
    }

    /// Compares the last lines with the head that speaks of them.
    pub(crate) fn compare_tail(&self, head_state: &HeadState) -> Result<(), StoreError> {
        if self.next != head_state.size || (head_state.size > 0 && self.recorded != head_state.recorded) {
            return damaged("its last entry is not the one that its head speaks of");
        }
        self.compare_end(head_state)
    }

    /// Whether the entries that are told of the last command are there, and the epoch in force is that of the last own entry.
    fn compare_end(&self, head_state: &HeadState) -> Result<(), StoreError> {
        if self.command_ends > head_state.size {
            return damaged("entries of its last command are missing");
        }
        match head_state.epoch == head_of(0, 0, &head_state.sources).epoch {
            true => Ok(()),
            false => damaged("its head speaks of an epoch that no entry has opened"),
        }
    }

    /// Compares all lines with the head.
    pub(crate) fn compare_whole(&self, head_state: &HeadState) -> Result<(), StoreError> {
        if self.next != head_state.size {
            return damaged("its head speaks of another number of entries");
        }
        compare_peaks(
            head_state.size,
            &head_state.compact_range.peaks(),
            &self.compact_range.peaks(),
        )?;
        if head_state.size > 0 && self.recorded != head_state.recorded {
            return damaged("its head names another time than its last entry");
        }
        self.compare_end(head_state)
    }

    /// Compares how many tiles there are, and the list of event types.
    pub(crate) fn compare_tables(&self, tiles: u64, kinds: &HashSet<String>) -> Result<(), StoreError> {
        if tiles != self.tiles {
            return damaged("there are tiles that belong to no entry");
        }
        if *kinds != self.kinds {
            return damaged("the list of event types is not that of its entries");
        }
        Ok(())
    }

    /// Compares how many refused events have their bytes beside them.
    pub(crate) fn compare_refused(&self, placed: u64) -> Result<(), StoreError> {
        if placed == self.refused {
            Ok(())
        } else {
            damaged("a refused event's bytes are missing")
        }
    }

    /// Where sources began an epoch after their first: source, epoch, sequence; in order.
    pub(crate) fn begun(&self) -> &[(String, u32, u64)] {
        &self.begun
    }
}

/// Compares the tree that was noted with the last entry with the one over the lines; names the entries among which they part.
pub(crate) fn compare_peaks(size: u64, noted: &[Hash], found: &[Hash]) -> Result<(), StoreError> {
    match parted(size, noted, found) {
        Some(Range { start, end }) if end - start == 1 => {
            damaged(format!("entry {start} is not the one that its head speaks of"))
        }
        Some(Range { start, end }) => damaged(format!(
            "one of the entries {start} to {} is not the one that its head speaks of",
            end - 1
        )),
        None if noted == found => Ok(()),
        None => damaged("the tree over its entries is not the one in its head"),
    }
}

/// Compares a tile that was filled by the lines with the stored one; names the entry whose hash is another.
pub(crate) fn check_tile(level: u8, number: u64, found: &[u8], stored: &[u8]) -> Result<(), StoreError> {
    if stored == found {
        return Ok(());
    }
    let (found, stored) = (found.as_chunks::<32>().0, stored.as_chunks::<32>().0);
    let other = found.iter().zip(stored).position(|(found, stored)| found != stored);
    match (level, other) {
        (0, Some(other)) => damaged(format!(
            "entry {} is not the one that was written: its hash is not the one in its tile",
            number * TILE_WIDTH as u64 + other as u64
        )),
        _ => damaged(format!("tile {number} of level {level} is not that of its entries")),
    }
}

/// Reads the peaks of a tree of `size` entries: one for each power of two in it.
pub(crate) fn read_peaks(size: u64, bytes: &[u8]) -> Result<Vec<Hash>, StoreError> {
    let (peaks, rest) = bytes.as_chunks::<32>();
    if peaks.len() == size.count_ones() as usize && rest.is_empty() {
        Ok(peaks.to_vec())
    } else {
        damaged(format!("its head speaks of {size} entries, and of another tree"))
    }
}

/// Checks that the entry of a refused event is the one that its row in the quarantine speaks of.
pub(crate) fn check_refusal(line: Option<&[u8]>, position: u64, reason: &str) -> Result<(), StoreError> {
    let agrees = line.and_then(|line| parse(line).ok()).is_some_and(|line| {
        line.position == position && matches!(&line.body, Body::Refused(refused) if refused.reason == reason)
    });
    if agrees {
        Ok(())
    } else {
        damaged("a refused event is listed as another one than its line says")
    }
}
