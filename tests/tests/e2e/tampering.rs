//! Whoever holds the disk changes a journal, beside the program and behind its back. `audit verify` and `doctor` find it.

use idesluss_tests::{Instance, copy_folder, run};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// One way to tamper: what somebody who knows the tables would run, and what they are found by.
struct Tampering {
    how: &'static str,
    /// Python, with `run(sql, …)`, `line(position)` and `put(position, line)`.
    script: &'static str,
    /// What an export of the running instance, or its verification, says; `{size-3}` and the like stand for how many entries there were.
    verified: &'static str,
    /// What the doctor says of the folder.
    examined: &'static str,
}

/// Entries 68 and on are submission's own: before them stands who may do what.
const TAMPERINGS: &[Tampering] = &[
    Tampering {
        how: "one bit of an entry",
        script: "text = bytearray(line(68)); text[-9] ^= 1; put(68, bytes(text))",
        verified: "entry 68 of submission is another",
        examined: "one of the entries 64 to 95",
    },
    Tampering {
        how: "another actor, in the form of an entry",
        script: "put(68, line(68).replace(b'\"role\":\"submitter\"', b'\"role\":\"registrar\"').replace(b'\"role\":\"service\"', b'\"role\":\"auditor\"'))",
        verified: "entry 68 of submission is another",
        examined: "one of the entries 64 to 95",
    },
    Tampering {
        how: "deleted",
        script: "run('DELETE FROM entries WHERE position = 68')",
        verified: "entry 69",
        examined: "entry 68",
    },
    Tampering {
        how: "deleted, and the rest moved up",
        script: "run('DELETE FROM entries WHERE position = 68'); run('UPDATE entries SET position = position - 1 WHERE position > 68'); run('UPDATE head SET size = size - 1')",
        // By how many trees its size now falls into, it is seen at once or when the lines are read.
        verified: "it is entry 69, and 68 comes next|its head speaks of {size-1} entries",
        examined: "entry 68",
    },
    Tampering {
        how: "swapped",
        script: "first, second = line(68), line(69); put(68, second); put(69, first)",
        verified: "entry 69",
        examined: "entry 68",
    },
    Tampering {
        how: "inserted",
        script: "run('UPDATE entries SET position = -position - 1 WHERE position >= 68'); run('UPDATE entries SET position = -position WHERE position < 0'); run('INSERT INTO entries (position, source, epoch, sequence, line) SELECT 68, source, epoch, 1000000, line FROM entries WHERE position = 67'); run('UPDATE head SET size = size + 1')",
        verified: "its head speaks of {size+1} entries",
        examined: "entry 68",
    },
    Tampering {
        how: "in another order",
        script: "lines = [line(p) for p in (68, 69, 70)]; put(68, lines[1]); put(69, lines[2]); put(70, lines[0])",
        verified: "entry 69",
        examined: "entry 68",
    },
    Tampering {
        how: "back-dated",
        script: "put(68, line(68).replace(b'\"recorded\":\"20', b'\"recorded\":\"19', 1))",
        verified: "L03 submission, entry 68",
        examined: "entry 68",
    },
    Tampering {
        how: "its tail cut off",
        script: "run('DELETE FROM entries WHERE position >= (SELECT size - 3 FROM head)'); run('UPDATE head SET size = size - 3')",
        verified: "the journal of submission is damaged",
        examined: "its head speaks of",
    },
];

const PYTHON: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
def run(sql, *with_): db.execute(sql, with_)
def line(position): return db.execute('SELECT line FROM entries WHERE position = ?', (position,)).fetchone()[0]
def put(position, line): run('UPDATE entries SET line = ? WHERE position = ?', line, position)
run('BEGIN IMMEDIATE')
exec(sys.argv[2])
run('COMMIT')
";

fn python(journal: &Path, script: &str) {
    let output = Command::new("python3")
        .args(["-c", PYTHON])
        .arg(journal)
        .arg(script)
        .output()
        .expect("python3 is there; `make tools` installs it");
    assert!(output.status.success(), "{script}: {output:?}");
}

/// A stopped folder with some ideas, and the policy and the checkpoints that an auditor took home from it.
async fn folder() -> (TempDir, TempDir) {
    let instance = Instance::start();
    for _ in 0..12 {
        instance.submitted_idea().await;
    }
    let home = TempDir::new().expect("a folder");
    let data = instance.folder.path().to_string_lossy().into_owned();
    let keys = run(&["audit", "keys", "--data", &data]);
    std::fs::write(home.path().join("policy"), keys.stdout).expect("written");
    let (code, said) = take_and_verify(&data, home.path(), &[]);
    assert_eq!(code, Some(0), "{said}");
    keep(home.path());
    (instance.stop(), home)
}

