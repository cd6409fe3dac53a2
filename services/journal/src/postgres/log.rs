//! The entries: what anyone may read, and the way to the writer.

use super::handle::PostgresStore;
use super::work::OpenEpoch;
use super::{cast, sql, tiles, verify};
use crate::check::read_peaks;
use crate::store::{has_trees_of, wait_for_head};
use crate::stream_key::StreamKey;
use crate::{
    Append, AppendError, Appended, Entry, Head, Lease, Log, Orphan, Outcome, Quarantined, ReceiveReport, Received,
    StoreError, StreamEntries, Tally, limits, number,
};
use async_trait::async_trait;
use idesluss_proof::line::Draft;
use idesluss_proof::tree::tile_width;
use sqlx::Row as _;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::watch;

impl PostgresStore {
    fn key_of(&self, name: &str) -> [u8; 16] {
        StreamKey::in_instance(&self.name, name).0
    }
}

#[async_trait]
impl Log for PostgresStore {
    fn name(&self) -> &str {
        &self.name
    }

    fn head(&self) -> watch::Receiver<Head> {
        self.shared.head.subscribe()
    }

    fn lease(&self) -> watch::Receiver<Lease> {
        self.shared.lease.subscribe()
    }

    fn degraded(&self) -> bool {
        self.shared.degraded.load(Ordering::Relaxed)
    }

    async fn append(&self, append: Append) -> Result<Outcome, AppendError> {
        limits::check_append(&self.name, &append)?;
        self.write(append).await
    }

    async fn receive(&self, events: Arc<[Received]>) -> Result<ReceiveReport, AppendError> {
        limits::check_received(&events)?;
        self.write(events).await
    }

