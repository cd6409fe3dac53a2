//! Digests stand in every line, and whoever reads a history has them. Written into another field they open nothing.

use super::Before;
use idesluss_domain::evaluation::standard_set;
use idesluss_domain::words::{EvaluationId, IdeaId, SolutionId};
use idesluss_proto::pb::command::{Role, TextState};
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
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

fn uddevalla(role: Role) -> Someone {
    Someone::who("uddevalla", role)
}

fn command(who: &Someone) -> Value {
    json!({ "command_id": Uuid::new_v4().to_string(), "actor": who.as_json() })
}

/// An idea with an approved brief, accepted for its first gate.
async fn accepted(instance: &Instance) -> IdeaId {
    let (submitter, coordinator) = (uddevalla(Role::Submitter), uddevalla(Role::Coordinator));
    let idea = Uuid::new_v4();
    let mut submission = instance.submission();
    let submit = sub::SubmitIdeaRequest {
        command: submitter.command(),
        idea: idea.to_string(),
        title: "Larm på kylskåpen".into(),
        problem: "Mat blir dålig när kylen stannar.".into(),
        terms: "2026-1".into(),
        owner: sub::IdeaOwner::Organisation.into(),
        ..sub::SubmitIdeaRequest::default()
    };
    submission.submit_idea(submit).await.expect("submitted");
    let brief = sub::ApproveBriefRequest {
        command: coordinator.command(),
        idea: idea.to_string(),
        title: "Larm".into(),
        problem: "Mat blir dålig.".into(),
        deidentified: true,
        ..sub::ApproveBriefRequest::default()
    };
    submission.approve_brief(brief).await.expect("a brief");
    let accept = sub::AcceptIdeaRequest {
        command: coordinator.command(),
        idea: idea.to_string(),
    };
    submission.accept_idea(accept).await.expect("accepted");
    IdeaId(idea)
}

/// Has one of two assessors assess, so that nothing may be shown yet.
async fn assessed(instance: &Instance, idea: IdeaId) {
    let evaluation = EvaluationId::derive(idea, 1).to_string();
    let coordinator = uddevalla(Role::Coordinator);
    eventually(|| {
        let (mut evaluations, query, evaluation) = (instance.evaluations(), coordinator.asks(), evaluation.clone());
        async move {
            Ok(evaluations
                .get_evaluation(ev::GetEvaluationRequest { query, evaluation })
                .await
                .ok())
        }
    })
    .await;
    let assessor = uddevalla(Role::Assessor);
    let mut evaluations = instance.evaluation();
    let assign = ev::AssignAssessorsRequest {
        command: coordinator.command(),
        evaluation: evaluation.clone(),
        assessors: vec![assessor.person(), Someone::second("uddevalla", Role::Assessor).person()],
    };
    evaluations.assign_assessors(assign).await.expect("assigned");
    let declare = ev::DeclareNoConflictRequest {
        command: assessor.command(),
        evaluation: evaluation.clone(),
    };
    evaluations.declare_no_conflict(declare).await.expect("declared");
    let criteria = standard_set(&"uddevalla".parse().expect("a short name")).criteria;
    let score = |criterion: idesluss_domain::evaluation::criteria::Criterion| ev::Score {
        criterion: criterion.key.into(),
        score: 4,
        rationale: RATIONALE.into(),
    };
    let submit = ev::SubmitAssessmentRequest {
        command: assessor.command(),
        evaluation,
        scores: criteria.into_iter().map(score).collect(),
    };
    evaluations.submit_assessment(submit).await.expect("assessed");
}

