//! Killing the process at any moment around append and sign, with a disk that fails now and then.

use crate::instance::{append, guard, journal, notary_with};
use idesluss_journal::Log as _;
use idesluss_notary::{Guard, GuardError};
use idesluss_proof::note::SignedNote;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// Where the process that is to be killed finds its folder.
const CHILD: &str = "NOTARY_KILLS_FOLDER";

/// How many times: 1,000 in `make test-faults`.
fn kills() -> usize {
    std::env::var("NOTARY_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(40)
}

/// Fails one time in four: half of the times after it has kept what it was given.
struct Unsteady {
    inner: Arc<dyn Guard>,
    turn: AtomicU64,
}

impl Guard for Unsteady {
    fn last(&self, origin: &str) -> Result<Option<SignedNote>, GuardError> {
        self.inner.last(origin)
    }

    fn keep(&self, origin: &str, note: &SignedNote) -> Result<(), GuardError> {
        let failed = || GuardError::Folder("guard".into(), io::Error::other("an injected fault"));
        match self.turn.fetch_add(1, Ordering::Relaxed) % 8 {
            3 => Err(failed()),
            6 => self.inner.keep(origin, note).and(Err(failed())),
            _ => self.inner.keep(origin, note),
        }
    }
}

/// Writes and signs until it is killed; says what was acknowledged and what was published.
async fn live(folder: &Path) {
    let store = journal(folder);
    let guard = Unsteady {
        inner: guard(folder),
        turn: AtomicU64::new(Uuid::new_v4().as_u128() as u64),
    };
    let notary = notary_with(folder, &store, Arc::new(guard));
    for _ in 0..4 {
        let store = store.clone();
        tokio::spawn(async move {
            loop {
                let position = append(&store).await;
                writeln!(io::stdout().lock(), "written {position}").expect("somebody listens");
            }
        });
    }
    loop {
        let signing = notary.sign().await;
        if let Err(error) = &signing {
            assert!(!error.is_lasting(), "{error}");
        } else {
            let signed = notary.latest().borrow().clone().expect("signed");
            let root: String = signed
                .checkpoint
                .root
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            writeln!(io::stdout().lock(), "signed {} {root}", signed.checkpoint.size).expect("somebody listens");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_and_no_fault_makes_two_signatures_contradict_or_loses_what_was_acknowledged() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return live(Path::new(&folder)).await;
    }
    let folder = TempDir::new().expect("a folder");
    let mut written = Vec::new();
    let mut published: Vec<(u64, String)> = Vec::new();
    for _ in 0..kills() {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args([
                "--exact",
                "kills::no_kill_and_no_fault_makes_two_signatures_contradict_or_loses_what_was_acknowledged",
                "--nocapture",
            ])
            .env(CHILD, folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test runs again");
        let out = child.stdout.take().expect("its output");
        let pid = rustix::process::Pid::from_child(&child);
        // Half of them from the first word on, while it opens and signs for the first time; half from the first signature, which a journal that has
        // grown makes later.
        let from_signed = Uuid::new_v4().as_u128().is_multiple_of(2);
        let mut killer = None;
        for line in BufReader::new(out).lines() {
            let Ok(line) = line else { break };
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["written", position] => written.extend(position.parse::<u64>()),
                ["signed", size, root] if root.len() == 64 => {
                    published.extend(size.parse().map(|size| (size, root.to_owned())));
                }
                // The harness's own words, or a line that the kill cut short.
                _ => continue,
            }
            if from_signed && words[0] != "signed" {
                continue;
            }
            killer.get_or_insert_with(|| {
                let moment = Duration::from_micros(Uuid::new_v4().as_u128() as u64 % 30_000);
                std::thread::spawn(move || {
                    std::thread::sleep(moment);
                    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("the child is ours");
                })
            });
        }
        killer
            .expect("it wrote and signed until it was killed")
            .join()
            .expect("killed");
        child.wait().expect("it has ended");
    }
    let store = journal(folder.path());
    let size = store.verify().await.expect("whole");
    assert!(
        written.iter().all(|position| *position < size),
        "an acknowledged entry is lost"
    );
    assert!(
        !written.is_empty() && published.len() > kills() / 3,
        "{} signed, which half of the kills waited for",
        published.len()
    );
    for (of, root) in &published {
        assert!(
            *of <= size,
            "a checkpoint of {of} entries was published, there are {size}"
        );
        let found: String = store
            .root(*of)
            .await
            .expect("a root")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(&found, root, "the checkpoint of {of} entries contradicts the journal");
    }
    println!(
        "{} kills, {} acknowledged, {} checkpoints, {size} entries",
        kills(),
        written.len(),
        published.len()
    );
}