    async fn open_epoch(&self, event: Draft) -> Result<Outcome, AppendError> {
        limits::check_event(&self.name, "journal", &event)?;
        self.write(OpenEpoch(event)).await
    }

    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let to = from.saturating_add(limit as u64);
        let query = sqlx::query(sql::ENTRIES_SCAN)
            .bind(number::to(from))
            .bind(number::to(to));
        let rows = query.fetch_all(self.readers()).await?;
        rows.iter().map(cast::entry).collect()
    }

    fn newest(&self, from: u64, to: u64) -> Option<Vec<Entry>> {
        self.shared.tail.read(from, to)
    }

    async fn scan(
        &self,
        from: u64,
        to: u64,
        visit: Box<dyn for<'a> FnMut(u64, &'a [u8]) -> ControlFlow<()> + Send>,
    ) -> Result<(), StoreError> {
        super::scan::scan(self.readers(), from, to, visit).await
    }

    async fn streams(&self, names: &[String]) -> Result<Vec<StreamEntries>, StoreError> {
        let keys: Vec<[u8; 16]> = names.iter().map(|name| self.key_of(name)).collect();
        let query = sqlx::query(sql::STREAMS_READ).bind(&keys);
        let mut streams: HashMap<[u8; 16], StreamEntries> = HashMap::new();
        for row in query.fetch_all(self.readers()).await? {
            let stream = streams.entry(cast::array(&row, 2)?).or_default();
            stream.entries.push(cast::entry(&row)?);
            stream.version = cast::count(&row, 3)?;
        }
        let streams = keys.iter().map(|key| streams.get(key).cloned().unwrap_or_default());
        Ok(streams.collect())
    }

    async fn stream_version(&self, name: &str) -> Result<u64, StoreError> {
        let query = sqlx::query(sql::STREAM_VERSION).bind(self.key_of(name));
        cast::count(&query.fetch_one(self.readers()).await?, 0)
    }

    async fn stream_after(&self, name: &str, version: u64) -> Result<StreamEntries, StoreError> {
        let query = sqlx::query(sql::STREAM_AFTER)
            .bind(self.key_of(name))
            .bind(number::to(version));
        let rows = query.fetch_all(self.readers()).await?;
        Ok(StreamEntries {
            version: rows.last().map_or(Ok(version), |row| cast::count(row, 3))?,
            entries: rows.iter().map(cast::entry).collect::<Result<_, _>>()?,
        })
    }

    async fn command(&self, organisation: &str, id: [u8; 16]) -> Result<Option<([u8; 32], Appended)>, StoreError> {
        let query = sqlx::query(sql::COMMAND_FIND).bind(id).bind(organisation);
        let Some(row) = query.fetch_optional(self.readers()).await? else {
            return Ok(None);
        };
        let first = Appended {
            source: row.try_get(1)?,
            epoch: cast::epoch(&row, 2)?,
            sequence: cast::count(&row, 3)?,
            position: cast::count(&row, 4)?,
        };
        Ok(Some((cast::array(&row, 0)?, first)))
    }

    async fn position_of(&self, source: &str, epoch: u32, sequence: u64) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query(sql::ENTRY_BY_SOURCE)
            .bind(source)
            .bind(i64::from(epoch))
            .bind(number::to(sequence));
        let row = query.fetch_optional(self.readers()).await?;
        row.map(|row| cast::count(&row, 0)).transpose()
    }

    async fn feed(
        &self,
        source: &str,
        after_epoch: u32,
        after_sequence: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        if let Some(entries) = self.shared.tail.feed(source, after_epoch, after_sequence, limit) {
            return Ok(entries);
        }
        let query = sqlx::query(sql::FEED)
            .bind(source)
            .bind(i64::from(after_epoch))
            .bind(number::to(after_sequence))
            .bind(number::to(limit as u64));
        let rows = query.fetch_all(self.readers()).await?;
        rows.iter().map(cast::entry).collect()
    }

    async fn roots(&self, sizes: [u64; 2]) -> Result<[[u8; 32]; 2], StoreError> {
        has_trees_of(sizes, self.shared.head.borrow().size)?;
        let mut conn = self.readers().acquire().await?;
        tiles::roots(&mut conn, sizes, &self.shared.root_nodes).await
    }

    async fn peaks(&self) -> Result<(u64, Vec<[u8; 32]>), StoreError> {
        let row = sqlx::query(sql::HEAD_READ).fetch_one(self.readers()).await?;
        let size = cast::count(&row, 1)?;
        wait_for_head(&mut self.shared.head.subscribe(), size).await;
        Ok((size, read_peaks(size, row.try_get(4)?)?))
    }

    async fn tile(&self, level: u8, number: u64) -> Result<Vec<[u8; 32]>, StoreError> {
        let size = self.shared.head.borrow().size;
        if tile_width(size, level, number) == 0 {
            return Ok(Vec::new());
        }
        let mut conn = self.readers().acquire().await?;
        tiles::tile(&mut conn, size, level, number, Some(&self.shared.nodes)).await
    }

    async fn orphans(&self) -> Result<Vec<Orphan>, StoreError> {
        let rows = sqlx::query(sql::ORPHANS_ALL).fetch_all(self.readers()).await?;
        let orphan = |row| {
            Ok(Orphan {
                position: cast::count(row, 0)?,
                source: row.try_get(1)?,
                epoch: cast::epoch(row, 2)?,
                sequence: cast::count(row, 3)?,
                cut_off_by: cast::epoch(row, 4)?,
            })
        };
        rows.iter().map(orphan).collect()
    }

    async fn received_since(&self, source: &str, position: u64) -> Result<u64, StoreError> {
        let query = sqlx::query(sql::RECEIVED_SINCE).bind(source).bind(number::to(position));
        cast::count(&query.fetch_one(self.readers()).await?, 0)
    }

    async fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        let rows = sqlx::query(sql::QUARANTINE_ALL).fetch_all(self.readers()).await?;
        let refused = |row: &sqlx::postgres::PgRow| {
            Ok(Quarantined {
                position: row.try_get::<Option<i64>, _>(0)?.map(number::from),
                source: row.try_get(1)?,
                epoch: cast::epoch(row, 2)?,
                sequence: cast::count(row, 3)?,
                reason: row.try_get(4)?,
                event: row.try_get(6)?,
            })
        };
        rows.iter().map(refused).collect()
    }

    async fn tally(&self) -> Result<Tally, StoreError> {
        let row = sqlx::query(sql::TALLY).fetch_one(self.readers()).await?;
        Ok(Tally {
            quarantined: cast::count(&row, 0)?,
            orphaned: cast::count(&row, 1)?,
        })
    }

    async fn verify(&self) -> Result<u64, StoreError> {
        verify::whole(self.readers(), &self.name).await
    }

    async fn close(&self) {
        self.shut().await;
    }
}
