//! `idesluss doctor` on a running installation: nothing to say while all is well, and every fault by its name.

use crate::apart::{relays_are_even, until};
use crate::{sharing, skeleton};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::journal::ReadRangeRequest;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_tests::{Apart, Plan, Someone, run, settled};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

/// What the doctor says: its exit code and its findings, but for the disk of the machine that runs the tests.
fn examine(file: &Path, further: &[&str]) -> (i32, Vec<Value>) {
    let file = file.to_string_lossy();
    let arguments = [&["doctor", "--installation", &file, "--json", "--quiet"], further].concat();
    let output = run(&arguments);
    let said = String::from_utf8_lossy(&output.stdout);
    let mut told: Value = serde_json::from_str(&said)
        .unwrap_or_else(|error| panic!("{error}: {said}{}", String::from_utf8_lossy(&output.stderr)));
    let findings = told["findings"].take();
    let all = findings.as_array().expect("findings").iter().cloned();
    let (disk, findings): (Vec<_>, Vec<_>) = all.partition(|finding| finding["check"] == "disk");
    let bad = |findings: &[Value]| findings.iter().any(|finding| finding["severity"] == "bad");
    let code = output.status.code().expect("it has ended");
    let only_the_disk = code == 1 && bad(&disk) && !bad(&findings);
    (if only_the_disk { 0 } else { code }, findings)
}

fn find<'a>(findings: &'a [Value], check: &str, about: &str) -> &'a Value {
    let found = findings
        .iter()
        .find(|finding| finding["check"] == check && finding["about"] == about);
    found.unwrap_or_else(|| panic!("nothing on {check} of {about}: {findings:#?}"))
}

fn says(finding: &Value, member: &str, words: &str) {
    let sentence = finding[member].as_str().expect("a sentence");
    assert!(sentence.contains(words), "{words:?} in {sentence:?}");
}

