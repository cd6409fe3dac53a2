//! The entries: what anyone may read, and the way to the writer.

use super::handle::SqliteStore;
use super::rows::{find_command, stream_version};
use super::{compact_range, sql, state, verify};
use crate::store::{has_trees_of, wait_for_head};
use crate::stream_key::StreamKey;
use crate::write::{append, receive};
use crate::{
    Append, AppendError, Appended, Entry, Head, Lease, Log, Orphan, Outcome, Quarantined, ReceiveReport, Received,
    StoreError, StreamEntries, Tally, limits, number,
};
use async_trait::async_trait;
use idesluss_proof::line::Draft;
use idesluss_proof::tree::{TileReader as _, tile_width};
use rusqlite::{Connection, OptionalExtension as _, Row};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::watch;

/// How many entries a scan reads in one snapshot: a long one would keep the write-ahead log from being emptied.
const SCAN_CHUNK: u64 = 16_384;

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        position: number::from(row.get(0)?),
        line: Arc::from(row.get_ref(1)?.as_blob()?),
    })
}

fn stream_after(conn: &Connection, key: StreamKey, version: u64) -> rusqlite::Result<StreamEntries> {
    let mut stream = StreamEntries {
        version,
        entries: Vec::new(),
    };
    let mut statement = conn.prepare_cached(sql::STREAM_AFTER)?;
    let mut rows = statement.query((key.0.as_slice(), number::to(version)))?;
    while let Some(row) = rows.next()? {
        stream.entries.push(entry(row)?);
        stream.version = number::from(row.get(2)?);
    }
    Ok(stream)
}

#[async_trait]
impl Log for SqliteStore {
    fn name(&self) -> &str {
        &self.name
    }

    fn head(&self) -> watch::Receiver<Head> {
        self.head.clone()
    }

    fn lease(&self) -> watch::Receiver<Lease> {
        self.lease.subscribe()
    }

    fn degraded(&self) -> bool {
        self.degraded.load(Ordering::Relaxed)
    }

    async fn append(&self, append: Append) -> Result<Outcome, AppendError> {
        limits::check_append(&self.name, &append)?;
        self.write(move |batch| append::append(batch, &append)).await
    }

    async fn receive(&self, events: Arc<[Received]>) -> Result<ReceiveReport, AppendError> {
        limits::check_received(&events)?;
        self.write(move |batch| receive::receive(batch, &events)).await
    }

