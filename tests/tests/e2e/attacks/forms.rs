//! Hole 16: texts that anybody could write freely stood unsealed in lines that can't be changed.

use super::Before;
use idesluss_proto::pb::command::Role;
use idesluss_tests::{ForeignClient, Instance, Someone};
use serde_json::{Value, json};
use uuid::Uuid;

const SUBMISSION: &str = "/idesluss.submission.v1.SubmissionCommandService";
const EVALUATION: &str = "/idesluss.evaluation.v1.EvaluationCommandService";

/// What somebody might write where only a provision, a number or a name of one word belongs.
const FREE: [&str; 5] = [
    "Anna Andersson ringde och bad om det",
    "OSL 21 kap. 7 § Anna Andersson",
    "6e2dbb6dd7fa1e0c4f1d1dd6a3bdc8a0ad0e0ce4a63c0efdc2f0f9a1dbb2d8f1 Anna",
    "\u{1b}[2J\u{202e}Anna",
    "P-19850101-1234",
];

fn somebody(role: Role) -> Someone {
    Someone::who("uddevalla", role)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_somebody_wrote_freely_stands_unsealed_in_a_line() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let command = |role| somebody(role).command_as_json();
    let idea = instance.submitted_idea().await;
    let submit = |idea: &str, terms: &str| {
        json!({
            "command": command(Role::Submitter), "idea": idea, "title": "En idé", "problem": "Något att lösa.",
            "terms": terms, "owner": "IDEA_OWNER_ORGANISATION",
        })
    };
    let before = Before::of(&instance).await;
    for free in FREE {
        let attempts: [(Role, &str, &str, &str, Value); 7] = [
            (
                Role::Submitter,
                "submission",
                "SubmitIdea",
                "terms",
                submit(&Uuid::new_v4().to_string(), free),
            ),
            (
                Role::Registrar,
                "submission",
                "RegisterIdea",
                "number",
                json!({ "command": command(Role::Registrar), "idea": idea, "number": free }),
            ),
            (
                Role::Registrar,
                "submission",
                "RegisterIdea",
                "secrecy",
                json!({ "command": command(Role::Registrar), "idea": idea, "number": "KS 2026/1", "secrecy": free }),
            ),
            (
                Role::Registrar,
                "submission",
                "DecideErasure",
                "basis",
                json!({ "command": command(Role::Registrar), "idea": idea, "basis": free }),
            ),
            (
                Role::Registrar,
                "submission",
                "RefuseErasure",
                "basis",
                json!({ "command": command(Role::Registrar), "idea": idea, "basis": free, "reasons": "Arkivlagen." }),
            ),
            (
                Role::Coordinator,
                "submission",
                "TakeOverIdea",
                "reference",
                json!({ "command": command(Role::Coordinator), "idea": Uuid::new_v4().to_string(), "import": "pep", "reference": free, "submitter": Uuid::new_v4().to_string() }),
            ),
            (
                Role::Coordinator,
                "evaluation",
                "RecordEarlierDecision",
                "stated_status",
                json!({ "command": command(Role::Coordinator), "idea": idea, "import": "pep", "stated_status": free }),
            ),
        ];
        for (role, service, rpc, field, request) in attempts {
            let package = if service == "submission" {
                SUBMISSION
            } else {
                EVALUATION
            };
            let answer = client
                .call_by(
                    &instance,
                    &somebody(role),
                    service,
                    &format!("{package}/{rpc}"),
                    request,
                )
                .await;
            answer.is_refused("INVALID_ARGUMENT", "");
            let named = answer
                .details
                .iter()
                .flat_map(|detail| detail["field_violations"].as_array().into_iter().flatten());
            assert!(
                named.into_iter().any(|problem| problem["field"] == field),
                "{rpc}: {answer:?}"
            );
        }
    }
    before.nothing_changed(&instance).await;
    assert!(before.log(&instance, "Anna").is_empty());
    let rpc = "idesluss.submission.v1.SubmissionCommandService/DecideErasure";
    let counted = before.answered(&instance, "submission", rpc, 3).await;
    assert_eq!(counted, FREE.len() as f64);
    let registered = json!({ "command": command(Role::Registrar), "idea": idea, "number": "KS 2026/1", "secrecy": "OSL 21 kap. 7 §" });
    let registered = client
        .call_by(
            &instance,
            &somebody(Role::Registrar),
            "submission",
            &format!("{SUBMISSION}/RegisterIdea"),
            registered,
        )
        .await;
    assert_eq!(registered.code, "OK", "{registered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_repeated_without_end_is_refused() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let request = json!({ "query": {}, "phases": vec!["PHASE_SUBMITTED"; 100_000] });
    let rpc = "/idesluss.submission.v1.SubmissionQueryService/ListInbox";
    let answer = client
        .call_by(&instance, &somebody(Role::Coordinator), "submission", rpc, request)
        .await;
    answer.is_refused("INVALID_ARGUMENT", "");
}