/// Submits so many ideas.
pub(crate) async fn submit(apart: &Apart, ideas: usize) {
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let mut submission = apart.ways().submission();
    for _ in 0..ideas {
        let idea = submitter.idea();
        // As every client does: whoever has just got the lease takes no commands for a moment.
        let until = Instant::now() + Duration::from_secs(20);
        while let Err(status) = submission.submit_idea(submitter.says(idea.clone())).await {
            let again = status.code() == tonic::Code::Unavailable && Instant::now() < until;
            assert!(again, "{status:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The positions of own entries of a type in a service's journal.
async fn positions(apart: &Apart, service: &str, kind: &str) -> Vec<u64> {
    let mut journal = JournalServiceClient::new(apart.channel(service));
    let range = journal.read_range(ReadRangeRequest::default()).await;
    let mut range = range.expect("entries").into_inner();
    let mut positions = Vec::new();
    while let Some(some) = range.message().await.expect("entries") {
        for entry in some.entries {
            let line: Value = serde_json::from_slice(&entry.line).expect("a line");
            let is_own = line["from"].is_null();
            if is_own
                && line["event"]["type"]
                    .as_str()
                    .is_some_and(|found| found.ends_with(kind))
            {
                positions.push(entry.position);
            }
        }
    }
    positions
}

/// Waits until nothing is written any more and everybody has everything. Returns how many entries submission has.
async fn even(apart: &Apart) -> u64 {
    const FOLLOWED: [(&str, &str); 2] = [
        ("evaluation-1", "/fyrbodal-test/submission/house"),
        ("sharing-1", "/fyrbodal-test/submission/sharing"),
    ];
    settled("the installation", async || {
        let state = apart.state("submission-1").await;
        let mut is_even = relays_are_even(&state);
        for (receiver, source) in FOLLOWED {
            let received = apart.state(receiver).await["journal"]["received"][source]["sequence"].take();
            is_even &= received == state["journal"]["own"][source];
        }
        let size = state["journal"]["size"].as_u64().expect("a size");
        is_even.then_some(size)
    })
    .await
}

/// Changes a line as somebody would who is the database server's superuser, and steps over the triggers.
fn alter(apart: &Apart, service: &str, position: u64, expression: &str) {
    let statement = format!(
        "SET session_replication_role = replica; UPDATE journal.entries SET line = {expression} WHERE position = {position}"
    );
    let database = &apart.databases[service].name;
    apart.postgres.sql_in(database, &statement).expect("altered");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_nothing_of_a_well_installation_and_names_each_fault_and_what_to_do() {
    let mut apart = Apart::start(Plan::default()).await;
    let ways = apart.ways();
    skeleton::walk(&ways).await;
    sharing::walk(&ways).await;
    // Enough for a full tile of the tree.
    submit(&apart, 120).await;
    let file = apart.installation();
    even(&apart).await;

    let (code, findings) = examine(&file, &[]);
    assert_eq!((code, &findings[..]), (0, &[][..]));
    let (code, findings) = examine(&file, &["--deep"]);
    assert!(
        code == 0 && findings.iter().all(|finding| finding["severity"] == "well"),
        "{findings:#?}"
    );
    for service in idesluss_domain::SERVICES {
        says(find(&findings, "journal", service), "found", "entries are whole, root");
    }
    says(find(&findings, "copies", "installation"), "found", "the same in both");

    apart.nats.stop();
    until("the broker's absence is noticed", async || {
        let state = apart.state("submission-1").await;
        (state["messaging"]["broker"]["connected"] == false).then_some(())
    })
    .await;
    let (code, findings) = examine(&file, &[]);
    let broker = find(&findings, "broker", "submission-1");
    assert_eq!(
        (code, broker["severity"].as_str()),
        (0, Some("warning")),
        "{findings:#?}"
    );
    says(broker, "found", "degraded");
    says(broker, "do", "Start the NATS server");
    apart.nats.resume();

    apart.kill("sharing-1");
    let (code, findings) = examine(&file, &[]);
    let lost = find(&findings, "reachable", "sharing-1");
    assert_eq!((code, lost["severity"].as_str()), (1, Some("bad")), "{findings:#?}");
    says(lost, "do", "Start the process");
    apart.begin("sharing-1");
    apart.ready("sharing-1").await;

    // For people: one line a finding, the worst first, and a sum at the end.
    apart.postgres.stop();
    until("the database's absence is noticed", async || {
        let answer = apart.readiness("submission-1").await;
        answer.is_some_and(|(status, _)| status == 503).then_some(())
    })
    .await;
    let output = run(&["doctor", "--installation", &file.to_string_lossy()]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.starts_with("BAD ") && said.contains("Start its database"),
        "{said}"
    );
    assert!(said.trim_end().ends_with("warnings."), "{said}");
    apart.postgres.restart();
    for name in ["submission-1", "evaluation-1", "sharing-1"] {
        apart.ready(name).await;
    }

    // Three kinds of damage, in three places that are told in three ways.
    let (in_tile, at_end) = loop {
        submit(&apart, 1).await;
        let size = even(&apart).await;
        let submitted = positions(&apart, "submission", "IdeaSubmitted").await;
        let (first, last) = (submitted[0], submitted[submitted.len() - 1]);
        assert!(first < 256 && size > 256);
        if last >= size / 256 * 256 {
            break (first, last);
        }
    };
    let other = "convert_to(replace(convert_from(line, 'UTF8'), 'uddevalla', 'uddevalle'), 'UTF8')";
    alter(&apart, "submission", in_tile, other);
    alter(&apart, "submission", at_end, other);
    let opened = positions(&apart, "evaluation", "EvaluationOpened").await[0];
    alter(&apart, "evaluation", opened, "substring(line from 1 for 100)");
    let (code, findings) = examine(&file, &["--deep"]);
    assert_eq!(code, 1, "{findings:#?}");
    let all = findings.iter().filter(|finding| finding["severity"] == "bad");
    let told: Vec<String> = all
        .map(|finding| format!("{} {}: {}", finding["check"], finding["about"], finding["found"]).replace('"', ""))
        .collect();
    for expected in [
        format!("tree submission: entry {in_tile} of its journal is not the one that was written"),
        format!("copies evaluation: entry {in_tile} of submission and its copy"),
        format!("copies evaluation: entry {at_end} of submission and its copy"),
        format!("journal evaluation: entry {opened} of its journal is not as it was written"),
    ] {
        assert!(
            told.iter().any(|told| told.starts_with(&expected)),
            "{expected}: {told:#?}"
        );
    }
    let of_tree = told.iter().filter(|told| told.starts_with("tree submission: "));
    assert_eq!(of_tree.count(), 2, "the second says between which entries: {told:#?}");

    std::fs::write(&file, "").expect("written");
    let nothing = run(&["doctor", "--installation", &file.to_string_lossy()]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("[[process]]"));
}
