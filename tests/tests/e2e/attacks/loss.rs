//! Hole 4: whoever said to hold more of a journal than it has stopped its service.

use super::Before;
use super::judging::submitter;
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::{Algorithm, SignedNote, SignerKey};
use idesluss_tests::{Apart, ForeignCall, ForeignClient, Instance, Plan, copy_folder, eventually};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tonic::Code;

const SOURCE: &str = "/fyrbodal-test/submission/house";
const CHECKPOINT: &str = "/idesluss.journal.v1.JournalService/GetCheckpoint";
const PULL: &str = "/idesluss.journal.v1.JournalService/PullGap";
const FOLLOW: &str = "/idesluss.journal.v1.JournalService/Follow";

/// How long signing, keeping and claiming may take together.
const PATIENCE: Duration = Duration::from_secs(30);

fn claim(epoch: u32, sequence: u64, checkpoint: &str) -> Value {
    json!({ "source": SOURCE, "after_epoch": epoch, "after_sequence": sequence, "checkpoint": checkpoint })
}

/// A checkpoint of this journal as anybody can write one, signed with a key of their own.
fn forged(epoch: u32, size: u64) -> String {
    let origin = format!("fyrbodal-test/submission/{epoch}");
    let key = SignerKey::new(&origin, Algorithm::Ed25519, &[7; 32]).expect("a key");
    let checkpoint = Checkpoint::new(origin, size, [9; 32]);
    let mut note = SignedNote::new(checkpoint.to_string()).expect("a text");
    note.add(key.sign(note.text(), 0));
    note.to_string()
}

