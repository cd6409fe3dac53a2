//! Whether what is stored is what was written: line by line, row by row, up to the tree's peaks.

use super::sealed::FileRow;
use super::state::{Place, State};
use super::{number, sql, sum};
use crate::StoreError;
use idesluss_proof::line::{Body, parse};
use idesluss_proof::tree::{Edge, FullTile, leaf_hash};
use rusqlite::{Connection, OptionalExtension as _, Row};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};

/// Lines at the end that a large journal verifies at its start; the tree's edge covers the hashes of the last 255.
const TAIL: u64 = 512;

fn damaged<T>(what: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::Damaged(what.into()))
}

/// Verifies everything. Returns how many entries there are.
pub(super) fn whole(conn: &Connection) -> Result<u64, StoreError> {
    let found: String = conn.query_row(sql::INTEGRITY, [], |row| row.get(0))?;
    if found != "ok" {
        return damaged(format!("the file's own check says: {found}"));
    }
    let (name, place) = Place::read(conn)?;
    let entries = Entries::read(conn, &name, 0)?;
    entries.compare(conn, &place)?;
    rows(conn, &place)?;
    files(conn)?;
    Ok(place.size)
}

/// Verifies the last lines and that the head speaks of them; `state` was compared with the tree when it was read.
pub(super) fn tail(conn: &Connection, state: &State) -> Result<(), StoreError> {
    let entries = Entries::read(conn, &state.name, state.place.size.saturating_sub(TAIL))?;
    if entries.next != state.place.size || entries.recorded != state.place.recorded {
        return damaged("its last entry is not the one that its head speaks of");
    }
    for (source, (epoch, sequence)) in &entries.sources {
        let known = state.place.sources.iter().find(|known| *known.name == **source);
        if known.is_none_or(|known| (known.epoch, known.sequence) != (*epoch, *sequence)) {
            return damaged(format!("its head speaks of another last entry of {source}"));
        }
    }
    Ok(())
}

/// What the lines say, read one after the other.
struct Entries {
    /// Whether it began at the first entry.
    is_whole: bool,
    next: u64,
    recorded: i64,
    /// The last epoch and sequence of each source.
    sources: HashMap<String, (u32, u64)>,
    /// Own event types.
    kinds: HashSet<String>,
    /// Received events, and refused ones.
    received: u64,
    refused: u64,
    /// Where a source began an epoch after its first: source, epoch, sequence.
    begun: Vec<(String, u32, u64)>,
    edge: Edge,
    tiles: u64,
}

impl Entries {
    fn read(conn: &Connection, name: &str, from: u64) -> Result<Self, StoreError> {
        let mut entries = Self {
            is_whole: from == 0,
            next: from,
            recorded: i64::MIN,
            sources: HashMap::new(),
            kinds: HashSet::new(),
            received: 0,
            refused: 0,
            begun: Vec::new(),
            edge: Edge::default(),
            tiles: 0,
        };
        let mut statement = conn.prepare_cached(sql::ENTRIES_VERIFY)?;
        let mut rows = statement.query([number::to(from)])?;
        while let Some(row) = rows.next()? {
            entries.entry(conn, name, row)?;
        }
        Ok(entries)
    }

    /// Checks one entry against the rows beside it and the entries before it.
    fn entry(&mut self, conn: &Connection, name: &str, row: &Row<'_>) -> Result<(), StoreError> {
        let position = number::from(row.get(0)?);
        let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let line = match parse(bytes) {
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
        let stream: Option<String> = row.get(2)?;
        let version = row.get::<_, Option<i64>>(3)?.map(number::from);
        let source: Option<String> = row.get(4)?;
        let column = (number::epoch(row.get(5)?), number::from(row.get(6)?));
        let own = matches!(line.body, Body::Own(_));
        let (from, place, subject) = match &line.body {
            Body::Own(event) | Body::Received { event, .. } => (
                event.source.to_string(),
                (event.epoch, event.sequence),
                Some(&*event.subject),
            ),
            Body::Refused(refused) => (refused.source.to_string(), (refused.epoch, refused.sequence), None),
        };
        let versioned = match &line.body {
            Body::Own(event) => version == Some(event.stream_version),
            // Received entries are numbered as they came, by this journal: `STREAMS_VERIFY` sees to their gaps.
            Body::Received { .. } => version.is_some(),
            Body::Refused(_) => version.is_none(),
        };
        if source.as_deref() != Some(&from) || place != column || stream.as_deref() != subject || !versioned {
            return damaged(format!("entry {position} is listed as another one than its line says"));
        }
        if own != from.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')) {
            return damaged(format!("entry {position} is of {from}, which can't be"));
        }
        self.follow(position, &from, place, own)?;
        if !self.is_whole {
            return Ok(());
        }
        match &line.body {
            Body::Own(event) => drop(self.kinds.insert(event.kind.to_string())),
            Body::Received { event, .. } => {
                self.received += 1;
                let id = super::receive::id_bytes(&event.id);
                let at = conn
                    .prepare_cached(sql::EVENT_ID_FIND)?
                    .query_row([id], |row| row.get::<_, i64>(0))
                    .optional()?;
                if at != Some(number::to(position)) {
                    return damaged(format!("the id of entry {position} is not in its table"));
                }
            }
            Body::Refused(_) => self.refused += 1,
        }
        self.hash(conn, bytes)
    }

