//! What others make of it: a verifier and a witness that are none of ours read our log, cosign it, and ask our witness.

use crate::instance::{append, guard, journal, keys, notary};
use crate::others::{append_until, beside, installed, json_of, output_of, served, write_lines};
use idesluss_notary::{Witness, WitnessAt, log_routes, submit_to, witness_routes};
use idesluss_proof::note::{Algorithm, SignerKey};
use idesluss_proof::policy::Policy;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn python() -> Command {
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", installed("tlog")).stdin(Stdio::null());
    command
}

fn script(arguments: &[&str]) -> serde_json::Value {
    json_of(python().arg(beside("foreign.py")).args(arguments))
}

/// Their witness, which knows one log; it ends with this value.
struct Theirs {
    child: Child,
    at: WitnessAt,
}

impl Theirs {
    fn start(folder: &Path, origin: &str, log_key: &str) -> Self {
        let port = idesluss_servers::free_port();
        let config = folder.join("witness.json");
        let listen = format!("127.0.0.1:{port}");
        let witness = |arguments: &[&str]| {
            let mut command = python();
            command
                .args(["-m", "aics_witness"])
                .args(arguments)
                .arg("--config")
                .arg(&config);
            command
        };
        let key = output_of(&mut witness(&[
            "init",
            "--name",
            "theirs.example/w1",
            "--listen",
            &listen,
        ]));
        output_of(&mut witness(&["add-log", "--origin", origin, "--vkey", log_key]));
        let mut serving = witness(&["serve"]);
        let child = serving
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("their witness starts");
        let until = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(&listen).is_err() {
            assert!(Instant::now() < until, "their witness does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        let key = key
            .lines()
            .last()
            .and_then(|key| key.parse().ok())
            .unwrap_or_else(|| panic!("no key: {key}"));
        let url = format!("http://{listen}");
        Self {
            child,
            at: WitnessAt {
                key,
                url,
                authorities: None,
            },
        }
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_witness_cosigns_our_log_and_a_foreign_verifier_finds_every_entry_in_it() {
    let folder = TempDir::new().expect("a folder");
    let store = journal(folder.path());
    append(&store).await;
    let notary = notary(folder.path(), &store);
    notary.sign().await.expect("signed");
    let key = notary.public_keys().expect("keys").remove(0);
    let theirs = Theirs::start(folder.path(), &notary.origin(), &key);
    tokio::spawn(submit_to(notary.clone(), theirs.at.clone()));
    for size in [1, 300] {
        append_until(&store, size).await;
        notary.sign().await.expect("signed");
        let mut latest = notary.latest();
        let cosigned = latest.wait_for(|latest| {
            let of_size = latest.as_ref().filter(|signed| signed.checkpoint.size == size);
            of_size.is_some_and(|signed| signed.note.signatures().len() == 2)
        });
        let cosigned = tokio::time::timeout(Duration::from_secs(30), cosigned).await.is_ok();
        assert!(cosigned, "their witness has not cosigned {size} entries");
    }
    let file = write_lines(&store, 300, folder.path()).await;
    let url = served(log_routes(notary.clone())).await;
    let witness_key = theirs.at.key.to_string();
    let path = file.to_string_lossy().into_owned();
    let found = tokio::task::spawn_blocking(move || script(&["read", &url, &path, &key, &witness_key]));
    let found = found.await.expect("read");
    assert_eq!(found["trusted"], true, "{found}");
    assert_eq!(
        (found["size"].as_u64(), found["origin"].as_str()),
        (Some(300), Some("fyrbodal/submission/1"))
    );
    assert_eq!(found["root"], found["computed"]);
    // Every seventh of 300, and five earlier trees.
    assert_eq!(
        (found["included"].as_u64(), found["extended"].as_u64()),
        (Some(43), Some(5)),
        "{found}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_log_is_cosigned_by_our_witness_as_long_as_it_shows_one_history() {
    let folder = TempDir::new().expect("a folder");
    let seed = [7; 32];
    let log = SignerKey::new("log.example/foreign", Algorithm::Ed25519, &seed).expect("a key");
    let policy: Policy = format!("log {}\nquorum none\n", log.verifier().expect("a key"))
        .parse()
        .expect("a policy");
    let witness =
        Witness::new("orust/witness", &keys(folder.path()), &policy, guard(folder.path())).expect("a witness");
    let key = witness.public_keys().expect("keys").remove(0);
    let url = served(witness_routes(Arc::new(witness))).await;
    let seed = "07".repeat(32);
    let answers = tokio::task::spawn_blocking(move || script(&["ask", url.trim_end_matches('/'), &key, &seed]));
    assert_eq!(
        answers.await.expect("asked"),
        serde_json::json!([200, 200, 200, 200, 422, 404])
    );
}
