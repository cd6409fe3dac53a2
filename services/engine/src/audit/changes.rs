use super::stretches::Stretch;
use crate::{Derived, Recorded, View};
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::{AggregateStatus, Event, home};
use rusqlite::{OptionalExtension as _, Transaction, params};
use std::sync::Arc;

/// How the service's own things changed, for auditors.
pub struct ChangesView;

impl View for ChangesView {
    const NAME: &'static str = "changes";
    const VERSION: u32 = 3;

    fn schema() -> &'static str {
        include_str!("changes.sql")
    }

    fn derived() -> &'static [Derived] {
        &[Derived {
            name: "where things stand, after the last stretch",
            kept:
                "SELECT thing, organisation, state, count FROM states JOIN standing s USING (thing, organisation, state)
                   WHERE count <> 0 AND stretch = (
                       SELECT max(stretch) FROM standing l
                       WHERE l.thing = s.thing AND l.organisation = s.organisation AND l.state = s.state)",
            counted: "SELECT thing, organisation, state, count(*) FROM things GROUP BY thing, organisation, state",
        }]
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        // What was received is a change in the service where it happened.
        let mut stretch = Stretch::newest(tx)?;
        for entry in batch.iter().filter(|entry| entry.own) {
            if let Some(event) = &entry.event {
                apply(tx, &mut stretch, entry, event)?;
            }
        }
        stretch.write(tx)
    }
}

fn apply(tx: &Transaction<'_>, stretch: &mut Stretch, entry: &Recorded, event: &Event) -> rusqlite::Result<()> {
    let subject = &entry.meta.subject;
    let known = tx
        .prepare_cached("SELECT organisation, thing, state FROM things WHERE subject = ?1")?
        .query_row([subject], |row| {
            let (thing, state): (String, String) = (row.get(1)?, row.get(2)?);
            Ok((row.get::<_, String>(0)?, AggregateStatus::read(&thing, &state)))
        })
        .optional()?;
    let before = known.as_ref().and_then(|(_, state_at)| *state_at);
    let Some(after) = AggregateStatus::after(before, event) else {
        return Ok(());
    };
    let outcome = outcome(event);
    if before == Some(after) && outcome.is_empty() {
        return Ok(());
    }
    let organisation = match (home(event), known) {
        (Some(home), _) => home.to_string(),
        (None, Some((known, _))) => known,
        (None, None) => String::new(),
    };
    tx.prepare_cached("INSERT OR REPLACE INTO things (subject, organisation, thing, state) VALUES (?1, ?2, ?3, ?4)")?
        .execute((subject, &organisation, after.thing(), after.as_str()))?;
    let idea = match after {
        AggregateStatus::Call(_) => String::new(),
        _ => entry.meta.correlation.to_string(),
    };
    tx.prepare_cached(
        "INSERT INTO changes
            (position, recorded, organisation, thing, before, after, event, type, subject, idea, actor, role, outcome)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        entry.position.cast_signed(),
        entry.recorded.as_micros(),
        organisation,
        after.thing(),
        before.map(AggregateStatus::as_str).unwrap_or_default(),
        after.as_str(),
        entry.meta.id.to_string(),
        entry.meta.kind,
        subject,
        idea,
        entry.meta.actor.to_string(),
        entry.meta.role.as_str(),
        outcome,
    ])?;
    stretch.take(tx, entry.recorded, &organisation, (before, after))
}

/// What was decided at a gate; empty: nothing was.
fn outcome(event: &Event) -> &'static str {
    match event {
        Event::Evaluation(EvaluationEvent::DecisionMade(made)) => made.outcome.as_str(),
        Event::Evaluation(EvaluationEvent::DecisionReconsidered(anew)) => anew.decision.outcome.as_str(),
        _ => "",
    }
}
