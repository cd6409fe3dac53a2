//! The journal on PostgreSQL, measured beside what the same server does bare, in one run on one disk.
//!
//! Times differ between machines and hours; ratios within a run tell more. Everything is durable: the server syncs every
//! commit, as it does when it is installed.

mod appends;
mod bare;
mod fold;
#[path = "../kit/mod.rs"]
mod kit;
mod replay;

use idesluss_journal::{PostgresOptions, PostgresStore, Store};
use idesluss_servers::{Database, Postgres};
use std::sync::Arc;

/// How many entries are replayed, unless an argument says otherwise.
const ENTRIES: u64 = 1_000_000;

/// A server as a service of this size gets one; with the smallest settings every turn would measure checkpoints.
const SETTINGS: [&str; 3] = ["shared_buffers=256MB", "max_wal_size=4GB", "max_connections=300"];

/// What statfs says of a file system in memory, on which a sync costs nothing.
const TMPFS: u64 = 0x0102_1994;

/// Opens the journal in a database that has just been made.
async fn open(database: &Database) -> Arc<dyn Store> {
    let owner = database.owner_url.parse().expect("an address");
    PostgresStore::migrate(&owner, &database.service_role)
        .await
        .expect("migrated");
    let (url, now) = (
        database.service_url.parse().expect("an address"),
        Arc::new(kit::load::now),
    );
    let options = PostgresOptions::new(url, "fyrbodal-bench", "submission", "", now);
    Arc::new(PostgresStore::open(options).await.expect("a journal"))
}

fn main() {
    // Cargo passes `--bench`.
    let entries = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let postgres = Postgres::start_with(&SETTINGS);
    println!(
        "{}, as it is installed but for {}",
        postgres.sql("SHOW server_version"),
        SETTINGS.join(", ")
    );
    let disk = rustix::fs::statfs(postgres.data()).expect("the server's folder");
    if u64::try_from(disk.f_type).is_ok_and(|kind| kind == TMPFS) {
        println!("  CAUTION: its folder is in memory, where a sync costs nothing; set TMPDIR to a folder on a disk");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        appends::measure(&postgres).await;
        replay::measure(&postgres, entries.unwrap_or(ENTRIES)).await;
    });
}
