//! The journal on SQLite, measured beside what the same library does bare, in one run on one disk.
//!
//! Times differ between machines and hours; ratios within a run tell more. Everything is durable: WAL, `synchronous=FULL`.

mod appends;
#[path = "../kit/mod.rs"]
mod kit;
mod proofs;
mod replay;
mod signing;

use std::path::PathBuf;
use tempfile::TempDir;

/// How many entries are replayed, unless an argument says otherwise.
const ENTRIES: u64 = 1_000_000;

/// A folder on the disk that holds the build, which is no memory file system.
fn folder() -> TempDir {
    let parent = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&parent).expect("the build's folder can be written to");
    TempDir::new_in(parent).expect("the build's folder can be written to")
}

fn main() {
    // Cargo passes `--bench`. With `grown` it is measured alone what an append and a proof take when so many entries are there.
    let entries = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let only_grown = std::env::args().any(|argument| argument == "grown");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        if only_grown {
            return replay::grown(entries.unwrap_or(ENTRIES)).await;
        }
        appends::measure().await;
        signing::measure().await;
        replay::measure(entries.unwrap_or(ENTRIES)).await;
    });
}
