//! The client itself: without attacking anything it can do what anybody's could.

use super::Before;
use idesluss_proto::pb::command::Role;
use idesluss_tests::{ForeignCall, ForeignClient, Instance, Someone};
use serde_json::json;
use uuid::Uuid;

const HEAD: &str = "/idesluss.journal.v1.JournalService/GetHead";
const FOLLOW: &str = "/idesluss.journal.v1.JournalService/Follow";
const LIST: &str = "/idesluss.submission.v1.SubmissionQueryService/ListMyIdeas";
const SUBMIT: &str = "/idesluss.submission.v1.SubmissionCommandService/SubmitIdea";

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_not_ours_speaks_to_the_services_and_hears_why_it_is_refused() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let before = Before::of(&instance).await;
    let head = client.call_to(&instance, "submission", HEAD, json!({})).await;
    assert_eq!(
        (head.code.as_str(), head.responses[0]["epoch"].as_u64()),
        ("OK", Some(1))
    );

    let somebody = Someone::who("uddevalla", Role::Submitter);
    let nothing = json!({ "command": { "command_id": "x" } });
    let nothing = client
        .call_by(&instance, &somebody, "submission", SUBMIT, nothing)
        .await;
    nothing.is_refused("INVALID_ARGUMENT", "");
    assert!(
        nothing
            .details
            .iter()
            .any(|detail| detail["field_violations"].is_array()),
        "{nothing:?}"
    );
    before.nothing_changed(&instance).await;
    let answered = before.answered(&instance, "submission", &SUBMIT[1..], 3).await;
    assert_eq!(answered, 1.0);

    let idea = json!({
        "command": somebody.command_as_json(), "idea": Uuid::new_v4().to_string(),
        "title": "En främlings idé", "problem": "Något att lösa.", "terms": "2026-1", "owner": "IDEA_OWNER_ORGANISATION",
    });
    let taken = client.call_by(&instance, &somebody, "submission", SUBMIT, idea).await;
    assert_eq!(taken.code, "OK", "{taken:?}");
    let mine = json!({ "query": { "after": taken.responses[0]["token"] } });
    let mine = client.call_by(&instance, &somebody, "submission", LIST, mine).await;
    assert_eq!(mine.responses[0]["ideas"].as_array().map(Vec::len), Some(1), "{mine:?}");

    // Several connections with several streams each; a stream has no end, so the client's own patience ends it.
    let follow = ForeignCall {
        seconds: 1.0,
        connections: 2,
        calls: 3,
        ..ForeignCall::new(
            &instance.server.addresses.of("submission"),
            FOLLOW,
            json!({ "source": "/fyrbodal-test/submission/house" }),
        )
    };
    let followed = client.calls(follow).await;
    assert_eq!(followed.len(), 6);
    for stream in followed {
        assert_eq!(stream.code, "DEADLINE_EXCEEDED", "{stream:?}");
        assert!(!stream.responses.is_empty(), "what was there already was sent");
    }
}
