//! The exports as others read them: pm4py and r4pm, of which no line is ours.

use crate::books::{Books, whole_way};
use crate::samples::SAMPLES;
use idesluss_auditor::Service;
use idesluss_mining::{Format, Written};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn run(command: &mut Command) -> Output {
    let output = command.output().expect("the program can be run");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    output
}

/// Where the libraries are; `tests/wheels.sh` installs them when they are not there.
fn libraries() -> String {
    let output = run(Command::new(format!("{ROOT}/tests/wheels.sh")).arg("mining"));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// What others find in the exports of a folder.
fn read(folder: &Path) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/foreign.py");
    let mut command = Command::new("python3");
    command
        .arg(script)
        .arg(folder)
        .env("PYTHONPATH", libraries())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = run(&mut command);
    // What a reader is surprised at, it says there.
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(!complaints.contains("warning"), "{complaints}");
    serde_json::from_slice(&output.stdout).expect("the script writes JSON")
}

/// Several ideas on their whole way, one event of every other type, copies and a refusal among them.
fn books() -> Books {
    let mut books = Books::default();
    for idea in 0..5 {
        whole_way(&mut books, idea);
        books.receives(Service::Evaluation, "submission", "IdeaSubmitted", idea);
        books.refuses(Service::Sharing);
    }
    for sample in SAMPLES.iter() {
        books.sample(sample, 8);
    }
    books
}

#[test]
fn pm4py_and_r4pm_find_what_we_say_in_every_format() {
    let books = books();
    let folder = tempfile::tempdir().expect("a folder");
    let [xes, ocel, sqlite, csv] = Format::ALL.map(|format| {
        let path = folder.path().join(format!("export.{}", format.extension()));
        format.write_file(books.events(), &path).expect("an export")
    });
    let Written { events, cases, .. } = xes;
    let objects = ocel.objects.expect("objects");
    assert_eq!((ocel.events, sqlite.events, csv.events), (events, events, events));
    assert_eq!(sqlite.objects, Some(objects));

    let found = read(folder.path());
    assert_eq!(found["validation"]["unsatisfied"], json!([]), "{found}");
    assert_eq!(found["validation"]["satisfied"], 24, "{found}");
    for reader in ["pm4py", "r4pm"] {
        for form in ["json", "sqlite"] {
            assert_eq!(found[reader][form]["events"], events, "{reader} {form}: {found}");
            assert_eq!(found[reader][form]["objects"], objects, "{reader} {form}: {found}");
        }
        assert_eq!(
            found[reader]["xes"],
            json!({"events": events, "cases": cases}),
            "{reader}: {found}"
        );
    }
    let (json, sqlite) = (&found["pm4py"]["json"], &found["pm4py"]["sqlite"]);
    assert_eq!(
        json, sqlite,
        "what is told of events and objects is the same in both forms"
    );
    assert_eq!(found["r4pm"]["json"], found["r4pm"]["sqlite"]);
    let table =
        json!({"events": events, "cases": cases, "first": "2026-11-23T20:00:00+00:00", "last": found["csv"]["last"]});
    assert_eq!(found["csv"], table);
    // Seconds would be lost on whoever reads times as they like; microseconds are there.
    assert!(
        found["csv"]["last"]
            .as_str()
            .is_some_and(|last| last.contains('.') && last.ends_with("+00:00")),
        "{found}"
    );
}
