//! A broker that is absent, stopped, killed, cut off, silent, or too old.

use crate::instance::{Direct, Instance, SOURCE, config, published, reads_stream, status, until};
use idesluss_messaging::Messaging;
use idesluss_servers::{Nats, Proxy};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_absent_at_the_start_holds_nothing_up_and_is_used_when_it_comes() {
    let mut nats = Nats::absent();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..101).await;
    let direct = Direct::new(&from, true);
    let sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), direct.list());
    to.receives(100).await;
    let now = sender.status();
    assert!(!now.broker.connected && now.relays[SOURCE].lag_events == 100, "{now:?}");
    status(&sender, "the absence is said", |status| status.broker.problem.is_some()).await;

    direct.answer(false);
    nats.resume();
    published(&sender, 100).await;
    from.write(101..201).await;
    to.receives(200).await;
    to.holds_all_of(&from).await;
    let now = reads_stream(&receiver).await;
    assert_eq!(now.broker.server_version.as_deref(), Some("2.15.1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_stopped_or_killed_and_comes_back_loses_nothing() {
    let mut nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    let silent = Direct::new(&from, false);
    let sender = from.start(config(nats.port()), Vec::new());
    let _receiver = to.start(config(nats.port()), silent.list());
    for round in 0..4 {
        let first = round * 200 + 1;
        from.write(first..first + 100).await;
        to.receives(first + 99).await;
        if round % 2 == 0 {
            nats.stop()
        } else {
            nats.kill()
        }
        status(&sender, "the loss is seen", |status| !status.broker.connected).await;
        from.write(first + 100..first + 200).await;
        nats.resume();
    }
    to.receives(800).await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_written_while_the_broker_is_killed_under_load_arrive_once() {
    let mut nats = Nats::start();
    let to = Instance::new("evaluation");
    let from = Instance::with_backlog(5_000, config(nats.port())).await;
    let direct = Direct::new(&from, true);
    let sender = from.start(config(nats.port()), Vec::new());
    let _receiver = to.start(config(nats.port()), direct.list());
    // Somewhere in the middle, with windows on the way.
    status(&sender, "publishing has begun", |status| {
        status
            .relays
            .get(SOURCE)
            .is_some_and(|relay| relay.published.sequence > 100)
    })
    .await;
    nats.kill();
    nats.resume();
    published(&sender, 5_000).await;
    to.receives(5_000).await;
    to.holds_all_of(&from).await;
}

async fn through_a_proxy(
    nats: &Nats,
    from: &Instance,
    to: &Instance,
    direct: &std::sync::Arc<Direct>,
) -> (Proxy, Messaging, Messaging) {
    let proxy = Proxy::start(nats.port()).await;
    let mut quick = config(proxy.port());
    quick.pull_every = Duration::from_millis(300);
    let sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(quick, direct.list());
    (proxy, sender, receiver)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_is_cut_is_replaced_by_the_source_and_used_again() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let direct = Direct::new(&from, true);
    let (proxy, _sender, receiver) = through_a_proxy(&nats, &from, &to, &direct).await;
    to.receives(10).await;
    reads_stream(&receiver).await;
    proxy.cut();
    from.write(11..21).await;
    to.receives(20).await;
    status(&receiver, "the cut is seen", |status| !status.broker.connected).await;
    proxy.heal();
    direct.answer(false);
    from.write(21..31).await;
    to.receives(30).await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wire_that_stalls_leaves_nobody_behind() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let direct = Direct::new(&from, true);
    let (proxy, _sender, receiver) = through_a_proxy(&nats, &from, &to, &direct).await;
    to.receives(10).await;
    reads_stream(&receiver).await;
    proxy.stall();
    from.write(11..21).await;
    // Long before the silence is taken for the broker's absence.
    to.receives(20).await;
    assert!(receiver.status().broker.connected);
    proxy.heal();
    to.holds_all_of(&from).await;
}

/// A server that greets with `version` on `port`, or on any when it is 0, and then counts what it is told.
async fn greeting(version: &'static str, port: u16) -> (u16, tokio::sync::watch::Receiver<usize>) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (told, heard) = tokio::sync::watch::channel(0);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.expect("accepted");
            let info = format!(
                "INFO {{\"server_id\":\"OLD\",\"version\":\"{version}\",\"proto\":1,\"host\":\"127.0.0.1\",\"port\":{port},\
                 \"headers\":true,\"max_payload\":1048576,\"jetstream\":true}}\r\n"
            );
            socket.write_all(info.as_bytes()).await.expect("greeted");
            let told = told.clone();
            tokio::spawn(async move {
                let mut text = Vec::new();
                let mut buffer = [0; 4_096];
                while let Ok(read @ 1..) = socket.read(&mut buffer).await {
                    text.extend_from_slice(&buffer[..read]);
                    if buffer[..read].windows(4).any(|window| window == b"PING") {
                        let _ = socket.write_all(b"PONG\r\n").await;
                    }
                }
                let text = String::from_utf8_lossy(&text);
                let used = text
                    .lines()
                    .filter(|line| line.starts_with("PUB") || line.starts_with("HPUB") || line.starts_with("SUB"));
                told.send_modify(|told| *told += used.count());
            });
        }
    });
    (port, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_too_old_is_refused_and_never_used() {
    let (port, heard) = greeting("2.9.10", 0).await;
    let from = Instance::new("submission");
    from.write(1..11).await;
    let sender = from.start(config(port), Vec::new());
    let now = status(&sender, "refused", |status| status.broker.refused.is_some()).await;
    let refused = now.broker.refused.expect("a reason");
    assert!(refused.contains("2.9.10") && refused.contains("2.12.7"), "{refused}");
    assert!(!now.broker.connected);
    sender.stop().await;
    drop(sender);
    assert_eq!(*heard.borrow(), 0, "nothing was published or subscribed there");
    assert_eq!(from.notes.of(SOURCE), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_server_is_used_when_the_first_one_is_too_old() {
    let (old, _heard) = greeting("2.9.10", 0).await;
    let nats = Nats::start();
    let from = Instance::new("submission");
    from.write(1..11).await;
    let mut both = config(nats.port());
    both.urls.insert(0, format!("nats://127.0.0.1:{old}"));
    let sender = from.start(both, Vec::new());
    published(&sender, 10).await;
    until("connected", || sender.status().broker.connected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_server_in_the_place_of_a_new_one_is_refused_too() {
    let mut nats = Nats::start();
    let from = Instance::new("submission");
    from.write(1..11).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 10).await;
    nats.stop();
    let (_, heard) = greeting("2.9.10", nats.port()).await;
    from.write(11..21).await;
    status(&sender, "refused", |status| status.broker.refused.is_some()).await;
    sender.stop().await;
    drop(sender);
    assert_eq!(*heard.borrow(), 0, "nothing was published or subscribed there");
}
