//! Ids are public, and an erasure is for good: nobody gets at what is another organisation's by using its id for something else.

use super::Before;
use idesluss_proto::pb::command::{Role, TextState};
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{ForeignClient, Instance, Someone};
use serde_json::json;
use uuid::Uuid;

const SERVICE: &str = "/idesluss.submission.v1.SubmissionCommandService";
const TAKEN: &str = "id_of_another_thing";

const NEED: &str = "Torrläggningsbehovet i källaren.";

/// Somebody submits an idea of their own: their organisation has been here before, and has a key.
async fn submit(instance: &Instance, organisation: &str) -> String {
    let submitter = Someone::who(organisation, Role::Submitter);
    instance
        .submit(submitter.says(submitter.idea()))
        .await
        .expect("submitted")
}

/// Every text of the one call that there is.
async fn texts(instance: &Instance) -> Vec<(TextState, String)> {
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let request = sub::ListCallsRequest {
        query: submitter.asks(),
        ..sub::ListCallsRequest::default()
    };
    let told = instance
        .ideas()
        .list_calls(submitter.says(request))
        .await
        .expect("calls")
        .into_inner();
    let [call] = &told.calls[..] else {
        panic!("one call: {told:?}")
    };
    let texts = [&call.title, &call.need, &call.resources].map(|text| text.clone().unwrap_or_default());
    texts.map(|text| (text.state(), text.text)).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_erases_a_neighbours_call_by_submitting_an_idea_under_its_id() {
    let (instance, client) = (Instance::start(), ForeignClient::start());
    submit(&instance, "trollhattan").await;
    let call = Uuid::new_v4();
    let owner = Someone::who("uddevalla", Role::NeedOwner);
    let opened = json!({
        "command": owner.command_as_json(), "call": call.to_string(),
        "title": "Torra källare", "need": NEED, "resources": "Två veckor.",
    });
    let opened = client
        .call_by(&instance, &owner, "submission", &format!("{SERVICE}/OpenCall"), opened)
        .await;
    assert_eq!(opened.code, "OK", "{opened:?}");
    let whole = texts(&instance).await;
    assert_eq!(whole[1], (TextState::Readable, NEED.to_owned()));

    let before = Before::of(&instance).await;
    let [submitter, coordinator, registrar] =
        [Role::Submitter, Role::Coordinator, Role::Registrar].map(|role| Someone::who("trollhattan", role));
    let idea = json!({
        "command": submitter.command_as_json(), "idea": call.to_string(), "title": "En idé", "problem": "Ett problem.",
        "terms": "2026-1", "owner": "IDEA_OWNER_ORGANISATION",
    });
    let submitted = client
        .call_by(
            &instance,
            &submitter,
            "submission",
            &format!("{SERVICE}/SubmitIdea"),
            idea,
        )
        .await;
    submitted.is_refused("FAILED_PRECONDITION", "choose a new one");
    assert_eq!(submitted.reason(), "OTHER_IDEA");
    let taken_over = json!({
        "command": coordinator.command_as_json(), "idea": call.to_string(), "import": "2026-1", "reference": "1",
        "submitter": submitter.person(), "title": "En idé",
    });
    let taken_over = client
        .call_by(
            &instance,
            &coordinator,
            "submission",
            &format!("{SERVICE}/TakeOverIdea"),
            taken_over,
        )
        .await;
    taken_over.is_refused("FAILED_PRECONDITION", "choose a new one");
    for (who, rpc, request) in [
        (
            &submitter,
            "RequestErasure",
            json!({ "command": submitter.command_as_json(), "idea": call.to_string() }),
        ),
        (
            &registrar,
            "DecideErasure",
            json!({ "command": registrar.command_as_json(), "idea": call.to_string(), "basis": "GDPR art. 17.1 a" }),
        ),
    ] {
        let refused = client
            .call_by(&instance, who, "submission", &format!("{SERVICE}/{rpc}"), request)
            .await;
        refused.is_refused("NOT_FOUND", "");
    }
    before
        .only_refusals(&instance, TAKEN, 2, &[&call.to_string(), NEED])
        .await;
    assert_eq!(texts(&instance).await, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_opens_a_call_under_the_id_of_a_neighbours_idea() {
    let (instance, client) = (Instance::start(), ForeignClient::start());
    submit(&instance, "trollhattan").await;
    let idea = submit(&instance, "uddevalla").await;
    let before = Before::of(&instance).await;
    let owner = Someone::who("trollhattan", Role::NeedOwner);
    let call = json!({
        "command": owner.command_as_json(), "call": idea,
        "title": "Torra källare", "need": NEED, "resources": "Två veckor.",
    });
    let opened = client
        .call_by(&instance, &owner, "submission", &format!("{SERVICE}/OpenCall"), call)
        .await;
    opened.is_refused("FAILED_PRECONDITION", "choose a new one");
    assert_eq!(opened.reason(), "OTHER_CALL");
    before.only_refusals(&instance, TAKEN, 1, &[&idea, NEED]).await;
}