    /// Checks that a source goes on without a gap, or begins an epoch.
    fn follow(&mut self, position: u64, source: &str, place: (u32, u64), own: bool) -> Result<(), StoreError> {
        let last = self.sources.insert(source.to_owned(), place);
        let follows = match last {
            None => !self.is_whole || place.1 == 1,
            Some((epoch, sequence)) if place.0 == epoch => place.1 == sequence + 1,
            Some((epoch, sequence)) if place.0 > epoch => {
                if own {
                    place.1 == sequence + 1
                } else {
                    place.1 <= sequence + 1
                }
            }
            Some(_) => false,
        };
        if place.0 > last.map_or(1, |(epoch, _)| epoch) {
            self.begun.push((source.to_owned(), place.0, place.1));
        }
        if follows {
            Ok(())
        } else {
            damaged(format!(
                "entry {position} does not follow on the one before it of {source}"
            ))
        }
    }

    /// Adds the line to the tree and compares every tile that it fills.
    fn hash(&mut self, conn: &Connection, line: &[u8]) -> Result<(), StoreError> {
        let tiles = &mut self.tiles;
        let mut wrong = None;
        self.edge.push(leaf_hash(line), |FullTile { level, number, hashes }| {
            *tiles += 1;
            let stored: Option<Vec<u8>> = conn
                .prepare_cached(sql::TILE_FIND)?
                .query_row((level, number::to(number)), |row| row.get(0))
                .optional()?;
            if stored.as_deref() != Some(hashes.as_flattened()) {
                wrong = Some((level, number));
            }
            Ok::<(), rusqlite::Error>(())
        })?;
        match wrong {
            Some((level, tile)) => damaged(format!("tile {tile} of level {level} is not that of its entries")),
            None => Ok(()),
        }
    }

    /// Compares what the lines said with the head and the tables beside them.
    fn compare(&self, conn: &Connection, place: &Place) -> Result<(), StoreError> {
        if self.next != place.size || self.edge.peaks() != place.edge.peaks() {
            return damaged("the tree over its entries is not the one in its head");
        }
        if place.size > 0 && self.recorded != place.recorded {
            return damaged("its head names another time than its last entry");
        }
        for source in &place.sources {
            let said = self.sources.get(&*source.name).copied().unwrap_or((0, 0));
            if said != (source.epoch, source.sequence) {
                return damaged(format!("its head speaks of another last entry of {}", source.name));
            }
        }
        let tiles: i64 = conn.query_row(sql::TILES_COUNT, [], |row| row.get(0))?;
        let ids: i64 = conn.query_row(sql::EVENT_IDS_COUNT, [], |row| row.get(0))?;
        if number::from(tiles) != self.tiles || number::from(ids) != self.received {
            return damaged("there are tiles or event ids that belong to no entry");
        }
        if let Some(stream) = conn
            .query_row(sql::STREAMS_VERIFY, [], |row| row.get::<_, String>(0))
            .optional()?
        {
            return damaged(format!("the stream {stream} has a gap or no entries"));
        }
        let mut statement = conn.prepare_cached(sql::KINDS_ALL)?;
        let kinds = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<HashSet<String>, _>>()?;
        if kinds != self.kinds {
            return damaged("the list of event types is not that of its entries");
        }
        self.orphans(conn)?;
        self.quarantine(conn)
    }

