//! One suite for any store: each case gets an empty journal and may open it again.

use async_trait::async_trait;

pub(crate) use crate::credentials::{
    a_credential_is_replaced_once, credentials_are_found_by_their_hash_alone_until_they_are_forgotten,
    credentials_are_listed_by_whose_they_are, credentials_whose_time_is_over_are_swept_and_no_others,
    credentials_without_a_kind_or_with_too_long_a_value_are_refused,
    of_those_who_renew_the_same_credential_at_once_one_gets_another,
};
use crate::samples::{ELSEWHERE, announced, append, command, draft, id, judged, part, received, received_as};
use idesluss_journal::{Append, AppendError, Appended, KeyRow, Outcome, Parked, StagedFile, Store, TextRow};
use idesluss_proof::line::{Body, parse};
use idesluss_proof::tree::{CompactRange, leaf_hash};
use sha2::{Digest as _, Sha256};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// Where a case gets its store from.
#[async_trait]
pub(crate) trait Instance: Send + Sync {
    /// Opens the journal `/fyrbodal/submission`, empty the first time.
    async fn open(&self) -> Arc<dyn Store>;
    /// The clock that the store reads. UTC microseconds.
    fn clock(&self) -> Arc<AtomicI64>;
}

fn written(outcome: Result<Outcome, AppendError>) -> Appended {
    match outcome {
        Ok(Outcome::Written(appended)) => appended,
        other => panic!("not written: {other:?}"),
    }
}

pub(crate) async fn positions_sequences_and_versions_have_no_gaps(instance: &dyn Instance) {
    let store = instance.open().await;
    let first = written(
        store
            .append(append(vec![part("idea/a", 0, &[1, 2]), part("idea/b", 0, &[3])]))
            .await,
    );
    assert_eq!((first.position, first.sequence, first.epoch), (2, 3, 1));
    assert_eq!(first.source, "/fyrbodal/submission/house");
    let mut regional = draft(4);
    regional.audience = "region".into();
    let mut mixed = part("idea/a", 2, &[5]);
    mixed.events.insert(0, regional);
    written(store.append(append(vec![mixed])).await);
    let entries = store.read(0, 100).await.expect("readable");
    // What has just been written is at hand, as it stands; nothing is beyond it.
    assert_eq!(store.newest(0, 100).as_ref(), Some(&entries));
    assert_eq!(store.newest(2, 4).as_deref(), Some(&entries[2..4]));
    assert_eq!(store.newest(5, 100), None);
    let mut last = i64::MIN;
    let mut seen = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        assert_eq!(entry.position, number as u64);
        let line = parse(&entry.line).expect("a line");
        assert_eq!(line.position, number as u64);
        assert!(line.recorded_micros > last, "times only go forward");
        last = line.recorded_micros;
        let Body::Own(event) = line.body else {
            panic!("an own entry")
        };
        seen.push((
            event.source.to_string(),
            event.sequence,
            event.subject.to_string(),
            event.stream_version,
        ));
    }
    let house_source = "/fyrbodal/submission/house".to_owned();
    let expected = [
        (house_source.clone(), 1, "idea/a".to_owned(), 1),
        (house_source.clone(), 2, "idea/a".to_owned(), 2),
        (house_source.clone(), 3, "idea/b".to_owned(), 1),
        ("/fyrbodal/submission/region".to_owned(), 1, "idea/a".to_owned(), 3),
        (house_source, 4, "idea/a".to_owned(), 4),
    ];
    assert_eq!(seen, expected);
    assert_eq!(store.head().borrow().size, 5);
    assert_eq!(
        store
            .feed("/fyrbodal/submission/region", 0, 0, 10)
            .await
            .expect("a feed")
            .len(),
        1
    );
    let rest = store
        .feed("/fyrbodal/submission/house", 1, 2, 10)
        .await
        .expect("a feed");
    assert_eq!(rest.iter().map(|entry| entry.position).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(
        store
            .position_of("/fyrbodal/submission/house", 1, 4)
            .await
            .expect("found"),
        Some(4)
    );
}

pub(crate) async fn an_append_is_all_or_nothing_over_all_its_streams(instance: &dyn Instance) {
    let store = instance.open().await;
    written(
        store
            .append(append(vec![part("register/uddevalla/2026", 0, &[1])]))
            .await,
    );
    written(
        store
            .append(append(vec![
                part("idea/a", 0, &[2]),
                part("register/uddevalla/2026", 1, &[]),
            ]))
            .await,
    );
    // The stream that was only read has moved on: nothing of the append is written.
    written(
        store
            .append(append(vec![part("register/uddevalla/2026", 1, &[3])]))
            .await,
    );
    let refused = store
        .append(append(vec![
            part("idea/a", 1, &[4]),
            part("register/uddevalla/2026", 1, &[]),
        ]))
        .await;
    let conflict = AppendError::Conflict {
        stream: "register/uddevalla/2026".into(),
        expected: 1,
        actual: 2,
    }
    .to_string();
    assert_eq!(refused.expect_err("a conflict").to_string(), conflict);
    assert_eq!(store.head().borrow().size, 3);
    let streams = store
        .streams(&["idea/a".into(), "idea/none".into()])
        .await
        .expect("readable");
    assert_eq!((streams[0].version, streams[1].version), (1, 0));
    // A stream that nobody has written yet is covered too.
    written(
        store
            .append(append(vec![part("idea/a", 1, &[5]), part("idea/none", 0, &[])]))
            .await,
    );
}

