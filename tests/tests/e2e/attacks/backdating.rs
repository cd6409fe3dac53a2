//! Hole 10: every command could say when it had happened, and pages showed that as the time of the decision.

use super::Before;
use super::judging::{Judged, coordinator, submitter};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::{evaluation as ev, submission as sub};
use idesluss_tests::{Someone, call, gathered};
use prost::Message;
use serde_json::{Value, json};
use uuid::Uuid;

/// A command as it was before: with the time that its sender claims.
#[derive(Clone, PartialEq, Message)]
struct ClaimingCommand {
    #[prost(string, tag = "1")]
    command_id: String,
    #[prost(string, tag = "3")]
    claimed_time: String,
}

#[derive(Clone, PartialEq, Message)]
struct Submit {
    #[prost(message, optional, tag = "1")]
    command: Option<ClaimingCommand>,
    #[prost(string, tag = "2")]
    idea: String,
    #[prost(string, tag = "3")]
    title: String,
    #[prost(string, tag = "4")]
    problem: String,
    #[prost(string, tag = "8")]
    terms_of_old: String,
    #[prost(string, tag = "9")]
    terms: String,
    #[prost(int32, tag = "10")]
    owner: i32,
}

fn claiming() -> Option<ClaimingCommand> {
    Some(ClaimingCommand {
        command_id: Uuid::new_v4().to_string(),
        claimed_time: "2019-05-06T07:08:09Z".into(),
    })
}

/// Every event of an idea in a service's history.
fn lines(entries: impl Iterator<Item = HistoryEntry>) -> Vec<Vec<u8>> {
    entries.map(|entry| entry.line).collect()
}

async fn events(judged: &Judged, service: &str, idea: &str) -> Vec<Value> {
    let auditor = Someone::who("uddevalla", Role::Auditor);
    let lines: Vec<Vec<u8>> = if service == "submission" {
        let request = sub::GetHistoryRequest {
            query: auditor.asks(),
            idea: idea.to_owned(),
        };
        let found = judged
            .instance
            .ideas()
            .get_history(auditor.says(request))
            .await
            .expect("a history");
        lines(gathered(found).await.into_iter().flat_map(|part| part.entries))
    } else {
        let request = ev::GetHistoryRequest {
            query: auditor.asks(),
            idea: idea.to_owned(),
        };
        let found = judged
            .instance
            .evaluations()
            .get_history(auditor.says(request))
            .await
            .expect("a history");
        lines(gathered(found).await.into_iter().flat_map(|part| part.entries))
    };
    lines
        .iter()
        .map(|line| serde_json::from_slice(line).expect("a line"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_says_when_it_happened() {
    let judged = Judged::start().await;
    let idea = Uuid::new_v4().to_string();
    let submit = Submit {
        command: claiming(),
        idea: idea.clone(),
        title: "Från förr".into(),
        problem: "Något att lösa.".into(),
        terms_of_old: String::new(),
        terms: "2026-1".into(),
        owner: sub::IdeaOwner::Organisation.into(),
    };
    let server = &judged.instance.server;
    let (way, submit) = (server.way("submission"), submitter().says(submit.encode_to_vec()));
    let rpc = "/idesluss.submission.v1.SubmissionCommandService/SubmitIdea";
    call(&way, rpc, submit).await.expect("submitted");
    let told = events(&judged, "submission", &idea).await;
    assert!(told.len() >= 2, "{told:?}");
    for line in &told {
        let (recorded, time) = (&line["recorded"], &line["event"]["time"]);
        assert!(!time.as_str().expect("a time").starts_with("2019"), "{line}");
        // Within the same minute or so: the day at least.
        assert_eq!(
            recorded.as_str().map(|at| &at[..10]),
            time.as_str().map(|at| &at[..10]),
            "{line}"
        );
    }
    let row = judged
        .submission("GetIdea", &submitter(), json!({ "idea": idea }))
        .await;
    let shown = row.responses[0]["row"]["submitted_at"].clone();
    assert_eq!(shown, told[0]["recorded"], "pages show when it was recorded");
    // A client that knows the contract alone can't even say it.
    let contract = String::from_utf8_lossy(idesluss_proto::DESCRIPTORS);
    assert!(!contract.contains("claimed_time"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_says_when_an_idea_came_and_pages_still_show_when_it_was_recorded() {
    let judged = Judged::start().await;
    let idea = Uuid::new_v4().to_string();
    let take_over = json!({
        "idea": idea, "import": "Lådan", "reference": "P-1", "submitted": "2019-05-06T07:08:09Z",
        "submitter": Uuid::new_v4().to_string(), "title": "Från förr",
    });
    let taken = judged.submission("TakeOverIdea", &coordinator(), take_over).await;
    assert_eq!(taken.code, "OK", "{taken:?}");
    let decision = json!({
        "idea": idea, "import": "Lådan", "outcome": "OUTCOME_REJECT", "stated_status": "rejected",
        "decided": "2019-06-07T08:09:10Z", "after": taken.responses[0]["token"],
    });
    let recorded = judged
        .evaluation("RecordEarlierDecision", &coordinator(), decision)
        .await;
    assert_eq!(recorded.code, "OK", "{recorded:?}");
    let of = |told: &[Value], kind: &str| {
        let mut found = told
            .iter()
            .filter(|line| line["event"]["type"].as_str().is_some_and(|name| name.ends_with(kind)));
        found.next().expect("it was written").clone()
    };
    let submitted = of(&events(&judged, "submission", &idea).await, "IdeaSubmitted");
    assert_eq!(submitted["event"]["time"], "2019-05-06T07:08:09.000000Z");
    let decided = of(&events(&judged, "evaluation", &idea).await, "EarlierDecisionRecorded");
    assert_eq!(decided["event"]["time"], "2019-06-07T08:09:10.000000Z");
    let evaluation = recorded.responses[0]["evaluation"].clone();
    let seen = judged
        .evaluation("GetEvaluation", &coordinator(), json!({ "evaluation": evaluation }))
        .await;
    let summary = &seen.responses[0]["evaluation"]["summary"];
    assert_eq!(summary["opened_at"], decided["recorded"], "{summary}");
    // What the older register said stands beside it, as precisely as it said it.
    assert_eq!(summary["decided_at"], "2019-06-07T08:09:10Z", "{summary}");
    let before = Before::of(&judged.instance).await;
    let nonsense = json!({ "idea": Uuid::new_v4().to_string(), "import": "Lådan", "reference": "P-2", "submitted": "i våras",
        "submitter": Uuid::new_v4().to_string() });
    let refused = judged.submission("TakeOverIdea", &coordinator(), nonsense).await;
    refused.is_refused("INVALID_ARGUMENT", "as precisely as it is known");
    before.nothing_changed(&judged.instance).await;
}