    async fn open_epoch(&self, event: Draft) -> Result<Outcome, AppendError> {
        limits::check_event(&self.name, "journal", &event)?;
        self.write(move |batch| append::open_epoch(batch, &event)).await
    }

    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let to = from.saturating_add(limit as u64);
        self.short
            .read(move |conn| {
                let mut statement = conn.prepare_cached(sql::ENTRIES_SCAN)?;
                let rows = statement.query_map((number::to(from), number::to(to)), entry)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    fn newest(&self, from: u64, to: u64) -> Option<Vec<Entry>> {
        self.tail.read(from, to)
    }

    async fn scan(
        &self,
        from: u64,
        to: u64,
        mut visit: Box<dyn for<'a> FnMut(u64, &'a [u8]) -> ControlFlow<()> + Send>,
    ) -> Result<(), StoreError> {
        self.long
            .with(move |conn| {
                let mut next = from;
                while next < to {
                    let end = to.min(next.saturating_add(SCAN_CHUNK));
                    let mut statement = conn.prepare_cached(sql::ENTRIES_SCAN)?;
                    let mut rows = statement.query((number::to(next), number::to(end)))?;
                    let mut last = None;
                    while let Some(row) = rows.next()? {
                        let position = number::from(row.get(0)?);
                        if visit(position, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?).is_break() {
                            return Ok(());
                        }
                        last = Some(position);
                    }
                    match last {
                        Some(last) => next = last + 1,
                        None => return Ok(()),
                    }
                }
                Ok(())
            })
            .await
    }

    async fn streams(&self, names: &[String]) -> Result<Vec<StreamEntries>, StoreError> {
        let keys: Vec<_> = (names.iter())
            .map(|name| StreamKey::in_instance(&self.name, name))
            .collect();
        self.short
            .read(move |conn| {
                let read = keys.iter().map(|key| stream_after(conn, *key, 0));
                Ok(read.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn stream_version(&self, name: &str) -> Result<u64, StoreError> {
        let key = StreamKey::in_instance(&self.name, name);
        self.short.read(move |conn| Ok(stream_version(conn, key)?)).await
    }

    async fn stream_after(&self, name: &str, version: u64) -> Result<StreamEntries, StoreError> {
        let key = StreamKey::in_instance(&self.name, name);
        self.short.read(move |conn| Ok(stream_after(conn, key, version)?)).await
    }

    async fn command(&self, organisation: &str, id: [u8; 16]) -> Result<Option<([u8; 32], Appended)>, StoreError> {
        let organisation = organisation.to_owned();
        self.short
            .read(move |conn| {
                let number = conn
                    .prepare_cached(sql::ORGANISATION_FIND)?
                    .query_row([organisation], |row| row.get(0))
                    .optional()?;
                Ok(match number {
                    Some(number) => find_command(conn, number, &id)?,
                    None => None,
                })
            })
            .await
    }

    async fn position_of(&self, source: &str, epoch: u32, sequence: u64) -> Result<Option<u64>, StoreError> {
        let source = source.to_owned();
        self.short
            .read(move |conn| {
                let position: Option<i64> = conn
                    .prepare_cached(sql::ENTRY_BY_SOURCE)?
                    .query_row((source, epoch, number::to(sequence)), |row| row.get(0))
                    .optional()?;
                Ok(position.map(number::from))
            })
            .await
    }

    async fn feed(
        &self,
        source: &str,
        after_epoch: u32,
        after_sequence: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        if let Some(entries) = self.tail.feed(source, after_epoch, after_sequence, limit) {
            return Ok(entries);
        }
        let source = source.to_owned();
        self.short
            .read(move |conn| {
                let mut statement = conn.prepare_cached(sql::FEED)?;
                let after = (
                    source,
                    after_epoch,
                    number::to(after_sequence),
                    number::to(limit as u64),
                );
                Ok(statement.query_map(after, entry)?.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn roots(&self, sizes: [u64; 2]) -> Result<[[u8; 32]; 2], StoreError> {
        has_trees_of(sizes, self.head.borrow().size)?;
        let nodes = Arc::clone(&self.root_nodes);
        self.short
            .read(move |conn| compact_range::roots(conn, sizes, &nodes))
            .await
    }

    async fn peaks(&self) -> Result<(u64, Vec<[u8; 32]>), StoreError> {
        let noted = self.short.read(state::noted_peaks).await?;
        wait_for_head(&mut self.head.clone(), noted.0).await;
        Ok(noted)
    }

    async fn tile(&self, level: u8, number: u64) -> Result<Vec<[u8; 32]>, StoreError> {
        let size = self.head.borrow().size;
        let width = tile_width(size, level, number);
        if width == 0 {
            return Ok(Vec::new());
        }
        let nodes = Arc::clone(&self.nodes);
        let tile = move |conn: &Connection| {
            let nodes = Some(&*nodes);
            compact_range::Tiles { conn, size, nodes }.tile(level, number, width)
        };
        self.short.read(tile).await
    }

    async fn orphans(&self) -> Result<Vec<Orphan>, StoreError> {
        self.short
            .read(|conn| {
                let mut statement = conn.prepare_cached(sql::ORPHANS_ALL)?;
                let rows = statement.query_map([], |row| {
                    Ok(Orphan {
                        position: number::from(row.get(0)?),
                        source: row.get(1)?,
                        epoch: number::epoch(row.get(2)?),
                        sequence: number::from(row.get(3)?),
                        cut_off_by: number::epoch(row.get(4)?),
                    })
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn received_since(&self, source: &str, position: u64) -> Result<u64, StoreError> {
        let source = source.to_owned();
        self.short
            .read(move |conn| {
                let count: i64 = conn
                    .prepare_cached(sql::RECEIVED_SINCE)?
                    .query_row((source, number::to(position)), |row| row.get(0))?;
                Ok(number::from(count))
            })
            .await
    }

    async fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        self.short
            .read(|conn| {
                let mut statement = conn.prepare_cached(sql::QUARANTINE_ALL)?;
                let rows = statement.query_map([], |row| {
                    Ok(Quarantined {
                        position: row.get::<_, Option<i64>>(0)?.map(number::from),
                        source: row.get(1)?,
                        epoch: number::epoch(row.get(2)?),
                        sequence: number::from(row.get(3)?),
                        reason: row.get(4)?,
                        event: row.get(6)?,
                    })
                })?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn tally(&self) -> Result<Tally, StoreError> {
        self.short
            .read(|conn| {
                let counted = conn.prepare_cached(sql::TALLY)?.query_row([], |row| {
                    Ok(Tally {
                        quarantined: number::from(row.get(0)?),
                        orphaned: number::from(row.get(1)?),
                    })
                });
                Ok(counted?)
            })
            .await
    }

    async fn verify(&self) -> Result<u64, StoreError> {
        self.long.read(verify::whole).await
    }

    async fn close(&self) {
        self.shut().await;
    }
}
