//! What sigstore's verifier makes of it: our checkpoints, and the ways to their roots that our tree proves.

use crate::instance::{journal, notary};
use crate::others::{append_until, beside, json_of, output_of};
use idesluss_journal::{Log as _, SqliteStore};
use idesluss_proof::tree::{AtHand, Hash, Missing, inclusion};
use serde_json::json;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Asks their verifier; `tests/npm.sh` installs it when it is not there.
fn verifier() -> Command {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/npm.sh");
    let folder = output_of(Command::new(script).arg("sigstore"));
    let mut command = Command::new(format!("{folder}/node"));
    command
        .arg(beside("sigstore.js"))
        .env("NODE_PATH", format!("{folder}/node_modules"))
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::null());
    command
}

/// Proves an entry in from the tiles that the journal keeps.
async fn prove(store: &SqliteStore, index: u64, size: u64) -> Vec<Hash> {
    let mut tiles = AtHand::default();
    loop {
        match inclusion(&tiles, index, size) {
            Ok(path) => return path,
            Err(Missing::Tile { level, number }) => {
                tiles.put(level, number, store.tile(level, number).await.expect("a tile"));
            }
            Err(Missing::Tree(error)) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn sigstore_finds_our_entries_below_our_checkpoint_and_takes_nothing_that_is_spoilt() {
    let folder = TempDir::new().expect("a folder");
    let store = journal(folder.path());
    let notary = notary(folder.path(), &store);
    append_until(&store, 600).await;
    notary.sign().await.expect("signed");
    let signed = notary.latest().borrow().clone().expect("signed");
    let mut entries = Vec::new();
    for index in [0, 1, 7, 255, 256, 300, 511, 512, 575, 591, 598, 599] {
        let entry = store.read(index, 1).await.expect("entries").remove(0);
        let path: Vec<String> = prove(&store, index, 600).await.iter().map(hex::encode).collect();
        let line = String::from_utf8(entry.line.to_vec()).expect("text");
        entries.push(json!({"index": index, "line": line, "path": path}));
    }
    let key = notary.public_keys().expect("keys").remove(0);
    let asked = json!({"note": signed.note.to_string(), "key": key, "entries": entries});
    let file = folder.path().join("asked.json");
    std::fs::write(&file, asked.to_string()).expect("written");
    let found = json_of(verifier().arg(file));
    let expected = json!({
        "origin": "fyrbodal/submission/1",
        "size": 600,
        "root": hex::encode(signed.checkpoint.root),
        "notes": {"held": 1, "taken": 0},
        "entries": {"held": 12, "taken": 0},
    });
    assert_eq!(found, expected);
}