/// Claims without proof, however they are dressed up.
fn unproved(genuine: &str) -> Vec<Value> {
    vec![
        claim(1, u64::MAX, ""),
        claim(1, 1_000_000, "no note at all"),
        claim(1, 1_000_000, &forged(1, 1_000_000)),
        claim(7, 1, &forged(7, 1_000_000)),
        // What was really signed here says nothing against this journal.
        claim(1, 1_000_000, genuine),
        claim(9, 1_000_000, genuine),
        claim(1, 1_000_000, &"x".repeat(1_000_000)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_is_only_claimed_stops_nothing() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    instance.submitted_idea().await;
    let before = Before::of(&instance).await;
    let signed = client.call_to(&instance, "submission", CHECKPOINT, json!({})).await;
    let genuine = signed.responses[0]["note"].as_str().expect("a note").to_owned();
    let claims = unproved(&genuine);
    for claim in &claims {
        for rpc in [PULL, FOLLOW] {
            let answer = client.call_to(&instance, "submission", rpc, claim.clone()).await;
            answer.is_refused("OUT_OF_RANGE", "more than this journal has written");
            assert_eq!(answer.reason(), "UNPROVED_LOSS");
        }
    }
    before
        .only_refusals(
            &instance,
            "unproved_loss",
            claims.len() * 2,
            &["no note", "xxxx", "1000000", &genuine[..20]],
        )
        .await;
    let again = instance.submit(submitter().says(submitter().idea())).await;
    again.expect("commands are taken as before");
}

/// The newest checkpoint that submission has signed, once it has signed one of all that there is.
async fn genuine(apart: &Apart, client: &ForeignClient) -> String {
    let until = Instant::now() + PATIENCE;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let size = apart.state("submission-1").await["journal"]["size"].to_string();
        let signed = client
            .call(ForeignCall::apart(apart, "submission-1", CHECKPOINT, json!({})))
            .await;
        let note = signed.responses.first().and_then(|answer| answer["note"].as_str());
        if let Some(note) = note.filter(|note| note.lines().nth(1) == Some(size.as_str())) {
            return note.to_owned();
        }
        assert!(Instant::now() < until, "nothing is signed: {signed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_that_is_only_claimed_stops_nothing_of_the_services_apart() {
    let apart = Apart::start(Plan::default()).await;
    let client = ForeignClient::start();
    let entries = |state: Value| (state["journal"]["size"].clone(), state["journal"]["epoch"].clone());
    super::super::doctor::submit(&apart, 1).await;
    let genuine = genuine(&apart, &client).await;
    let before = entries(apart.state("submission-1").await);
    let claims = unproved(&genuine);
    for claim in &claims {
        for rpc in [PULL, FOLLOW] {
            let answer = client
                .call(ForeignCall::apart(&apart, "submission-1", rpc, claim.clone()))
                .await;
            answer.is_refused("OUT_OF_RANGE", "more than this journal has written");
        }
    }
    let state = apart.state("submission-1").await;
    assert!(state["journal"]["halted"].is_null(), "{state}");
    assert_eq!(entries(state), before);
    let log = apart.log("submission-1");
    assert_eq!(
        log.matches("\"what\":\"unproved_loss\"").count(),
        claims.len() * 2,
        "{log}"
    );
    let metrics = apart.metrics("submission-1").await;
    let counted = format!("idesluss_refusals_total{{what=\"unproved_loss\"}} {}", claims.len() * 2);
    assert!(metrics.contains(&counted), "{metrics}");
    super::super::doctor::submit(&apart, 1).await;
}

/// How many entries the checkpoint covers that a service has kept of submission's journal.
fn kept(folder: &Path, service: &str) -> u64 {
    let database = Connection::open(folder.join(service).join("journal.db")).expect("a database");
    let note = database.query_row(
        "SELECT note FROM source_checkpoints WHERE source = ?1",
        [SOURCE],
        |row| row.get::<_, String>(0),
    );
    note.map_or(0, |note| {
        let note = SignedNote::read(note.as_bytes()).expect("a note");
        note.text().parse::<Checkpoint>().expect("a checkpoint").size
    })
}

/// An instance whose submission is that of yesterday, with all that it could know of today: its database and what it remembers of signing.
async fn restored() -> TempDir {
    let instance = Instance::start();
    instance.submitted_idea().await;
    Before::of(&instance).await;
    let folder = instance.stop();
    let backup = TempDir::new().expect("a folder");
    let parts = ["submission", "signed/submission"];
    for part in parts {
        copy_folder(&folder.path().join(part), &backup.path().join(part));
    }
    let instance = Instance::restart(folder);
    instance.submitted_idea().await;
    let before = Before::of(&instance).await;
    let until = Instant::now() + PATIENCE;
    while kept(instance.folder.path(), "evaluation") < before.size("submission") {
        assert!(
            Instant::now() < until,
            "evaluation keeps no checkpoint of all that it has received"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let folder = instance.stop();
    for part in parts {
        std::fs::remove_dir_all(folder.path().join(part)).expect("removed");
        copy_folder(&backup.path().join(part), &folder.path().join(part));
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_proves_that_its_source_was_restored_and_no_number_is_given_twice() {
    let instance = Instance::restart(restored().await);
    let refused = eventually(async || {
        let answer = instance.submit(submitter().says(submitter().idea())).await;
        Ok(answer
            .err()
            .filter(|status| status.message().contains("a receiver shows")))
    });
    let status = refused.await;
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert!(status.message().contains("open a new epoch"), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_has_nothing_to_show_is_refused_and_counted_and_stops_nothing() {
    let folder = restored().await;
    let database = Connection::open(folder.path().join("evaluation/journal.db")).expect("a database");
    database.execute("DELETE FROM source_checkpoints", []).expect("deleted");
    drop(database);
    let instance = Instance::restart(folder);
    let said = instance.server.until_printed("what=\"unproved_loss\"");
    assert!(!said.contains("no commands are taken"), "{said}");
    let taken = instance.submit(submitter().says(submitter().idea())).await;
    taken.expect("commands are taken");
    let metrics = instance.server.metrics().await;
    assert!(
        metrics.contains("idesluss_refusals_total{what=\"unproved_loss\"}"),
        "{metrics}"
    );
}
