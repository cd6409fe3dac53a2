//! Much at once, in little memory. A process of its own: what others hold would be measured too.

#[path = "it/instance.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod instance;

use idesluss_servers::Nats;
use instance::{Direct, Instance, SOURCE, config, published};
use std::time::Instant;

const EVENTS: u64 = 20_000;
/// Together more than 80 MB.
const BYTES: usize = 4_000;
/// What windows, batches and SQLite's pages may take.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A metric of this process in bytes, such as `VmRSS`.
fn memory(metric: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find(|line| line.starts_with(metric))
        .expect("the metric");
    let kilobytes = line.split_whitespace().nth(1).expect("a number");
    kilobytes.parse::<u64>().expect("a number") * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_backlog_goes_through_in_little_memory() {
    let nats = Nats::start();
    let to = Instance::new("evaluation");
    let from = Instance::new("submission");
    from.write(1..2).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 1).await;
    sender.stop().await;
    from.write_large(2..EVENTS + 1, BYTES).await;

    // Makes the highest metric so far that of now.
    std::fs::write("/proc/self/clear_refs", "5").expect("our own process");
    let before = memory("VmRSS");
    let begun = Instant::now();
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, EVENTS).await;
    let sent = begun.elapsed();
    let begun = Instant::now();
    let receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(EVENTS).await;
    let come = begun.elapsed();
    let grown = memory("VmHWM").saturating_sub(before);
    println!("{EVENTS} events published in {sent:?}, received in {come:?}, {grown} bytes more");
    assert!(
        grown < MOST_BYTES,
        "{grown} bytes more for {EVENTS} events of {BYTES} bytes"
    );
    assert_eq!(receiver.status().receivers[SOURCE].duplicates, 0);
    to.holds_all_of(&from).await;
}