    fn orphans(&self, conn: &Connection) -> Result<(), StoreError> {
        let mut expected = HashMap::new();
        for (source, epoch, sequence) in &self.begun {
            let mut statement = conn.prepare_cached(sql::ORPHANS_EXPECTED)?;
            let mut rows = statement.query((source, epoch, number::to(*sequence)))?;
            while let Some(row) = rows.next()? {
                expected.entry(row.get::<_, i64>(0)?).or_insert(i64::from(*epoch));
            }
        }
        let mut statement = conn.prepare_cached(sql::ORPHANS_ALL)?;
        let there = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(4)?)))?
            .collect::<Result<HashMap<i64, i64>, _>>()?;
        if there == expected {
            Ok(())
        } else {
            damaged("the list of orphaned entries is not what the epochs say")
        }
    }

    fn quarantine(&self, conn: &Connection) -> Result<(), StoreError> {
        let mut statement = conn.prepare_cached(sql::QUARANTINE_ALL)?;
        let mut rows = statement.query([])?;
        let mut placed = 0;
        while let Some(row) = rows.next()? {
            let event = row.get_ref(6)?.as_blob().map_err(rusqlite::Error::from)?;
            if sum::digest(event) != row.get::<_, [u8; 32]>(5)? {
                return damaged("a refused event's bytes are not those that came");
            }
            let Some(position) = row.get::<_, Option<i64>>(0)? else {
                continue;
            };
            placed += 1;
            let line: Option<Vec<u8>> = conn
                .prepare_cached(sql::ENTRY_BY_SOURCE)?
                .query_row(
                    (row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?),
                    |row| row.get(1),
                )
                .optional()?;
            let reason: String = row.get(4)?;
            let agrees = line.as_deref().and_then(|line| parse(line).ok()).is_some_and(|line| {
                number::to(line.position) == position
                    && matches!(&line.body, Body::Refused(refused) if refused.reason == reason)
            });
            if !agrees {
                return damaged("a refused event is listed as another one than its line says");
            }
        }
        if placed == self.refused {
            Ok(())
        } else {
            damaged("a refused event's bytes are missing")
        }
    }
}

/// Checks the rows that carry a checksum of their own.
fn rows(conn: &Connection, place: &Place) -> Result<(), StoreError> {
    each(conn, sql::COMMANDS_ALL, "a command", |row| {
        let id = row.get_ref(0)?.as_blob()?;
        let fingerprint = row.get_ref(2)?.as_blob()?;
        let stands: [i64; 4] = [row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?];
        let within = number::from(stands[3]) < place.size.max(1);
        let sum = sum::command(id, row.get_ref(1)?.as_str()?, fingerprint, stands);
        Ok(within && sum == row.get::<_, i64>(7)?)
    })?;
    each(conn, sql::KEYS_ALL, "a key", |row| {
        let sum = sum::key(
            row.get_ref(0)?.as_blob()?,
            row.get_ref(1)?.as_str()?,
            row.get_ref(2)?.as_blob_or_null()?,
            row.get_ref(3)?.as_blob()?,
        );
        Ok(sum == row.get::<_, i64>(4)?)
    })?;
    each(conn, sql::TEXTS_ALL, "a sealed text", |row| {
        let (digest, ciphertext) = (row.get_ref(0)?.as_blob()?, row.get_ref(3)?.as_blob()?);
        let sum = sum::text(digest, row.get_ref(1)?.as_blob()?, row.get_ref(2)?.as_str()?);
        Ok(sum == row.get::<_, i64>(4)? && (ciphertext.is_empty() || sum::digest(ciphertext) == digest))
    })?;
    each(conn, sql::CURSORS_ALL, "a cursor", |row| {
        Ok(sum::cursor(row.get_ref(0)?.as_str()?, row.get(1)?) == row.get::<_, i64>(2)?)
    })?;
    each(conn, sql::PARKED_ALL, "a parked idea", |row| {
        let sum = sum::parked(
            row.get_ref(0)?.as_str()?,
            row.get_ref(1)?.as_str()?,
            row.get(2)?,
            row.get_ref(3)?.as_str()?,
        );
        Ok(sum == row.get::<_, i64>(4)?)
    })
}

fn each(
    conn: &Connection,
    statement: &str,
    what: &str,
    is_right: impl Fn(&Row<'_>) -> rusqlite::Result<bool>,
) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(statement)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if !is_right(row)? {
            return damaged(format!("the row of {what} is not as it was written"));
        }
    }
    Ok(())
}

/// Checks uploads, and for those that are known by their digest that their chunks have it.
fn files(conn: &Connection) -> Result<(), StoreError> {
    let mut statement = conn.prepare_cached(sql::FILES_ALL)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let file = FileRow::read(row)?;
        if file.sum != file.expected_sum() {
            return damaged("the row of a file is not as it was written");
        }
        let Some(digest) = file.digest.filter(|_| file.gone == 0) else {
            continue;
        };
        let mut hash = Sha256::new();
        let mut chunks = conn.prepare_cached(sql::CHUNKS_OF_FILE)?;
        let mut chunks = chunks.query([file.seq])?;
        while let Some(chunk) = chunks.next()? {
            hash.update(chunk.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?);
        }
        if <[u8; 32]>::from(hash.finalize()) != digest {
            return damaged("a file's chunks do not have its digest");
        }
    }
    Ok(())
}
