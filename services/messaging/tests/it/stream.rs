//! A stream that is wiped, cut back, written into by others, and older than its note.

use crate::instance::{Direct, Instance, SOURCE, STREAM, config, published, reads_stream, status};
use crate::raw;
use idesluss_journal::Log as _;
use idesluss_servers::Nats;

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_broker_is_filled_again_and_nobody_misses_anything() {
    let mut nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..101).await;
    let direct = Direct::new(&from, false);
    let sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), direct.list());
    to.receives(100).await;
    let before = published(&sender, 100).await.relays[SOURCE].stream_created.clone();
    nats.stop();
    nats.wipe();
    status(&sender, "the loss is seen", |status| !status.broker.connected).await;
    from.write(101..201).await;
    nats.resume();
    to.receives(200).await;
    to.holds_all_of(&from).await;
    let now = published(&sender, 200).await;
    assert_ne!(now.relays[SOURCE].stream_created, before, "it is another stream");
    // The empty stream was filled from the beginning: fewer than 1,024 events.
    assert_eq!(raw::info(&raw::client(&nats).await).await.state.messages, 200);
    reads_stream(&receiver).await;
    sender.stop().await;
    let noted = from.notes.of(SOURCE).expect("noted");
    assert_eq!(Some(noted.stream_created), now.relays[SOURCE].stream_created);
    assert_eq!((noted.sequence, noted.stream_sequence), (200, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_stream_is_filled_from_a_bounded_way_back_and_the_source_gives_the_rest() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..1_501).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 1_500).await;
    let jetstream = raw::client(&nats).await;
    assert_eq!(raw::info(&jetstream).await.state.messages, 1_024);
    let direct = Direct::new(&from, true);
    let _receiver = to.start(config(nats.port()), direct.list());
    to.receives(1_500).await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_cut_back_is_continued_from_its_last_surviving_message() {
    let mut nats = Nats::start();
    let copies = tempfile::tempdir().expect("a folder");
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..101).await;
    let sender = from.start(config(nats.port()), Vec::new());
    let throughout = Instance::new("sharing");
    let _throughout = throughout.start(config(nats.port()), Direct::new(&from, false).list());
    throughout.receives(100).await;
    nats.stop();
    nats.save(&copies.path().join("older"));
    nats.resume();
    from.write(101..151).await;
    throughout.receives(150).await;
    published(&sender, 150).await;
    let before = sender.status().relays[SOURCE].stream_created.clone();
    nats.stop();
    nats.restore(&copies.path().join("older"));
    status(&sender, "the loss is seen", |status| !status.broker.connected).await;
    from.write(151..201).await;
    nats.resume();
    let now = published(&sender, 200).await;
    assert_eq!(now.relays[SOURCE].stream_created, before, "it is the same stream");
    // Every event is there once, although the note was further than the stream.
    assert_eq!(raw::info(&raw::client(&nats).await).await.state.messages, 200);
    let _receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(200).await;
    to.holds_all_of(&from).await;
    throughout.receives(200).await;
    throughout.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_the_broker_remembers_without_their_messages_hold_nothing_up() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let jetstream = raw::client(&nats).await;
    raw::make_stream(&jetstream).await;
    for entry in from.store.read(0, 10).await.expect("readable") {
        let mut headers = async_nats::HeaderMap::new();
        let event = crate::instance::received(&entry.line).bytes().clone();
        let id = idesluss_proof::line::check_event(&event)
            .expect("an event")
            .id
            .into_owned();
        headers.insert("Nats-Msg-Id", id);
        raw::send(&jetstream, Some(headers), event).await;
    }
    let stream = jetstream.get_stream(STREAM).await.expect("the stream");
    stream.purge().await.expect("purged");
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 10).await;
    let _receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(10).await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_whose_messages_grew_old_is_continued_from_the_note() {
    let nats = Nats::start();
    let from = Instance::new("submission");
    from.write(1..11).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 10).await;
    sender.stop().await;
    assert_eq!(from.notes.of(SOURCE).expect("noted").sequence, 10);
    let jetstream = raw::client(&nats).await;
    let mut settings = raw::info(&jetstream).await.config;
    settings.max_age = std::time::Duration::from_millis(200);
    settings.duplicate_window = settings.max_age;
    jetstream.update_stream(&settings).await.expect("updated");
    while raw::info(&jetstream).await.state.messages > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    from.write(11..13).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 12).await;
    let state = raw::info(&jetstream).await.state;
    assert_eq!(
        (state.messages, state.last_sequence),
        (2, 12),
        "only what is new was published"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_writes_into_the_stream_blocks_nothing() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let direct = Direct::new(&from, true);
    let sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), direct.list());
    to.receives(10).await;
    // The source itself may have been asked before there was a stream.
    published(&sender, 10).await;
    let jetstream = raw::client(&nats).await;
    let line = from.store.read(3, 1).await.expect("readable")[0].line.clone();
    let known = crate::instance::received(&line).bytes().clone();
    let recorded = raw::recorded(&line);
    raw::send(&jetstream, None, b"no event at all".to_vec()).await;
    raw::send(&jetstream, None, known.clone()).await;
    // Headers that claim the next place, and a place far ahead.
    for sequence in [11, 1_000_000] {
        raw::send(
            &jetstream,
            Some(raw::headers(1, sequence, 10, &recorded)),
            known.clone(),
        )
        .await;
        raw::send(
            &jetstream,
            Some(raw::headers(1, sequence, 10, &recorded)),
            b"{}".to_vec(),
        )
        .await;
    }
    from.write(11..21).await;
    to.receives(20).await;
    published(&sender, 20).await;
    to.holds_all_of(&from).await;
    let now = status(&receiver, "all is read", |status| {
        status.receivers[SOURCE].pending == Some(0)
    })
    .await;
    assert_eq!(now.receivers[SOURCE].unreadable, 6);
    assert!(
        to.store.quarantined().await.expect("readable").is_empty(),
        "no place was taken"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_foreign_messages_at_the_end_are_passed_over() {
    let nats = Nats::start();
    let from = Instance::new("submission");
    from.write(1..11).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 10).await;
    sender.stop().await;
    let jetstream = raw::client(&nats).await;
    // More than are looked at from the end backwards: the note helps.
    for _ in 0..100 {
        raw::send(&jetstream, None, b"noise".to_vec()).await;
    }
    from.write(11..13).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 12).await;
    assert_eq!(
        raw::info(&jetstream).await.state.messages,
        112,
        "nothing was published twice"
    );
    let stream = jetstream.get_stream(STREAM).await.expect("the stream");
    let last = stream.get_raw_message(112).await.expect("a message");
    assert_eq!(
        last.headers.get("Idesluss-Sequence").map(|value| value.as_str()),
        Some("12")
    );
}
