//! `idesluss audit` over an idea's whole way, beside a server and without one.

use super::{audit, json, names, told};
use crate::erasure::{BASIS, erase};
use crate::skeleton::walk;
use idesluss_domain::words::{EvaluationId, IdeaId};
use idesluss_tests::Instance;
use uuid::Uuid;

fn evaluation_of(idea: &str) -> String {
    let idea: IdeaId = idea.parse().expect("a UUID");
    EvaluationId::derive(idea, 1).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dossier_tells_what_the_decider_knew_and_after_an_erasure_when_and_on_which_basis() {
    let instance = Instance::start();
    let idea = walk(&instance).await.idea;
    let (data, evaluation) = (
        instance.folder.path().to_string_lossy().into_owned(),
        evaluation_of(&idea),
    );

    let dossier = json(&data, &["dossier", &evaluation]);
    let decision = &dossier["decision"];
    assert_eq!(
        (&decision["outcome"], &decision["home"]),
        (&"advance".into(), &true.into())
    );
    assert_eq!(
        decision["texts"]["reasons"]["readable"],
        "Stor nytta till liten kostnad."
    );
    let known = names(&dossier["known"], "event");
    for kind in [
        "IdeaSubmitted",
        "BriefApproved",
        "EvaluationOpened",
        "AssessmentsRevealed",
    ] {
        assert!(known.contains(&kind), "{known:?}");
    }
    assert!(!known.contains(&"DecisionMade"), "{known:?}");
    let seen = dossier["known"].as_array().expect("entries").iter();
    assert!(seen.clone().all(|entry| entry["seen"] == true), "{dossier:#}");
    // The decider never saw what the submitter wrote: evaluation has the brief alone.
    let submitted = seen
        .clone()
        .find(|entry| entry["event"] == "IdeaSubmitted")
        .expect("submitted");
    assert_eq!(submitted["texts"], serde_json::Value::Null);
    let proceedings = &dossier["proceedings"];
    assert_eq!(proceedings["brief"]["texts"]["title"]["readable"], "Cykelpool");
    assert_eq!(proceedings["criteria"]["criteria"].as_array().map(Vec::len), Some(7));
    let first = &proceedings["scores"]["criteria"][0];
    assert_eq!((&first["mean_hundredths"], &first["spread"]), (&450.into(), &1.into()));
    assert_eq!(proceedings["conflicts"].as_array().map(Vec::len), Some(3));
    let mandates = &dossier["mandates"];
    assert_eq!(
        (&mandates["used"], &mandates["order"]["version"]),
        (&"uddevalla/1/4.2".into(), &1.into())
    );
    assert_eq!(mandates["order"]["mandates"][0]["held"], true);
    assert_eq!(dossier["findings"], serde_json::json!([]));
    assert!(
        names(&dossier["after"], "event").contains(&"GateDecided"),
        "{dossier:#}"
    );

    // The id of the event leads to the same dossier, as text too; and without a server it is still the same.
    let event = decision["event"].as_str().expect("an id").to_owned();
    let text = told(&data, &["dossier", &event]);
    assert_eq!(text, told(&data, &["dossier", &evaluation]));
    for says in [
        "Stor nytta till liten kostnad.",
        "Assessments revealed",
        "mean 4.50 of 2, from 4–5, spread 1",
        "uddevalla/1/4.2",
        "held, was used",
    ] {
        assert!(text.contains(says), "{says} is not in: {text}");
    }
    let life = json(&data, &["replay", "--decision", &event]);
    assert_eq!(names(&life["steps"], "event").last(), Some(&"DecisionMade"));
    assert_eq!(life["state"]["idea"], "in evaluation");

    erase(&instance, &idea).await;
    let dossier = json(&data, &["dossier", &evaluation]);
    let title = &dossier["proceedings"]["brief"]["texts"]["title"]["erased"];
    assert_eq!(title["basis"], BASIS);
    assert_eq!(title["on"], dossier["erasure"]["erased"]["evaluation"]);
    let text = told(&data, &["dossier", &evaluation]);
    assert!(
        text.contains(&format!("on the basis of {BASIS})")) && text.contains("(erased on 2"),
        "{text}"
    );
    assert!(!text.contains("Stor nytta") && !text.contains("Elcyklar"), "{text}");

    let folder = instance.stop();
    assert_eq!(told(&data, &["dossier", &evaluation]), text);
    drop(folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_diff_and_events_tell_what_happened_up_to_any_moment() {
    let instance = Instance::start();
    let idea = walk(&instance).await.idea;
    let data = instance.folder.path().to_string_lossy().into_owned();
    let count = |stood: &serde_json::Value, thing: &str, state: &str| {
        let counts = stood["counts"].as_array().expect("counts").iter();
        let found = counts
            .filter(|count| count["thing"] == thing && count["state"] == state && count["organisation"] == "uddevalla");
        found
            .map(|count| count["count"].as_u64().unwrap_or_default())
            .sum::<u64>()
    };
    let now = json(&data, &["replay"]);
    assert_eq!(
        (count(&now, "idea", "decided"), count(&now, "evaluation", "decided")),
        (1, 1)
    );
    let life = json(&data, &["replay", "--idea", &idea]);
    let steps = life["steps"].as_array().expect("steps");
    let step = |event: &str| steps.iter().find(|step| step["event"] == event).expect("a step");
    let accepted = format!("submission:{}", step("IdeaAccepted")["position"]);
    let revealed = format!("evaluation:{}", step("AssessmentsRevealed")["position"]);
    let then = json(&data, &["replay", "--at", &accepted]);
    assert_eq!(
        (count(&then, "idea", "accepted"), count(&then, "evaluation", "decided")),
        (1, 0)
    );
    // The same moment as a time.
    let time = step("IdeaAccepted")["recorded"].as_str().expect("a time");
    assert_eq!(json(&data, &["replay", "--at", time])["counts"], then["counts"]);
    let text = told(&data, &["replay", "--at", &accepted]);
    assert!(
        text.contains("Ideas") && text.contains("accepted") && text.contains("idea accepted"),
        "{text}"
    );

    let diff = json(&data, &["diff", "--from", &accepted, "--to", &revealed]);
    let changed = diff["changed"].as_array().expect("changes");
    let of = |kind: &str| {
        changed.iter().find(|changed| {
            changed["subject"]
                .as_str()
                .is_some_and(|subject| subject.starts_with(kind))
        })
    };
    let evaluation = of("evaluation/").expect("an evaluation");
    assert_eq!(
        (&evaluation["before"], &evaluation["after"]),
        (&"".into(), &"revealed".into())
    );
    let events = names(&evaluation["events"], "event");
    assert_eq!(
        (events.first(), events.last()),
        (Some(&"EvaluationOpened"), Some(&"AssessmentsRevealed"))
    );
    assert_eq!(evaluation["events"][1]["who"]["role"], "coordinator");
    let order = of("delegation-order/uddevalla").expect("an order");
    assert_eq!(order["after"], "version 1");
    let text = told(&data, &["diff", "--from", &accepted, "--to", &revealed]);
    assert!(
        text.contains(": began, revealed  (uddevalla)") && text.contains("assessments revealed  by "),
        "{text}"
    );

    let happened: u64 = now["journals"]
        .as_object()
        .expect("journals")
        .values()
        .map(|upto| upto["events"].as_u64().unwrap_or_default())
        .sum();
    let rows = |arguments: &[&str]| {
        let out = instance.folder.path().join("ut.csv");
        let file = out.to_string_lossy().into_owned();
        told(
            &data,
            &[&["events", "--format", "csv", "--out", &file, "--quiet"], arguments].concat(),
        );
        std::fs::read_to_string(&out).expect("the table").lines().count() as u64 - 1
    };
    assert_eq!(rows(&[]), happened);
    // Up to and with a moment, and from it on: it is in both.
    assert_eq!(rows(&["--to", &accepted]) + rows(&["--from", &accepted]), happened + 1);
    for (format, begins) in [("xes", "<?xml"), ("ocel-json", "{"), ("ocel-sqlite", "SQLite format 3")] {
        let out = instance.folder.path().join(format);
        let said = told(
            &data,
            &["events", "--format", format, "--out", &out.to_string_lossy(), "--quiet"],
        );
        assert!(said.contains(&format!("{happened} events")), "{said}");
        let bytes = std::fs::read(&out).expect("an export");
        assert!(bytes.starts_with(begins.as_bytes()), "{format}");
    }
    drop(instance.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_told_is_refused_with_what_to_do_and_the_exit_code_two() {
    let instance = Instance::start();
    let data = instance.folder.path().to_string_lossy().into_owned();
    let nobody = Uuid::new_v4().to_string();
    let nowhere = instance
        .folder
        .path()
        .join("nowhere")
        .join("ut.csv")
        .to_string_lossy()
        .into_owned();
    for (arguments, says) in [
        (&["dossier", &nobody][..], "there is no decision"),
        (&["dossier", "beslutet"], "invalid value 'beslutet'"),
        (&["replay", "--decision", &nobody], "give the id of a decision's event"),
        (&["replay", "--idea", &nobody], "there is no such idea here"),
        (&["replay", "--at", "evaluation:999999"], "has no position 999999 yet"),
        (&["replay", "--at", "igår"], "write a position such as evaluation:42"),
        (
            &["diff", "--from", "2026-02-02T00:00:00Z", "--to", "2026-01-01T00:00:00Z"],
            "give the earlier moment to --from",
        ),
        (&["diff", "--from", "sharing:0"], "--to"),
        (&["events", "--format", "xml", "--out", "ut"], "there is no format xml"),
        (
            &["events", "--format", "csv", "--out", &nowhere],
            "choose another place with --out",
        ),
    ] {
        let (code, told, complaint) = audit(&data, arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {told}{complaint}");
        assert!(
            complaint.contains(says) && told.is_empty(),
            "{arguments:?}: {complaint}"
        );
    }
    let (code, _, complaint) = audit(&nowhere, &["replay"]);
    assert_eq!(code, Some(2));
    assert!(complaint.contains("start one with `idesluss up"), "{complaint}");
    drop(instance.stop());
}