async fn history(instance: &Instance, idea: IdeaId) -> Vec<HistoryEntry> {
    let request = ev::GetHistoryRequest {
        query: uddevalla(Role::Coordinator).asks(),
        idea: idea.to_string(),
    };
    let told = instance.evaluations().get_history(request).await;
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
    let instance = Instance::start();
    let idea = accepted(&instance).await;
    assessed(&instance, idea).await;
    let entries = history(&instance, idea).await;
    let assessment = data(&entries, "AssessmentSubmitted");
    let sealed = assessment["sealed"].as_str().expect("a digest").to_owned();
    let rationale = assessment["rationales"].as_object().and_then(|all| all.values().next());
    let rationale = rationale.and_then(Value::as_str).expect("a digest").to_owned();
    let hidden = entries.iter().filter_map(|entry| entry.texts.get(&sealed));
    assert_eq!(hidden.map(|text| text.state()).collect::<Vec<_>>(), [TextState::Hidden]);

    // Into a field of the same idea, and into another idea that the coordinator makes for it: neither takes a digest.
    let (client, coordinator) = (ForeignClient::start(), uddevalla(Role::Coordinator));
    let before = Before::of(&instance).await;
    let register = json!({
        "command": command(&coordinator), "idea": idea.to_string(), "number": "KS 2026/1", "secrecy": sealed,
    });
    let registered = client.call_to(&instance, "submission", REGISTER, register).await;
    registered.is_refused("INVALID_ARGUMENT", "secrecy");
    let take_over = json!({
        "command": command(&coordinator), "idea": Uuid::new_v4().to_string(), "import": "2026-1", "reference": rationale,
        "submitter": coordinator.person(), "title": "En gammal idé",
    });
    let taken = client.call_to(&instance, "submission", TAKE_OVER, take_over).await;
    taken.is_refused("INVALID_ARGUMENT", "reference");
    before.nothing_changed(&instance).await;

    // And where it was sealed it stays hidden.
    let asks = json!({ "query": { "actor": coordinator.as_json() }, "idea": idea.to_string() });
    let told = client.call_to(&instance, "evaluation", EVALUATED, asks).await;
    for digest in [&sealed, &rationale] {
        tells_nothing_of(&told, digest, &[RATIONALE, "{\\\"citizen-benefit\\\":"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_digest_of_a_neighbours_text_opens_nothing_as_a_solutions_contact() {
    let instance = Instance::start();
    let (idea, mut submission, mut sharing) = (Uuid::new_v4(), instance.submission(), instance.sharing());
    let submit = sub::SubmitIdeaRequest {
        command: uddevalla(Role::Submitter).command(),
        idea: idea.to_string(),
        title: "Larm på kylskåpen".into(),
        problem: "Mat blir dålig när kylen stannar.".into(),
        terms: "2026-1".into(),
        owner: sub::IdeaOwner::Organisation.into(),
        ..sub::SubmitIdeaRequest::default()
    };
    submission.submit_idea(submit).await.expect("submitted");
    let coordinator = uddevalla(Role::Coordinator);
    let hand = sub::HandToLineRequest {
        command: coordinator.command(),
        idea: idea.to_string(),
        unit: "Kostenheten".into(),
        responsible: "Enhetschefen".into(),
        due: "2027-01-31".into(),
    };
    submission.hand_to_line(hand).await.expect("handed to the line");
    let implement = sub::ImplementIdeaRequest {
        command: coordinator.command(),
        idea: idea.to_string(),
        result: "Mindre svinn.".into(),
        shareable: true,
    };
    submission.implement_idea(implement).await.expect("carried out");
    let solution = SolutionId::derive(IdeaId(idea)).to_string();
    let description = sh::Description {
        title: "Kylskåpslarm".into(),
        summary: "En givare larmar köket innan maten blir dålig.".into(),
        kind: sh::SolutionKind::Product.into(),
        licence: "CC-BY-4.0".into(),
        contact: "kost@uddevalla.example".into(),
        cost_known: false,
        lowest_kronor: 0,
        highest_kronor: 0,
        prerequisites: "Trådlöst nät i köket.".into(),
    };
    let steward = uddevalla(Role::Steward);
    eventually(|| {
        let (mut sharing, solution, description) = (instance.sharing(), solution.clone(), description.clone());
        let publish = sh::PublishSolutionRequest {
            command: steward.command(),
            solution,
            description: Some(description),
            visibility: sh::Visibility::Region.into(),
            cleared: true,
        };
        async move { Ok(sharing.publish_solution(publish).await.ok()) }
    })
    .await;
    let interest = sh::RegisterInterestRequest {
        command: Someone::who("trollhattan", Role::Adopter).command(),
        adoption: Uuid::new_v4().to_string(),
        solution: solution.clone(),
        need: NEED.into(),
    };
    let interest = sharing
        .register_interest(interest)
        .await
        .expect("interest")
        .into_inner();
    let asked = sh::GetHistoryRequest {
        query: coordinator.asks_after(interest.token),
        idea: idea.to_string(),
    };
    let told = instance.solutions().get_history(asked).await.expect("a history");
    let entries: Vec<HistoryEntry> = gathered(told).await.into_iter().flat_map(|part| part.entries).collect();
    let need = data(&entries, "InterestRegistered")["need"].clone();
    let need = need.as_str().expect("a digest").to_owned();
    assert!(
        entries.iter().all(|entry| !entry.texts.contains_key(&need)),
        "it is a neighbour's"
    );

    let client = ForeignClient::start();
    let version = json!({
        "command": command(&steward), "solution": solution, "visibility": "VISIBILITY_REGION", "cleared": true,
        "changes": "Ny kontakt.",
        "description": {
            "title": "Kylskåpslarm", "summary": "En givare larmar.", "kind": "SOLUTION_KIND_PRODUCT",
            "licence": "CC-BY-4.0", "contact": need, "prerequisites": "Trådlöst nät.",
        },
    });
    let versioned = client.call_to(&instance, "sharing", VERSION, version).await;
    assert_eq!(versioned.code, "OK", "{versioned:?}");
    let before = Before::of(&instance).await;
    let asks = json!({ "query": { "actor": coordinator.as_json() }, "idea": idea.to_string() });
    let told = client.call_to(&instance, "sharing", SHARED, asks).await;
    tells_nothing_of(&told, &need, &[NEED]);
    before.only_refusals(&instance, STRAY, 1, &[&need, NEED]).await;
}