pub(crate) async fn in_a_batch_a_conflict_fails_only_its_own_append(instance: &dyn Instance) {
    let store = instance.open().await;
    let mut waiting = Vec::new();
    for number in 0..200_u64 {
        let store = Arc::clone(&store);
        // Two at a time want the same first version of a stream.
        let stream = format!("idea/{}", number / 2);
        waiting.push(tokio::spawn(async move {
            store.append(append(vec![part(&stream, 0, &[number])])).await
        }));
    }
    let mut won = 0;
    for one in waiting {
        match one.await.expect("no panic") {
            Ok(Outcome::Written(_)) => won += 1,
            Err(AppendError::Conflict { .. }) => {}
            other => panic!("neither written nor a conflict: {other:?}"),
        }
    }
    assert_eq!((won, store.head().borrow().size), (100, 100));
    assert_eq!(store.verify().await.expect("whole"), 100);
}

pub(crate) async fn a_command_is_carried_out_once(instance: &dyn Instance) {
    let store = instance.open().await;
    let once = |body, number| Append {
        command: Some(command(7, body)),
        ..append(vec![part(&format!("idea/{number}"), 0, &[number])])
    };
    let first = written(store.append(once(1, 1)).await);
    assert_eq!(
        store.append(once(1, 2)).await.expect("repeated"),
        Outcome::Repeated(first.clone())
    );
    assert!(matches!(
        store.append(once(2, 3)).await,
        Err(AppendError::CommandReused)
    ));
    // A refused command is not remembered.
    let refused = Append {
        command: Some(command(8, 1)),
        ..append(vec![part("idea/1", 0, &[4])])
    };
    assert!(matches!(store.append(refused).await, Err(AppendError::Conflict { .. })));
    assert_eq!(store.command("uddevalla", [8; 16]).await.expect("readable"), None);
    written(
        store
            .append(Append {
                command: Some(command(8, 9)),
                ..append(vec![part("idea/1", 1, &[4])])
            })
            .await,
    );
    // Another organisation may use the same id.
    let mut other = once(5, 6);
    other.command = other.command.map(|key| idesluss_journal::CommandKey {
        organisation: "orust".into(),
        ..key
    });
    written(store.append(other).await);
    store.close().await;
    drop(store);
    let store = instance.open().await;
    assert_eq!(
        store.append(once(1, 2)).await.expect("repeated"),
        Outcome::Repeated(first.clone())
    );
    assert_eq!(
        store.command("uddevalla", [7; 16]).await.expect("readable"),
        Some(([1; 32], first))
    );
}

