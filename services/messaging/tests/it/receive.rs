//! What a stream brings: holes, repetitions, and more than its source has.

use crate::instance::{Direct, Instance, SOURCE, STREAM, config, published, reads_stream, status};
use crate::raw;
use idesluss_journal::Log as _;
use idesluss_servers::Nats;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_the_stream_is_filled_from_the_source() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    let jetstream = raw::client(&nats).await;
    raw::make_stream(&jetstream).await;
    let direct = Direct::new(&from, false);
    let receiver = to.start(config(nats.port()), direct.list());
    reads_stream(&receiver).await;
    // From now on the source is asked only when something is missing.
    direct.answer(true);
    from.write(1..31).await;
    raw::publish(&jetstream, &from, (1..=10).chain(14..=20)).await;
    to.receives(20).await;
    let now = status(&receiver, "the gap is counted", |status| {
        status.receivers[SOURCE].gaps_filled > 0
    })
    .await;
    assert_eq!(now.receivers[SOURCE].gaps_filled, 1, "{now:?}");
    raw::publish(&jetstream, &from, 21..=30).await;
    to.receives(30).await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_at_the_beginning_is_filled_from_the_source() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..301).await;
    let jetstream = raw::client(&nats).await;
    raw::make_stream(&jetstream).await;
    raw::publish(&jetstream, &from, 290..=300).await;
    let direct = Direct::new(&from, true);
    let _receiver = to.start(config(nats.port()), direct.list());
    to.receives(300).await;
    to.holds_all_of(&from).await;
    assert!(direct.given.load(Ordering::SeqCst) >= 289);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_end_is_found_by_asking_the_source() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..21).await;
    let jetstream = raw::client(&nats).await;
    raw::make_stream(&jetstream).await;
    let direct = Direct::new(&from, false);
    let mut quick = config(nats.port());
    quick.pull_every = Duration::from_millis(200);
    let receiver = to.start(quick, direct.list());
    raw::publish(&jetstream, &from, 1..=10).await;
    to.receives(10).await;
    status(&receiver, "a source that is silent is said", |status| {
        status.receivers[SOURCE].origin_problem.is_some()
    })
    .await;
    direct.answer(true);
    to.receives(20).await;
    to.holds_all_of(&from).await;
    status(&receiver, "it answers", |status| {
        status.receivers[SOURCE].origin_problem.is_none()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_again_are_known() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let jetstream = raw::client(&nats).await;
    raw::make_stream(&jetstream).await;
    raw::publish(&jetstream, &from, (1..=5).chain(3..=7).chain(1..=10)).await;
    let receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(10).await;
    status(&receiver, "duplicates are counted", |status| {
        status.receivers[SOURCE].duplicates == 10
    })
    .await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_stream_has_and_its_source_never_wrote_does_not_stand_in_the_way() {
    let nats = Nats::start();
    let (from, to, other) = (
        Instance::new("submission"),
        Instance::new("evaluation"),
        Instance::new("submission"),
    );
    from.write(1..11).await;
    other.write(1..101).await;
    let jetstream = raw::client(&nats).await;
    raw::make_stream(&jetstream).await;
    let direct = Direct::new(&from, true);
    let mut quick = config(nats.port());
    quick.pull_every = Duration::from_millis(200);
    let receiver = to.start(quick, direct.list());
    to.receives(10).await;
    reads_stream(&receiver).await;
    // Rightly formed, and ahead of everything that the source knows.
    raw::publish(&jetstream, &other, 90..=100).await;
    status(&receiver, "it is passed", |status| {
        status.receivers[SOURCE].pending == Some(0)
    })
    .await;
    from.write(101..111).await;
    raw::publish(&jetstream, &from, 11..=20).await;
    to.receives(20).await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_was_deleted_is_made_again() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..101).await;
    let sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(100).await;
    let jetstream = raw::client(&nats).await;
    jetstream
        .delete_consumer_from_stream("fyrbodal-evaluation", STREAM)
        .await
        .expect("deleted");
    from.write(101..201).await;
    published(&sender, 200).await;
    to.receives(200).await;
    to.holds_all_of(&from).await;
    reads_stream(&receiver).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_starts_again_goes_on_where_it_was() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..101).await;
    let _sender = from.start(config(nats.port()), Vec::new());
    let silent = Direct::new(&from, false);
    let receiver = to.start(config(nats.port()), silent.list());
    to.receives(100).await;
    status(&receiver, "acknowledged", |status| {
        status.receivers[SOURCE].pending == Some(0)
    })
    .await;
    receiver.stop().await;
    from.write(101..201).await;
    let receiver = to.start(config(nats.port()), silent.list());
    to.receives(200).await;
    to.holds_all_of(&from).await;
    assert_eq!(
        receiver.status().receivers[SOURCE].duplicates,
        0,
        "the broker has kept the place"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_not_there_yet_is_waited_for_and_the_source_is_asked_meanwhile() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let direct = Direct::new(&from, true);
    let receiver = to.start(config(nats.port()), direct.list());
    to.receives(10).await;
    let now = status(&receiver, "said", |status| status.receivers[SOURCE].problem.is_some()).await;
    assert!(
        now.receivers[SOURCE]
            .problem
            .as_ref()
            .is_some_and(|problem| problem.contains(STREAM))
    );
    direct.answer(false);
    let _sender = from.start(config(nats.port()), Vec::new());
    from.write(11..21).await;
    to.receives(20).await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_is_written_before_a_message_is_acknowledged() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let _sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(10).await;
    // Whatever is acknowledged stands in the journal; read the broker's side first.
    let jetstream = raw::client(&nats).await;
    let mut floor = 0;
    while floor < 10 {
        let info = jetstream.get_stream(STREAM).await.expect("the stream");
        let info = info.consumer_info("fyrbodal-evaluation").await.expect("the consumer");
        floor = info.ack_floor.stream_sequence;
        assert!(to.received().1 >= floor);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(receiver);
    assert_eq!(to.store.head().borrow().size, 10);
}
