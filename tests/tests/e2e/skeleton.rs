//! From an idea to a decision, over real gRPC and real journals.

use idesluss_proto::pb::command::{Role, TextState, Token};
use idesluss_proto::pb::{evaluation as ev, submission as sub};
use idesluss_tests::{Instance, Someone, Ways, eventually, gathered, run};
use tonic::Code;
use uuid::Uuid;

/// What the walk leaves to look at.
pub(crate) struct Walked {
    /// The idea.
    pub(crate) idea: String,
    /// Where its submission stands.
    pub(crate) submitted: Option<Token>,
}

/// An idea's way from its submission to a decision, wherever the services run.
pub(crate) async fn walk(instance: &Ways) -> Walked {
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let decider = Someone::who("uddevalla", Role::DecisionMaker);
    let assessors = [
        Someone::who("uddevalla", Role::Assessor),
        Someone::second("uddevalla", Role::Assessor),
    ];
    let ideas = instance.ideas();
    let (mut evaluation, mut evaluations) = (instance.evaluation(), instance.evaluations());

    let request = sub::SubmitIdeaRequest {
        title: "Cykelpool för hemtjänsten".into(),
        problem: "Bilarna står i kö på morgonen.".into(),
        proposal: "Låna ut elcyklar i centrum.".into(),
        ..submitter.idea()
    };
    let idea = request.idea.clone();
    let submitted = instance.submission().submit_idea(submitter.says(request)).await;
    let submitted = submitted.expect("an idea that says something").into_inner();
    let reference = eventually(|| {
        let (mut ideas, submitter, idea) = (ideas.clone(), submitter.clone(), idea.clone());
        async move {
            let request = sub::GetIdeaRequest {
                query: submitter.asks(),
                idea,
            };
            let answer = ideas.get_idea(submitter.says(request)).await?.into_inner();
            let row = answer.row;
            Ok(row.map(|row| row.reference).filter(|reference| !reference.is_empty()))
        }
    })
    .await;
    assert!(reference.starts_with("UDD-"), "{reference}");

    let brief = sub::ApproveBriefRequest {
        title: "Cykelpool".into(),
        problem: "Bilar i kö.".into(),
        proposal: "Elcyklar.".into(),
        ..coordinator.brief(&idea)
    };
    instance.accept(brief).await;
    let id = instance.opened_evaluation(&idea).await;

    let order = coordinator.order(&decider);
    let adopted = evaluation
        .adopt_delegation_order(coordinator.says(order))
        .await
        .expect("an order")
        .into_inner();
    assert_eq!(adopted.version, 1);
    let assign = ev::AssignAssessorsRequest {
        command: coordinator.command(),
        evaluation: id.clone(),
        assessors: assessors.iter().map(Someone::person).collect(),
    };
    evaluation
        .assign_assessors(coordinator.says(assign))
        .await
        .expect("assigned");
    let criteria = evaluations
        .list_criteria_sets(coordinator.says(ev::ListCriteriaSetsRequest {
            query: coordinator.asks(),
        }))
        .await
        .expect("the standard set")
        .into_inner();
    let keys: Vec<String> = criteria.sets[0]
        .criteria
        .iter()
        .map(|criterion| criterion.key.clone())
        .collect();
    for (assessor, score) in assessors.iter().zip([4, 5]) {
        let declare = ev::DeclareNoConflictRequest {
            command: assessor.command(),
            evaluation: id.clone(),
        };
        evaluation
            .declare_no_conflict(assessor.says(declare))
            .await
            .expect("declared");
        let scores = keys.iter().map(|criterion| ev::Score {
            criterion: criterion.clone(),
            score,
            rationale: "Hjälper många.".into(),
        });
        let submit = ev::SubmitAssessmentRequest {
            command: assessor.command(),
            evaluation: id.clone(),
            scores: scores.collect(),
        };
        evaluation
            .submit_assessment(assessor.says(submit))
            .await
            .expect("assessed");
    }
    let reveal = ev::RevealAssessmentsRequest {
        command: coordinator.command(),
        evaluation: id.clone(),
    };
    evaluation
        .reveal_assessments(coordinator.says(reveal))
        .await
        .expect("all are in");
    let declare = ev::DeclareNoConflictRequest {
        command: decider.command(),
        evaluation: id.clone(),
    };
    let declared = evaluation
        .declare_no_conflict(decider.says(declare))
        .await
        .expect("declared")
        .into_inner();

    let page = ev::GetDecisionPageRequest {
        since: 0,
        query: decider.asks_after(declared.token),
        evaluation: id.clone(),
        cost_kronor: 20_000,
    };
    let drawn = evaluations
        .get_decision_page(decider.says(page))
        .await
        .expect("the page")
        .into_inner();
    assert_eq!(drawn.obstacles, Vec::<String>::new());
    assert_eq!(
        drawn.mandate.as_ref().map(|mandate| mandate.reference.as_str()),
        Some("uddevalla/1/4.2")
    );
    let decision = ev::MakeDecisionRequest {
        command: decider.command(),
        evaluation: id.clone(),
        outcome: ev::Outcome::Advance.into(),
        home: true,
        reasons: "Stor nytta till liten kostnad.".into(),
        conditions: String::new(),
        cost_kronor: 20_000,
        seen: drawn.seen - 1,
    };
    let refused = evaluation
        .make_decision(decider.decides(&decision.command, decision.clone()))
        .await
        .expect_err("the decider's own declaration is newer");
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
    // What comes from another service meanwhile sends the decider back to the page, which is then drawn anew.
    let (seen, decided) = instance.decide(&decider, decision).await.expect("decided");

    let known = eventually(|| {
        let (mut ideas, query, idea) = (ideas.clone(), submitter.asks(), idea.clone());
        let request = submitter.says(sub::GetIdeaRequest { query, idea });
        async move {
            let answer = ideas.get_idea(request).await?.into_inner();
            let row = answer.row;
            Ok(row.filter(|row| row.phase() == sub::Phase::Decided))
        }
    })
    .await;
    assert_eq!(known.reference, reference);

    let auditor = Someone::who("uddevalla", Role::Auditor);
    let dossier = evaluations
        .get_decision(auditor.says(ev::GetDecisionRequest {
            query: auditor.asks_after(decided.token),
            evaluation: id.clone(),
        }))
        .await
        .expect("a decision to look at")
        .into_inner();
    assert!(
        dossier
            .entries
            .iter()
            .any(|entry| entry.seen && entry.r#type.ends_with("AssessmentsRevealed"))
    );
    let made = dossier
        .evaluation
        .and_then(|evaluation| evaluation.decision)
        .expect("the decision");
    let reasons = made.reasons.expect("reasons");
    assert_eq!(
        (reasons.state(), reasons.text.as_str()),
        (TextState::Readable, "Stor nytta till liten kostnad.")
    );
    assert_eq!(made.basis.expect("a basis").seen, seen);

    Walked {
        idea,
        submitted: submitted.token,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_is_submitted_accepted_assessed_and_decided_and_its_history_is_whole() {
    let instance = Instance::start();
    let Walked { idea, submitted } = walk(&instance).await;
    let auditor = Someone::who("uddevalla", Role::Auditor);
    let (mut ideas, mut evaluations) = (instance.ideas(), instance.evaluations());
    // The history of both services is the same after a restart.
    let ask = sub::GetHistoryRequest {
        query: auditor.asks_after(submitted),
        idea: idea.clone(),
    };
    let before = gathered(ideas.get_history(auditor.says(ask.clone())).await.expect("a history")).await;
    let ask_evaluation = ev::GetHistoryRequest {
        query: auditor.asks(),
        idea: idea.clone(),
    };
    let before_evaluation = evaluations
        .get_history(auditor.says(ask_evaluation.clone()))
        .await
        .expect("a history");
    let before_evaluation = gathered(before_evaluation).await;
    assert!(
        before
            .iter()
            .flat_map(|part| &part.entries)
            .any(|entry| entry.texts.values().any(|text| text.text == "Elcyklar."))
    );
    let instance = Instance::restart(instance.kill());
    let after = gathered(
        instance
            .ideas()
            .get_history(auditor.says(ask))
            .await
            .expect("a history"),
    )
    .await;
    let entries =
        |parts: Vec<sub::GetHistoryResponse>| parts.into_iter().flat_map(|part| part.entries).collect::<Vec<_>>();
    assert_eq!(entries(before), entries(after));
    let after = gathered(
        instance
            .evaluations()
            .get_history(auditor.says(ask_evaluation))
            .await
            .expect("a history"),
    )
    .await;
    let entries =
        |parts: Vec<ev::GetHistoryResponse>| parts.into_iter().flat_map(|part| part.entries).collect::<Vec<_>>();
    assert_eq!(entries(before_evaluation), entries(after));

    // The command line tells the same life, beside a running server and without one, and up to an earlier moment.
    let data = instance.folder.path().to_string_lossy().into_owned();
    let replay = |further: &[&str]| {
        let arguments = [&["replay", "--idea", &idea, "--data", &data], further].concat();
        let output = run(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let beside = replay(&[]);
    assert!(
        beside.contains("decision made") && beside.contains("Stor nytta till liten kostnad."),
        "{beside}"
    );
    assert!(
        beside.contains("knew:") && beside.contains("assessments revealed (seen)"),
        "{beside}"
    );
    let life: serde_json::Value = serde_json::from_str(&replay(&["--json"])).expect("JSON");
    assert_eq!(life["state"]["idea"], "decided");
    let accepted = life["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .find(|step| step["event"] == "IdeaAccepted");
    let position = format!("submission:{}", accepted.expect("accepted")["position"]);
    let earlier: serde_json::Value = serde_json::from_str(&replay(&["--json", "--at", &position])).expect("JSON");
    assert_eq!(earlier["state"]["idea"], "accepted");

    let other = Someone::who("trollhattan", Role::Auditor);
    let request = sub::GetHistoryRequest {
        query: other.asks(),
        idea: idea.clone(),
    };
    let refused = instance
        .ideas()
        .get_history(other.says(request))
        .await
        .expect_err("another organisation's idea");
    assert_eq!(refused.code(), Code::PermissionDenied);

    let folder = instance.stop();
    assert_eq!(replay(&[]), beside);
    let nothing = run(&["replay", "--idea", &Uuid::new_v4().to_string(), "--data", &data]);
    assert!(!nothing.status.success());
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("no such idea"));
    drop(folder);
}
