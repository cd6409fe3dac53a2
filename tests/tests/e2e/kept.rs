//! What a released version has written, a newer one opens and goes on with. Of each stand a sample region, an installation whose people have accounts of
//! here, and the databases of services apart in `tests/data/kept`: made once, at its release, by `KEEP=add`, and never changed.

use crate::local_accounts::Partner;
use idesluss_domain::SERVICES;
use idesluss_tests::{Apart, Plan, Reader, Server, run};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/kept");
const REGION: &str = "region.tar.gz";
/// What an idea in the databases is called.
const BEFORE: &str = "Lånecyklar vid stationen";
const ACCOUNTS: &str = "accounts.tar.gz";

/// Where what this version has written stands.
fn own() -> PathBuf {
    Path::new(KEPT).join(env!("CARGO_PKG_VERSION"))
}

/// What stands in a file of each version.
fn of_each_version(file: &str) -> Vec<PathBuf> {
    // Of versions before the first release nothing is kept.
    if env!("CARGO_PKG_VERSION") == "0.1.0" {
        return Vec::new();
    }
    assert!(
        own().join(file).exists(),
        "keep what {} writes: KEEP=add",
        own().display()
    );
    // What came later, older versions had not.
    let found = std::fs::read_dir(KEPT).expect("there");
    let files = found.map(|found| found.expect("read").path().join(file));
    files.filter(|file| file.exists()).collect()
}

/// Whether what this version writes is to be kept, and is not yet.
fn is_to_be_kept(file: &str) -> bool {
    let wanted = std::env::var("KEEP").is_ok_and(|keep| keep == "add") && !own().join(file).exists();
    if wanted {
        std::fs::create_dir_all(own()).expect("a folder");
    }
    wanted
}

fn tar(arguments: &[&str], archive: &Path, folder: &Path) {
    let mut run = Command::new("tar");
    run.args(arguments).arg(archive).arg("-C").arg(folder).arg(".");
    let done = run.status().expect("tar can be run");
    assert!(done.success(), "{}", archive.display());
}

fn keep(folder: &Path, file: &str) {
    tar(&["--owner=0", "--group=0", "-czf"], &own().join(file), folder);
}

fn taken_out(archive: &Path) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    tar(&["-xzf"], archive, folder.path());
    folder
}

fn is_whole(folder: &Path) {
    let checked = run(&["doctor", "--data", &folder.to_string_lossy()]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success() && said.contains("entries verified"), "{said}");
}

/// Reads what was written before, and hands an idea in.
fn goes_on(web: SocketAddr, title: &str) {
    let mut maria = Reader::new(web);
    maria.become_person("Maria Lindqvist", "submitter");
    let before = maria.get("/ideer").html;
    assert!(before.contains(title), "{before}");
    hands_in(&mut maria, "Bänkar i skugga");
    let mut birgitta = Reader::new(web);
    birgitta.become_person("Birgitta Wallin", "auditor");
    let page = birgitta.get("/revision");
    assert_eq!(page.status, 200, "{}", page.html);
}

fn hands_in(maria: &mut Reader, title: &str) {
    let form = maria.get("/ideer/ny").html;
    let fields = [
        ("title", title),
        ("problem", "Det finns ingenstans att vila i solen."),
        ("owner", "1"),
        ("terms", "ja"),
    ];
    let sent = maria.fill(&form, "/ideer", &fields);
    assert!(sent.html.contains("Idén är lämnad."), "{}", sent.html);
}

#[test]
fn folders_of_released_versions_are_opened_and_gone_on_with() {
    if is_to_be_kept(REGION) {
        let folder = TempDir::new().expect("a folder");
        assert!(Server::start(folder.path(), &["--demo"]).stop().success());
        keep(folder.path(), REGION);
    }
    for archive in of_each_version(REGION) {
        let folder = taken_out(&archive);
        is_whole(folder.path());
        let server = Server::start(folder.path(), &["--demo"]);
        goes_on(server.addresses.web, "Bytesdag för leksaker mellan förskolorna");
        assert!(server.stop().success());
        is_whole(folder.path());
    }
}

#[test]
fn people_sign_in_with_what_they_chose_before() {
    if is_to_be_kept(ACCOUNTS) {
        let partner = Partner::start();
        partner.maria_signs_in();
        let folder = partner.stop();
        keep(folder.path(), ACCOUNTS);
    }
    for archive in of_each_version(ACCOUNTS) {
        let partner = Partner::on(taken_out(&archive));
        partner.maria_signs_in_again();
        is_whole(partner.stop().path());
    }
}

fn web_of(apart: &Apart) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], apart.web))
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_of_released_versions_are_migrated_and_gone_on_with() {
    let demo = Plan {
        demo: true,
        ..Plan::default()
    };
    if is_to_be_kept("identity.sql.gz") {
        let apart = Apart::start(demo.clone()).await;
        let mut maria = Reader::new(web_of(&apart));
        maria.become_person("Maria Lindqvist", "submitter");
        hands_in(&mut maria, BEFORE);
        for service in SERVICES {
            let dump = TempDir::new().expect("a folder");
            let plain = dump.path().join("dump.sql");
            std::fs::write(&plain, apart.postgres.dump(&apart.databases[service])).expect("written");
            let packed = Command::new("gzip").arg("-9n").arg(&plain).status();
            assert!(packed.is_ok_and(|status| status.success()));
            let kept = own().join(format!("{service}.sql.gz"));
            std::fs::copy(dump.path().join("dump.sql.gz"), kept).expect("kept");
        }
    }
    for first in of_each_version("identity.sql.gz") {
        let kept = first.parent().expect("a version's").to_owned();
        let plan = Plan {
            kept: Some(kept),
            ..demo.clone()
        };
        let apart = Apart::start(plan).await;
        goes_on(web_of(&apart), BEFORE);
    }
}
