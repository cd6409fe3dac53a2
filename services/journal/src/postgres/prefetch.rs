//! What a batch's decisions will ask for, fetched in one round trip.

use super::{cast, sql};
use crate::stream_key::StreamKey;
use crate::write::FoundCommand;
use crate::write::sealed::FileRow;
use crate::{Appended, StoreError, number};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use std::collections::{HashMap, HashSet};

/// A place in a source: name, epoch, sequence.
pub(super) type SourcePlace = (String, u32, u64);

/// What has to be known before a batch is decided.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Whether everything is looked up, also what is hardly ever there.
    pub(super) thorough: bool,
    /// Whether something was taken not to be there without a look. Should it be there all the same, its insert says so.
    pub(super) presumed: bool,
    pub(super) commands: Vec<[u8; 16]>,
    pub(super) streams: Vec<StreamKey>,
    pub(super) event_ids: Vec<Vec<u8>>,
    pub(super) keys: Vec<[u8; 16]>,
    pub(super) files: Vec<[u8; 32]>,
    pub(super) lines: Vec<SourcePlace>,
}

/// What was found. What is not in here is not in the database.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By id and the number that stands for the organisation.
    pub(super) commands: HashMap<([u8; 16], i64), FoundCommand>,
    /// Versions.
    pub(super) streams: HashMap<StreamKey, u64>,
    pub(super) event_ids: HashSet<Vec<u8>>,
    /// Whether it was erased.
    pub(super) keys: HashMap<[u8; 16], bool>,
    pub(super) files: HashMap<[u8; 32], FileRow>,
    pub(super) lines: HashMap<SourcePlace, Vec<u8>>,
}

impl Wanted {
    /// Whether something that a batch inserts may be taken to be new.
    pub(super) fn presume(&mut self) -> bool {
        self.presumed |= !self.thorough;
        !self.thorough
    }

    /// Looks everything up: one round trip, a second one for lines that came again, none if nothing is wanted.
    pub(super) async fn look_up(self, conn: &mut PgConnection) -> Result<Found, StoreError> {
        let mut found = Found::default();
        let nothing = self.commands.is_empty()
            && self.streams.is_empty()
            && self.event_ids.is_empty()
            && self.keys.is_empty()
            && self.files.is_empty();
        if !nothing {
            let streams: Vec<[u8; 16]> = self.streams.iter().map(|key| key.0).collect();
            let query = sqlx::query(sql::LOOK_UP)
                .bind(self.commands)
                .bind(streams)
                .bind(self.event_ids)
                .bind(self.keys)
                .bind(self.files);
            for row in query.fetch_all(&mut *conn).await? {
                found.add(&row)?;
            }
        }
        if !self.lines.is_empty() {
            let (mut names, mut epochs, mut sequences) = (Vec::new(), Vec::new(), Vec::new());
            for (name, epoch, sequence) in self.lines {
                names.push(name);
                epochs.push(i64::from(epoch));
                sequences.push(number::to(sequence));
            }
            let query = sqlx::query(sql::LOOK_UP_LINES).bind(names).bind(epochs).bind(sequences);
            for row in query.fetch_all(conn).await? {
                let source_position = (row.try_get(0)?, cast::epoch(&row, 1)?, cast::count(&row, 2)?);
                found.lines.insert(source_position, row.try_get(3)?);
            }
        }
        Ok(found)
    }
}

impl Found {
    fn add(&mut self, row: &PgRow) -> Result<(), StoreError> {
        match row.try_get::<i16, _>(0)? {
            1 => {
                let first = Appended {
                    source: row.try_get(3)?,
                    epoch: cast::epoch(row, 5)?,
                    sequence: cast::count(row, 6)?,
                    position: cast::count(row, 7)?,
                };
                let key = (cast::array(row, 1)?, row.try_get(4)?);
                self.commands.insert(key, (cast::array(row, 2)?, first));
            }
            2 => drop(
                self.streams
                    .insert(StreamKey(cast::array(row, 1)?), cast::count(row, 4)?),
            ),
            3 => drop(self.event_ids.insert(row.try_get(1)?)),
            4 => drop(self.keys.insert(cast::array(row, 1)?, row.try_get::<i64, _>(4)? == 0)),
            _ => {
                let both: [u8; 32] = cast::array(row, 2)?;
                let (upload, key) = both.split_at(16);
                let digest = cast::array(row, 1)?;
                let mut file = FileRow::begun([0; 16], row.try_get(5)?);
                file.upload.copy_from_slice(upload);
                file.seq = row.try_get(4)?;
                file.digest = Some(digest);
                file.key = key.try_into().ok();
                file.plain_bytes = row.try_get(6)?;
                file.chunks = row.try_get(7)?;
                file.claimed = row.try_get(8)?;
                self.files.insert(digest, file);
            }
        }
        Ok(())
    }
}
