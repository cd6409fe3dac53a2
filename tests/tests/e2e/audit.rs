//! What an auditor does: takes a bundle, verifies it, keeps a checkpoint, and finds what was changed since.

use crate::erasure::{BASIS, erase};
use crate::skeleton;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{House, Someone, beside, eventually, run};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use tonic::{Code, Status};
use uuid::Uuid;

/// A folder for what the auditor takes home.
struct Desk {
    folder: TempDir,
    data: PathBuf,
}

impl Desk {
    /// With the policy that the instance has handed over.
    fn new(data: &Path) -> Self {
        let desk = Self {
            folder: TempDir::new().expect("a folder"),
            data: data.to_owned(),
        };
        let keys = desk.audit("keys", &[]);
        assert!(keys.status.success(), "{keys:?}");
        std::fs::write(desk.path("policy"), keys.stdout).expect("written");
        desk
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn audit(&self, command: &str, arguments: &[&str]) -> Output {
        let data = self.data.to_string_lossy();
        let mut all = vec!["audit", command, "--data", &data];
        all.extend(arguments);
        run(&all)
    }

    fn export(&self, name: &str, arguments: &[&str]) -> Vec<u8> {
        let path = self.path(name);
        let mut all = vec!["--quiet", "--out", &path];
        all.extend(arguments);
        let written = self.audit("export", &all);
        assert!(written.status.success(), "{written:?}");
        std::fs::read(path).expect("a bundle")
    }

    /// Verifies with the small program, which knows no server. Returns its exit code and what it says.
    fn verify(&self, name: &str, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(beside("idesluss-audit"))
            .args(["verify", &self.path(name), "--policy", &self.path("policy"), "--quiet"])
            .args(arguments)
            .output()
            .expect("the program starts");
        let said = [output.stdout, output.stderr].concat();
        let code = output.status.code().expect("it has ended");
        (code, String::from_utf8_lossy(&said).into_owned())
    }
}

/// The member of a bundle, read with the system's own tar.
fn member(bundle: &str, name: &str) -> String {
    let output = Command::new("tar")
        .args(["xOf", bundle, name])
        .output()
        .expect("tar is there");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn submit(house: &House, title: &str) -> Result<String, Status> {
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let idea = Uuid::new_v4().to_string();
    let request = sub::SubmitIdeaRequest {
        command: submitter.command(),
        idea: idea.clone(),
        title: title.into(),
        problem: "Något att lösa.".into(),
        terms: "2026-1".into(),
        owner: sub::IdeaOwner::Organisation.into(),
        ..sub::SubmitIdeaRequest::default()
    };
    house.submission().submit_idea(request).await?;
    Ok(idea)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_verifies_everything_a_period_an_organisation_and_an_idea_and_finds_a_changed_bit() {
    let house = House::start();
    let walked = skeleton::walk(&house).await;
    let other = submit(&house, "En annan").await.expect("submitted");
    let desk = Desk::new(house.folder.path());
    let all = desk.export("all", &[]);
    let (code, said) = desk.verify("all", &[]);
    assert!(
        code == 0 && said.contains("Nothing is broken") && said.contains("1 decisions judged"),
        "{said}"
    );

    let idea = desk.export("idea", &["--idea", &walked.idea]);
    let (code, said) = desk.verify("idea", &[]);
    assert!(code == 0 && said.contains("1 decisions judged"), "{said}");
    let holds = |bundle: &[u8], id: &str| bundle.windows(id.len()).any(|window| window == id.as_bytes());
    assert!(holds(&all, &other) && holds(&idea, &walked.idea) && !holds(&idea, &other));

    let others = desk.export("others", &["--organisation", "orust", "--compress"]);
    assert!(!holds(&others, &walked.idea));
    assert_eq!(desk.verify("others", &[]).0, 0);
    let lines = member(&desk.path("all"), "evaluation/entries/000000.ndjson");
    let middle: Value = serde_json::from_str(lines.lines().nth(8).expect("a line")).expect("JSON");
    let middle = middle["recorded"].as_str().expect("a time").to_owned();
    let position = "evaluation:8".to_owned();
    for (name, side, moment) in [
        ("since", "--from", &middle),
        ("until", "--to", &middle),
        ("since-position", "--from", &position),
        ("until-position", "--to", &position),
    ] {
        desk.export(name, &[side, moment]);
        let (code, said) = desk.verify(name, &["--json"]);
        assert_eq!(code, 0, "{name}: {said}");
    }

    // One bit, anywhere: in the middle of a line, of the hash, of an archive's heading.
    for at in [100, all.len() / 3, all.len() / 2, all.len() - 2_000, all.len() - 5] {
        let mut changed = all.clone();
        changed[at] ^= 1;
        std::fs::write(desk.path("changed"), changed).expect("written");
        let (code, said) = desk.verify("changed", &[]);
        assert!(code == 1 && said.contains("B01"), "{at}: {said}");
    }
    // Who has other keys, or wants a witness, does not trust it.
    let policy = std::fs::read_to_string(desk.path("policy")).expect("a policy");
    let of_one_log: String = policy
        .lines()
        .filter(|line| !line.contains("/sharing/"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(desk.path("policy"), of_one_log).expect("written");
    assert_eq!(desk.verify("all", &[]).0, 1);

    for (arguments, words) in [
        (vec!["--idea", "00000000-0000-4000-8000-000000000000"], "no such idea"),
        (vec!["--from", "2100-01-01T00:00:00Z"], "nothing was recorded"),
        (vec!["--from", "sharing:1000000"], "no position 1000000"),
    ] {
        let path = desk.path("none");
        let mut all = vec!["--out", &path];
        all.extend(arguments);
        let refused = desk.audit("export", &all);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && said.contains(words), "{said}");
        assert!(!Path::new(&path).exists());
        let names = std::fs::read_dir(desk.folder.path())
            .expect("a folder")
            .map(|file| file.expect("a file").file_name());
        assert!(
            names
                .into_iter()
                .all(|name| !name.to_string_lossy().contains(".export-")),
            "half a file is left"
        );
    }
    let path = desk.path("all");
    let again = desk.audit("export", &["--out", &path]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
}

/// The texts of a bundle, a line each.
fn texts(bundle: &str) -> Vec<Value> {
    let lines = member(bundle, "texts/000000.ndjson");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_recorded_before_they_are_handed_out_and_an_erasure_changes_no_bundle_of_before() {
    let house = House::start();
    let idea = submit(&house, "Cykelpool").await.expect("submitted");
    let other = submit(&house, "En annan").await.expect("submitted");
    let desk = Desk::new(house.folder.path());
    // The second number of a register is no gap.
    desk.export("other", &["--idea", &other]);
    let (code, said) = desk.verify("other", &[]);
    assert_eq!(code, 0, "{said}");
    desk.export("bare", &["--idea", &idea]);
    let plain = desk.export("texts", &["--idea", &idea, "--texts", "Årsrevision 2026"]);
    assert_eq!(desk.verify("texts", &[]).0, 0);
    let readable = |texts: &[Value], words: &str| texts.iter().any(|text| text["stands"]["text"] == words);
    let told = texts(&desk.path("texts"));
    assert!(readable(&told, "Cykelpool") && !readable(&told, "En annan"), "{told:?}");
    desk.export("all", &["--organisation", "uddevalla", "--texts", "Årsrevision 2026"]);
    let told = texts(&desk.path("all"));
    assert!(readable(&told, "Cykelpool") && readable(&told, "En annan"), "{told:?}");
    assert_eq!(desk.verify("all", &[]).0, 0);
    // Whoever may read the idea reads who took it home, and what for; a bundle without texts is no disclosure.
    let life = String::from_utf8_lossy(&desk.audit("replay", &["--idea", &idea]).stdout).into_owned();
    assert_eq!(life.matches("texts disclosed").count(), 2, "{life}");
    assert!(life.contains("Årsrevision 2026"), "{life}");
    for arguments in [
        &["--texts", "Allt"][..],
        &["--organisation", "uddevalla", "--texts", ""],
    ] {
        let path = desk.path("none");
        let refused = desk.audit("export", &[&["--out", &path], arguments].concat());
        assert!(
            refused.status.code() == Some(2) && !Path::new(&path).exists(),
            "{refused:?}"
        );
    }

    let kept = member(&desk.path("texts"), "submission/checkpoint");
    std::fs::write(desk.path("kept"), kept).expect("written");
    erase(&house, &idea).await;
    assert_eq!(desk.verify("texts", &[]).0, 0);
    assert!(std::fs::read(desk.path("texts")).expect("the bundle") == plain);
    // Every line is still there, and extends what was kept; the texts are not.
    desk.export("after", &["--idea", &idea, "--texts", "Efter gallringen"]);
    desk.export("all-after", &[]);
    let kept = desk.path("kept");
    for name in ["after", "all-after"] {
        let arguments: &[&str] = if name == "after" { &[] } else { &["--kept", &kept] };
        let (code, said) = desk.verify(name, arguments);
        assert_eq!(code, 0, "{name}: {said}");
    }
    let told = texts(&desk.path("after"));
    let erased = told
        .iter()
        .filter(|text| text["stands"]["erased"]["basis"] == BASIS)
        .count();
    // What was written later is there.
    assert!(
        readable(&told, "Efter gallringen") && erased + 1 == told.len(),
        "{told:?}"
    );
    let lines = |name: &str| member(&desk.path(name), "submission/picked/000000.ndjson");
    assert!(lines("after").starts_with(&lines("bare")), "{}", lines("after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_was_put_back_to_an_older_state_is_not_signed_and_takes_no_command_until_an_epoch_is_opened() {
    let house = House::start();
    submit(&house, "Den första").await.expect("submitted");
    let folder = house.stop();
    // All of them: what each has received of the others says nothing then, only what was signed does.
    let journals =
        ["submission", "evaluation", "sharing"].map(|service| folder.path().join(service).join("journal.db"));
    let backups = journals
        .clone()
        .map(|journal| std::fs::read(journal).expect("a backup"));

    let house = House::restart(folder);
    submit(&house, "Den andra").await.expect("submitted");
    let desk = Desk::new(house.folder.path());
    desk.export("before", &[]);
    let kept = member(&desk.path("before"), "submission/checkpoint");
    std::fs::write(desk.path("kept"), &kept).expect("written");
    // What an auditor keeps holds, and goes on to hold while the journal grows.
    submit(&house, "Den tredje").await.expect("submitted");
    desk.export("after", &[]);
    let kept_path = desk.path("kept");
    let kept_arguments = ["--kept", kept_path.as_str()];
    assert_eq!(desk.verify("after", &kept_arguments).0, 0);
    let folder = house.stop();
    for (journal, backup) in journals.iter().zip(backups) {
        std::fs::write(journal, backup).expect("put back");
    }

    let house = House::restart(folder);
    let refused = eventually(|| async {
        match submit(&house, "Den fjärde").await {
            Err(status) if status.message().contains("being checked") => Err(status),
            Err(status) => Ok(Some(status)),
            Ok(_) => panic!("a command was taken"),
        }
    })
    .await;
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(refused.message().contains("contradicts"), "{refused:?}");
    let path = desk.path("refused");
    let unsigned = desk.audit("export", &["--quiet", "--out", &path]);
    assert!(
        String::from_utf8_lossy(&unsigned.stderr).contains("is not signed"),
        "{unsigned:?}"
    );
    let folder = house.stop();

    let data = folder.path().to_string_lossy().into_owned();
    let opened = run(&["restored", "--reason", "disken byttes", "--data", &data]);
    assert!(opened.status.success(), "{opened:?}");
    let house = House::restart(folder);
    submit(&house, "Den femte").await.expect("submitted");
    let desk_after = Desk::new(house.folder.path());
    desk_after.export("anew", &[]);
    let (code, said) = desk_after.verify("anew", &[]);
    assert_eq!(code, 0, "{said}");
    assert!(member(&desk_after.path("anew"), "submission/checkpoint").starts_with("fyrbodal-test/submission/2\n"));
    // Whoever kept the earlier checkpoint is told that this is another history.
    let (code, said) = desk_after.verify("anew", &kept_arguments);
    assert_ne!(code, 0, "{said}");
    assert!(house.server.stop().success());
}
