//! The whole path: a client, gRPC with certificates, the services, PostgreSQL and NATS, all on this machine; the services once as processes of their own,
//! and once all in one.
//!
//! Whoever waits for a commit also waits for the processor that the others use: the client, the services and the database
//! share it, and what each of them takes is told beside the rates.

mod commands;
mod people;
mod reach;
mod spent;
#[path = "../kit/sync.rs"]
mod sync;

use idesluss_servers::{Nats, Postgres};
use idesluss_tests::{Apart, Plan};
use std::time::Duration;

/// How long ideas come in a steady stream, unless an argument says otherwise; seconds.
const FOR: u64 = 12;

/// How many ideas come in, a second, with the aim for the slowest but one in a hundred; milliseconds.
const STREAMS: [(u32, f64); 2] = [(50, 100.0), (500, 150.0)];

const WAYS: [(&str, &[&str]); 2] = [
    ("each service a process", &[]),
    (
        "the services in one process",
        &["evaluation", "identity", "sharing", "submission"],
    ),
];

fn main() {
    // Cargo passes `--bench`. A second number asks for the stream of so many ideas a second alone, with each service a process.
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse::<u64>().ok());
    let lasts = Duration::from_secs(numbers.next().unwrap_or(FOR));
    let only = numbers.next();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for (told, together) in WAYS.into_iter().take(if only.is_some() { 1 } else { WAYS.len() }) {
            println!("\n{}", told.to_uppercase());
            let plan = Plan {
                log: "warn",
                together,
                ..Plan::default()
            };
            let postgres = Postgres::start_with(&["shared_buffers=256MB", "max_wal_size=4GB"]);
            sync::tell(&postgres.data());
            let apart = Apart::start_on(plan, postgres, Nats::start()).await;
            // Before the other: that one leaves work behind.
            for (ideas, most) in STREAMS {
                if only.is_none_or(|only| only == u64::from(ideas)) {
                    reach::measure(&apart, ideas, lasts, most).await;
                }
            }
            if only.is_none() {
                commands::measure(&apart).await;
            }
        }
    });
}
