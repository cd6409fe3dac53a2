//! What comes in from elsewhere: what `make deny` and `make advisories` must refuse, they refuse. Each is asked as whoever runs it asks.

use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// How every crate of ours begins.
const OURS: &str = "edition = \"2024\"\nlicense = \"EUPL-1.2\"\npublish = false\n";

/// Runs a target of our Makefile with a variable set.
fn make(target: &str, variable: &str, value: &Path) -> Command {
    let mut make = Command::new("make");
    make.args(["--silent", "--directory"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .arg(target)
        .arg(format!("{variable}={}", value.display()))
        // Of a make that runs this test.
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL");
    make
}

fn output_of(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{out}{err}")
}

#[track_caller]
fn refused(output: &Output, because: &[&str]) {
    let said = output_of(output);
    assert!(!output.status.success(), "it went through: {said}");
    for because in because {
        assert!(said.contains(because), "it does not say {because:?}: {said}");
    }
}

#[track_caller]
fn goes_through(output: &Output) {
    assert!(output.status.success(), "{}", output_of(output));
}

/// Runs a program that only prepares something.
#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().expect("it can be run");
    assert!(output.status.success(), "{command:?}: {}", output_of(&output));
}

/// A workspace of the first of these crates, which builds on the others; by folder, each with what its manifest says.
struct Workspace {
    folder: TempDir,
    /// Nothing of what these crates ask for is kept among what real builds use.
    home: TempDir,
}

impl Workspace {
    fn of(crates: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let names: Vec<_> = crates.iter().map(|(name, _)| format!("{name:?}")).collect();
        let (ours, theirs) = names.split_first().expect("a crate of ours");
        let theirs = theirs.join(", ");
        let root = format!("[workspace]\nresolver = \"3\"\nmembers = [{ours}]\nexclude = [{theirs}]\n");
        std::fs::write(folder.path().join("Cargo.toml"), root).expect("written");
        for (name, manifest) in crates {
            library(&folder.path().join(name), manifest);
        }
        let made = Self {
            folder,
            home: TempDir::new().expect("a folder"),
        };
        run(Command::new("cargo")
            .args(["generate-lockfile", "--manifest-path"])
            .arg(made.manifest())
            .env("CARGO_HOME", made.home.path()));
        made
    }

    fn manifest(&self) -> std::path::PathBuf {
        self.folder.path().join("Cargo.toml")
    }

    /// What `make deny` says of it.
    fn denied(&self) -> Output {
        let mut make = make("deny", "DENY_MANIFEST", &self.manifest());
        make.env("CARGO_HOME", self.home.path())
            .output()
            .expect("make can be run")
    }
}

/// A crate with nothing in it.
fn library(folder: &Path, manifest: &str) {
    std::fs::create_dir_all(folder.join("src")).expect("a folder");
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("written");
    std::fs::write(folder.join("src/lib.rs"), "").expect("written");
}

fn package(name: &str, version: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n")
}

fn ours(name: &str, dependencies: &str) -> String {
    format!("{}{OURS}[dependencies]\n{dependencies}", package(name, "0.1.0"))
}

/// A crate of somebody else's.
fn theirs(name: &str, version: &str, licence: &str) -> String {
    format!(
        "{}edition = \"2024\"\nlicense = \"{licence}\"\npublish = false\n",
        package(name, version)
    )
}

#[test]
fn what_is_built_on_crates_that_are_in_order_goes_through() {
    let made = Workspace::of(&[
        ("ours", &ours("ours", "theirs = { path = \"../theirs\" }\n")),
        ("theirs", &theirs("theirs", "1.0.0", "MIT OR GPL-3.0-only")),
    ]);
    goes_through(&made.denied());
}

#[test]
fn a_crate_that_is_banned_does_not_come_in() {
    let made = Workspace::of(&[
        ("ours", &ours("ours", "openssl-sys = { path = \"../theirs\" }\n")),
        ("theirs", &theirs("openssl-sys", "0.9.1", "MIT")),
    ]);
    refused(&made.denied(), &["error[banned]", "openssl-sys", "rustls"]);
}

#[test]
fn a_licence_that_is_not_on_the_list_does_not_come_in() {
    for licence in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "MPL-2.0"] {
        let made = Workspace::of(&[
            ("ours", &ours("ours", "theirs = { path = \"../theirs\" }\n")),
            ("theirs", &theirs("theirs", "1.0.0", licence)),
        ]);
        refused(&made.denied(), &["error[rejected]", "theirs", "licenses FAILED"]);
    }
}

#[test]
fn a_crate_without_a_licence_does_not_come_in() {
    let made = Workspace::of(&[
        ("ours", &ours("ours", "theirs = { path = \"../theirs\" }\n")),
        (
            "theirs",
            &format!("{}edition = \"2024\"\npublish = false\n", package("theirs", "1.0.0")),
        ),
    ]);
    refused(&made.denied(), &["error[unlicensed]", "theirs", "licenses FAILED"]);
}

