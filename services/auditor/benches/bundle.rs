//! A bundle of a million entries, verified by the program that auditors run, beside `sha256sum` of the same file.
//!
//! `cargo bench -p idesluss-auditor --bench bundle -- [ENTRIES]`. Both run in turn, five times; the ratio is that of the medians. Memory
//! is the most that the program ever held, as Linux tells.

#[path = "../tests/bundles/archive.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod archive;
#[path = "../tests/bundles/history.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod history;
#[path = "../tests/bundles/journal.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod journal;
#[path = "../tests/bundles/make.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod make;
#[path = "../tests/bundles/plan.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod plan;

use journal::World;
use make::Wanted;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;
/// How much work is planned at a time, in ideas.
const AT_ONCE: u128 = 500;

fn main() {
    let entries = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bundle.tar");
    let policy = folder.path().join("policy");
    std::fs::write(&file, bundle(entries)).expect("the bundle is written");
    std::fs::write(&policy, make::policy_text()).expect("the policy is written");
    let size = std::fs::metadata(&file).expect("it is there").len();
    let (mut beside, mut verified, mut most) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        beside.push(run(Command::new("sha256sum").arg(&file)).0);
        let mut audit = Command::new(env!("CARGO_BIN_EXE_idesluss-audit"));
        let (time, memory) = run(audit.arg("verify").arg(&file).arg("--policy").arg(&policy));
        verified.push(time);
        most = most.max(memory);
    }
    let (beside, verified) = (median(beside), median(verified));
    println!("{entries} entries, {} MB", size / 1_000_000);
    println!(
        "sha256sum {:.2} s, verified in {:.2} s: {:.2} times as long",
        beside.as_secs_f64(),
        verified.as_secs_f64(),
        verified.as_secs_f64() / beside.as_secs_f64()
    );
    println!("at most {:.1} MiB of memory", most as f64 / 1024.0);
}

/// A bundle of a whole instance with about so many entries in its journals.
fn bundle(entries: usize) -> Vec<u8> {
    let mut world = World::empty();
    let (mut next, mut commands) = (1_000, 0);
    while world.journals.iter().map(|journal| journal.lines.len()).sum::<usize>() < entries {
        let plan = history::lives(next == 1_000, next..next + AT_ONCE, commands);
        commands = plan.commands;
        world.go_on(&plan, 60);
        world.at.clear();
        next += AT_ONCE;
    }
    make::bundle(&world, &Wanted::instance())
}

/// How long a program ran, and how many KiB it held at most. It must find nothing.
fn run(command: &mut Command) -> (Duration, u64) {
    let begin = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let end = loop {
        most = most.max(peak(Path::new(&status)));
        if let Some(end) = child.try_wait().expect("it is waited for") {
            break end;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(end.success(), "{command:?} ended with {end}");
    (begin.elapsed(), most)
}

fn peak(status: &Path) -> u64 {
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or(0)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
