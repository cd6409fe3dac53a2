//! The workspace itself: which crate may depend on which, and who may use which store or broker.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A crate, and what of ours it may depend on to run. Development dependencies are free.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("idesluss-domain", &[]),
    ("idesluss-proof", &[]),
    ("idesluss-terminal", &[]),
    ("idesluss-phrases", &[]),
    ("idesluss-assertion", &[]),
    ("idesluss-access", &["assertion", "domain", "proto"]),
    ("idesluss-proto", &["domain", "phrases"]),
    ("idesluss-runtime", &["domain"]),
    ("idesluss-journal", &["domain", "proof"]),
    ("idesluss-vault", &["domain", "journal"]),
    (
        "idesluss-engine",
        &[
            "access",
            "assertion",
            "domain",
            "proof",
            "journal",
            "vault",
            "proto",
            "runtime",
        ],
    ),
    ("idesluss-messaging", &["proof", "journal"]),
    ("idesluss-notary", &["proof", "journal", "engine", "runtime", "vault"]),
    (
        "idesluss-launch",
        &[
            "domain",
            "engine",
            "journal",
            "messaging",
            "notary",
            "proof",
            "proto",
            "runtime",
            "terminal",
            "vault",
        ],
    ),
    ("idesluss-search", &["domain", "engine"]),
    ("idesluss-submission", SERVICE),
    ("idesluss-evaluation", SERVICE),
    ("idesluss-sharing", SERVICE),
    ("idesluss-identity", SERVICE),
    (
        "idesluss-roster",
        &["engine", "evaluation", "identity", "sharing", "submission"],
    ),
    ("idesluss-evidence", &["auditor", "domain", "proof", "proto", "runtime"]),
    (
        "idesluss-gateway",
        &["access", "auditor", "domain", "evidence", "phrases", "proto", "runtime"],
    ),
    ("idesluss-auditor", &["assertion", "domain", "proof", "terminal"]),
    ("idesluss-mining", &["auditor", "domain", "proof"]),
    (
        "idesluss",
        &[
            "domain", "proof", "journal", "vault", "engine", "proto", "runtime", "roster", "gateway", "identity",
            "auditor", "evidence", "mining", "notary", "terminal",
        ],
    ),
    (
        "idesluss-server",
        &[
            "domain", "engine", "evidence", "gateway", "identity", "launch", "roster", "runtime", "terminal",
        ],
    ),
    ("idesluss-servers", &[]),
    ("idesluss-example", &["domain", "engine"]),
    (
        "idesluss-tests",
        &["access", "domain", "gateway", "proto", "runtime", "servers"],
    ),
];

const SERVICE: &[&str] = &[
    "access", "domain", "proof", "journal", "vault", "engine", "search", "proto", "runtime",
];

/// Libraries that only some crates may use.
const ONLY_IN: &[(&str, &[&str])] = &[
    (
        "rusqlite",
        &[
            "idesluss-journal",
            "idesluss-engine",
            "idesluss-submission",
            "idesluss-evaluation",
            "idesluss-sharing",
            "idesluss-identity",
            "idesluss-example",
            // In one file, see IN_ONE_FILE: the form of an export, not a store.
            "idesluss-mining",
        ],
    ),
    ("sqlx", &["idesluss-journal"]),
    ("async-nats", &["idesluss-messaging"]),
    ("tantivy", &["idesluss-search"]),
    ("axum", &["idesluss-gateway", "idesluss-notary", "idesluss-runtime"]),
];

/// Crates that may use a library in one file of theirs and nowhere else: crate, library, the crate's folder, the file.
const IN_ONE_FILE: &[(&str, &str, &str, &str)] =
    &[("idesluss-mining", "rusqlite", "services/mining", "src/ocel/sqlite.rs")];

/// Libraries that the pure crates must not know: time, chance, the network and files come from outside.
const NOT_IN_PURE: &[&str] = &[
    "tokio",
    "tonic",
    "prost",
    "getrandom",
    "rusqlite",
    "async-trait",
    "tracing",
];

fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// What a program of ours is built with to run, of everything in the registry and here, with the features that it asks for alone.
fn built_into(program: &str) -> BTreeSet<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "tree", "--locked", "-p", program, "--edges", "normal", "--prefix", "none", "--format", "{p}",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).expect("names");
    listed
        .lines()
        .filter_map(|line| line.split(' ').next().map(str::to_owned))
        .collect()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    value[member].as_array().into_iter().flatten()
}

/// Our packages by name, with what they depend on to run.
fn packages(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    list(metadata, "packages")
        .filter(|package| package["source"].is_null())
        .map(|package| {
            let runs_with = list(package, "dependencies").filter(|dependency| dependency["kind"].is_null());
            let names = runs_with
                .map(|dependency| text(dependency, "name").to_owned())
                .collect();
            (text(package, "name").to_owned(), names)
        })
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let packages = packages(&metadata());
    let known: BTreeSet<_> = MAY_DEPEND_ON.iter().map(|(package, _)| (*package).to_owned()).collect();
    assert_eq!(
        packages.keys().cloned().collect::<BTreeSet<_>>(),
        known,
        "every crate has its line in this test"
    );
    for (package, allowed) in MAY_DEPEND_ON {
        let ours = packages[*package].iter().filter(|name| packages.contains_key(*name));
        for other in ours {
            let short = other.trim_start_matches("idesluss-");
            assert!(allowed.contains(&short), "{package} may not depend on {other}");
        }
    }
}

