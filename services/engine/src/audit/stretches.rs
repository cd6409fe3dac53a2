//! What stood where at the end of each stretch of changes, so that no question counts from the beginning.
//!
//! A stretch ends with the day, since people ask by days, and after [`LONGEST`] changes, since a single day may bring an import. A question is
//! answered from the stretch before the moment and the few changes between; each state has a row only where a stretch has moved it.

use idesluss_domain::AggregateStatus;
use idesluss_domain::words::Timestamp;
use idesluss_runtime::date_in_sweden;
use rusqlite::{OptionalExtension as _, Transaction, params};
use std::collections::BTreeMap;

/// So many changes a stretch has at the most, and a question counts.
pub(super) const LONGEST: i64 = 1_000;

/// Where something may stand: what it is, whose, and its state.
type Place = (&'static str, String, &'static str);

/// The stretch that is being written, and what one batch has moved in it.
#[derive(Default)]
pub(super) struct Stretch {
    number: i64,
    day: String,
    first: i64,
    last: i64,
    changes: i64,
    moved: BTreeMap<Place, i64>,
}

impl Stretch {
    /// The one that was written last.
    pub(super) fn newest(tx: &Transaction<'_>) -> rusqlite::Result<Self> {
        let newest = tx
            .prepare_cached(
                "SELECT number, day, first, last, changes FROM stretches
                 WHERE number = (SELECT max(number) FROM stretches)",
            )?
            .query_row([], |row| {
                Ok(Self {
                    number: row.get(0)?,
                    day: row.get(1)?,
                    first: row.get(2)?,
                    last: row.get(3)?,
                    changes: row.get(4)?,
                    moved: BTreeMap::new(),
                })
            });
        Ok(newest.optional()?.unwrap_or_default())
    }

    /// Takes a change in: something of an organisation's goes from one state, if it was in any, to another.
    pub(super) fn take(
        &mut self,
        tx: &Transaction<'_>,
        recorded: Timestamp,
        organisation: &str,
        (before, after): (Option<AggregateStatus>, AggregateStatus),
    ) -> rusqlite::Result<()> {
        let (day, recorded) = (date_in_sweden(recorded).to_string(), recorded.as_micros());
        if self.changes >= LONGEST || self.day != day {
            self.write(tx)?;
            *self = Self {
                number: self.number + 1,
                day,
                first: recorded,
                ..Self::default()
            };
        }
        self.last = recorded;
        self.changes += 1;
        for (status, by) in [(before, -1), (Some(after), 1)] {
            if let Some(status) = status {
                let place = (status.thing(), organisation.to_owned(), status.as_str());
                *self.moved.entry(place).or_default() += by;
            }
        }
        Ok(())
    }

    /// Writes what was moved since the last time.
    pub(super) fn write(&mut self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        if self.moved.is_empty() {
            return Ok(());
        }
        tx.prepare_cached(
            "INSERT OR REPLACE INTO stretches (number, day, first, last, changes) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![self.number, self.day, self.first, self.last, self.changes])?;
        // A state that came out even has its row too: which rows there are must not depend on how the entries were cut into batches.
        for ((thing, organisation, state), by) in std::mem::take(&mut self.moved) {
            tx.prepare_cached("INSERT OR IGNORE INTO states (thing, organisation, state) VALUES (?1, ?2, ?3)")?
                .execute((thing, &organisation, state))?;
            tx.prepare_cached(
                "INSERT INTO standing (thing, organisation, state, stretch, count)
                 VALUES (?1, ?2, ?3, ?4, ?5 + coalesce((
                     SELECT count FROM standing WHERE thing = ?1 AND organisation = ?2 AND state = ?3 AND stretch < ?4
                     ORDER BY stretch DESC LIMIT 1), 0))
                 ON CONFLICT DO UPDATE SET count = count + ?5",
            )?
            .execute((thing, organisation, state, self.number, by))?;
        }
        Ok(())
    }
}
