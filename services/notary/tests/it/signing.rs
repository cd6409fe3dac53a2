use crate::instance::{append, draft, guard, journal, keys, notary, notary_with, signed};
use idesluss_domain::Event;
use idesluss_domain::instance::{EpochOpened, InstanceEvent, RestoreReason};
use idesluss_domain::words::Digest;
use idesluss_journal::Log as _;
use idesluss_notary::{Guard, GuardError, KeysError, Look, SigningError, SigningKeys, log_routes};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::line::Draft;
use idesluss_proof::note::SignedNote;
use idesluss_proof::policy::Policy;
use idesluss_proof::tree::{leaf_hash, root_of};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn a_tree_is_signed_after_each_append_also_while_many_come() {
    let folder = TempDir::new().expect("a folder");
    let store = journal(folder.path());
    let notary = notary(folder.path(), &store);
    let running = notary.clone();
    let running = tokio::spawn(async move { running.run().await });
    let policy: Policy = format!("log {}\nquorum none\n", notary.public_keys().expect("keys")[0])
        .parse()
        .expect("a policy");
    for _ in 0..3 {
        let position = append(&store).await;
        let one = signed(&notary, position + 1).await;
        assert_eq!(policy.judge(&one.note).expect("trusted").checkpoint, one.checkpoint);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let writer = store.clone();
    let load = tokio::spawn(async move {
        for _ in 0..2_000 {
            append(&writer).await;
        }
    });
    while !load.is_finished() {
        let size = store.head().borrow().size;
        signed(&notary, size).await;
    }
    running.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notary_goes_on_where_it_was_and_signs_along_with_the_key_before() {
    let folder = TempDir::new().expect("a folder");
    let store = journal(folder.path());
    append(&store).await;
    let first = notary(folder.path(), &store);
    first.sign().await.expect("signed");
    let old_key = first.public_keys().expect("keys").remove(0);
    // A new secret above the old one: both sign, so that nobody has to change their trust on the same day.
    let file = folder.path().join("signing.key");
    let secrets = std::fs::read_to_string(&file).expect("secrets");
    std::fs::write(
        &file,
        format!(
            "# the newest first\n{}{secrets}",
            *SigningKeys::new_line().expect("a line")
        ),
    )
    .expect("written");
    let second = notary(folder.path(), &store);
    second.sign().await.expect("signed");
    let note = second.latest().borrow().clone().expect("signed").note.clone();
    let keys = second.public_keys().expect("keys");
    assert_eq!((note.signatures().len(), &keys[1]), (2, &old_key));
    for key in keys {
        let policy: Policy = format!("log {key}\nquorum none\n").parse().expect("a policy");
        policy.judge(&note).expect("trusted by whoever knows either key");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_or_changed_journal_is_not_signed_until_a_new_epoch_is_opened() {
    let folder = TempDir::new().expect("a folder");
    let store = journal(folder.path());
    append(&store).await;
    store.close().await;
    drop(store);
    let file = folder.path().join("journal.db");
    let backup = std::fs::read(&file).expect("a backup");
    let store = journal(folder.path());
    append(&store).await;
    append(&store).await;
    notary(folder.path(), &store).sign().await.expect("signed");
    store.close().await;
    drop(store);
    std::fs::write(&file, backup).expect("restored");

    let store = journal(folder.path());
    let notary = notary(folder.path(), &store);
    let contradicted = |result: Result<(), SigningError>, why: &str| {
        let error = result.expect_err("not signed");
        assert!(error.is_lasting() && error.to_string().contains(why), "{error}");
    };
    contradicted(notary.sign().await, "fewer entries");
    // Other entries in the place of those that were lost: as many, then more.
    append(&store).await;
    append(&store).await;
    contradicted(notary.sign().await, "others now");
    append(&store).await;
    contradicted(notary.sign().await, "others now");
    assert!(notary.latest().borrow().is_none());
    let running = notary.clone();
    let running = tokio::spawn(async move { running.run().await });
    let mut looked = notary.looked();
    looked
        .wait_for(|looked| matches!(looked, Look::SigningError(_)))
        .await
        .expect("it runs");
    let head = store.head().borrow().clone();
    let event = Event::from(InstanceEvent::from(EpochOpened {
        epoch: 2,
        kept: head.own.clone(),
        size: head.size,
        root: Digest(store.root(head.size).await.expect("a root")),
        reason: RestoreReason::HardwareLost,
    }));
    let opening = Draft {
        data: event.to_data(),
        ..draft(event.type_name())
    };
    store.open_epoch(opening).await.expect("opened");
    let first = signed(&notary, 5).await;
    assert_eq!(first.checkpoint.origin, "fyrbodal/submission/2");
    looked
        .wait_for(|looked| matches!(looked, Look::Well))
        .await
        .expect("it runs");
    running.abort();
}

/// A disk that fails: 1, it keeps nothing; 2, it says so but has kept it.
struct Failing {
    inner: Arc<dyn Guard>,
    how: AtomicU8,
    kept: Mutex<Vec<Checkpoint>>,
}

impl Guard for Failing {
    fn last(&self, origin: &str) -> Result<Option<SignedNote>, GuardError> {
        self.inner.last(origin)
    }

    fn keep(&self, origin: &str, note: &SignedNote) -> Result<(), GuardError> {
        let how = self.how.load(Ordering::SeqCst);
        let failed = GuardError::Folder("guard".into(), io::Error::other("no space"));
        if how == 1 {
            return Err(failed);
        }
        self.inner.keep(origin, note)?;
        self.kept
            .lock()
            .expect("whole")
            .push(note.text().parse().expect("a checkpoint"));
        if how == 2 { Err(failed) } else { Ok(()) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_kept_is_not_published_and_what_was_kept_all_the_same_is_not_contradicted() {
    let folder = TempDir::new().expect("a folder");
    let store = journal(folder.path());
    let failing = Arc::new(Failing {
        inner: guard(folder.path()),
        how: AtomicU8::new(0),
        kept: Mutex::default(),
    });
    let notary = notary_with(folder.path(), &store, failing.clone());
    for (how, published) in [
        (0, true),
        (1, false),
        (0, true),
        (2, false),
        (1, false),
        (0, true),
        (2, false),
        (0, true),
    ] {
        append(&store).await;
        failing.how.store(how, Ordering::SeqCst);
        assert_eq!(notary.sign().await.is_ok(), published);
        let size = store.head().borrow().size;
        let latest = notary.latest().borrow().clone();
        assert_eq!(latest.is_some_and(|latest| latest.checkpoint.size == size), published);
    }
    let kept = std::mem::take(&mut *failing.kept.lock().expect("whole"));
    for kept in &kept {
        assert_eq!(store.root(kept.size).await.expect("a root"), kept.root, "{kept}");
    }
    // What was kept last was damaged: nothing is signed on a guess.
    let path = std::fs::read_dir(folder.path().join("guard"))
        .expect("a folder")
        .next()
        .expect("a file")
        .expect("a file")
        .path();
    std::fs::write(&path, "fyrbodal").expect("written");
    let error = crate::instance::notary(folder.path(), &store)
        .sign()
        .await
        .expect_err("not signed");
    assert!(error.to_string().contains("put it back from a backup"), "{error}");
}

#[test]
fn keys_that_others_may_read_and_lines_that_are_none_are_refused() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("signing.key");
    assert!(matches!(SigningKeys::load(&file, false), Err(KeysError::File(..))));
    let made = SigningKeys::load(&file, true).expect("made");
    let again = SigningKeys::load(&file, true).expect("read");
    assert_eq!(
        made.public_of_log("a/b/1").expect("keys"),
        again.public_of_log("a/b/1").expect("keys")
    );
    assert_ne!(
        made.public_of_log("a/b/1").expect("keys")[0].bytes(),
        made.public_of_log("a/b/2").expect("keys")[0].bytes()
    );
    assert!(SigningKeys::write_new(&file).is_err(), "a key is never written over");
    std::fs::write(&file, "something\n").expect("written");
    assert!(matches!(SigningKeys::load(&file, false), Err(KeysError::Line(_, 1))));
    std::fs::write(&file, "# nothing\n").expect("written");
    assert!(matches!(SigningKeys::load(&file, false), Err(KeysError::Empty(_))));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("changed");
    assert!(matches!(SigningKeys::load(&file, false), Err(KeysError::Open(_))));
    assert!(!format!("{:?}", keys(&folder.path().join(".."))).contains("v1 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_read_over_http_tile_by_tile() {
    let folder = TempDir::new().expect("a folder");
    let store = journal(folder.path());
    let notary = notary(folder.path(), &store);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let routes = log_routes(notary.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let get = |path: &str| {
        let url = format!("{url}/{path}");
        tokio::task::spawn_blocking(move || {
            let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
            let mut answer = agent.get(&url).call().expect("an answer");
            (
                answer.status().as_u16(),
                answer.body_mut().read_to_vec().expect("a body"),
            )
        })
    };
    assert_eq!(get("checkpoint").await.expect("asked").0, 503);
    for _ in 0..300 {
        append(&store).await;
    }
    notary.sign().await.expect("signed");
    let (status, text) = get("checkpoint").await.expect("asked");
    let note = SignedNote::read(&text).expect("a note");
    let checkpoint: Checkpoint = note.text().parse().expect("a checkpoint");
    assert_eq!((status, checkpoint.size), (200, 300));
    let (_, full) = get("tile/0/000").await.expect("asked");
    let (_, rest) = get("tile/0/001.p/44").await.expect("asked");
    let (_, above) = get("tile/1/000.p/1").await.expect("asked");
    let entries = store.read(0, 300).await.expect("entries");
    let leaves: Vec<u8> = entries.iter().flat_map(|entry| leaf_hash(&entry.line)).collect();
    assert_eq!([full, rest].concat(), leaves);
    // 300 are 256, 32, 8 and 4: the first of its peaks is the tile above.
    let (_, peaks) = store.peaks().await.expect("peaks");
    assert_eq!((above, root_of(&peaks)), (peaks[0].to_vec(), checkpoint.root));
    for (path, status) in [
        ("tile/0/001", 404),
        ("tile/0/001.p/45", 404),
        ("tile/9/000", 404),
        ("tile/0/1", 400),
        ("tile/entries/000", 400),
        ("entries", 404),
    ] {
        assert_eq!(get(path).await.expect("asked").0, status, "{path}");
    }
}