pub(crate) async fn shapes_and_sizes_are_checked_before_anything_is_written(instance: &dyn Instance) {
    let store = instance.open().await;
    let many: Vec<u64> = (0..257).collect();
    let mut long = part("idea/a", 0, &[1]);
    long.events[0].data = format!(r#"{{"x":"{}"}}"#, "x".repeat(60_000));
    let mut broken = part("idea/a", 0, &[1]);
    broken.events[0].data = r#"{"a":1,"a":2}"#.into();
    let mut audience = part("idea/a", 0, &[1]);
    audience.events[0].audience = "Åmål/x".into();
    for bad in [
        vec![],
        vec![part("idea/a", 0, &many)],
        vec![part("idea/a", 0, &[1, 1])],
        vec![part("idea/a", 0, &[1]), part("idea/a", 1, &[2])],
        vec![long],
        vec![broken],
        vec![audience],
        // Another service's stream.
        vec![part("evaluation/a", 0, &[1])],
    ] {
        let refused = store.append(append(bad.clone())).await;
        assert!(matches!(refused, Err(AppendError::Refused(_))), "{bad:?}: {refused:?}");
    }
    assert_eq!(store.head().borrow().size, 0);
}

pub(crate) async fn received_events_come_in_order_once_and_whole(instance: &dyn Instance) {
    let store = instance.open().await;
    let batch = |range: std::ops::RangeInclusive<u64>| range.map(|n| received(1, n, n, "idea/a")).collect::<Arc<[_]>>();
    assert_eq!(store.receive(batch(1..=3)).await.expect("received").stored, 3);
    let report = store.receive(batch(2..=4)).await.expect("received");
    assert_eq!((report.stored, report.duplicates), (1, 2));
    let gap = store.receive(batch(6..=6)).await.expect_err("a gap");
    assert!(
        matches!(
            gap,
            AppendError::Gap {
                expected: 5,
                got: 6,
                ..
            }
        ),
        "{gap:?}"
    );
    assert_eq!(store.head().borrow().received[ELSEWHERE].sequence, 4);
    let entries = store.read(0, 10).await.expect("readable");
    assert_eq!(entries.len(), 4);
    for (entry, sent) in entries.iter().zip(batch(1..=4).iter()) {
        let Body::Received {
            event, from_position, ..
        } = parse(&entry.line).expect("a line").body
        else {
            panic!("a received entry")
        };
        assert_eq!(
            (event.bytes, from_position),
            (&**sent.bytes(), sent.announced().from_position)
        );
    }
}

pub(crate) async fn what_breaks_the_form_is_refused_and_blocks_nothing(instance: &dyn Instance) {
    let store = instance.open().await;
    store
        .receive([received(1, 1, 1, "idea/a")].into())
        .await
        .expect("received");
    let text = |sequence| String::from_utf8(received(1, sequence, sequence, "idea/a").bytes().to_vec()).expect("text");
    let twice = announced(
        1,
        2,
        text(2).replace("{\"number\":2}", "{\"n\":2,\"n\":3}").into_bytes(),
    );
    let torn = announced(1, 3, text(3).as_bytes()[..40].to_vec());
    let same_id = received(1, 4, 1, "idea/b");
    let report = store
        .receive([twice.clone(), torn, same_id, received(1, 5, 5, "idea/a")].into())
        .await
        .expect("received");
    assert_eq!((report.stored, report.refused), (1, 3));
    let quarantined = store.quarantined().await.expect("readable");
    assert_eq!((quarantined.len(), &*quarantined[0].event), (3, &**twice.bytes()));
    let line = store.read(1, 1).await.expect("readable").remove(0).line;
    assert!(matches!(parse(&line).expect("a line").body, Body::Refused(_)));
    // Other bytes at a place that is taken: quarantined, and no entry.
    let size = store.head().borrow().size;
    store
        .receive([received(1, 1, 77, "idea/a")].into())
        .await
        .expect("received");
    assert_eq!(store.head().borrow().size, size);
    assert_eq!(store.quarantined().await.expect("readable").len(), 4);
    let tally = store.tally().await.expect("readable");
    assert_eq!((tally.quarantined, tally.orphaned), (4, 0));
    assert_eq!(store.verify().await.expect("whole"), 5);
}

pub(crate) async fn what_a_source_may_not_write_is_refused(instance: &dyn Instance) {
    let store = instance.open().await;
    let foreign = |kind: &str, subject: &str| {
        let mut draft = draft(1);
        draft.kind = kind.to_owned();
        received_as(1, 1, draft, subject)
    };
    for (kind, subject) in [
        (
            "idesluss.evaluation.v1.DelegationOrderAdopted",
            "delegation-order/uddevalla",
        ),
        ("idesluss.submission.v1.IdeaSubmitted", "evaluation/a"),
    ] {
        let problem = foreign(kind, subject).problem().map(str::to_owned);
        assert!(
            problem.is_some_and(|problem| problem.contains("does not write such events")),
            "{kind}"
        );
    }
    let foreign = foreign(
        "idesluss.evaluation.v1.DelegationOrderAdopted",
        "delegation-order/uddevalla",
    );
    let report = store
        .receive([foreign, received(1, 2, 2, "idea/a")].into())
        .await
        .expect("received");
    assert_eq!((report.stored, report.refused), (1, 1));
    let line = store.read(0, 1).await.expect("readable").remove(0).line;
    assert!(matches!(parse(&line).expect("a line").body, Body::Refused(_)));
    let stream = ["delegation-order/uddevalla".to_owned()];
    let read = store.streams(&stream).await.expect("readable");
    assert!(
        read.iter().all(|stream| stream.entries.is_empty()),
        "nothing stands where it does not belong"
    );
}

pub(crate) async fn a_decision_is_refused_when_something_new_was_received_about_its_subject(instance: &dyn Instance) {
    let store = instance.open().await;
    let of_evaluation = |idea: Vec<u64>, expected, version| {
        append(vec![
            part("idea/a", expected, &idea),
            part("evaluation/a", version, &[]),
        ])
    };
    // Before anything has come, and on what has come.
    written(store.append(of_evaluation(vec![9], 0, 0)).await);
    let early = Arc::from([judged(1, 1, "evaluation/b"), judged(2, 2, "evaluation/a")]);
    store.receive(early).await.expect("received");
    let gone = store.append(of_evaluation(vec![10], 1, 0)).await;
    assert!(matches!(gone, Err(AppendError::Conflict { actual: 3, .. })), "{gone:?}");
    let read = store.streams(&["evaluation/a".into()]).await.expect("readable");
    let version = read[0].version;
    assert_eq!((version, read[0].entries.len()), (3, 1), "where it stands here, from 1");
    written(store.append(of_evaluation(vec![10], 1, version)).await);
    store
        .receive([judged(3, 3, "evaluation/a")].into())
        .await
        .expect("received");
    let late = store.append(of_evaluation(vec![11], 2, version)).await;
    assert!(matches!(late, Err(AppendError::Conflict { actual: 5, .. })), "{late:?}");
    let since = store.stream_after("evaluation/a", version).await.expect("readable");
    assert_eq!((since.version, since.entries.len()), (5, 1));
    let since = store.stream_after("evaluation/a", 5).await.expect("readable");
    assert_eq!((since.version, since.entries.len()), (5, 0));
    store.close().await;
    drop(store);
    let store = instance.open().await;
    let late = store.append(of_evaluation(vec![11], 2, version)).await;
    assert!(matches!(late, Err(AppendError::Conflict { actual: 5, .. })), "{late:?}");
    written(store.append(of_evaluation(vec![11], 2, 5)).await);
    assert_eq!(store.verify().await.expect("whole"), 6);
}

pub(crate) async fn what_others_write_under_a_name_of_ours_stands_beside_it(instance: &dyn Instance) {
    let store = instance.open().await;
    written(store.append(append(vec![part("idea/a", 0, &[1, 2])])).await);
    let others: Arc<[_]> = (1..=3).map(|n| received(1, n, 10 + n, "idea/a")).collect();
    assert_eq!(store.receive(others).await.expect("received").stored, 3);
    // Received at the positions that the next own versions would be.
    written(store.append(append(vec![part("idea/a", 2, &[3, 4, 5, 6])])).await);
    let read = store.streams(&["idea/a".into()]).await.expect("readable");
    let positions: Vec<u64> = read[0].entries.iter().map(|entry| entry.position).collect();
    assert_eq!((read[0].version, positions), (6, vec![0, 1, 5, 6, 7, 8]));
    assert_eq!(store.verify().await.expect("whole"), 9);
}

pub(crate) async fn a_commands_result_is_that_of_its_last_entry(instance: &dyn Instance) {
    let mut store = instance.open().await;
    let mut regional = part("call/a", 0, &[3]);
    regional.events[0].audience = "region".into();
    let whole = Append {
        command: Some(command(7, 1)),
        ..append(vec![part("idea/a", 0, &[1, 2]), regional])
    };
    let next = Append {
        command: Some(command(9, 1)),
        ..append(vec![part("idea/b", 0, &[4])])
    };
    // The same one again in the same batch, and among others.
    let all = tokio::join!(
        store.append(whole.clone()),
        store.append(next.clone()),
        store.append(whole.clone()),
    );
    let first = written(all.0);
    assert_eq!(
        (first.source.as_str(), first.sequence),
        ("/fyrbodal/submission/region", 1)
    );
    assert_eq!((first.epoch, first.position), (1, 2));
    assert_eq!(all.2.expect("repeated"), Outcome::Repeated(first.clone()));
    let second = written(all.1);
    for _ in 0..2 {
        for (append, result) in [(&whole, &first), (&next, &second)] {
            let again = store.append(append.clone()).await.expect("repeated");
            assert_eq!(again, Outcome::Repeated(result.clone()));
            let key = append.command.as_ref().expect("a command");
            let found = store.command(&key.organisation, key.id).await.expect("readable");
            assert_eq!(found, Some((key.fingerprint, result.clone())));
            assert_eq!(store.command("orust", key.id).await.expect("readable"), None);
        }
        assert_eq!(store.verify().await.expect("whole"), 4);
        store.close().await;
        drop(store);
        store = instance.open().await;
    }
}

pub(crate) async fn a_command_that_had_nothing_to_write_is_remembered(instance: &dyn Instance) {
    let mut store = instance.open().await;
    let nothing = |body, version| Append {
        command: Some(command(7, body)),
        ..append(vec![part("idea/a", version, &[])])
    };
    // Into a journal that has no entry yet, and twice in one batch.
    let both = tokio::join!(store.append(nothing(1, 0)), store.append(nothing(1, 0)));
    let first = written(both.0);
    assert_eq!(both.1.expect("repeated"), Outcome::Repeated(first.clone()));
    let something = Append {
        command: Some(command(8, 1)),
        ..append(vec![part("idea/a", 0, &[1, 2])])
    };
    written(store.append(something).await);
    let later = Append {
        command: Some(command(9, 1)),
        ..nothing(1, 2)
    };
    let second = written(store.append(later.clone()).await);
    assert_eq!(
        (second.position, second.sequence),
        (1, 2),
        "whoever has come so far has seen all"
    );
    for _ in 0..2 {
        assert_eq!(
            store.append(later.clone()).await.expect("repeated"),
            Outcome::Repeated(second.clone())
        );
        let again = store.append(nothing(1, 0)).await;
        assert_eq!(again.expect("repeated"), Outcome::Repeated(first.clone()));
        // Also with something to write now: an id is for one command.
        let with_event = Append {
            streams: vec![part("idea/b", 0, &[5])],
            ..nothing(1, 0)
        };
        let again = store.append(with_event).await;
        assert_eq!(again.expect("repeated"), Outcome::Repeated(first.clone()));
        let other = store.append(nothing(2, 0)).await;
        assert!(matches!(other, Err(AppendError::CommandReused)), "{other:?}");
        assert_eq!(store.verify().await.expect("whole"), 2);
        store.close().await;
        drop(store);
        store = instance.open().await;
    }
}

pub(crate) async fn an_epoch_goes_on_where_the_last_one_was_kept(instance: &dyn Instance) {
    let store = instance.open().await;
    written(store.append(append(vec![part("idea/a", 0, &[1, 2])])).await);
    let root = store.root(2).await.expect("a root");
    let hex: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
    let opened = |size: u64, sequence: u64| {
        let mut event = draft(50);
        event.kind = "idesluss.journal.v1.EpochOpened".into();
        event.data = format!(
            r#"{{"epoch":2,"kept":{{"/fyrbodal/submission/house":{sequence}}},"size":{size},"root":"{hex}","reason":"exercise"}}"#
        );
        event
    };
    assert!(matches!(
        store.open_epoch(opened(3, 2)).await,
        Err(AppendError::Refused(_))
    ));
    assert!(matches!(
        store.open_epoch(opened(2, 1)).await,
        Err(AppendError::Refused(_))
    ));
    let mut past = opened(2, 2);
    past.data = past.data.replace("\"epoch\":2", "\"epoch\":1");
    assert!(matches!(store.open_epoch(past).await, Err(AppendError::Refused(_))));
    let mut others = opened(2, 2);
    others.data = others
        .data
        .replace("\"kept\":{", "\"kept\":{\"/fyrbodal/sharing/house\":0,");
    assert!(matches!(store.open_epoch(others).await, Err(AppendError::Refused(_))));
    // What the backup knows nothing of may have had entries all the same: whoever holds them is told of the epoch too.
    let mut opening = opened(2, 2);
    opening.data = opening
        .data
        .replace("\"kept\":{", "\"kept\":{\"/fyrbodal/submission/sharing\":0,");
    let first = written(store.open_epoch(opening).await);
    assert_eq!((first.epoch, first.sequence), (2, 3));
    let unknown = store.feed("/fyrbodal/submission/sharing", 1, 7, 10).await;
    let unknown = unknown.expect("readable");
    let line = String::from_utf8_lossy(&unknown.first().expect("the epoch").line).into_owned();
    assert_eq!(unknown.len(), 1, "{line}");
    assert!(
        line.contains("EpochOpened") && line.contains("\"sequence\":\"00000000000000000001\",\"epoch\":2"),
        "{line}"
    );
    let next = written(store.append(append(vec![part("idea/a", 2, &[3])])).await);
    assert_eq!((next.epoch, next.sequence), (2, 4));
    assert_eq!(store.verify().await.expect("whole"), 5);
}

pub(crate) async fn an_epoch_may_cut_off_all_that_a_source_had(instance: &dyn Instance) {
    let store = instance.open().await;
    let all: Arc<[_]> = (1..=2).map(|n| received(1, n, n, "idea/a")).collect();
    store.receive(all).await.expect("received");
    let mut opening = draft(31);
    opening.kind = "idesluss.journal.v1.EpochOpened".into();
    let begun = vec![
        received_as(2, 1, opening, "journal/submission"),
        received(2, 2, 32, "idea/a"),
    ];
    assert_eq!(store.receive(begun.into()).await.expect("received").stored, 2);
    let orphans = store.orphans().await.expect("readable");
    let found: Vec<_> = orphans
        .iter()
        .map(|orphan| (orphan.sequence, orphan.cut_off_by))
        .collect();
    assert_eq!(found, [(1, 2), (2, 2)]);
    assert_eq!(store.verify().await.expect("whole"), 4);
}

pub(crate) async fn a_source_may_begin_in_any_epoch(instance: &dyn Instance) {
    let store = instance.open().await;
    // Nothing of it was ever written before its journal was restored: nothing can have been cut off.
    let begun = [received(2, 1, 1, "idea/a"), received(2, 2, 2, "idea/a")];
    assert_eq!(store.receive(begun.into()).await.expect("received").stored, 2);
    let late = store.receive([received(3, 3, 3, "idea/a")].into()).await;
    assert!(matches!(late, Err(AppendError::Gap { .. })), "{late:?}");
    assert_eq!(store.tally().await.expect("readable").orphaned, 0);
}

pub(crate) async fn entries_that_a_restore_cut_off_are_kept_and_listed(instance: &dyn Instance) {
    let store = instance.open().await;
    let first: Arc<[_]> = (1..=4).map(|n| received(1, n, n, "idea/a")).collect();
    store.receive(first).await.expect("received");
    // The source went back to sequence 2, and its next epoch begins at 3.
    let wrong = store.receive([received(2, 3, 30, "idea/a")].into()).await;
    assert!(
        matches!(wrong, Err(AppendError::Gap { .. })),
        "an epoch begins with its opening: {wrong:?}"
    );
    let mut opening = draft(31);
    opening.kind = "idesluss.journal.v1.EpochOpened".into();
    let begun = vec![
        received_as(2, 3, opening, "journal/submission"),
        received(2, 4, 32, "idea/a"),
    ];
    assert_eq!(store.receive(begun.into()).await.expect("received").stored, 2);
    let orphans = store.orphans().await.expect("readable");
    let found: Vec<_> = orphans
        .iter()
        .map(|orphan| (orphan.sequence, orphan.epoch, orphan.cut_off_by))
        .collect();
    assert_eq!(found, [(3, 1, 2), (4, 1, 2)]);
    // From the second entry on there are the three others of the first epoch and the two of the next.
    for (position, wanted) in [(1, 5), (4, 2), (5, 1), (6, 0)] {
        let since = store.received_since(&orphans[0].source, position).await;
        assert_eq!(since.expect("countable"), wanted, "{position}");
    }
    assert_eq!(
        store.received_since("/nobody/else/house", 0).await.expect("countable"),
        0
    );
    assert_eq!(store.tally().await.expect("readable").orphaned, 2);
    assert_eq!(
        store.stream_version("idea/a").await.expect("readable"),
        0,
        "another instance's"
    );
    assert_eq!(store.verify().await.expect("whole"), 6);
}

pub(crate) async fn times_go_on_when_the_clock_goes_back_and_stop_when_it_is_far_off(instance: &dyn Instance) {
    let (store, clock) = (instance.open().await, instance.clock());
    let now = clock.load(Ordering::Relaxed);
    written(store.append(append(vec![part("idea/a", 0, &[1])])).await);
    assert!(!store.degraded());
    clock.store(now - 10_000_000, Ordering::Relaxed);
    written(store.append(append(vec![part("idea/a", 1, &[2])])).await);
    assert!(store.degraded());
    let lines = store.read(0, 2).await.expect("readable");
    let recorded = |at: usize| parse(&lines[at].line).expect("a line").recorded_micros;
    assert_eq!(recorded(1), recorded(0) + 1);
    clock.store(now - 301_000_000, Ordering::Relaxed);
    let refused = store.append(append(vec![part("idea/a", 2, &[3])])).await;
    assert!(matches!(refused, Err(AppendError::Closed(_))), "{refused:?}");
    clock.store(now, Ordering::Relaxed);
    written(store.append(append(vec![part("idea/a", 2, &[3])])).await);
}

pub(crate) async fn texts_and_keys_are_written_with_their_events_or_not_at_all(instance: &dyn Instance) {
    let store = instance.open().await;
    let sealed = |stream: &str, expected, number: u64| {
        let key = KeyRow {
            id: [number as u8; 16],
            organisation: "uddevalla".into(),
            scope: "idea/a".into(),
            wrapped_by: None,
            wrapped: vec![1, 2, 3],
        };
        let ciphertext = format!("ciphertext number {number} which is long").into_bytes();
        let digest = Sha256::digest(&ciphertext).into();
        let text = TextRow {
            digest,
            key: key.id,
            bound_to: format!("{}/x/y", id(number)),
            ciphertext: ciphertext.into(),
        };
        Append {
            keys: vec![key],
            texts: vec![text],
            ..append(vec![part(stream, expected, &[number])])
        }
    };
    let first = sealed("idea/a", 0, 1);
    let digest = first.texts[0].digest;
    written(store.append(first.clone()).await);
    let lost = sealed("idea/a", 0, 2);
    assert!(store.append(lost.clone()).await.is_err());
    let found = store.texts(&[digest, lost.texts[0].digest]).await.expect("readable");
    assert_eq!(found, [Some(first.texts[0].clone()), None]);
    assert_eq!(
        store.keys_of("uddevalla", "idea/a").await.expect("readable"),
        first.keys
    );
    // Erased: gone from the tables, known as gone, and a repeat says the same.
    assert_eq!(store.erase(vec![[1; 16]]).await.expect("erased"), [digest]);
    assert_eq!(store.erase(vec![[1; 16]]).await.expect("erased"), [digest]);
    let after = store.texts(&[digest]).await.expect("readable").remove(0);
    assert!(after.is_some_and(|text| text.ciphertext.is_empty()));
    let key = store.keys(&[[1; 16]]).await.expect("readable").remove(0);
    assert!(key.is_some_and(|key| key.wrapped.is_empty()));
    assert_eq!(store.verify().await.expect("whole"), 1);
}

pub(crate) async fn under_an_erased_key_nothing_is_written_however_well_it_was_known(instance: &dyn Instance) {
    let mut store = instance.open().await;
    let sealed = |number: u64, key: u8, with_key: bool| {
        let key = KeyRow {
            id: [key; 16],
            organisation: "uddevalla".into(),
            scope: "idea/a".into(),
            wrapped_by: None,
            wrapped: vec![1, 2, 3],
        };
        let ciphertext = format!("ciphertext number {number} which is long").into_bytes();
        let text = TextRow {
            digest: Sha256::digest(&ciphertext).into(),
            key: key.id,
            bound_to: format!("{}/x/y", id(number)),
            ciphertext: ciphertext.into(),
        };
        let stream = format!("idea/{number}");
        Append {
            keys: if with_key { vec![key] } else { vec![] },
            texts: vec![text],
            ..append(vec![part(&stream, 0, &[number])])
        }
    };
    // Made, used again, and sent again as if it were new; beside one that stays. Also by a process that has made none of them.
    for round in 0..2 {
        let new = round * 10;
        for (number, key) in [(new + 1, 1), (new + 2, 2)] {
            written(store.append(sealed(number, key, true)).await);
        }
        written(store.append(sealed(new + 3, 1, false)).await);
        store.close().await;
        drop(store);
        store = instance.open().await;
    }
    written(store.append(sealed(30, 1, false)).await);
    let stray = store.append(sealed(31, 9, false)).await;
    assert!(matches!(stray, Err(AppendError::Refused(_))), "{stray:?}");
    store.erase(vec![[1; 16]]).await.expect("erased");
    for with_key in [false, true, false] {
        let refused = store.append(sealed(32, 1, with_key)).await;
        assert!(matches!(refused, Err(AppendError::Refused(_))), "{refused:?}");
        store.close().await;
        drop(store);
        store = instance.open().await;
    }
    for with_key in [false, true] {
        written(store.append(sealed(40 + u64::from(with_key), 2, with_key)).await);
    }
    let texts = store.keys(&[[1; 16], [2; 16]]).await.expect("readable");
    let erased: Vec<_> = texts.iter().flatten().map(|key| key.wrapped.is_empty()).collect();
    assert_eq!(erased, [true, false]);
    assert_eq!(store.verify().await.expect("whole"), 9);
}

pub(crate) async fn keys_of_one_scope_belong_each_to_its_organisation(instance: &dyn Instance) {
    let store = instance.open().await;
    let sealed = |organisation: &str, number: u8| {
        let key = KeyRow {
            id: [number; 16],
            organisation: organisation.into(),
            scope: "idea/a".into(),
            wrapped_by: None,
            wrapped: vec![1, 2, 3],
        };
        let ciphertext = vec![number; 40];
        let text = TextRow {
            digest: Sha256::digest(&ciphertext).into(),
            key: key.id,
            bound_to: format!("{}/x/y", id(number.into())),
            ciphertext: ciphertext.into(),
        };
        (key, text)
    };
    let (ours, theirs) = (sealed("uddevalla", 1), sealed("trollhattan", 2));
    written(
        store
            .append(Append {
                keys: vec![ours.0.clone(), theirs.0.clone()],
                texts: vec![ours.1.clone(), theirs.1.clone()],
                ..append(vec![part("idea/a", 0, &[1])])
            })
            .await,
    );
    for (key, _) in [&ours, &theirs] {
        let found = store.keys_of(&key.organisation, &key.scope).await.expect("readable");
        assert_eq!(found, std::slice::from_ref(key));
    }
    for (organisation, scope) in [("vanersborg", "idea/a"), ("", "idea/a"), ("uddevalla", "call/a")] {
        assert_eq!(store.keys_of(organisation, scope).await.expect("readable"), []);
    }
    assert_eq!(store.erase(vec![theirs.0.id]).await.expect("erased"), [theirs.1.digest]);
    let left = store.keys(&[ours.0.id, theirs.0.id]).await.expect("readable");
    assert_eq!(left[0], Some(ours.0.clone()));
    assert!(
        left[1]
            .as_ref()
            .is_some_and(|key| key.organisation == "trollhattan" && key.wrapped.is_empty())
    );
    assert_eq!(store.texts(&[ours.1.digest]).await.expect("readable"), [Some(ours.1)]);
    assert_eq!(store.verify().await.expect("whole"), 1);
}

pub(crate) async fn an_erasure_among_many_keys_leaves_all_others_as_they_were(instance: &dyn Instance) {
    let store = instance.open().await;
    let key = |number: u16| {
        let digest: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
        let (id, wrapped) = digest.split_at(16);
        KeyRow {
            id: id.try_into().expect("sixteen bytes"),
            organisation: if number == 0 { String::new() } else { "uddevalla".into() },
            scope: if number == 0 {
                "instance".into()
            } else {
                format!("idea/{number}")
            },
            wrapped_by: None,
            wrapped: wrapped.to_vec(),
        }
    };
    // So many that the erased ones have living ones beside them wherever a store keeps them.
    let mut keys: Vec<KeyRow> = (0..300).map(key).collect();
    let ids: Vec<[u8; 16]> = keys.iter().map(|key| key.id).collect();
    store.add_keys(keys.clone()).await.expect("added");
    // The instance's own may be wrapped anew; no other may.
    keys[0].wrapped = b"wrapped by another master key".to_vec();
    store.rewrap_key(keys[0].clone()).await.expect("wrapped anew");
    let other = KeyRow {
        wrapped: b"another".to_vec(),
        ..keys[1].clone()
    };
    let refused = store.rewrap_key(other).await;
    assert!(matches!(refused, Err(AppendError::Refused(_))), "{refused:?}");
    let erased: Vec<usize> = (5..300).step_by(10).collect();
    for number in &erased {
        keys[*number].wrapped.clear();
    }
    let (alone, together) = erased.split_first().expect("some");
    store.erase(vec![ids[*alone]]).await.expect("erased");
    store
        .erase(together.iter().map(|number| ids[*number]).collect())
        .await
        .expect("erased");
    let found = store.keys(&ids).await.expect("readable");
    assert_eq!(found, keys.iter().cloned().map(Some).collect::<Vec<_>>());
    for key in &keys {
        let of_scope = store.keys_of(&key.organisation, &key.scope).await.expect("readable");
        assert_eq!(of_scope, std::slice::from_ref(key));
    }
    let mut told = store.erased_keys().await.expect("readable");
    let mut expected: Vec<[u8; 16]> = erased.iter().map(|number| ids[*number]).collect();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected);
    let again = store.add_keys(vec![key(5)]).await;
    assert!(matches!(again, Err(AppendError::Refused(_))), "{again:?}");
    assert_eq!(store.verify().await.expect("whole"), 0);
}

