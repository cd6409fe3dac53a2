//! The program that auditors run: what it says, and how it ends.

use crate::archive::edit_text;
use crate::history::true_plan;
use crate::journal::World;
use crate::make::{Wanted, bundle, checkpoint, policy_text};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder with a bundle, a policy and the evaluation log's checkpoint of before.
struct Workspace {
    folder: TempDir,
    world: World,
}

impl Workspace {
    fn new() -> Self {
        let world = World::of(&true_plan());
        let workspace = Self {
            folder: TempDir::new().expect("a folder"),
            world,
        };
        workspace.put("bundle.tar", &bundle(&workspace.world, &Wanted::instance()));
        workspace.put("policy", policy_text().as_bytes());
        workspace
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), bytes).expect("it is written");
        self.path(name)
    }

    fn verify(&self, bundle: &Path, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idesluss-audit"));
        command
            .arg("verify")
            .arg(bundle)
            .arg("--policy")
            .arg(self.path("policy"))
            .args(more);
        command.output().expect("it runs")
    }
}

fn output_of(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn it_ends_with_0_and_says_so_when_nothing_is_broken() {
    let workspace = Workspace::new();
    let output = workspace.verify(&workspace.path("bundle.tar"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", output_of(&output));
    assert!(
        output_of(&output).ends_with("Nothing is broken in what this bundle holds.\n"),
        "{}",
        output_of(&output)
    );
    assert!(output.stderr.is_empty(), "no progress where nobody looks");
}

#[test]
fn it_ends_with_1_and_names_number_code_log_and_entry_when_something_is_broken() {
    let workspace = Workspace::new();
    let file = std::fs::read(workspace.path("bundle.tar")).expect("a bundle");
    let altered = edit_text(&file, "evaluation/entries/000000.ndjson", |text| {
        text.replacen(
            "\"cost_kronor\":40000,\"decided_by\"",
            "\"cost_kronor\":40001,\"decided_by\"",
            1,
        )
    });
    let altered = workspace.put("altered.tar", &altered);
    let output = workspace.verify(&altered, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", output_of(&output));
    assert!(
        output_of(&output).contains(". R02 evaluation, entry "),
        "{}",
        output_of(&output)
    );
    let json = workspace.verify(&altered, &["--json"]);
    assert_eq!(json.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    let numbers = findings.iter().map(|finding| finding["number"].as_u64());
    assert!(numbers.eq((1..).map(Some).take(findings.len())), "{report}");
    let first = findings
        .iter()
        .find(|finding| finding["code"] == "R02")
        .expect("it is found");
    assert_eq!(
        (&first["log"], &first["severity"]),
        (&"evaluation".into(), &"broken".into()),
        "{report}"
    );
    assert!(first["position"].is_u64() && first["text"].is_string(), "{report}");
}

#[test]
fn it_ends_with_2_and_says_what_to_do_when_something_can_t_be_read() {
    let workspace = Workspace::new();
    let missing = workspace.verify(&workspace.path("other.tar"), &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        output_of(&missing).contains("other.tar can't be opened") && output_of(&missing).contains("Check the path"),
        "{}",
        output_of(&missing)
    );
    let nonsense = workspace.put("nonsense", b"no checkpoint");
    let kept = workspace.verify(
        &workspace.path("bundle.tar"),
        &["--kept", nonsense.to_str().expect("a path")],
    );
    assert_eq!(kept.status.code(), Some(2), "{}", output_of(&kept));
    assert!(
        output_of(&kept).contains("nonsense is no checkpoint"),
        "{}",
        output_of(&kept)
    );
    workspace.put("policy", b"nonsense here\n");
    let policy = workspace.verify(&workspace.path("bundle.tar"), &[]);
    assert_eq!(policy.status.code(), Some(2), "{}", output_of(&policy));
    assert!(
        output_of(&policy).contains("policy") && output_of(&policy).contains("can't be used"),
        "{}",
        output_of(&policy)
    );
}

#[test]
fn it_holds_the_bundle_against_checkpoints_that_were_kept() {
    let workspace = Workspace::new();
    let journal = workspace.world.journal("evaluation");
    let of = |name: &str, size: u64, root: [u8; 32]| {
        let path = workspace.put(name, &checkpoint("evaluation", size, &root));
        workspace.verify(
            &workspace.path("bundle.tar"),
            &["--kept", path.to_str().expect("a path")],
        )
    };
    let same = of("same", 50, journal.root(50));
    assert_eq!(same.status.code(), Some(0), "{}", output_of(&same));
    let other = of("other", 50, [7; 32]);
    assert_eq!(other.status.code(), Some(1), "{}", output_of(&other));
    assert!(output_of(&other).contains("T08 evaluation"), "{}", output_of(&other));
}

#[test]
fn a_kept_checkpoint_of_a_log_that_the_bundle_does_not_hold_is_told() {
    let workspace = Workspace::new();
    let path = workspace.put("strange", &checkpoint("other", 5, &[7; 32]));
    let output = workspace.verify(
        &workspace.path("bundle.tar"),
        &["--kept", path.to_str().expect("a path")],
    );
    assert_eq!(output.status.code(), Some(1), "{}", output_of(&output));
    assert!(output_of(&output).contains("T06"), "{}", output_of(&output));
}

/// Answers every request with these bytes under this status, until the test ends. Returns the address.
fn served(status: &'static str, announced: usize, bytes: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            // The request is small and comes at once.
            let _ = stream.read(&mut [0; 4096]);
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {announced}\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(&[head.as_bytes(), &bytes].concat());
        }
    });
    format!("http://{address}/2026.tar")
}

#[test]
fn a_bundle_is_verified_from_its_address_and_what_does_not_come_whole_is_not_judged() {
    let workspace = Workspace::new();
    let bytes = std::fs::read(workspace.path("bundle.tar")).expect("the bundle");
    let whole = served("200 OK", bytes.len(), bytes.clone());
    let output = workspace.verify(Path::new(&whole), &[]);
    assert!(
        output.status.code() == Some(2) && output_of(&output).contains("--allow-http"),
        "{}",
        output_of(&output)
    );
    let output = workspace.verify(Path::new(&whole), &["--allow-http"]);
    assert!(output.status.code() == Some(0), "{}", output_of(&output));
    let mut changed = bytes.clone();
    changed[bytes.len() / 2] ^= 1;
    let output = workspace.verify(Path::new(&served("200 OK", changed.len(), changed)), &["--allow-http"]);
    assert!(
        output.status.code() == Some(1) && output_of(&output).contains("B01"),
        "{}",
        output_of(&output)
    );
    let cut = served("200 OK", bytes.len(), bytes[..bytes.len() / 2].to_vec());
    let missing = served("404 Not Found", 0, Vec::new());
    let nobody = "http://127.0.0.1:1/2026.tar".to_owned();
    for (address, words) in [(cut, "Try again"), (missing, "404"), (nobody, "check the address")] {
        let output = workspace.verify(Path::new(&address), &["--allow-http"]);
        assert!(
            output.status.code() == Some(2) && output_of(&output).contains(words),
            "{}",
            output_of(&output)
        );
    }
}
