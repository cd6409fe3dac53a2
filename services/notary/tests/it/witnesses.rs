use crate::house::{append, guard, journal, keys, notary, notary_with, signed};
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

#[tokio::test(flavor = "multi_thread")]
async fn a_second_history_that_is_shown_to_a_witness_is_not_cosigned() {
    let folders = [
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    ];
    // One key, two histories, each with a memory of its own: what a dishonest operator would do.
    let (honest, other) = (journal(folders[0].path()), journal(folders[1].path()));
    std::fs::copy(
        folders[0].path().join("signing.key"),
        folders[1].path().join("signing.key"),
    )
    .unwrap_or(0);
    keys(folders[0].path());
    std::fs::copy(
        folders[0].path().join("signing.key"),
        folders[1].path().join("signing.key"),
    )
    .expect("copied");
    for store in [&honest, &other] {
        append(store).await;
        append(store).await;
    }
    append(&other).await;
    let (first, second) = (
        notary(folders[0].path(), &honest),
        notary_with(folders[1].path(), &other, guard(folders[1].path())),
    );
    assert_eq!(first.public_keys().expect("keys"), second.public_keys().expect("keys"));
    first.sign().await.expect("signed");
    second.sign().await.expect("signed: it knows nothing of the other");
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