pub(crate) async fn files_are_staged_claimed_and_swept(instance: &dyn Instance) {
    let (store, clock) = (instance.open().await, instance.clock());
    let mut digests = Vec::new();
    for upload in [1_u8, 2] {
        let chunks = [vec![upload; 1_000], vec![upload + 10; 500]];
        for (number, chunk) in chunks.iter().enumerate() {
            store
                .stage_chunk([upload; 16], number as u32, chunk.clone())
                .await
                .expect("staged");
        }
        let digest: [u8; 32] = Sha256::digest(chunks.concat()).into();
        let file = StagedFile {
            digest,
            key: [9; 16],
            plain_bytes: 1_400,
            chunks: 2,
            claimed: false,
        };
        let key = KeyRow {
            id: [9; 16],
            organisation: "uddevalla".into(),
            scope: "idea/a".into(),
            wrapped_by: None,
            wrapped: vec![1],
        };
        store.stage_done([upload; 16], file, Some(key)).await.expect("ended");
        digests.push(digest);
    }
    let claim = Append {
        claimed: vec![digests[0]],
        ..append(vec![part("idea/a", 0, &[1])])
    };
    written(store.append(claim).await);
    let unknown = Append {
        claimed: vec![[7; 32]],
        ..append(vec![part("idea/a", 1, &[2])])
    };
    assert!(matches!(store.append(unknown).await, Err(AppendError::Refused(_))));
    let later = clock.fetch_add(90_000_000_000, Ordering::Relaxed) + 90_000_000_000;
    assert_eq!(store.sweep(later).await.expect("swept"), 1);
    assert!(
        store
            .file(digests[0])
            .await
            .expect("readable")
            .is_some_and(|file| file.claimed)
    );
    assert_eq!(store.file(digests[1]).await.expect("readable"), None);
    assert_eq!(
        store.file_chunk(digests[0], 1).await.expect("readable"),
        Some(vec![11; 500])
    );
}

