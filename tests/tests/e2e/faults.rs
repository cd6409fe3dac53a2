//! Folders and files that can't be used: a clear message, no damage, a non-zero exit.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_tests::{Instance, Server, Someone, run, write_region};
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
    assert!(said.contains("is a file") && said.contains("--data"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).expect("still there"), "not a folder");
    // A place where nobody may write, root neither.
    let said = refused(Path::new("/proc/idesluss"), &[]);
    assert!(said.contains("can't be used") && said.contains("--data"), "{said}");
    let broken = TempDir::new().expect("a folder");
    std::fs::write(broken.path().join("instance.toml"), "instance = 3").expect("written");
    let said = refused(broken.path(), &[]);
    assert!(said.contains("instance.toml"), "{said}");
    // The instance's name alone is enough afterwards, and not to begin with.
    std::fs::write(broken.path().join("instance.toml"), "instance = \"orust\"\n").expect("written");
    let said = refused(broken.path(), &[]);
    assert!(said.contains("names no organisation"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_or_cut_journal_or_a_lost_key_is_refused_and_not_touched() {
    let instance = Instance::start();
    let folder = instance.stop();
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
    idesluss_tests::write_secret(&key, &kept);
    let given_away = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(&key, given_away).expect("a mode");
    let said = refused(folder.path(), &[]);
    assert!(said.contains("master.key: chmod 600"), "{said}");
    std::fs::remove_file(&key).expect("removed");
    idesluss_tests::write_secret(&key, &kept);
    assert!(Instance::restart(folder).stop().path().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_commands_are_refused_and_go_on_when_there_is_room() {
    let (folder, aside) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("another folder"),
    );
    write_region(folder.path());
    let full = aside.path().join("full");
    let server = Server::start_on_full_disk(folder.path(), &full);
    let mut client = SubmissionCommandServiceClient::new(server.way("submission"));
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let before = client
        .submit_idea(submitter.says(submitter.idea()))
        .await
        .expect("there is room")
        .into_inner();
    std::fs::write(&full, "").expect("full");
    let second = submitter.idea();
    for _ in 0..3 {
        let refused = client
            .submit_idea(submitter.says(second.clone()))
            .await
            .expect_err("there is no room");
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted, "{refused}");
        assert!(!refused.message().is_empty());
    }
    std::fs::remove_file(&full).expect("room again");
    // The same command, unchanged: nothing of it was left behind.
    let after = client
        .submit_idea(submitter.says(second))
        .await
        .expect("there is room")
        .into_inner();
    assert_ne!(before.idea, after.idea);
    server.kill();
    let checked = run(&["doctor", "--data", &folder.path().to_string_lossy()]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success() && said.contains("entries verified"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_version_has_written_is_left_alone() {
    let folder = Instance::start().stop();
    let journal = folder.path().join("evaluation/journal.db");
    // user_version, a big-endian number at byte 60 of SQLite's header.
    let mut bytes = std::fs::read(&journal).expect("a journal");
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    std::fs::write(&journal, &bytes).expect("written");
    let said = refused(folder.path(), &[]);
    assert!(said.contains("evaluation") && said.contains("newer"), "{said}");
    assert_eq!(std::fs::read(&journal).expect("there"), bytes, "it was touched");
}
