//! The smallest service that there can be: it follows submission and counts the calls for ideas that were opened.
//!
//! It takes no commands and answers nothing of its own, so it needs no contract. Its journal, its audit, health and metrics come by themselves.

use futures_util::FutureExt as _;
use idesluss_domain::Event;
use idesluss_domain::submission::CallEvent;
use idesluss_engine::{Builder, Recorded, Service, StartError, View};
use rusqlite::Transaction;
use std::sync::Arc;

/// The service.
pub const SERVICE: Service = Service {
    name: "example",
    aggregates: &[],
    follows: &["submission"],
    build: |builder| build(builder).boxed(),
};

async fn build(builder: &mut Builder) -> Result<(), StartError> {
    builder.view::<CallsView>().await?;
    Ok(())
}

/// The calls that it has heard of.
pub struct CallsView;

impl View for CallsView {
    const NAME: &'static str = "calls";
    const VERSION: u32 = 1;

    fn schema() -> &'static str {
        "CREATE TABLE calls (call TEXT PRIMARY KEY) STRICT"
    }

    fn new() -> Self {
        Self
    }

    fn apply(&mut self, tx: &Transaction<'_>, batch: &[Arc<Recorded>]) -> rusqlite::Result<()> {
        for entry in batch {
            if let Some(Event::Call(CallEvent::CallOpened(_))) = &entry.event {
                tx.prepare_cached("INSERT INTO calls VALUES (?1)")?
                    .execute([&entry.meta.subject])?;
            }
        }
        Ok(())
    }
}
