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
type StateKey = (&'static str, String, &'static str);

/// The stretch that is being written, and what one batch has moved in it.
#[derive(Default)]
pub(super) struct Stretch {
    number: i64,
    day: String,
    first: i64,
    last: i64,
    changes: i64,
    moved: BTreeMap<StateKey, i64>,
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
                let key = (status.thing(), organisation.to_owned(), status.as_str());
                *self.moved.entry(key).or_default() += by;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::ask::state_at;
    use idesluss_domain::submission::idea::Phase;
    use rusqlite::Connection;

    /// Numbers that look drawn, the same in every run.
    struct Drawn(u64);

    impl Drawn {
        fn below(&mut self, bound: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % bound
        }
    }

    struct Change {
        recorded: i64,
        organisation: &'static str,
        before: Option<AggregateStatus>,
        after: AggregateStatus,
    }

    /// Changes of some days, on one of which there are far more than a stretch takes.
    fn changes(drawn: &mut Drawn) -> Vec<Change> {
        const PHASES: [Phase; 4] = [Phase::Submitted, Phase::Accepted, Phase::Declined, Phase::Closed];
        let mut recorded = 1_790_000_000_000_000;
        let mut change = |number: u64| {
            let pause = if (500..3_000).contains(&number) {
                5_000_000
            } else {
                20_000_000_000
            };
            recorded += 1 + i64::try_from(drawn.below(pause)).expect("a pause");
            let phase =
                |drawn: &mut Drawn| AggregateStatus::Idea(PHASES[usize::try_from(drawn.below(4)).expect("an index")]);
            Change {
                recorded,
                organisation: ["uddevalla", "orust"][usize::try_from(drawn.below(2)).expect("an index")],
                before: (drawn.below(3) > 0).then(|| phase(drawn)),
                after: phase(drawn),
            }
        };
        (0..3_500).map(&mut change).collect()
    }

    fn written(changes: &[Change], drawn: &mut Drawn) -> Connection {
        let mut conn = Connection::open_in_memory().expect("a database");
        conn.execute_batch(include_str!("changes.sql")).expect("tables");
        let mut rest = changes;
        while !rest.is_empty() {
            let most = u64::try_from(rest.len()).expect("a length").min(900);
            let (batch, after) = rest.split_at(1 + usize::try_from(drawn.below(most)).expect("a length"));
            let tx = conn.transaction().expect("a transaction");
            let mut stretch = Stretch::newest(&tx).expect("a stretch");
            for change in batch {
                tx.execute(
                    "INSERT INTO changes (recorded, organisation, thing, before, after, event, type, subject, idea, actor, role, outcome)
                     VALUES (?1, ?2, ?3, ?4, ?5, '', '', '', '', '', '', '')",
                    params![
                        change.recorded,
                        change.organisation,
                        change.after.thing(),
                        change.before.map(AggregateStatus::as_str).unwrap_or_default(),
                        change.after.as_str(),
                    ],
                )
                .expect("written");
                let at = Timestamp::from_micros(change.recorded).expect("a time");
                let states = (change.before, change.after);
                stretch.take(&tx, at, change.organisation, states).expect("taken");
            }
            stretch.write(&tx).expect("written");
            tx.commit().expect("committed");
            rest = after;
        }
        conn
    }

    fn rows(conn: &Connection) -> Vec<String> {
        let mut all = conn
            .prepare(
                "SELECT 'standing', thing, organisation, state, stretch, count FROM standing
                 UNION ALL SELECT 'stretches', day, first, last, number, changes FROM stretches",
            )
            .expect("a question");
        let row = |row: &rusqlite::Row<'_>| {
            let column = |column| row.get::<_, rusqlite::types::Value>(column);
            let columns: Result<Vec<_>, _> = (0..6).map(column).collect();
            Ok(format!("{:?}", columns?))
        };
        all.query_map([], row).expect("rows").flatten().collect()
    }

    #[test]
    fn what_stood_at_any_moment_is_what_all_changes_before_it_come_to() {
        let mut drawn = Drawn(0x1DE5_1055);
        for _ in 0..3 {
            let changes = changes(&mut drawn);
            let conn = written(&changes, &mut drawn);
            assert_eq!(
                rows(&conn),
                rows(&written(&changes, &mut drawn)),
                "however it was cut into batches"
            );
            let (first, last) = (changes[0].recorded, changes[changes.len() - 1].recorded);
            let mut moments = vec![first - 1, first, last - 1, last, i64::MAX];
            for _ in 0..100 {
                let change = &changes[usize::try_from(drawn.below(3_500)).expect("an index")];
                moments.extend([change.recorded - 1, change.recorded, change.recorded + 1]);
            }
            for at in moments {
                let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
                for change in changes.iter().filter(|change| change.recorded <= at) {
                    for (status, by) in [(change.before, -1), (Some(change.after), 1)] {
                        if let Some(status) = status {
                            let place = (change.organisation.to_owned(), status.as_str().to_owned());
                            *expected.entry(place).or_default() += by;
                        }
                    }
                }
                expected.retain(|_, count| *count > 0);
                let told = state_at(&conn, at).expect("an answer").counts.into_iter();
                let told: BTreeMap<_, _> = told
                    .map(|count| {
                        (
                            (count.organisation, count.state),
                            i64::try_from(count.count).expect("a count"),
                        )
                    })
                    .collect();
                assert_eq!(told, expected, "{at}");
            }
        }
    }
}