/// Keeps submission's checkpoint of the bundle at home.
fn keep(home: &Path) {
    let checkpoint = Command::new("tar")
        .arg("xOf")
        .arg(home.join("bundle"))
        .arg("submission/checkpoint")
        .output()
        .expect("tar is there");
    std::fs::write(home.join("kept"), checkpoint.stdout).expect("written");
}

/// Exports what there is, and verifies it against the policy that was taken home. What can't be exported is found already.
fn take_and_verify(data: &str, home: &Path, more: &[&str]) -> (Option<i32>, String) {
    let path = |name: &str| home.join(name).to_string_lossy().into_owned();
    let (bundle, policy) = (path("bundle"), path("policy"));
    let _ = std::fs::remove_file(&bundle);
    let exported = run(&["audit", "export", "--quiet", "--data", data, "--out", &bundle]);
    if !exported.status.success() {
        let said = String::from_utf8_lossy(&exported.stderr).into_owned();
        return (exported.status.code(), said);
    }
    let verified = run(&[&["audit", "verify", &bundle, "--policy", &policy, "--quiet"], more].concat());
    let said = [verified.stdout, verified.stderr].concat();
    (verified.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// What is expected of a journal of some size.
fn expected(text: &str, size: i64) -> String {
    [-3, -1, 1].into_iter().fold(text.to_owned(), |text, by| {
        text.replace(&format!("{{size{by:+}}}"), &(size + by).to_string())
    })
}

fn size(journal: &Path) -> i64 {
    let journal = rusqlite::Connection::open(journal).expect("a journal");
    let size = journal.query_row("SELECT size FROM head", [], |row| row.get(0));
    size.expect("a head")
}

fn journal(data: &Path) -> PathBuf {
    data.join("submission").join("journal.db")
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_in_a_journal_is_found_while_it_runs_and_by_the_doctor() {
    let (whole, home) = folder().await;
    let size = size(&journal(whole.path()));
    for tampering in TAMPERINGS {
        let (examined_as, verified_as) = (expected(tampering.examined, size), expected(tampering.verified, size));
        let copies = TempDir::new().expect("a folder");
        let (live, resting) = (copies.path().join("live"), copies.path().join("resting"));
        copy_folder(whole.path(), &live);
        copy_folder(whole.path(), &resting);

        python(&journal(&resting), tampering.script);
        let examined = run(&["doctor", "--data", &resting.to_string_lossy()]);
        let said = [examined.stdout, examined.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(
            !examined.status.success() && said.contains(&examined_as),
            "{}: the doctor says {said}",
            tampering.how
        );

        let server = idesluss_tests::Server::start(&live, &[]);
        let data = live.to_string_lossy().into_owned();
        let (code, said) = take_and_verify(&data, home.path(), &[]);
        assert_eq!(code, Some(0), "{said}");
        python(&journal(&live), tampering.script);
        let kept = home.path().join("kept").to_string_lossy().into_owned();
        let (code, said) = take_and_verify(&data, home.path(), &["--kept", &kept]);
        assert!(
            matches!(code, Some(1 | 2)) && verified_as.split('|').any(|words| said.contains(words)),
            "{}: verification says {said}",
            tampering.how
        );
        server.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_history_that_is_signed_as_well_is_seen_by_whoever_kept_a_checkpoint_of_the_first() {
    let (whole, home) = folder().await;
    let other = TempDir::new().expect("a folder");
    // Guard, keys and journals: the operator holds them all, and can go on from here twice.
    copy_folder(whole.path(), other.path());
    let first = Instance::restart(whole);
    first.submitted_idea().await;
    let data = |instance: &Instance| instance.folder.path().to_string_lossy().into_owned();
    let (code, said) = take_and_verify(&data(&first), home.path(), &[]);
    assert_eq!(code, Some(0), "{said}");
    keep(home.path());
    drop(first.stop());
    let second = Instance::restart(other);
    second.submitted_idea().await;
    // By itself it looks as it should.
    let (code, said) = take_and_verify(&data(&second), home.path(), &[]);
    assert_eq!(code, Some(0), "{said}");
    let kept = home.path().join("kept").to_string_lossy().into_owned();
    let (code, said) = take_and_verify(&data(&second), home.path(), &["--kept", &kept]);
    assert!(code == Some(1) && said.contains("T08 submission"), "{said}");
    drop(second.stop());
}
