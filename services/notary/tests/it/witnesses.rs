use crate::instance::{append, guard, journal, keys, notary, notary_with, signed};
use idesluss_notary::{Notary, SigningKeys, Witness, WitnessAt, submit_to, witness_routes};
use idesluss_proof::note::VerifierKey;
use idesluss_proof::policy::Policy;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// A witness for one log: its key, and what it answers.
pub(crate) fn routes(folder: &Path, name: &str, log: &Notary) -> (VerifierKey, axum::Router) {
    let policy: Policy = format!("log {}\nquorum none\n", log.public_keys().expect("keys")[0])
        .parse()
        .expect("a policy");
    let keys: SigningKeys = keys(folder);
    let witness = Arc::new(Witness::new(name, &keys, &policy, guard(folder)).expect("a witness"));
    let key: VerifierKey = witness.public_keys().expect("keys")[0].parse().expect("a key");
    (key, witness_routes(witness))
}

/// One that listens.
async fn witness(folder: &Path, name: &str, log: &Notary) -> WitnessAt {
    let (key, routes) = routes(folder, name, log);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    WitnessAt {
        key,
        url,
        authorities: None,
    }
}

/// Waits until the newest checkpoint, of at least `size` entries, is cosigned by all.
pub(crate) async fn cosigned(notary: &Notary, size: u64, by: usize) {
    let mut latest = notary.latest();
    let come = latest.wait_for(|latest| {
        latest
            .as_ref()
            .is_some_and(|signed| signed.checkpoint.size >= size && signed.note.signatures().len() > by)
    });
    assert!(
        tokio::time::timeout(Duration::from_secs(20), come).await.is_ok(),
        "not cosigned in time"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_cosign_what_extends_what_they_have_seen_and_a_policy_may_ask_for_both() {
    let folders = [
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    ];
    let store = journal(folders[0].path());
    append(&store).await;
    let notary = notary(folders[0].path(), &store);
    notary.sign().await.expect("signed");
    let one = witness(folders[1].path(), "orust/witness", &notary).await;
    let two = witness(folders[2].path(), "sotenas/witness", &notary).await;
    let running = notary.clone();
    tokio::spawn(async move { running.run().await });
    for at in [&one, &two] {
        tokio::spawn(submit_to(notary.clone(), at.clone()));
    }
    cosigned(&notary, 1, 2).await;
    for _ in 0..300 {
        append(&store).await;
    }
    cosigned(&notary, 301, 2).await;
    let text = format!(
        "log {}\nwitness one {}\nwitness two {}\ngroup both all one two\nquorum both\n",
        notary.public_keys().expect("keys")[0],
        one.key,
        two.key
    );
    let policy: Policy = text.parse().expect("a policy");
    let latest = notary.latest().borrow().clone().expect("signed");
    let trust = policy.judge(&latest.note).expect("trusted");
    assert_eq!((trust.checkpoint.size, trust.cosigned.len()), (301, 2));
}

/// One key, two histories of two and of three entries, each with a memory of its own: what a dishonest operator would do.
async fn two_histories(folders: &[TempDir]) -> (Notary, Notary) {
    let (honest, other) = (journal(folders[0].path()), journal(folders[1].path()));
    keys(folders[0].path());
    let key = folders[0].path().join("signing.key");
    std::fs::copy(key, folders[1].path().join("signing.key")).expect("copied");
    for store in [&honest, &other] {
        append(store).await;
        append(store).await;
    }
    append(&other).await;
    let first = notary(folders[0].path(), &honest);
    let second = notary_with(folders[1].path(), &other, guard(folders[1].path()));
    assert_eq!(first.public_keys().expect("keys"), second.public_keys().expect("keys"));
    first.sign().await.expect("signed");
    second.sign().await.expect("signed: it knows nothing of the other");
    (first, second)
}

fn folders() -> [TempDir; 4] {
    std::array::from_fn(|_| TempDir::new().expect("a folder"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_history_that_is_shown_to_a_witness_is_not_cosigned() {
    let folders = folders();
    let (first, second) = two_histories(&folders).await;
    let at = witness(folders[2].path(), "orust/witness", &first).await;
    tokio::spawn(submit_to(first.clone(), at.clone()));
    cosigned(&first, 2, 1).await;
    tokio::spawn(submit_to(second.clone(), at.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        signed(&second, 3).await.note.signatures().len(),
        1,
        "the second history was cosigned"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_witnesses_that_are_shown_different_histories_never_cosign_the_same() {
    let folders = folders();
    let (first, second) = two_histories(&folders).await;
    let one = witness(folders[2].path(), "orust/witness", &first).await;
    let two = witness(folders[3].path(), "sotenas/witness", &first).await;
    // Each cosigns what it is shown first, and nobody can tell it that there is another.
    tokio::spawn(submit_to(first.clone(), one.clone()));
    tokio::spawn(submit_to(second.clone(), two.clone()));
    cosigned(&first, 2, 1).await;
    cosigned(&second, 3, 1).await;
    // Then each history is shown to the witness of the other.
    tokio::spawn(submit_to(first.clone(), two.clone()));
    tokio::spawn(submit_to(second.clone(), one.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let log = &first.public_keys().expect("keys")[0];
    let quorum = |rule: &str| -> Policy {
        let text = format!(
            "log {log}\nwitness one {}\nwitness two {}\ngroup both {rule} one two\nquorum both\n",
            one.key, two.key
        );
        text.parse().expect("a policy")
    };
    for (notary, size) in [(&first, 2), (&second, 3)] {
        let note = signed(notary, size).await.note.clone();
        // Who asks for one witness can be shown either; who asks for both believes neither.
        assert!(quorum("any").judge(&note).is_ok(), "{note}");
        assert!(quorum("all").judge(&note).is_err(), "{note}");
    }
}
