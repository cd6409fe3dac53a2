//! The rows of the ideas' view, made by hand: streamed, folded in memory, written in one transaction.

use crate::replay::LINES;
use futures_util::TryStreamExt as _;
use idesluss_domain::Event;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::Phase;
use idesluss_engine::{Recorded, View as _};
use idesluss_proto::pb::submission as pb;
use idesluss_submission::IdeasView;
use rusqlite::{Connection, params};
use sqlx::Row as _;
use sqlx::postgres::PgConnection;
use std::collections::HashMap;
use std::path::Path;

/// An idea's row. The lives here have no erasures and no supporters.
#[derive(Default)]
struct Row {
    idea: String,
    organisation: String,
    phase: i32,
    since: i64,
    submitted_at: String,
    title: Option<String>,
    brief_title: Option<String>,
    reference: String,
    answer_due: String,
    coordinator: String,
    author: String,
}

impl Row {
    fn fold(&mut self, entry: &Recorded, event: &IdeaEvent) {
        match event {
            IdeaEvent::IdeaSubmitted(submitted) => {
                self.idea = submitted.idea.to_string();
                self.organisation = submitted.organisation.to_string();
                self.phase = pb::Phase::from(Phase::Submitted) as i32;
                self.since = entry.position.cast_signed();
                self.submitted_at = entry.meta.time.to_string();
                self.title = submitted.texts.get("title").map(ToString::to_string);
                self.author = submitted.submitter.to_string();
            }
            IdeaEvent::ReceiptSent(receipt) => {
                self.reference = receipt.reference.to_string();
                self.answer_due = receipt.answer_due.to_string();
            }
            IdeaEvent::CoordinatorAssigned(assigned) => self.coordinator = assigned.coordinator.to_string(),
            IdeaEvent::BriefApproved(brief) => self.brief_title = brief.texts.get("title").map(ToString::to_string),
            IdeaEvent::IdeaAccepted(_) => self.phase = pb::Phase::from(Phase::Accepted) as i32,
            IdeaEvent::EvaluationStarted(_) => self.phase = pb::Phase::from(Phase::InEvaluation) as i32,
            IdeaEvent::GateDecided(_) => self.phase = pb::Phase::from(Phase::Decided) as i32,
            IdeaEvent::IdeaClosed(_) => self.phase = pb::Phase::from(Phase::Closed) as i32,
            _ => {}
        }
    }
}

/// Builds the tables of the ideas' view in a new file at `path`. Returns how many ideas there are.
pub(crate) async fn build(conn: &mut PgConnection, path: &Path) -> u64 {
    let mut places: HashMap<[u8; 16], usize> = HashMap::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut lines = sqlx::query(LINES).fetch(conn);
    while let Some(line) = lines.try_next().await.expect("read") {
        let Some(entry) = Recorded::read(line.get(0)) else {
            continue;
        };
        if let Some(Event::Idea(event)) = &entry.event {
            let place = *places.entry(entry.meta.correlation.into_bytes()).or_insert_with(|| {
                rows.push(Row::default());
                rows.len() - 1
            });
            rows[place].fold(&entry, event);
        }
    }
    write(&rows, path).expect("written");
    rows.len() as u64
}

fn write(rows: &[Row], path: &Path) -> rusqlite::Result<()> {
    let _ = std::fs::remove_file(path);
    let mut file = Connection::open(path)?;
    file.pragma_update(None, "journal_mode", "OFF")?;
    file.pragma_update(None, "synchronous", "OFF")?;
    file.pragma_update(None, "cache_size", -65_536)?;
    file.execute_batch(IdeasView::schema())?;
    let indexes = indexes(&file)?;
    for (name, _) in &indexes {
        file.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    let tx = file.transaction()?;
    {
        let mut idea = tx.prepare(
            "INSERT INTO ideas (idea, organisation, phase, since, submitted_at, title, brief_title, reference, answer_due,
                coordinator, imported, received) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0)",
        )?;
        let mut author =
            tx.prepare("INSERT INTO authors (person, organisation, since, idea) VALUES (?1, ?2, ?3, ?4)")?;
        for row in rows {
            idea.execute(params![
                row.idea,
                row.organisation,
                row.phase,
                row.since,
                row.submitted_at,
                row.title,
                row.brief_title,
                row.reference,
                row.answer_due,
                row.coordinator,
            ])?;
            author.execute((&row.author, &row.organisation, row.since, &row.idea))?;
        }
    }
    tx.commit()?;
    for (_, sql) in &indexes {
        file.execute_batch(sql)?;
    }
    drop(file);
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .expect("synced");
    Ok(())
}

/// The indexes that the schema names, which are quicker made afterwards: name and statement.
fn indexes(file: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    file.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
