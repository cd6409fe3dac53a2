//! Folders and files that can't be used: a clear message, no damage, a non-zero exit.

use idesluss_tests::{House, Server, write_region};
use std::net::TcpListener;
use std::path::Path;
use tempfile::TempDir;

fn refused(data: &Path, arguments: &[&str]) -> String {
    let (status, said) = Server::try_start(data, arguments).expect_err("it should not have started");
    assert!(!status.success(), "{status}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

#[test]
fn a_taken_port_is_named_and_the_folder_stays_as_it_was() {
    let folder = TempDir::new().expect("a folder");
    write_region(folder.path());
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = refused(folder.path(), &["--http", &address]);
    assert!(said.contains(&address) && said.contains("--http"), "{said}");
    assert!(!folder.path().join("submission").exists(), "something was written");
    let said = refused(folder.path(), &["--http", "192.0.2.1:80"]);
    assert!(said.contains("loopback"), "{said}");
}

#[test]
fn what_stands_in_the_way_of_the_folder_is_said() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").expect("written");
    let said = refused(&file, &[]);
    assert!(said.contains("can't be used") && said.contains("--data"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), "not a folder");
    // A place where nobody may write, root neither.
    let said = refused(Path::new("/proc/idesluss"), &[]);
    assert!(said.contains("can't be used") && said.contains("--data"), "{said}");
    let broken = TempDir::new().expect("a folder");
    std::fs::write(broken.path().join("instance.toml"), "instance = 3").expect("written");
    let said = refused(broken.path(), &[]);
    assert!(said.contains("instance.toml"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_or_cut_journal_or_a_lost_key_is_refused_and_not_touched() {
    let house = House::start();
    let folder = house.stop();
    let journal = folder.path().join("submission/journal.db");
    let whole = std::fs::read(&journal).expect("a journal");

    std::fs::write(&journal, &whole[..whole.len() / 2]).expect("cut");
    let said = refused(folder.path(), &[]);
    assert!(said.contains("journal of submission"), "{said}");
    assert_eq!(
        std::fs::read(&journal).expect("still there").len(),
        whole.len() / 2,
        "it was touched"
    );

    std::fs::write(&journal, b"this is no database at all, whatever its name says").expect("foreign");
    let said = refused(folder.path(), &[]);
    assert!(said.contains("journal of submission"), "{said}");

    std::fs::write(&journal, &whole).expect("whole again");
    let key = folder.path().join("keys/master.key");
    let kept = std::fs::read(&key).expect("a key");
    std::fs::remove_file(&key).expect("lost");
    let said = refused(folder.path(), &[]);
    assert!(said.contains("master.key") || said.contains("key"), "{said}");
    assert!(!key.exists(), "a new key must not be made over old journals");
    std::fs::write(&key, kept).expect("found again");
    assert!(House::restart(folder).stop().path().exists());
}
