//! What is received of a source is looked up in its own log, and that log in what it has signed.

use crate::{Instance, close_idea, execute, serve, uddevalla};
use idesluss_domain::instance::RestoreReason;
use idesluss_domain::words::{Actor, PersonId, Role};
use idesluss_engine::{Engine, ExecuteError, SignedCheckpoint, SignedJournal};
use idesluss_journal::{Announced, Received};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::line::parse;
use idesluss_proof::note::{Algorithm, SignedNote, SignerKey};
use idesluss_proto::pb::journal::PullGapRequest;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::status::Refusal;
use idesluss_runtime::Peer;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const SOURCE: &str = "/fyrbodal/submission/house";

/// Waits until something holds.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let held = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), held).await.expect(what);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_in_a_sources_name_and_does_not_stand_in_its_log_stops_it_for_good() {
    let (instance, elsewhere) = (Instance::new(), Instance::new());
    let from = instance.engine("submission").await;
    let to = instance.engine("evaluation").await;
    // More than a tile of its log.
    for number in 0..300 {
        close_idea(&from, number).await.expect("carried out");
    }
    let peer = Peer::new("submission", serve(&from).await);
    to.follow(peer, SOURCE.into());
    until("all of it is received and found", || to.checked(SOURCE) == Some(300)).await;
    assert_eq!(to.contradicted(SOURCE), None);

    // Whoever may write to the broker in its name: the next event, well formed, which the source has never written.
    let forger = elsewhere.engine("submission").await;
    for number in 0..301 {
        close_idea(&forger, number).await.expect("carried out");
    }
    let entries = forger.store().feed(SOURCE, 1, 300, 1).await.expect("readable");
    let line = parse(&entries[0].line).expect("a line");
    let event = line.body.event().expect("an event").bytes.to_vec();
    let announced = Announced {
        from_position: 300,
        from_recorded_micros: line.recorded_micros,
        source: SOURCE,
        epoch: 1,
        sequence: 301,
    };
    let report = to
        .store()
        .receive([Received::new(announced, event.into())].into())
        .await;
    assert_eq!(report.expect("taken in").stored, 1);
    // The source has nothing there yet: it may be that this is only not told yet.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!((to.contradicted(SOURCE), to.checked(SOURCE)), (None, Some(300)));
    close_idea(&from, 400).await.expect("carried out");
    until("it is found", || to.contradicted(SOURCE).is_some()).await;
    assert_eq!(to.checked(SOURCE), Some(300));
    assert_eq!(to.uncovered(SOURCE).await.expect("countable"), 1);
    // Nothing more of it is taken in.
    let size = to.store().head().borrow().size;
    close_idea(&from, 401).await.expect("carried out");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(to.store().head().borrow().size, size);

    let operator = Actor {
        person: PersonId(Uuid::nil()),
        organisation: uddevalla(),
        role: Role::Operator,
    };
    let opened = from.open_epoch(&operator, RestoreReason::Mistake, 0).await;
    let opened = opened.expect("opened");
    // The epoch is received, and does not list the event as lost: the source has written another in its place. It stays stopped.
    until("the epoch comes", || {
        let head = to.store().head();
        let received = head.borrow().received[SOURCE].epoch;
        received == opened.epoch
    })
    .await;
    until("it is stopped again", || to.contradicted(SOURCE).is_some()).await;
    assert_eq!(to.checked(SOURCE), Some(300));
    // What came after it is covered no more than it is.
    let all = to.store().head().borrow().size;
    assert_eq!(to.uncovered(SOURCE).await.expect("countable"), all - 300);
    for engine in [to, from, forger] {
        engine.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_restored_source_has_lost_is_passed_over_once_its_next_epoch_lists_it() {
    let (instance, backup) = (Instance::new(), Instance::new());
    let first = instance.engine("submission").await;
    for number in 0..2 {
        close_idea(&first, number).await.expect("carried out");
    }
    first.close().await;
    let [journal, copy] = [&instance, &backup].map(|instance| instance.folder.path().join("submission.db"));
    std::fs::copy(journal, copy).expect("copied");
    let (lost, from) = (instance.engine("submission").await, backup.engine("submission").await);
    let to = instance.engine("evaluation").await;
    for number in 2..5 {
        close_idea(&lost, number).await.expect("carried out");
    }
    let entries = lost.store().feed(SOURCE, 1, 0, 5).await.expect("readable");
    let received: Vec<Received> = entries
        .iter()
        .map(|entry| {
            let line = parse(&entry.line).expect("a line");
            let event = line.body.event().expect("an event");
            let announced = Announced {
                from_position: line.position,
                from_recorded_micros: line.recorded_micros,
                source: SOURCE,
                epoch: 1,
                sequence: event.sequence,
            };
            Received::new(announced, event.bytes.to_vec().into())
        })
        .collect();
    assert_eq!(to.store().receive(received.into()).await.expect("taken in").stored, 5);
    to.follow(Peer::new("submission", serve(&from).await), SOURCE.into());
    until("what the backup holds is found", || to.checked(SOURCE) == Some(2)).await;
    let operator = Actor {
        person: PersonId(Uuid::nil()),
        organisation: uddevalla(),
        role: Role::Operator,
    };
    let opened = from.open_epoch(&operator, RestoreReason::HardwareLost, 0).await;
    opened.expect("opened");
    until("the epoch is found", || to.checked(SOURCE) == Some(6)).await;
    let lost_here = to.store().orphans().await.expect("readable");
    assert_eq!(
        lost_here.iter().map(|orphan| orphan.position).collect::<Vec<_>>(),
        [2, 3, 4]
    );
    assert_eq!(to.contradicted(SOURCE), None);
    for engine in [to, from, lost] {
        engine.close().await;
    }
}

/// Tells a checkpoint of so many entries of the submission's journal under this root.
fn sign(engine: &Engine, epoch: u32, size: u64, root: [u8; 32]) {
    let checkpoint = Checkpoint::new(format!("fyrbodal/submission/{epoch}"), size, root);
    let key = SignerKey::new(&checkpoint.origin, Algorithm::Ed25519, &[7; 32]).expect("a key");
    let mut note = SignedNote::new(checkpoint.to_string()).expect("a text");
    note.add(key.sign(&checkpoint.to_string(), 0));
    let keys = vec![key.verifier().expect("a key").to_string()];
    let note = note.to_string();
    engine.publish_checkpoint(Some(SignedCheckpoint { note, keys }));
}

async fn root(engine: &Engine, size: u64) -> [u8; 32] {
    engine.store().root(size).await.expect("a root")
}

/// Whether a source is stopped since its log is not the one of which it has signed so many entries.
fn is_not_as_signed(engine: &Engine, size: u64) -> bool {
    let why = engine.contradicted(SOURCE).unwrap_or_default();
    why.contains(&format!("it has signed {size} entries"))
}

/// Waits until the checkpoint of so many entries in an epoch is kept.
async fn kept(engine: &Engine, epoch: &str, size: u64) {
    let kept = async {
        loop {
            let kept = engine.kept_checkpoint(SOURCE).await.expect("readable");
            let mut lines = kept.lines();
            let is_of_epoch = lines.next().is_some_and(|origin| origin.ends_with(epoch));
            if is_of_epoch && lines.next() == Some(&size.to_string()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), kept)
        .await
        .expect("it is kept");
}

/// Asks for what comes after an event, showing a checkpoint. Returns why it is refused, if it is.
async fn refused(engine: &Engine, sequence: u64, checkpoint: &str) -> Option<String> {
    let mut journal = JournalServiceClient::new(serve(engine).await);
    let request = PullGapRequest {
        source: SOURCE.into(),
        after_epoch: 1,
        after_sequence: sequence,
        checkpoint: checkpoint.into(),
        ..PullGapRequest::default()
    };
    let refused = journal.pull_gap(request).await.err()?;
    Some(Refusal::from(&refused).reason)
}

/// Whatever a restore has lost of what nobody follows, whoever follows something shows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_lost_what_nobody_follows_is_stopped_by_who_is_not_ahead() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    engine.know_own_checkpoints(Arc::new(|note| SignedJournal::read("fyrbodal/submission", note)));
    for number in 0..3 {
        close_idea(&engine, number).await.expect("carried out");
    }
    // References are for nobody else.
    execute(&engine, 10, b"", 10).await.expect("carried out");
    let note = |size: u64, root: [u8; 32]| {
        let checkpoint = Checkpoint::new("fyrbodal/submission/1".to_owned(), size, root);
        let key = SignerKey::new(&checkpoint.origin, Algorithm::Ed25519, &[7; 32]).expect("a key");
        let mut note = SignedNote::new(checkpoint.to_string()).expect("a text");
        note.add(key.sign(&checkpoint.to_string(), 0));
        note.to_string()
    };
    for (size, root) in [(3, root(&engine, 3).await), (4, root(&engine, 4).await)] {
        assert_eq!(refused(&engine, 3, &note(size, root)).await, None);
    }
    assert_eq!(refused(&engine, 3, "no note").await, None);
    execute(&engine, 11, b"", 11).await.expect("commands are taken");
    // Three more references than there are now.
    let lost = refused(&engine, 3, &note(8, [9; 32])).await;
    assert_eq!(lost.as_deref(), Some("JOURNAL_RESTORED"));
    let stopped = execute(&engine, 12, b"", 12).await;
    assert!(matches!(stopped, Err(ExecuteError::BlockedBy(_))), "{stopped:?}");
    engine.close().await;
}

/// What was written for nobody shows in nothing that is received: the source is asked for its checkpoint all the same, from the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_is_kept_of_a_source_of_which_nothing_has_come() {
    let instance = Instance::new();
    let (from, to) = (instance.engine("submission").await, instance.engine("evaluation").await);
    for number in 0..3 {
        execute(&from, number, b"", number).await.expect("carried out");
    }
    sign(&from, 1, 3, root(&from, 3).await);
    to.follow(Peer::new("submission", serve(&from).await), SOURCE.into());
    kept(&to, "/1", 3).await;
    for engine in [to, from] {
        engine.close().await;
    }
}

