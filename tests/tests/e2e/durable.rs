//! The sync comes before the acknowledgement. A kill keeps the page cache, so that kills alone can't show it.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_tests::{Server, Someone, eventually, write_region};
use std::collections::HashMap;
use tempfile::TempDir;

/// A call into the kernel as strace tells it, once it has returned.
#[derive(Debug)]
struct Call {
    /// Its place among the calls' beginnings.
    began: usize,
    /// Its place among the calls' ends.
    ended: usize,
    text: String,
}

/// Reads `PID call(args) = result` and `PID call(args <unfinished ...>`, `PID <... call resumed>) = result`.
fn calls(trace: &str) -> Vec<Call> {
    let mut open: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for (place, line) in trace.lines().enumerate() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        if let Some(begun) = rest.strip_suffix(" <unfinished ...>") {
            open.insert(thread, (place, begun));
        } else if let Some((_, end)) = rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            let (began, begun) = open.remove(thread).expect("what is resumed has begun");
            let text = format!("{begun}{end}");
            calls.push(Call {
                began,
                ended: place,
                text,
            });
        } else {
            calls.push(Call {
                began: place,
                ended: place,
                text: rest.to_owned(),
            });
        }
    }
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_synced_before_it_is_acknowledged() {
    let folder = TempDir::new().expect("a folder");
    write_region(folder.path());
    let trace = folder.path().join("trace");
    let server = Server::start_traced(folder.path(), &trace);
    let mut client = SubmissionCommandServiceClient::new(server.way("submission"));
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let mut acknowledged = Vec::new();
    for _ in 0..5 {
        let request = submitter.idea();
        acknowledged.push(request.idea.clone());
        client.submit_idea(submitter.says(request)).await.expect("taken in");
    }
    let last = format!("{} ", server.pid());
    assert!(server.stop().success());
    // The tracer is no child of ours: it may still be writing when the server has ended.
    let trace = eventually(async || {
        let trace = String::from_utf8_lossy(&std::fs::read(&trace).expect("a trace")).into_owned();
        let ended = |line: &str| line.starts_with(&last) && line.ends_with("+++ exited with 0 +++");
        Ok(trace.lines().any(ended).then_some(trace))
    })
    .await;
    let calls = calls(&trace);
    let on = |name: &str, file: &str, call: &Call| call.text.starts_with(name) && call.text.contains(file);
    for idea in acknowledged {
        // Whoever hears of it first: the submitter by the reply, or a service that follows the journal.
        let reply = calls
            .iter()
            .filter(|call| call.text.contains("<UNIX-STREAM:") && call.text.contains(&idea))
            .min_by_key(|call| call.began)
            .unwrap_or_else(|| panic!("{idea} was never told to anybody"));
        // The line that holds the idea's id goes into the write-ahead log.
        let logged = calls
            .iter()
            .filter(|call| on("pwrite", "/submission/journal.db-wal>", call) && call.text.contains(&idea))
            // The first time: later commits write the same page again.
            .find(|call| call.ended < reply.began);
        let logged = logged.unwrap_or_else(|| panic!("{idea} was acknowledged before it was written"));
        let synced = calls.iter().any(|call| {
            // SQLite calls one or the other, by how it was built.
            (on("fsync", "/submission/journal.db-wal>", call) || on("fdatasync", "/submission/journal.db-wal>", call))
                && call.text.ends_with("= 0")
                && call.began > logged.ended
                && call.ended < reply.began
        });
        assert!(synced, "{idea} was acknowledged before it was synced");
    }
}
