//! A journal that was restored from a backup older than what its stream holds.

use crate::instance::{Direct, Instance, SOURCE, config, published, status};
use crate::raw;
use idesluss_journal::Log as _;
use idesluss_servers::Nats;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_journal_publishes_nothing_until_an_epoch_is_opened() {
    let nats = Nats::start();
    let to = Instance::new("evaluation");
    let from = Instance::new("submission");
    from.write(1..41).await;
    let (from, older) = from.backup().await;
    let direct = Direct::new(&from, false);
    let sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), direct.list());
    from.write(41..51).await;
    to.receives(50).await;
    published(&sender, 50).await;
    sender.stop().await;
    drop(sender);

    let sender = older.start(config(nats.port()), Vec::new());
    let mut refused = sender.refused();
    let reason = tokio::time::timeout(Duration::from_secs(30), refused.wait_for(Option::is_some));
    let reason = reason.await.expect("in time").expect("told").clone().expect("a reason");
    assert!(
        reason.contains("sequence 50 of epoch 1") && reason.contains("sequence 40 of epoch 1"),
        "{reason}"
    );
    assert_eq!(sender.status().relays[SOURCE].refused.as_deref(), Some(reason.as_str()));

    // Other events under known numbers, until they are even more: still refused, by any process.
    older.write(1_001..1_021).await;
    drop(sender);
    let sender = older.start(config(nats.port()), Vec::new());
    let now = status(&sender, "refused again", |status| {
        status.relays.get(SOURCE).is_some_and(|relay| relay.refused.is_some())
    })
    .await;
    assert!(
        now.relays[SOURCE]
            .refused
            .as_ref()
            .is_some_and(|reason| reason.contains("another event"))
    );
    assert_eq!(raw::info(&raw::client(&nats).await).await.state.messages, 50);

    older.open_epoch().await;
    older.write(1_021..1_031).await;
    published(&sender, 71).await;
    assert_eq!(*sender.refused().borrow(), None);
    status(&receiver, "read", |status| status.receivers[SOURCE].pending == Some(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_counts_as_found_only_together_with_the_verdict_on_it() {
    let nats = Nats::start();
    let from = Instance::new("submission");
    from.write(1..41).await;
    let (from, older) = from.backup().await;
    let sender = from.start(config(nats.port()), Vec::new());
    from.write(41..51).await;
    published(&sender, 50).await;
    sender.stop().await;
    drop(sender);

    // Whoever takes commands looks at this, and must never see the stream without the refusal. It is only a moment: looked for often.
    for _ in 0..20 {
        let sender = older.start(config(nats.port()), Vec::new());
        let until = tokio::time::Instant::now() + Duration::from_secs(30);
        let found = loop {
            let now = sender.status().relays.get(SOURCE).cloned().unwrap_or_default();
            if now.stream_created.is_some() {
                break now;
            }
            assert!(tokio::time::Instant::now() < until, "the stream is not found: {now:?}");
            tokio::task::yield_now().await;
        };
        assert!(found.refused.is_some(), "{found:?}");
        sender.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receivers_mark_what_a_restore_has_cut_off() {
    let nats = Nats::start();
    let to = Instance::new("evaluation");
    let from = Instance::new("submission");
    from.write(1..41).await;
    let (from, older) = from.backup().await;
    let sender = from.start(config(nats.port()), Vec::new());
    from.write(41..51).await;
    published(&sender, 50).await;
    let receiver = to.start(config(nats.port()), Direct::new(&older, true).list());
    to.receives(50).await;
    sender.stop().await;
    drop(sender);
    let sender = older.start(config(nats.port()), Vec::new());
    status(&sender, "refused", |status| {
        status.relays.get(SOURCE).is_some_and(|relay| relay.refused.is_some())
    })
    .await;
    older.open_epoch().await;
    older.write(1_001..1_011).await;
    published(&sender, 51).await;
    to.receives(51).await;
    assert_eq!(to.received(), (2, 51));
    let orphans = to.store.orphans().await.expect("readable");
    let cut: Vec<_> = orphans
        .iter()
        .map(|orphan| (orphan.epoch, orphan.sequence, orphan.cut_off_by))
        .collect();
    let wanted: Vec<_> = (41..=50).map(|sequence| (1, sequence, 2)).collect();
    assert_eq!(cut, wanted);
    to.store.verify().await.expect("whole");
    drop(receiver);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_journal_whose_stream_is_from_the_same_time_just_goes_on() {
    let nats = Nats::start();
    let to = Instance::new("evaluation");
    let from = Instance::new("submission");
    from.write(1..41).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 40).await;
    sender.stop().await;
    drop(sender);
    let (_from, restored) = from.backup().await;
    restored.write(41..51).await;
    let sender = restored.start(config(nats.port()), Vec::new());
    published(&sender, 50).await;
    let _receiver = to.start(config(nats.port()), Direct::new(&restored, false).list());
    to.receives(50).await;
    to.holds_all_of(&restored).await;
}
