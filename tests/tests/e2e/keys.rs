//! Changing the master key: of a service that runs, and of a folder.

use crate::apart::until;
use crate::skeleton;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission::GetIdeaRequest;
use idesluss_tests::{Apart, Instance, Plan, Someone, run};
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_of_a_running_service_is_changed() {
    let mut apart = Apart::start(Plan::default()).await;
    let walked = skeleton::walk(&apart.ways()).await;
    let file = apart.folder.path().join("submission.master");
    let before = fs::read_to_string(&file).expect("a key");
    let (pid, new) = (apart.pid("submission-1"), "7a".repeat(32));
    let awaits = |apart: &Apart| {
        let output = apart.command("submission-1").arg("await-new-master-key").output();
        output.expect("the binary starts")
    };
    fs::write(&file, format!("{new}\n{before}\n")).expect("written");
    let output = awaits(&apart);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("an older one may go"),
        "{output:?}"
    );
    assert!(!said.contains(&new), "nobody is shown a key");
    fs::write(&file, &new).expect("written");

    // It has run on, goes on, and comes back with the new one; with the old one it does not.
    assert_eq!(apart.pid("submission-1"), pid);
    let again = skeleton::walk(&apart.ways()).await;
    apart.kill("submission-1");
    apart.begin("submission-1");
    apart.ready("submission-1").await;
    let mut browser = apart.browser("gateway");
    browser.become_person("coordinator 1 i uddevalla", "coordinator");
    for idea in [walked.idea, again.idea] {
        assert!(
            browser.get(&format!("/ideer/{idea}")).html.contains("Cykelpool"),
            "its texts open"
        );
    }
    // A wrong file is told while there is time: it goes on, and says what would be after a restart.
    fs::write(&file, &before).expect("written");
    until("the wrong file is told", async || {
        let (status, said) = apart.readiness("submission-1").await?;
        (status == 200 && said.contains("keys: degraded, keys.master_file no longer opens")).then_some(())
    })
    .await;
    let refused = awaits(&apart);
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("not the one"),
        "{refused:?}"
    );
    apart.kill("submission-1");
    let output = apart.command("submission-1").output().expect("the binary starts");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("not the one"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_of_a_folder_is_changed_while_it_runs_and_while_it_does_not() {
    let instance = Instance::start();
    let walked = skeleton::walk(&instance).await;
    let data = instance.folder.path().to_string_lossy().into_owned();
    let file = instance.folder.path().join("keys/master.key");
    let key = || fs::read_to_string(&file).expect("a key");
    let before = key();
    let rotate = |earlier: &str| {
        let output = run(&["rotate-master-key", "--data", &data]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(key().lines().count(), 1);
        assert_ne!(key().trim(), earlier.trim());
    };
    let cut_off = |digits: &str| fs::write(&file, format!("{}\n{}", digits.repeat(32), key())).expect("written");
    // While it runs, whoever runs wraps everything anew.
    rotate(&before);
    let folder = instance.stop();
    // A change that was cut off is seen, and gone on with by the command and by the next start alike.
    cut_off("7a");
    let said = run(&["doctor", "--data", &data]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("begun and not finished"), "{said}");
    rotate(&before);
    let again = key();
    cut_off("5b");
    let instance = Instance::restart(folder);
    until("the old key is gone", async || {
        (key().lines().count() == 1).then_some(())
    })
    .await;
    assert_ne!(key().trim(), again.trim());
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let asked = GetIdeaRequest {
        query: coordinator.asks(),
        idea: walked.idea,
    };
    let shown = instance
        .ideas()
        .get_idea(coordinator.says(asked))
        .await
        .expect("the idea")
        .into_inner();
    assert!(format!("{shown:?}").contains("Cykelpool"), "its texts open: {shown:?}");
    let _folder = instance.stop();
    fs::write(&file, before).expect("written");
    let refused = run(&["doctor", "--data", &data]);
    assert!(!refused.status.success());
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("not the one"),
        "{refused:?}"
    );
}