/// A source of ten entries that it has signed, and who follows it and has kept that.
async fn followed(instance: &Instance) -> (Engine, Engine) {
    let (from, to) = (instance.engine("submission").await, instance.engine("evaluation").await);
    for number in 0..10 {
        close_idea(&from, number).await.expect("carried out");
    }
    sign(&from, 1, 10, root(&from, 10).await);
    to.follow(Peer::new("submission", serve(&from).await), SOURCE.into());
    kept(&to, "/1", 10).await;
    (from, to)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_whose_log_is_not_the_one_that_it_has_signed_is_stopped_until_it_is() {
    let (instance, elsewhere) = (Instance::new(), Instance::new());
    let (from, to) = followed(&instance).await;
    until("all of it is found", || to.checked(SOURCE) == Some(10)).await;
    // It signs one log and tells another.
    sign(&from, 1, 11, [7; 32]);
    close_idea(&from, 10).await.expect("carried out");
    until("it is stopped", || is_not_as_signed(&to, 11)).await;
    // It says nothing more, and its log extends what is kept of it: it has taken nothing back.
    from.publish_checkpoint(None);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(is_not_as_signed(&to, 11));
    sign(&from, 1, 11, root(&from, 11).await);
    until("it goes on", || to.contradicted(SOURCE).is_none()).await;
    kept(&to, "/1", 11).await;
    to.close().await;

    // Its log has been changed since, behind what had been looked up long ago: what comes now stands there, and counts for nothing.
    let changed = elsewhere.engine("submission").await;
    for number in 20..34 {
        close_idea(&changed, number).await.expect("carried out");
    }
    let to = instance.engine("evaluation").await;
    to.follow(Peer::new("submission", serve(&changed).await), SOURCE.into());
    until("it is stopped", || is_not_as_signed(&to, 11)).await;
    // Nor is what it signs now kept in the place of what it has signed.
    sign(&changed, 1, 14, root(&changed, 14).await);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(is_not_as_signed(&to, 11));
    kept(&to, "/1", 11).await;
    assert_eq!(to.checked(SOURCE), Some(11));
    for engine in [to, from, changed] {
        engine.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_of_a_source_gives_way_only_to_what_its_log_shows_to_extend_it() {
    let (instance, elsewhere) = (Instance::new(), Instance::new());
    let (from, to) = followed(&instance).await;
    // Longer than its log, and of an epoch that it has not opened: that can't be held against anything.
    for (epoch, size) in [(1, u64::MAX), (u32::MAX, 1)] {
        sign(&from, epoch, size, [7; 32]);
        close_idea(&from, u128::from(epoch) + 20).await.expect("carried out");
        let all = from.store().head().borrow().size;
        until("it is found meanwhile", || to.checked(SOURCE) == Some(all)).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        kept(&to, "/1", 10).await;
        assert_eq!(to.contradicted(SOURCE), None);
    }
    to.close().await;

    // As many entries as were received, others than these, and signed: nothing has to be looked up.
    let changed = elsewhere.engine("submission").await;
    for number in 20..32 {
        close_idea(&changed, number).await.expect("carried out");
    }
    sign(&changed, 1, 12, root(&changed, 12).await);
    let to = instance.engine("evaluation").await;
    to.follow(Peer::new("submission", serve(&changed).await), SOURCE.into());
    until("it is stopped", || is_not_as_signed(&to, 10)).await;
    kept(&to, "/1", 10).await;
    to.close().await;

    // It opens another epoch, in which it is shorter than what was signed before: from then on that counts.
    let operator = Actor {
        person: PersonId(Uuid::nil()),
        organisation: uddevalla(),
        role: Role::Operator,
    };
    let restored = Instance::new();
    let shorter = restored.engine("submission").await;
    for number in 0..5 {
        close_idea(&shorter, number).await.expect("carried out");
    }
    shorter
        .open_epoch(&operator, RestoreReason::HardwareLost, 0)
        .await
        .expect("opened");
    let to = instance.engine("evaluation").await;
    to.follow(Peer::new("submission", serve(&shorter).await), SOURCE.into());
    until("the epoch comes", || {
        let head = to.store().head();
        let received = head.borrow().received[SOURCE].epoch;
        received == 2
    })
    .await;
    sign(&shorter, 2, 6, root(&shorter, 6).await);
    kept(&to, "/2", 6).await;
    assert_eq!(to.contradicted(SOURCE), None);
    for engine in [to, from, changed, shorter] {
        engine.close().await;
    }
}
