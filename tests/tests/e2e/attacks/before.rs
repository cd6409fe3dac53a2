//! How everything stood before an attack, to be held against how it stands after it.

use idesluss_domain::SERVICES;
use idesluss_proto::pb::journal::GetHeadResponse;
use idesluss_tests::{Instance, settled};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// How much there is in each service: its journal's head, and the rows of each of its tables (keys, sealed texts, files among them).
#[derive(Debug, Clone, PartialEq)]
struct Stored {
    heads: Vec<GetHeadResponse>,
    rows: BTreeMap<(&'static str, String), u64>,
}

/// How everything stood.
#[derive(Debug)]
pub(crate) struct Before {
    stored: Stored,
    log: usize,
    metrics: BTreeMap<String, f64>,
}

impl Before {
    /// Looks, once reactions have answered what is there.
    pub(crate) async fn of(instance: &Instance) -> Self {
        Self {
            stored: settled("what is stored", async || Some(stored(instance).await)).await,
            log: instance.server.output().len(),
            metrics: metrics(instance).await,
        }
    }

    /// How many entries a service's journal had.
    pub(crate) fn size(&self, service: &str) -> u64 {
        let number = SERVICES.iter().position(|known| *known == service);
        self.stored.heads[number.expect("a service")].size
    }

    /// Checks that no journal, no key, no text and no file has come, gone or changed its root since.
    pub(crate) async fn nothing_changed(&self, instance: &Instance) {
        // What a reaction would do about it takes a moment.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(stored(instance).await, self.stored, "something was changed");
    }

    /// The lines of the log since then that have these words in them.
    pub(crate) fn log(&self, instance: &Instance, words: &str) -> Vec<String> {
        let said = instance.server.output();
        let lines = said[self.log..].lines().filter(|line| line.contains(words));
        lines.map(str::to_owned).collect()
    }

    /// How much a series has grown since then, such as `idesluss_refusals_total{what="unproved_loss"}`.
    pub(crate) async fn counted(&self, instance: &Instance, series: &str) -> f64 {
        let value = |all: &BTreeMap<String, f64>| all.get(series).copied().unwrap_or(0.0);
        value(&metrics(instance).await) - value(&self.metrics)
    }

    /// How many requests for an rpc (`package.Service/Method`) a service has answered with this status since then.
    pub(crate) async fn answered(&self, instance: &Instance, service: &str, rpc: &str, code: u8) -> f64 {
        let series = format!("idesluss_grpc_requests_total{{service=\"{service}\",rpc=\"{rpc}\",code=\"{code}\"}}");
        self.counted(instance, &series).await
    }

    /// Checks that nothing was changed, and that so many attempts, known by `what`, stand in the log and in the metrics, each once, without
    /// any of `content`.
    pub(crate) async fn only_refusals(&self, instance: &Instance, what: &str, attempts: usize, content: &[&str]) {
        self.nothing_changed(instance).await;
        let lines = self.log(instance, &format!("what=\"{what}\""));
        assert_eq!(lines.len(), attempts, "{lines:#?}");
        for secret in content {
            let told = self.log(instance, secret);
            assert!(told.is_empty(), "{secret:?} is in the log: {told:#?}");
        }
        let series = format!("idesluss_refusals_total{{what=\"{what}\"}}");
        let counted = self.counted(instance, &series).await;
        assert_eq!(counted, attempts as f64, "{series}");
    }
}

async fn stored(instance: &Instance) -> Stored {
    let (mut heads, mut rows) = (Vec::new(), BTreeMap::new());
    for service in SERVICES {
        heads.push(instance.server.head(service).await);
        let file = instance.folder.path().join(service).join("journal.db");
        for (table, number) in tables(&file) {
            rows.insert((service, table), number);
        }
    }
    Stored { heads, rows }
}

/// What moves on by itself: how far a service has come with its own work, and who is signed in, as whoever tries something is.
const ITS_OWN: &str = "'source_checkpoints', 'cursors', 'credentials'";

/// How many rows each table of a database has, read beside whoever writes it.
fn tables(file: &Path) -> Vec<(String, u64)> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
    let mut names = database
        .prepare(&format!(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT IN ({ITS_OWN})"
        ))
        .expect("every database has this table");
    let names = names.query_map([], |row| row.get::<_, String>(0)).expect("names");
    let count = |name: String| {
        let sql = format!("SELECT COUNT(*) FROM \"{name}\"");
        let number = database
            .query_row(&sql, [], |row| row.get::<_, i64>(0))
            .expect("a count");
        (name, number as u64)
    };
    names.map(|name| count(name.expect("a name"))).collect()
}

/// Every series that the process tells, with its value.
async fn metrics(instance: &Instance) -> BTreeMap<String, f64> {
    let text = instance.server.metrics().await;
    let series = text.lines().filter(|line| !line.starts_with('#'));
    let pairs = series.filter_map(|line| line.rsplit_once(' '));
    pairs
        .filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?)))
        .collect()
}
