//! The whole path: a client, gRPC with certificates, the services as processes of their own, PostgreSQL and NATS, all on this machine.
//!
//! Whoever waits for a commit also waits for the processor that the others use: the client, the services and the database
//! share it, and what each of them takes is told beside the rates.

mod commands;
mod people;
mod reach;
mod spent;

use idesluss_servers::{Nats, Postgres};
use idesluss_tests::{Apart, Plan};

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let plan = Plan {
            log: "warn",
            ..Plan::default()
        };
        let postgres = Postgres::start_with(&["shared_buffers=256MB", "max_wal_size=4GB"]);
        let apart = Apart::start_on(plan, postgres, Nats::start()).await;
        // Before the other: that one leaves work behind.
        reach::measure(&apart).await;
        commands::measure(&apart).await;
    });
}