pub(crate) async fn cursors_and_parked_ideas_are_kept(instance: &dyn Instance) {
    let store = instance.open().await;
    assert_eq!(store.cursor("receipts").await.expect("readable"), 0);
    store.set_cursor("receipts", 17).await.expect("moved");
    let parked = Parked {
        reaction: "receipts".into(),
        correlation: id(1),
        position: 5,
        reason: "unknown type".into(),
    };
    store.park(parked.clone()).await.expect("parked");
    let parked = Parked {
        position: 9,
        reason: "NOT_THIS_ONE".into(),
        ..parked
    };
    store.park(parked.clone()).await.expect("parked for something else");
    store.close().await;
    drop(store);
    let store = instance.open().await;
    assert_eq!(store.cursor("receipts").await.expect("readable"), 17);
    assert_eq!(store.parked().await.expect("readable"), [parked]);
    store.unpark("receipts", &id(1)).await.expect("released");
    assert_eq!(store.parked().await.expect("readable"), []);
}

pub(crate) async fn of_each_source_the_last_checkpoint_is_kept(instance: &dyn Instance) {
    let store = instance.open().await;
    let [ideas, decisions] = ["/fyrbodal/submission/house", "/fyrbodal/evaluation/house"];
    assert_eq!(store.source_checkpoint(ideas).await.expect("readable"), None);
    for note in ["first\n", "second\n"] {
        store.keep_source_checkpoint(ideas, note).await.expect("kept");
    }
    store
        .keep_source_checkpoint(decisions, "another\n")
        .await
        .expect("kept");
    store.verify().await.expect("whole");
    store.close().await;
    drop(store);
    let store = instance.open().await;
    let kept = |source: &'static str| {
        let store = store.clone();
        async move { store.source_checkpoint(source).await.expect("readable") }
    };
    assert_eq!(kept(ideas).await.as_deref(), Some("second\n"));
    assert_eq!(kept(decisions).await.as_deref(), Some("another\n"));
}

