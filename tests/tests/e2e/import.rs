//! Taking over an older idea box: a real one, whole; bad rows; twice; interrupted.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
use idesluss_tests::{Instance, Someone, eventually, run, spawn, write_region};
use std::path::Path;
use std::process::Output;
use std::time::Duration;
use tempfile::TempDir;

const PROPOSALS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/proposals.csv");
const IDEA_COLUMNS: &str = "reference,submitted_at,submitter,title,problem,proposal,expected_benefit,area,status,decided_at,superseded_by,decision_reasons\n";

/// How an organisation takes a register over.
fn taking_over<'a>(data: &'a str, organisation: &'a str, ideas: &'a str) -> [&'a str; 8] {
    [
        "import",
        "--quiet",
        "--data",
        data,
        "--organisation",
        organisation,
        "--ideas",
        ideas,
    ]
}

fn import(data: &Path, ideas: &str, further: &[&str]) -> Output {
    let data = data.to_string_lossy();
    let arguments = taking_over(&data, "uddevalla", ideas);
    run(&[&arguments, further].concat())
}

fn output_of(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// So many of Uddevalla's ideas, and how many stand where.
async fn inbox(instance: &Instance, page_size: u32) -> sub::ListInboxResponse {
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let request = sub::ListInboxRequest {
        query: coordinator.asks(),
        page_size,
        ..sub::ListInboxRequest::default()
    };
    let told = instance.ideas().list_inbox(coordinator.says(request)).await;
    told.expect("an inbox").into_inner()
}

/// How many of Uddevalla's ideas stand where.
async fn counts(instance: &Instance) -> Vec<(sub::Phase, u64)> {
    let inbox = inbox(instance, 1).await;
    inbox.counts.iter().map(|count| (count.phase(), count.count)).collect()
}

const WHOLE: [(sub::Phase, u64); 7] = [
    (sub::Phase::Submitted, 48),
    (sub::Phase::Accepted, 10),
    (sub::Phase::Declined, 125),
    (sub::Phase::Superseded, 23),
    (sub::Phase::Parked, 33),
    (sub::Phase::Withdrawn, 63),
    // Carried out, and nothing is left to do.
    (sub::Phase::Closed, 398),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_real_register_goes_in_whole_and_only_once() {
    let instance = Instance::start();
    let first = import(instance.folder.path(), PROPOSALS, &[]);
    let (out, err) = output_of(&first);
    assert!(first.status.success(), "{out}{err}");
    assert!(out.contains("P-0820: decided before it was submitted"), "{out}");
    let again = import(instance.folder.path(), PROPOSALS, &[]);
    let (out, _) = output_of(&again);
    assert!(
        again.status.success() && out.contains("all                 0      700"),
        "{out}"
    );
    assert_eq!(counts(&instance).await, WHOLE);

    // Nobody is written to about what was submitted elsewhere, and nothing is promised.
    let inbox = inbox(&instance, 200).await;
    assert!(
        inbox
            .ideas
            .iter()
            .all(|row| row.reference.is_empty() && row.answer_due.is_empty() && row.imported)
    );

    // What was carried out waits as a draft to be described.
    let drafts = eventually(|| {
        let (mut solutions, steward) = (instance.solutions(), Someone::who("uddevalla", Role::Steward));
        async move {
            let request = sh::ListSolutionsRequest {
                query: steward.asks(),
                phase: sh::SolutionPhase::Drafted.into(),
                page_size: 1,
                ..sh::ListSolutionsRequest::default()
            };
            let total = solutions
                .list_solutions(steward.says(request))
                .await?
                .into_inner()
                .total;
            Ok((total == 398).then_some(total))
        }
    });
    assert_eq!(drafts.await, 398);
    let auditor = Someone::who("uddevalla", Role::Auditor);
    let request = ev::ListEvaluationsRequest {
        query: auditor.asks(),
        phase: ev::Phase::TakenOver.into(),
        page_size: 200,
        ..ev::ListEvaluationsRequest::default()
    };
    let earlier = instance
        .evaluations()
        .list_evaluations(auditor.says(request))
        .await
        .expect("records")
        .into_inner();
    let total: u64 = earlier.counts.iter().map(|count| count.count).sum();
    assert!(
        total >= 566,
        "accepted, rejected, parked and realised had been decided: {total}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_goes_on_where_it_was() {
    let folder = TempDir::new().expect("a folder");
    write_region(folder.path());
    let data = folder.path().to_string_lossy().into_owned();
    for milliseconds in [150, 400, 700] {
        let mut child = spawn(&taking_over(&data, "uddevalla", PROPOSALS));
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        child.kill().expect("the child is ours");
        child.wait().expect("a child can be waited for");
    }
    let whole = import(folder.path(), PROPOSALS, &[]);
    assert!(whole.status.success(), "{:?}", output_of(&whole));
    let instance = Instance::restart(folder);
    assert_eq!(counts(&instance).await, WHOLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_refused_by_line_and_what_is_unknown_stays_unknown() {
    let folder = TempDir::new().expect("a folder");
    write_region(folder.path());
    let ideas = folder.path().join("låda.csv");
    let rows = "A-1,2004,,Bättre skyltar,Folk går vilse,,,,rejected,2003-12,,För dyrt\n\
        A-2,2004-02-30,x,Fel dag,P,,,,open,,,\n\
        A-3,,y,Utan datum,P,,,,superseded,,A-1;A-9,\n\
        A-4,2005-01-01,y,T,P,,,,borttagen,,,\n";
    std::fs::write(&ideas, format!("{IDEA_COLUMNS}{rows}")).expect("written");
    let assessments = folder.path().join("omdömen.csv");
    let scores = "reference,assessor,criterion,score,rationale,assessed_at\n\
        A-1,bedömare 1,Nytta,4,Bra,2004-03\n\
        A-1,bedömare 1,Kostnad,2,,\n\
        A-1,bedömare 2,Nytta,6,,\n\
        A-7,bedömare 2,Nytta,3,,\n";
    std::fs::write(&assessments, scores).expect("written");
    let (ideas, assessments) = (
        ideas.to_string_lossy().into_owned(),
        assessments.to_string_lossy().into_owned(),
    );
    let further = ["--assessments", assessments.as_str()];

    let dry = import(folder.path(), &ideas, &[&further[..], &["--dry-run"]].concat());
    assert_eq!(dry.status.code(), Some(3));
    assert!(!folder.path().join("submission").exists(), "a dry run changes nothing");
    let done = import(folder.path(), &ideas, &further);
    let (out, err) = output_of(&done);
    assert_eq!(done.status.code(), Some(3), "{out}{err}");
    for line in [
        "ideas, line 3: A-2",
        "ideas, line 5: A-4",
        "assessments, line 4: A-1",
        "assessments, line 5: A-7",
    ] {
        assert!(err.contains(line), "{line} is not in {err}");
    }
    assert!(out.contains("A-9, which is said to replace it"), "{out}");

    let instance = Instance::restart(folder);
    let mut expected = vec![(sub::Phase::Declined, 1), (sub::Phase::Superseded, 1)];
    expected.sort();
    assert_eq!(counts(&instance).await, expected);
    let auditor = Someone::who("uddevalla", Role::Auditor);
    let request = ev::ListEvaluationsRequest {
        query: auditor.asks(),
        ..ev::ListEvaluationsRequest::default()
    };
    let listed = instance
        .evaluations()
        .list_evaluations(auditor.says(request))
        .await
        .expect("records")
        .into_inner();
    assert_eq!(
        listed.items.len(),
        1,
        "only the rejected one had been decided: {listed:?}"
    );
    let request = ev::GetEvaluationRequest {
        query: auditor.asks(),
        evaluation: listed.items[0].evaluation.clone(),
    };
    let shown = instance
        .evaluations()
        .get_evaluation(auditor.says(request))
        .await
        .expect("a record")
        .into_inner();
    let shown = shown.evaluation.expect("a record");
    let decision = &shown.earlier_decisions[0];
    assert_eq!(
        (decision.decided.as_str(), decision.before_submission),
        ("2003-12", true)
    );
    assert!(
        shown.decision.is_none() && shown.brief.is_none(),
        "no mandate and no brief is made up"
    );
    let scores = &shown.earlier_assessments[0].criteria;
    assert_eq!(
        scores
            .iter()
            .map(|score| (score.criterion.as_str(), score.score))
            .collect::<Vec<_>>(),
        [("Nytta", 4), ("Kostnad", 2)]
    );
    assert_eq!(
        (scores[0].assessed.as_str(), scores[1].assessed.as_str()),
        ("2004-03", "")
    );

    // The same reference with other words is not taken over a second time.
    let data = instance.folder.path().to_owned();
    let rows = "A-1,2004,,Andra ord,Folk går vilse,,,,rejected,2003-12,,För dyrt\n";
    std::fs::write(data.join("låda.csv"), format!("{IDEA_COLUMNS}{rows}")).expect("written");
    let changed = import(&data, &ideas, &[]);
    let (_, err) = output_of(&changed);
    assert!(
        changed.status.code() == Some(3) && err.contains("imported before with other content"),
        "{err}"
    );
}

#[test]
fn what_is_missing_is_said() {
    let folder = TempDir::new().expect("a folder");
    write_region(folder.path());
    let missing = import(folder.path(), "/nowhere.csv", &[]);
    assert!(
        !missing.status.success() && output_of(&missing).1.contains("can't be read"),
        "{:?}",
        output_of(&missing)
    );
    let data = folder.path().to_string_lossy().into_owned();
    let unknown = run(&taking_over(&data, "borås", PROPOSALS));
    assert!(!unknown.status.success());
    let unknown = run(&taking_over(&data, "boras", PROPOSALS));
    assert!(
        output_of(&unknown).1.contains("no organisation boras"),
        "{:?}",
        output_of(&unknown)
    );
}
