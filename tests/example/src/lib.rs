//! The smallest service that there can be: it follows submission and counts the ideas that were submitted.
//!
//! It takes no commands and answers nothing of its own, so it needs no contract. Its journal, its audit, health and metrics come by themselves.

use futures_util::FutureExt as _;
use idesluss_domain::Event;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::Audience;
use idesluss_engine::{Builder, Recorded, Service, StartError, View};
use rusqlite::Transaction;
use std::sync::Arc;

/// The service.
pub const SERVICE: Service = Service {
    name: "example",
    aggregates: &[],
    follows: &[("submission", Audience::House)],
    build: |builder| build(builder).boxed(),
};

async fn build(builder: &mut Builder) -> Result<(), StartError> {
    builder.view::<IdeasView>().await?;
    Ok(())
}

/// The ideas that it has heard of.
pub struct IdeasView;

impl View for IdeasView {
    const NAME: &'static str = "ideas";
    const VERSION: u32 = 1;

    fn schema() -> &'static str {
        "CREATE TABLE ideas (idea TEXT PRIMARY KEY) STRICT"
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        for entry in batch {
            if let Some(Event::Idea(IdeaEvent::IdeaSubmitted(_))) = &entry.event {
                tx.prepare_cached("INSERT INTO ideas VALUES (?1)")?
                    .execute([&entry.meta.subject])?;
            }
        }
        Ok(())
    }
}