#[test]
fn stores_brokers_and_the_web_stay_in_their_packages() {
    let packages = packages(&metadata());
    for (package, names) in &packages {
        for (library, allowed) in ONLY_IN {
            let uses = names.contains(*library);
            assert!(
                !uses || allowed.contains(&package.as_str()),
                "{package} may not use {library}"
            );
        }
        if matches!(package.as_str(), "idesluss-domain" | "idesluss-proof") {
            let known = NOT_IN_PURE.iter().find(|library| names.contains(**library));
            assert_eq!(known, None, "{package} is pure");
        }
        for vague in ["common", "core", "utils"] {
            assert!(!package.ends_with(vague), "{package} does not say what it is for");
        }
    }
}

#[test]
fn the_laptops_program_builds_no_broker_and_no_database_server() {
    let laptop = built_into("idesluss");
    assert!(
        laptop.contains("rusqlite") && laptop.contains("idesluss-journal"),
        "{laptop:?}"
    );
    let needless: Vec<_> = laptop
        .iter()
        .filter(|name| {
            name.starts_with("sqlx") || ["async-nats", "idesluss-launch", "idesluss-messaging"].contains(&name.as_str())
        })
        .collect();
    assert!(needless.is_empty(), "{needless:?}");
    // The web opens no database, and neither does whoever verifies.
    for reader in ["idesluss-gateway", "idesluss-auditor"] {
        assert!(!built_into(reader).contains("rusqlite"), "{reader} builds SQLite");
    }
    let region = built_into("idesluss-server");
    assert!(
        region.contains("sqlx") && region.contains("async-nats"),
        "it is seen where it is: {region:?}"
    );
}

/// Every Rust file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let below = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        match path.extension() {
            _ if path.is_dir() => sources(&path),
            Some(extension) if extension == "rs" => vec![path],
            _ => vec![],
        }
    };
    entries.flat_map(below).collect()
}

#[test]
fn what_a_package_may_use_in_one_file_it_uses_in_no_other() {
    for (package, library, folder, file) in IN_ONE_FILE {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(folder);
        let uses = |path: &PathBuf| std::fs::read_to_string(path).expect("the file").contains(library);
        let using: Vec<PathBuf> = sources(&folder.join("src")).into_iter().filter(uses).collect();
        assert_eq!(using, [folder.join(file)], "{package} uses {library} elsewhere");
    }
}

#[test]
fn whatever_is_printed_goes_through_the_one_place_that_escapes_it() {
    let services = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../services"));
    let prints = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("the file");
        let is_code = |line: &str| !line.trim_start().starts_with("//");
        let words = ["println!", "print!(", "dbg!", "writeln!(io::std", "write!(io::std"];
        text.lines()
            .filter(|line| is_code(line))
            .any(|line| words.iter().any(|word| line.contains(word)))
    };
    for entry in std::fs::read_dir(services).expect("the folder can be read") {
        let package = entry.expect("an entry").path();
        if package.is_dir() && !package.ends_with("terminal") {
            let printing: Vec<PathBuf> = sources(&package.join("src")).into_iter().filter(prints).collect();
            assert!(printing.is_empty(), "these print by themselves: {printing:?}");
        }
    }
}

/// Names of our own making for which the field has a word, which is used instead (ARCHITECTURE.md, "Glossary").
const NO_NAMES: &[&str] = &[
    "Course",
    "Desk",
    "Door",
    "Guest",
    "Halts",
    "House",
    "InTurn",
    "Loan",
    "Patient",
    "Place",
    "Rare",
    "Seat",
    "Sheet",
    "Sight",
    "Standing",
    "Told",
    "Visitor",
    "door",
    "efter",
    "kommando",
    "lage",
    "lend",
    "run_ahead",
    "sight",
    "tell",
    "told",
];

#[test]
fn nothing_is_named_by_a_word_of_our_own_where_the_field_has_one() {
    let services = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../services"));
    let folders = std::fs::read_dir(services).expect("the folder can be read");
    let folders = folders.map(|entry| entry.expect("an entry").path().join("src"));
    let mut found = Vec::new();
    for path in folders
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| sources(&folder))
    {
        let text = std::fs::read_to_string(&path).expect("the file");
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            if matches!(pair[0], "struct" | "enum" | "trait" | "type" | "fn" | "mod") && NO_NAMES.contains(&pair[1]) {
                found.push(format!("{}: {} {}", path.display(), pair[0], pair[1]));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_test_that_security_names_is_there() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let told = std::fs::read_to_string(root.join("SECURITY.md")).expect("the file");
    let (_, holes) = told.split_once("## Holes").expect("the table");
    let is_sentence = |word: &&str| {
        let name = word.rsplit("::").next().unwrap_or_default();
        name.matches('_').count() >= 4
            && name
                .chars()
                .all(|letter| letter == '_' || letter.is_ascii_alphanumeric())
    };
    let named: BTreeSet<&str> = holes.split('`').skip(1).step_by(2).filter(is_sentence).collect();
    assert!(named.len() > 40, "{named:?}");
    let written: String = ["services", "tests", "proto"]
        .iter()
        .flat_map(|folder| sources(&root.join(folder)))
        .map(|path| std::fs::read_to_string(path).expect("the file"))
        .collect();
    let missing: Vec<_> = (named.into_iter())
        .filter(|name| !written.contains(&format!("fn {}(", name.rsplit("::").next().unwrap_or_default())))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
