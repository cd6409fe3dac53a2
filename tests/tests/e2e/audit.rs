//! What an auditor does: takes a bundle, verifies it, keeps a checkpoint, and finds what was changed since.

use crate::erasure::{BASIS, erase};
use crate::skeleton;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{Instance, Someone, beside, eventually, run};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;
use tonic::Code;

/// A folder for what the auditor takes home.
struct Workspace {
    folder: TempDir,
    data: PathBuf,
}

impl Workspace {
    /// With the policy that the instance has handed over.
    fn new(data: &Path) -> Self {
        let workspace = Self {
            folder: TempDir::new().expect("a folder"),
            data: data.to_owned(),
        };
        let keys = workspace.audit("keys", &[]);
        assert!(keys.status.success(), "{keys:?}");
        std::fs::write(workspace.path("policy"), keys.stdout).expect("written");
        workspace
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

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_verifies_everything_a_period_an_organisation_and_an_idea_and_finds_a_changed_bit() {
    let instance = Instance::start();
    let walked = skeleton::walk(&instance).await;
    let other = instance.submitted_idea().await;
    let workspace = Workspace::new(instance.folder.path());
    let all = workspace.export("all", &[]);
    let (code, said) = workspace.verify("all", &[]);
    assert!(
        code == 0 && said.contains("Nothing is broken") && said.contains("1 decisions judged"),
        "{said}"
    );
    assert!(!said.contains("R31"), "{said}");
    let table = format!("policies/{}.json", idesluss_access::policy::digest());
    assert_eq!(member(&workspace.path("all"), &table), idesluss_access::policy::text());

    let idea = workspace.export("idea", &["--idea", &walked.idea]);
    let (code, said) = workspace.verify("idea", &[]);
    assert!(code == 0 && said.contains("1 decisions judged"), "{said}");
    let holds = |bundle: &[u8], id: &str| bundle.windows(id.len()).any(|window| window == id.as_bytes());
    assert!(holds(&all, &other) && holds(&idea, &walked.idea) && !holds(&idea, &other));

    let others = workspace.export("others", &["--organisation", "trollhattan", "--compress"]);
    assert!(!holds(&others, &walked.idea));
    let (code, said) = workspace.verify("others", &[]);
    // What is hidden may be another table of rights; that is all that is said of it.
    let of_tables = said.lines().filter(|line| line.contains("R31"));
    let are_notes = of_tables.clone().count() > 0 && of_tables.clone().all(|line| line.contains("not judged"));
    assert!(code == 0 && are_notes, "{said}");
    let lines = member(&workspace.path("all"), "evaluation/entries/000000.ndjson");
    let middle: Value = serde_json::from_str(lines.lines().nth(8).expect("a line")).expect("JSON");
    let middle = middle["recorded"].as_str().expect("a time").to_owned();
    let position = "evaluation:8".to_owned();
    for (name, side, moment) in [
        ("since", "--from", &middle),
        ("until", "--to", &middle),
        ("since-position", "--from", &position),
        ("until-position", "--to", &position),
    ] {
        workspace.export(name, &[side, moment]);
        let (code, said) = workspace.verify(name, &["--json"]);
        assert_eq!(code, 0, "{name}: {said}");
        // Before a period another table may have come into force, which nothing in it shows.
        assert_eq!(said.contains("R31"), side == "--from", "{name}: {said}");
        assert_eq!(member(&workspace.path(name), &table), idesluss_access::policy::text());
    }

    // One bit, anywhere: in the middle of a line, of the hash, of an archive's heading.
    for at in [100, all.len() / 3, all.len() / 2, all.len() - 2_000, all.len() - 5] {
        let mut changed = all.clone();
        changed[at] ^= 1;
        std::fs::write(workspace.path("changed"), changed).expect("written");
        let (code, said) = workspace.verify("changed", &[]);
        assert!(code == 1 && said.contains("B01"), "{at}: {said}");
    }
    // Who has other keys, or wants a witness, does not trust it.
    let policy = std::fs::read_to_string(workspace.path("policy")).expect("a policy");
    let of_one_log: String = policy
        .lines()
        .filter(|line| !line.contains("/sharing/"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(workspace.path("policy"), of_one_log).expect("written");
    assert_eq!(workspace.verify("all", &[]).0, 1);

    for (arguments, words) in [
        (vec!["--idea", "00000000-0000-4000-8000-000000000000"], "no such idea"),
        (vec!["--from", "2100-01-01T00:00:00Z"], "nothing was recorded"),
        (vec!["--from", "sharing:1000000"], "no position 1000000"),
    ] {
        let path = workspace.path("none");
        let mut all = vec!["--out", &path];
        all.extend(arguments);
        let refused = workspace.audit("export", &all);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && said.contains(words), "{said}");
        assert!(!Path::new(&path).exists());
        let names = std::fs::read_dir(workspace.folder.path())
            .expect("a folder")
            .map(|file| file.expect("a file").file_name());
        assert!(
            names
                .into_iter()
                .all(|name| !name.to_string_lossy().contains(".export-")),
            "half a file is left"
        );
    }
    let path = workspace.path("all");
    let again = workspace.audit("export", &["--out", &path]);
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
    let instance = Instance::start();
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let titled = |title: &str| {
        submitter.says(sub::SubmitIdeaRequest {
            title: title.into(),
            ..submitter.idea()
        })
    };
    let idea = instance.submit(titled("Cykelpool")).await.expect("submitted");
    let other = instance.submit(titled("En annan")).await.expect("submitted");
    let workspace = Workspace::new(instance.folder.path());
    let (auditor, stranger) = (Someone::who("uddevalla", Role::Auditor).person(), submitter.person());
    // The second number of a register is no gap.
    workspace.export("other", &["--idea", &other]);
    let (code, said) = workspace.verify("other", &[]);
    assert_eq!(code, 0, "{said}");
    workspace.export("bare", &["--idea", &idea]);
    let plain = workspace.export(
        "texts",
        &["--idea", &idea, "--texts", "Årsrevision 2026", "--as", &auditor],
    );
    assert_eq!(workspace.verify("texts", &[]).0, 0);
    let readable = |texts: &[Value], words: &str| texts.iter().any(|text| text["stands"]["text"] == words);
    let told = texts(&workspace.path("texts"));
    assert!(readable(&told, "Cykelpool") && !readable(&told, "En annan"), "{told:?}");
    let whole = ["--organisation", "uddevalla", "--as", &auditor];
    workspace.export("all", &[&whole[..], &["--texts", "Årsrevision 2026"]].concat());
    let told = texts(&workspace.path("all"));
    assert!(readable(&told, "Cykelpool") && readable(&told, "En annan"), "{told:?}");
    assert_eq!(workspace.verify("all", &[]).0, 0);
    // Whoever may read the idea reads who took it home, and what for; a bundle without texts is no disclosure.
    let life = String::from_utf8_lossy(&workspace.audit("replay", &["--idea", &idea]).stdout).into_owned();
    assert_eq!(life.matches("texts disclosed").count(), 2, "{life}");
    assert!(life.contains("Årsrevision 2026") && life.contains(&auditor), "{life}");
    let neighbour = Someone::who("trollhattan", Role::Auditor).person();
    for (arguments, said) in [
        (&["--texts", "Allt", "--as", &auditor][..], "--organisation or --idea"),
        (&[&whole[..], &["--texts", ""]].concat(), "purpose"),
        // To whom, whoever sits at the machine says.
        (&["--idea", &idea, "--texts", "Allt"], "--as"),
        (&["--idea", &idea, "--as", &auditor], "--texts"),
        (&["--idea", &idea, "--texts", "Allt", "--as", &stranger], &auditor),
        (
            &["--organisation", "uddevalla", "--texts", "Allt", "--as", &neighbour],
            &auditor,
        ),
        (&["--idea", &idea, "--texts", "Allt", "--as", &neighbour], &auditor),
    ] {
        let path = workspace.path("none");
        let refused = workspace.audit("export", &[&["--out", &path], arguments].concat());
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(error.contains(said), "{arguments:?}: {error}");
        assert!(
            refused.status.code() == Some(2) && !Path::new(&path).exists(),
            "{refused:?}"
        );
    }

    let kept = member(&workspace.path("texts"), "submission/checkpoint");
    std::fs::write(workspace.path("kept"), kept).expect("written");
    erase(&instance, &idea).await;
    assert_eq!(workspace.verify("texts", &[]).0, 0);
    assert!(std::fs::read(workspace.path("texts")).expect("the bundle") == plain);
    // Every line is still there, and extends what was kept; the texts are not.
    workspace.export(
        "after",
        &["--idea", &idea, "--texts", "Efter gallringen", "--as", &auditor],
    );
    workspace.export("all-after", &[]);
    let kept = workspace.path("kept");
    for name in ["after", "all-after"] {
        let arguments: &[&str] = if name == "after" { &[] } else { &["--kept", &kept] };
        let (code, said) = workspace.verify(name, arguments);
        assert_eq!(code, 0, "{name}: {said}");
    }
    let told = texts(&workspace.path("after"));
    let erased = told
        .iter()
        .filter(|text| text["stands"]["erased"]["basis"] == BASIS)
        .count();
    // Where there is nothing to hand out any more, nothing says that it was.
    assert!(!readable(&told, "Efter gallringen") && erased == told.len(), "{told:?}");
    let lines = |name: &str| member(&workspace.path(name), "submission/picked/000000.ndjson");
    let bare = lines("bare");
    // All that it had; and the roles of those who have acted since.
    let after = lines("after");
    let (before, after): (Vec<&str>, Vec<&str>) = (bare.lines().collect(), after.lines().collect());
    let added = after.iter().filter(|line| !before.contains(line));
    let is_later = |line: &&&str| !line.contains("\"type\":\"idesluss.identity.v1.RoleGranted\"");
    let since: Vec<&&str> = added.filter(is_later).collect();
    assert!(before.iter().all(|line| after.contains(line)), "{after:#?}");
    assert!(
        after.ends_with(&since.into_iter().copied().collect::<Vec<_>>()),
        "{after:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_was_put_back_to_an_older_state_is_not_signed_and_takes_no_command_until_an_epoch_is_opened() {
    let instance = Instance::start();
    instance.submitted_idea().await;
    let folder = instance.stop();
    // All of them: what each has received of the others says nothing then, only what was signed does.
    let journals =
        ["submission", "evaluation", "sharing"].map(|service| folder.path().join(service).join("journal.db"));
    let backups = journals
        .clone()
        .map(|journal| std::fs::read(journal).expect("a backup"));

    let instance = Instance::restart(folder);
    instance.submitted_idea().await;
    let workspace = Workspace::new(instance.folder.path());
    workspace.export("before", &[]);
    let kept = member(&workspace.path("before"), "submission/checkpoint");
    std::fs::write(workspace.path("kept"), &kept).expect("written");
    // What an auditor keeps holds, and goes on to hold while the journal grows.
    instance.submitted_idea().await;
    workspace.export("after", &[]);
    let kept_path = workspace.path("kept");
    let kept_arguments = ["--kept", kept_path.as_str()];
    assert_eq!(workspace.verify("after", &kept_arguments).0, 0);
    let folder = instance.stop();
    for (journal, backup) in journals.iter().zip(backups) {
        std::fs::write(journal, backup).expect("put back");
    }

    let instance = Instance::restart(folder);
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let refused = eventually(|| async {
        match instance.submit(submitter.says(submitter.idea())).await {
            Err(status) if status.message().contains("being checked") => Err(status),
            Err(status) => Ok(Some(status)),
            Ok(_) => panic!("a command was taken"),
        }
    })
    .await;
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(refused.message().contains("contradicts"), "{refused:?}");
    let path = workspace.path("refused");
    let unsigned = workspace.audit("export", &["--quiet", "--out", &path]);
    assert!(
        String::from_utf8_lossy(&unsigned.stderr).contains("is not signed"),
        "{unsigned:?}"
    );
    let folder = instance.stop();

    let data = folder.path().to_string_lossy().into_owned();
    let opened = run(&["restored", "--reason", "moved", "--data", &data]);
    assert!(opened.status.success(), "{opened:?}");
    let instance = Instance::restart(folder);
    instance.confirm_roles().await;
    let desk_after = Workspace::new(instance.folder.path());
    desk_after.export("anew", &[]);
    let (code, said) = desk_after.verify("anew", &[]);
    assert_eq!(code, 0, "{said}");
    assert!(member(&desk_after.path("anew"), "submission/checkpoint").starts_with("fyrbodal-test/submission/2\n"));
    // Whoever kept the earlier checkpoint is told that this is another history.
    let (code, said) = desk_after.verify("anew", &kept_arguments);
    assert_ne!(code, 0, "{said}");
    assert!(instance.server.stop().success());
}