pub(crate) async fn the_tree_goes_on_after_reopening_as_if_it_never_stopped(instance: &dyn Instance) {
    let mut oracle = CompactRange::default();
    let mut version = 0;
    for round in 0..4 {
        let store = instance.open().await;
        for _ in 0..2 {
            let numbers: Vec<u64> = (version..version + 100 + round).collect();
            written(store.append(append(vec![part("idea/a", version, &numbers)])).await);
            version += numbers.len() as u64;
        }
        let lines = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&lines);
        let from = oracle.size();
        let visit = move |_: u64, line: &[u8]| {
            seen.lock().expect("unpoisoned").push(leaf_hash(line));
            ControlFlow::Continue(())
        };
        store.scan(from, version, Box::new(visit)).await.expect("readable");
        // Of what was there when it was opened nothing is at hand.
        assert_eq!(store.newest(0, 1).is_some(), round == 0);
        for leaf in lines.lock().expect("unpoisoned").iter() {
            oracle.push(*leaf, |_| Ok::<(), ()>(())).expect("no sink");
        }
        assert_eq!(
            (oracle.size(), store.root(version).await.expect("a root")),
            (version, oracle.root())
        );
        assert_eq!(store.peaks().await.expect("peaks"), (version, oracle.peaks()));
        assert_eq!(store.verify().await.expect("whole"), version);
        store.close().await;
    }
}

