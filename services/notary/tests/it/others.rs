//! Programs by others that read our logs: where they are, how they are asked, and a log that is served to them.

use crate::instance::append;
use idesluss_journal::{Log as _, SqliteStore};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with what `tests/wheels.sh NAME` installs when it is not there.
pub(crate) fn installed(name: &str) -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/wheels.sh");
    output_of(Command::new(script).arg(name)).into()
}

/// A file beside this one.
pub(crate) fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(name)
}

/// What a command prints. Panics with its errors when it fails.
pub(crate) fn output_of(command: &mut Command) -> String {
    let output = command.output().expect("the command can be run");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The same as JSON.
pub(crate) fn json_of(command: &mut Command) -> serde_json::Value {
    let told = output_of(command);
    serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told}"))
}

/// Serves routes of ours. Returns where, with a slash at the end.
pub(crate) async fn served(routes: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

pub(crate) async fn append_until(store: &SqliteStore, size: u64) {
    while store.head().borrow().size < size {
        append(store).await;
    }
}

/// Writes the first entries into a file, a line each.
pub(crate) async fn write_lines(store: &SqliteStore, size: u64, folder: &Path) -> PathBuf {
    let mut lines = Vec::new();
    while (lines.len() as u64) < size {
        let more = store.read(lines.len() as u64, 200).await.expect("entries");
        assert!(!more.is_empty(), "they are there");
        lines.extend(more.into_iter().map(|entry| [&entry.line[..], b"\n"].concat()));
    }
    lines.truncate(size as usize);
    let file = folder.join("lines");
    std::fs::write(&file, lines.concat()).expect("written");
    file
}
