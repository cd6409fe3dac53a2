//! PostgreSQL: the suite that every store passes, and what only a database that several processes share can go through.

mod fences;
mod leases;
mod news;
mod outages;

use crate::conformance::{Instance, suite};
use async_trait::async_trait;
use idesluss_journal::{PostgresOptions, PostgresStore, Store};
use idesluss_servers::{Database, Postgres};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The cluster that all tests of this process share; each has a database of its own.
fn cluster() -> &'static Postgres {
    static CLUSTER: OnceLock<Postgres> = OnceLock::new();
    CLUSTER.get_or_init(Postgres::start)
}

/// A migrated database with one journal, and a clock that moves when it is told to.
struct Databased {
    database: Database,
    clock: Arc<AtomicI64>,
}

impl Databased {
    async fn new() -> Self {
        Self::in_cluster(cluster()).await
    }

    async fn in_cluster(cluster: &Postgres) -> Self {
        let database = cluster.database("journal");
        let owner = database.owner_url.parse().expect("an address");
        PostgresStore::migrate(&owner, &database.service_role)
            .await
            .expect("migrated");
        let clock = Arc::new(AtomicI64::new(1_790_000_000_000_000));
        Self { database, clock }
    }

    /// Settings for a replica that is reached at `address`.
    fn options(&self, address: &str) -> PostgresOptions {
        let clock = Arc::clone(&self.clock);
        PostgresOptions {
            knows: Arc::new(|_| true),
            ..PostgresOptions::new(
                self.database.service_url.parse().expect("an address"),
                "fyrbodal",
                "submission",
                address,
                Arc::new(move || clock.load(Ordering::Relaxed)),
            )
        }
    }

    async fn replica(&self, address: &str) -> Arc<PostgresStore> {
        Arc::new(PostgresStore::open(self.options(address)).await.expect("opened"))
    }
}

#[async_trait]
impl Instance for Databased {
    async fn open(&self) -> Arc<dyn Store> {
        self.replica("one").await
    }

    fn clock(&self) -> Arc<AtomicI64> {
        Arc::clone(&self.clock)
    }
}

/// Waits until something is so, a minute at most.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Duration {
    let began = std::time::Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    began.elapsed()
}

suite!(Databased::new().await);
