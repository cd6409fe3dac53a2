//! What Go makes of it: x/mod's note and tlog, on which the formats rest, read what we sign and serve.

use crate::instance::{journal, notary};
use crate::others::{append_until, beside, json_of, output_of, served, write_lines};
use idesluss_notary::log_routes;
use serde_json::json;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Our small program over their libraries; `tests/go.sh` builds it when it is not there.
fn reader() -> Command {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/go.sh");
    let mut command = Command::new(output_of(Command::new(script).arg(beside("sumdb.go"))));
    command.stdin(Stdio::null());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn go_opens_our_notes_finds_every_entry_in_our_tiles_and_takes_nothing_that_is_spoilt() {
    let folder = TempDir::new().expect("a folder");
    let store = journal(folder.path());
    let notary = notary(folder.path(), &store);
    let mut earlier = Vec::new();
    // Within a tile, at its edge, past it, and with a second level of tiles.
    for size in [1, 200, 256, 257, 600] {
        append_until(&store, size).await;
        notary.sign().await.expect("signed");
        let signed = notary.latest().borrow().clone().expect("signed");
        let file = folder.path().join(format!("note-{size}"));
        std::fs::write(&file, signed.note.to_string()).expect("written");
        earlier.push(file);
    }
    let root = notary.latest().borrow().clone().expect("signed").checkpoint.root;
    let lines = write_lines(&store, 600, folder.path()).await;
    let url = served(log_routes(notary.clone())).await;
    let key = notary.public_keys().expect("keys").remove(0);
    let mut command = reader();
    command.args([&url, &key]).arg(lines).args(earlier);
    let found = tokio::task::spawn_blocking(move || json_of(&mut command))
        .await
        .expect("read");
    let expected = json!({
        "name": "fyrbodal/submission/1",
        "origin": "fyrbodal/submission/1",
        "size": 600,
        "root": hex::encode(root),
        // Every seventh of 600.
        "records": {"held": 86, "taken": 0},
        "trees": {"held": 5, "taken": 0},
        "notes": {"held": 1, "taken": 0},
        // Three of the lowest level and one above them.
        "tiles": {"held": 4, "taken": 0},
    });
    assert_eq!(found, expected);
}
