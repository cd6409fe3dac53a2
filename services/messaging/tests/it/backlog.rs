//! Much at once, in little memory.

use crate::house::{Direct, House, SOURCE, config, published};
use idesluss_servers::Nats;
use std::time::Instant;

const EVENTS: u64 = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_long_backlog_goes_through() {
    let nats = Nats::start();
    let to = House::new("evaluation");
    let from = House::with_backlog(EVENTS, config(nats.port())).await;
    let begun = Instant::now();
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, EVENTS).await;
    let sent = begun.elapsed();
    let begun = Instant::now();
    let receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(EVENTS).await;
    let come = begun.elapsed();
    println!("{EVENTS} events published in {sent:?}, received in {come:?}");
    to.holds_all_of(&from).await;
    assert_eq!(receiver.status().receivers[SOURCE].duplicates, 0);
}
