//! Events go out and come in.

use crate::instance::{Direct, Instance, Notes, SOURCE, STREAM, config, published, reads_stream};
use crate::raw;
use async_trait::async_trait;
use idesluss_journal::{AppendError, Log as _, Relayed, Relays, StoreError};
use idesluss_messaging::Messaging;
use idesluss_servers::Nats;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn everything_published_arrives_once_in_order_and_byte_for_byte() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..301).await;
    let silent = Direct::new(&from, false);
    let sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), silent.list());
    to.receives(300).await;
    for number in 301..351 {
        from.write(number..number + 1).await;
    }
    to.receives(350).await;
    to.holds_all_of(&from).await;
    let status = published(&sender, 350).await;
    assert_eq!(status.relays[SOURCE].lag_events, 0);
    assert_eq!(status.relays[SOURCE].stream, STREAM);
    assert_eq!(receiver.status().receivers[SOURCE].duplicates, 0);
    sender.stop().await;
    receiver.stop().await;
    let noted = from.notes.of(SOURCE).expect("noted at the end");
    assert_eq!((noted.epoch, noted.sequence, noted.stream_sequence), (1, 350, 350));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_the_event_with_what_its_receivers_need() {
    let nats = Nats::start();
    let from = Instance::new("submission");
    from.write(1..2).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 1).await;
    let jetstream = raw::client(&nats).await;
    let stream = jetstream.get_stream(STREAM).await.expect("the stream");
    let message = stream.get_raw_message(1).await.expect("a message");
    let line = from.store.read(0, 1).await.expect("readable")[0].line.clone();
    let event = crate::instance::received(&line);
    assert_eq!(message.payload, *event.bytes());
    assert_eq!(message.subject.as_str(), "ev.fyrbodal.submission.house.idea");
    let header = |name: &str| message.headers.get(name).map(|value| value.as_str().to_owned());
    for (name, value) in [
        ("content-type", "application/cloudevents+json"),
        ("Nats-Msg-Id", "00000000-0000-4000-8000-000000000001"),
        ("Nats-Expected-Last-Sequence", "0"),
        ("Idesluss-Epoch", "1"),
        ("Idesluss-Sequence", "1"),
        ("Idesluss-From-Position", "0"),
        ("Idesluss-From-Recorded", &raw::recorded(&line)),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ] {
        assert_eq!(header(name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_at_the_limit_of_60_000_bytes_passes() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..2).await;
    let line = from.store.read(0, 1).await.expect("readable")[0].line.clone();
    let without_filling = crate::instance::received(&line).bytes().len();
    // The journal checks with the longest epoch and version that an event may get: 18 digits more than here.
    let filling = 60_000 - without_filling - 18;
    from.write_large(2..3, filling).await;
    let largest = from.store.read(1, 1).await.expect("readable")[0].line.clone();
    assert!(crate::instance::received(&largest).bytes().len() > 59_970);
    let _sender = from.start(config(nats.port()), Vec::new());
    let _receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(2).await;
    to.holds_all_of(&from).await;
}

/// Notes that let nobody read them before it is said so: their reader has seen the stream, and not yet its last message.
struct Held {
    notes: Arc<Notes>,
    asked: Notify,
    answer: Notify,
    hold: AtomicBool,
}

#[async_trait]
impl Relays for Held {
    async fn relayed(&self, source: &str) -> Result<Option<Relayed>, StoreError> {
        // Of its other source nothing is asked here.
        if source != SOURCE {
            return self.notes.relayed(source).await;
        }
        if self.hold.load(Ordering::SeqCst) {
            self.asked.notify_one();
            self.answer.notified().await;
        }
        self.notes.relayed(source).await
    }

    async fn set_relayed(&self, source: &str, relayed: Relayed) -> Result<(), AppendError> {
        self.notes.set_relayed(source, relayed).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_grows_while_its_next_publisher_looks_at_it_gets_no_gap() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let first = from.start(config(nats.port()), Vec::new());
    published(&first, 10).await;
    let held = Arc::new(Held {
        notes: from.notes.clone(),
        asked: Notify::new(),
        answer: Notify::new(),
        hold: AtomicBool::new(true),
    });
    let second = Messaging::start(
        from.store.clone(),
        held.clone(),
        config(nats.port()),
        Vec::new(),
        CancellationToken::new(),
    );
    // Once to say where it stands, and once after it has looked at the stream.
    held.asked.notified().await;
    held.answer.notify_one();
    held.asked.notified().await;
    from.write(11..21).await;
    published(&first, 20).await;
    first.stop().await;
    from.write(21..201).await;
    held.hold.store(false, Ordering::SeqCst);
    held.answer.notify_one();
    published(&second, 200).await;
    assert_eq!(raw::info(&raw::client(&nats).await).await.state.messages, 200);
    let _receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(200).await;
    to.holds_all_of(&from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_publishers_of_one_journal_never_mix_up_its_stream() {
    let nats = Nats::start();
    let to = Instance::new("evaluation");
    let from = Instance::with_backlog(2_000, config(nats.port())).await;
    let _first = from.start(config(nats.port()), Vec::new());
    let _second = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), Direct::new(&from, false).list());
    to.receives(2_000).await;
    to.holds_all_of(&from).await;
    reads_stream(&receiver).await;
    assert_eq!(raw::info(&raw::client(&nats).await).await.state.messages, 2_000);
    assert_eq!(receiver.status().receivers[SOURCE].duplicates, 0);
}
