//! Digests stand in every line, and whoever reads a history has them. Written into another field they open nothing.

use super::Before;
use super::judging::{Judged, assessors, coordinator, scores};
use crate::sharing::publication;
use idesluss_domain::words::{IdeaId, SolutionId};
use idesluss_proto::pb::command::{Role, TextState};
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::{evaluation as ev, sharing as sh};
use idesluss_tests::{ForeignAnswer, ForeignClient, Instance, Someone, eventually, gathered};
use serde_json::{Value, json};
use uuid::Uuid;

const REGISTER: &str = "/idesluss.submission.v1.SubmissionCommandService/RegisterIdea";
const TAKE_OVER: &str = "/idesluss.submission.v1.SubmissionCommandService/TakeOverIdea";
const VERSION: &str = "/idesluss.sharing.v1.SharingCommandService/VersionSolution";
const EVALUATED: &str = "/idesluss.evaluation.v1.EvaluationQueryService/GetHistory";
const SHARED: &str = "/idesluss.sharing.v1.SharingQueryService/GetHistory";
const STRAY: &str = "digest_in_another_field";

/// What nobody may read before the assessments are shown.
const RATIONALE: &str = "stenbocksresonemanget";
/// What an organisation wrote for itself.
const NEED: &str = "skrivbordslådebehovet";

async fn history(instance: &Instance, idea: &str) -> Vec<HistoryEntry> {
    let request = ev::GetHistoryRequest {
        query: coordinator().asks(),
        idea: idea.to_owned(),
    };
    let told = instance.evaluations().get_history(coordinator().says(request)).await;
    let parts = gathered(told.expect("a history")).await;
    parts.into_iter().flat_map(|part| part.entries).collect()
}

/// The data of the one line of a type among these.
fn data(entries: &[HistoryEntry], kind: &str) -> Value {
    let lines = entries
        .iter()
        .map(|entry| String::from_utf8_lossy(&entry.line).into_owned());
    let line = lines
        .into_iter()
        .find(|line| line.contains(&format!(".{kind}\"")))
        .expect("a line");
    serde_json::from_str::<Value>(&line).expect("JSON")["event"]["data"].clone()
}

/// What must not be in an answer: the text, and the numbers that scores are sealed with.
fn tells_nothing_of(answer: &ForeignAnswer, digest: &str, secrets: &[&str]) {
    assert_eq!(answer.code, "OK", "{answer:?}");
    let said = json!(answer.responses).to_string();
    for secret in secrets {
        assert!(!said.contains(secret), "{secret:?} was told: {said}");
    }
    let entries = answer.responses[0]["entries"].as_array().expect("entries");
    let opened = entries.iter().filter_map(|entry| entry["texts"].get(digest));
    for text in opened {
        assert_eq!(
            text["state"], "TEXT_STATE_HIDDEN",
            "only where it was sealed, and not opened there"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_digest_of_an_unrevealed_assessment_opens_nothing_in_any_other_field() {
    let judged = Judged::start().await;
    // One of two, so that nothing may be shown yet.
    judged.give(&assessors()[0], scores(4, RATIONALE)).await;
    let Judged {
        instance, client, idea, ..
    } = judged;
    let entries = history(&instance, &idea).await;
    let assessment = data(&entries, "AssessmentSubmitted");
    let sealed = assessment["sealed"].as_str().expect("a digest").to_owned();
    let rationale = assessment["rationales"].as_object().and_then(|all| all.values().next());
    let rationale = rationale.and_then(Value::as_str).expect("a digest").to_owned();
    let hidden = entries.iter().filter_map(|entry| entry.texts.get(&sealed));
    assert_eq!(hidden.map(|text| text.state()).collect::<Vec<_>>(), [TextState::Hidden]);

    // Into a field of the same idea, and into another idea that the coordinator makes for it: neither takes a digest.
    let coordinator = coordinator();
    let before = Before::of(&instance).await;
    let register = json!({
        "command": coordinator.command_as_json(), "idea": idea, "number": "KS 2026/1", "secrecy": sealed,
    });
    let registered = client
        .call_by(&instance, &coordinator, "submission", REGISTER, register)
        .await;
    registered.is_refused("INVALID_ARGUMENT", "secrecy");
    let take_over = json!({
        "command": coordinator.command_as_json(), "idea": Uuid::new_v4().to_string(), "import": "2026-1", "reference": rationale,
        "submitter": coordinator.person(), "title": "En gammal idé",
    });
    let taken = client
        .call_by(&instance, &coordinator, "submission", TAKE_OVER, take_over)
        .await;
    taken.is_refused("INVALID_ARGUMENT", "reference");
    before.nothing_changed(&instance).await;

    // And where it was sealed it stays hidden.
    let asks = json!({ "query": {}, "idea": idea });
    let told = client
        .call_by(&instance, &coordinator, "evaluation", EVALUATED, asks)
        .await;
    for digest in [&sealed, &rationale] {
        tells_nothing_of(&told, digest, &[RATIONALE, "{\\\"citizen-benefit\\\":"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_digest_of_a_neighbours_text_opens_nothing_as_a_solutions_contact() {
    let instance = Instance::start();
    let mut sharing = instance.sharing();
    let idea = instance.implemented_idea().await;
    let coordinator = coordinator();
    let parsed: IdeaId = idea.parse().expect("a UUID");
    let solution = SolutionId::derive(parsed).to_string();
    let steward = Someone::who("uddevalla", Role::Steward);
    // The draft comes a moment later.
    eventually(async || {
        let publish = publication(&steward, &solution);
        instance
            .sharing()
            .publish_solution(steward.says(publish))
            .await
            .map(Some)
    })
    .await;
    let adopter = Someone::who("trollhattan", Role::Adopter);
    let interest = sh::RegisterInterestRequest {
        command: adopter.command(),
        adoption: Uuid::new_v4().to_string(),
        solution: solution.clone(),
        need: NEED.into(),
    };
    let interest = sharing
        .register_interest(adopter.says(interest))
        .await
        .expect("interest")
        .into_inner();
    let asked = sh::GetHistoryRequest {
        query: coordinator.asks_after(interest.token),
        idea: idea.clone(),
    };
    let told = instance
        .solutions()
        .get_history(coordinator.says(asked))
        .await
        .expect("a history");
    let entries: Vec<HistoryEntry> = gathered(told).await.into_iter().flat_map(|part| part.entries).collect();
    let need = data(&entries, "InterestRegistered")["need"].clone();
    let need = need.as_str().expect("a digest").to_owned();
    assert!(
        entries.iter().all(|entry| !entry.texts.contains_key(&need)),
        "it is a neighbour's"
    );

    let client = ForeignClient::start();
    let version = json!({
        "command": steward.command_as_json(), "solution": solution, "visibility": "VISIBILITY_REGION", "cleared": true,
        "changes": "Ny kontakt.",
        "description": {
            "title": "Kylskåpslarm", "summary": "En givare larmar.", "kind": "SOLUTION_KIND_PRODUCT",
            "licence": "CC-BY-4.0", "contact": need, "prerequisites": "Trådlöst nät.",
        },
    });
    let versioned = client.call_by(&instance, &steward, "sharing", VERSION, version).await;
    assert_eq!(versioned.code, "OK", "{versioned:?}");
    let before = Before::of(&instance).await;
    let asks = json!({ "query": {}, "idea": idea });
    let told = client.call_by(&instance, &coordinator, "sharing", SHARED, asks).await;
    tells_nothing_of(&told, &need, &[NEED]);
    before.only_refusals(&instance, STRAY, 1, &[&need, NEED]).await;
}