pub(crate) async fn a_closed_journal_says_so(instance: &dyn Instance) {
    let store = instance.open().await;
    store.close().await;
    let refused = store.append(append(vec![part("idea/a", 0, &[1])])).await;
    assert!(matches!(refused, Err(AppendError::Closed(_))), "{refused:?}");
}

/// Makes a test of every case for one instance.
macro_rules! suite {
    ($instance:expr) => {
        suite!(@cases $instance;
            positions_sequences_and_versions_have_no_gaps
            an_append_is_all_or_nothing_over_all_its_streams
            in_a_batch_a_conflict_fails_only_its_own_append
            a_command_is_carried_out_once
            a_commands_result_is_that_of_its_last_entry
            a_command_that_had_nothing_to_write_is_remembered
            shapes_and_sizes_are_checked_before_anything_is_written
            received_events_come_in_order_once_and_whole
            what_breaks_the_form_is_refused_and_blocks_nothing
            what_a_source_may_not_write_is_refused
            a_decision_is_refused_when_something_new_was_received_about_its_subject
            what_others_write_under_a_name_of_ours_stands_beside_it
            an_epoch_goes_on_where_the_last_one_was_kept
            an_epoch_may_cut_off_all_that_a_source_had
            entries_that_a_restore_cut_off_are_kept_and_listed
            times_go_on_when_the_clock_goes_back_and_stop_when_it_is_far_off
            texts_and_keys_are_written_with_their_events_or_not_at_all
            under_an_erased_key_nothing_is_written_however_well_it_was_known
            keys_of_one_scope_belong_each_to_its_organisation
            an_erasure_among_many_keys_leaves_all_others_as_they_were
            files_are_staged_claimed_and_swept
            cursors_and_parked_ideas_are_kept
            a_source_may_begin_in_any_epoch
            of_each_source_the_last_checkpoint_is_kept
            credentials_are_found_by_their_hash_alone_until_they_are_forgotten
            a_credential_is_replaced_once
            of_those_who_renew_the_same_credential_at_once_one_gets_another
            credentials_whose_time_is_over_are_swept_and_no_others
            credentials_without_a_kind_or_with_too_long_a_value_are_refused
            credentials_are_listed_by_whose_they_are
            the_tree_goes_on_after_reopening_as_if_it_never_stopped
            a_closed_journal_says_so
        );
    };
    (@cases $instance:expr; $($case:ident)+) => {
        $(
            #[tokio::test]
            async fn $case() {
                let instance = $instance;
                crate::conformance::$case(&instance).await;
            }
        )+
    };
}
pub(crate) use suite;