#[test]
fn a_second_version_of_a_crate_does_not_come_in_without_a_reason() {
    let both = "one = { package = \"theirs\", path = \"../one\" }\ntwo = { package = \"theirs\", path = \"../two\" }\n";
    let made = Workspace::of(&[
        ("ours", &ours("ours", both)),
        ("one", &theirs("theirs", "1.0.0", "MIT")),
        ("two", &theirs("theirs", "2.0.0", "MIT")),
    ]);
    refused(&made.denied(), &["error[duplicate]", "theirs", "bans FAILED"]);
}

#[test]
fn what_others_may_build_on_names_the_versions_that_it_needs() {
    let public = "edition = \"2024\"\nlicense = \"EUPL-1.2\"\n[dependencies]\ntheirs = { path = \"../theirs\" }\n";
    let made = Workspace::of(&[
        ("public", &format!("{}{public}", package("public", "1.0.0"))),
        ("theirs", &theirs("theirs", "1.0.0", "MIT")),
    ]);
    refused(&made.denied(), &["error[wildcard]", "bans FAILED"]);
}

#[test]
fn a_crate_from_a_repository_of_somebodys_does_not_come_in() {
    let repository = TempDir::new().expect("a folder");
    library(repository.path(), &theirs("theirs", "1.0.0", "MIT"));
    let git = |arguments: &[&str]| {
        let identity = [
            "-c",
            "user.name=them",
            "-c",
            "user.email=them@localhost",
            "-c",
            "commit.gpgsign=false",
        ];
        run(Command::new("git")
            .arg("-C")
            .arg(repository.path())
            .args(identity)
            .args(arguments));
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "theirs"]);
    let from = format!("theirs = {{ git = \"file://{}\" }}\n", repository.path().display());
    let made = Workspace::of(&[("ours", &ours("ours", &from))]);
    refused(
        &made.denied(),
        &["error[source-not-allowed]", "theirs", "sources FAILED"],
    );
}

/// A database with one advisory of the day `date`, as GNU's `date` understands it.
fn database(of: &str, patched: &str, date: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let day = Command::new("date")
        .args(["-d", date, "+%F"])
        .output()
        .expect("date can be run");
    let day = String::from_utf8(day.stdout).expect("a day");
    let text = format!(
        "```toml\n[advisory]\nid = \"RUSTSEC-2026-9999\"\npackage = \"{of}\"\ndate = \"{}\"\n\n\
         [versions]\npatched = [\"{patched}\"]\n```\n\n# Made for a test\n\nNothing is wrong with it.\n",
        day.trim()
    );
    let crates = folder.path().join("crates").join(of);
    std::fs::create_dir_all(&crates).expect("a folder");
    std::fs::write(crates.join("RUSTSEC-2026-9999.md"), text).expect("written");
    folder
}

fn asked(database: &Path) -> Output {
    make("advisories", "ADVISORY_DB", database)
        .output()
        .expect("make can be run")
}

#[test]
fn an_advisory_for_a_crate_that_we_use_fails_and_one_for_another_version_does_not() {
    let broken = asked(database("tokio", ">= 99.0.0", "today").path());
    refused(
        &broken,
        &["RUSTSEC-2026-9999", "tokio", "advisories FAILED", "deny.toml"],
    );
    goes_through(&asked(database("tokio", ">= 0.0.1", "today").path()));
    goes_through(&asked(database("a-crate-of-others", ">= 99.0.0", "today").path()));
}

#[test]
fn a_database_that_is_old_or_none_is_refused_with_a_word_on_where_to_get_one() {
    let old = asked(database("a-crate-of-others", ">= 99.0.0", "100 days ago").path());
    refused(&old, &["more than 90 days ago", "make advisories ADVISORY_DB=FOLDER"]);
    let none = TempDir::new().expect("a folder");
    refused(
        &asked(none.path()),
        &[
            "no database of advisories is there",
            "make advisories ADVISORY_DB=FOLDER",
        ],
    );
    std::fs::create_dir(none.path().join("crates")).expect("a folder");
    refused(
        &asked(none.path()),
        &["no advisory in it", "make advisories ADVISORY_DB=FOLDER"],
    );
}

#[test]
fn without_a_folder_and_without_the_network_it_says_what_to_do() {
    let nowhere = TempDir::new().expect("a folder");
    let output = make("advisories", "ADVISORY_DB", Path::new(""))
        .env("GIT_CONFIG_COUNT", "1")
        .env(
            "GIT_CONFIG_KEY_0",
            format!("url.file://{}/.insteadOf", nowhere.path().display()),
        )
        .env("GIT_CONFIG_VALUE_0", "https://github.com/")
        .output()
        .expect("make can be run");
    refused(
        &output,
        &[
            "can't be reached",
            "RustSec/advisory-db",
            "make advisories ADVISORY_DB=FOLDER",
        ],
    );
}
