//! Hole 9, second half: whoever had declared a conflict of interest, or was taken off, went on reading.

use super::Before;
use super::grants::{administrator, role};
use super::judging::{Judged, assessors, coordinator, decider, submitter};
use idesluss_domain::words::EvaluationId;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::evaluation as ev;
use idesluss_tests::{ForeignAnswer, ForeignClient, Instance, Someone, eventually, run, write_region};
use serde_json::json;
use tempfile::TempDir;

const MOVE_ANSWER_DUE: &str = "/idesluss.submission.v1.SubmissionCommandService/MoveAnswerDue";
const DECLARE_CONFLICT: &str = "/idesluss.evaluation.v1.EvaluationCommandService/DeclareConflict";

/// What the brief says.
const BRIEF: &str = "elcyklar";

impl Judged {
    async fn conflicted(&self, who: &Someone) {
        let declared = json!({ "evaluation": self.evaluation, "reason": "Min syster har skrivit den." });
        let declared = self.evaluation("DeclareConflict", who, declared).await;
        assert_eq!(declared.code, "OK", "{declared:?}");
    }

    /// Everything that shows something of one evaluation or its idea.
    async fn reads(&self, who: &Someone) -> Vec<ForeignAnswer> {
        let (about, idea) = (json!({ "evaluation": self.evaluation }), json!({ "idea": self.idea }));
        vec![
            self.evaluation("GetDecision", who, about.clone()).await,
            self.evaluation("GetDecisionPage", who, about).await,
            self.evaluation("GetHistory", who, idea.clone()).await,
            self.submission("GetIdea", who, idea.clone()).await,
            self.submission("GetHistory", who, idea).await,
        ]
    }

    /// Everything that lists evaluations or ideas.
    async fn lists(&self, who: &Someone) -> Vec<ForeignAnswer> {
        let all = json!({});
        vec![
            self.evaluation("ListToAssess", who, all.clone()).await,
            self.evaluation("ListToDecide", who, all.clone()).await,
            self.evaluation("ListEvaluations", who, all.clone()).await,
            self.evaluation("ListIdeaEvaluations", who, json!({ "idea": self.idea }))
                .await,
            self.submission(
                "FindSimilarIdeas",
                who,
                json!({ "text": "Elcyklar till hemtjänstens morgonbesök i centrum" }),
            )
            .await,
            self.submission("ListInbox", who, json!({ "erasure_requested": true }))
                .await,
        ]
    }

    /// Checks that somebody reads nothing, finds nothing in lists, and sees what they declared.
    async fn reads_nothing(&self, who: &Someone, conflict: bool) {
        let before = Before::of(&self.instance).await;
        for answer in self.reads(who).await {
            assert_eq!(answer.code, "PERMISSION_DENIED", "{answer:?}");
            assert!(answer.responses.is_empty(), "{answer:?}");
        }
        for answer in self.lists(who).await {
            let told = json!(answer.responses).to_string();
            let shown = told.contains(&self.evaluation) || told.contains(&self.idea) || told.contains(BRIEF);
            assert!(!shown, "{told}");
        }
        // Nor does a number beside a list say where it stands.
        for list in [
            self.evaluation("ListEvaluations", who, json!({})).await,
            self.submission("ListInbox", who, json!({})).await,
        ] {
            if let Some(list) = list.responses.first() {
                assert_eq!(list["counts"].as_array().map_or(0, Vec::len), 0, "{list}");
                assert_eq!(list["total"].as_str().unwrap_or("0"), "0", "{list}");
            }
        }
        let own = self
            .evaluation("GetEvaluation", who, json!({ "evaluation": self.evaluation }))
            .await;
        assert_eq!(own.code, "OK", "{own:?}");
        let seen = &own.responses[0]["evaluation"];
        let told = seen.to_string();
        assert!(!told.contains(BRIEF) && !told.contains(&self.idea), "{told}");
        let declared = &seen["own_declaration"];
        if conflict {
            assert_eq!(
                (&declared["conflict"], &declared["reason"]["text"]),
                (&json!(true), &json!("Min syster har skrivit den."))
            );
        } else {
            assert_eq!(declared["recused"], true, "{declared}");
        }
        before.nothing_changed(&self.instance).await;
        assert!(
            before
                .counted(&self.instance, "idesluss_refusals_total{what=\"TAKES_NO_PART\"}")
                .await
                >= 1.0
        );
        assert_eq!(before.log(&self.instance, BRIEF), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessor_in_conflict_reads_nothing_and_sees_what_they_declared() {
    let judged = Judged::start().await;
    let [assessor, other] = assessors();
    judged.conflicted(&assessor).await;
    judged.reads_nothing(&assessor, true).await;
    // The conflict is the person's: in another role they read nothing either.
    let elsewhere = assessor.claiming(Role::Submitter);
    let page = judged
        .submission("GetIdea", &elsewhere, json!({ "idea": judged.idea }))
        .await;
    page.is_refused("PERMISSION_DENIED", "take no part");
    assert_eq!(page.reason(), "TAKES_NO_PART");
    assert_eq!(judged.seen_by(&other).await.own_declaration, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decider_in_conflict_reads_nothing_and_sees_what_they_declared() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    judged.conflicted(&decider()).await;
    judged.reads_nothing(&decider(), true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessor_who_was_taken_off_reads_nothing_any_more() {
    let judged = Judged::start().await;
    let [assessor, _] = assessors();
    let recuse = json!({
        "evaluation": judged.evaluation, "assessor": assessor.person(), "reason": "Är sjukskriven.",
        "cause": "RECUSAL_CAUSE_OTHER",
    });
    let taken_off = judged.evaluation("RecuseAssessor", &coordinator(), recuse).await;
    assert_eq!(taken_off.code, "OK", "{taken_off:?}");
    let before = Before::of(&judged.instance).await;
    let page = judged
        .submission("GetIdea", &assessor, json!({ "idea": judged.idea }))
        .await;
    page.is_refused("PERMISSION_DENIED", "take no part");
    before
        .only_refusals(&judged.instance, "TAKES_NO_PART", 1, &[BRIEF])
        .await;
    let own = judged.seen_by(&assessor).await;
    assert_eq!(own.brief, None);
    assert_eq!(
        own.own_declaration.map(|own| (own.recused, own.conflict)),
        Some((true, false))
    );
    let listed = judged.evaluation("ListToAssess", &assessor, json!({})).await;
    assert!(
        !json!(listed.responses).to_string().contains(&judged.evaluation),
        "{listed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_taken_off_for_a_conflict_finds_the_idea_in_no_list_or_search_either() {
    let judged = Judged::start().await;
    let [assessor, _] = assessors();
    let text = json!({ "text": "Elcyklar till hemtjänstens morgonbesök i centrum" });
    eventually(|| async {
        let found = judged.submission("FindSimilarIdeas", &assessor, text.clone()).await;
        Ok(json!(found.responses).to_string().contains(&judged.idea).then_some(()))
    })
    .await;
    let recuse = json!({
        "evaluation": judged.evaluation, "assessor": assessor.person(), "reason": "Är gift med den som skrev.",
        "cause": "RECUSAL_CAUSE_CONFLICT",
    });
    let taken_off = judged.evaluation("RecuseAssessor", &coordinator(), recuse).await;
    assert_eq!(taken_off.code, "OK", "{taken_off:?}");
    eventually(|| async {
        let found = judged.submission("FindSimilarIdeas", &assessor, text.clone()).await;
        assert_eq!(found.code, "OK", "{found:?}");
        Ok((!json!(found.responses).to_string().contains(&judged.idea)).then_some(()))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessor_who_became_a_co_author_reads_nothing_of_how_their_idea_is_judged() {
    let judged = Judged::start().await;
    let [assessor, _] = assessors();
    judged.agree(&assessor).await;
    let about = json!({ "evaluation": judged.evaluation });
    let decision = judged.evaluation("GetDecision", &assessor, about).await;
    decision.is_refused("PERMISSION_DENIED", "take no part");
    let own = judged.seen_by(&assessor).await;
    assert!(own.assessors.is_empty() && own.brief.is_none());
    assert_eq!(own.own_declaration.map(|own| own.author), Some(true));
}

/// A board's decision of today, once everything that has come meanwhile was seen.
async fn board_returns(judged: &Judged) {
    for _ in 0..10 {
        let page = json!({ "evaluation": judged.evaluation });
        let page = judged.evaluation("GetDecisionPage", &coordinator(), page).await;
        assert_eq!(page.code, "OK", "{page:?}");
        let recorded = json!({
            "evaluation": judged.evaluation, "outcome": "OUTCOME_RETURN", "reasons": "Kostnaden saknas.",
            "seen": page.responses[0]["seen"], "board": "Kommunstyrelsen", "meeting": today(), "paragraph": "§ 1",
        });
        let recorded = judged.evaluation("RecordBoardDecision", &coordinator(), recorded).await;
        match recorded.reason() {
            "SOMETHING_NEW" => {}
            _ => return assert_eq!(recorded.code, "OK", "{recorded:?}"),
        }
    }
    panic!("something new arrives without end");
}

fn today() -> String {
    use idesluss_runtime::Clock as _;
    idesluss_runtime::SystemClock.today().to_string()
}

/// The same idea in its second round, at the same gate.
async fn second_round(mut judged: Judged) -> Judged {
    board_returns(&judged).await;
    let idea = judged.idea.parse().expect("a UUID");
    judged.evaluation = EvaluationId::derive(idea, 2).to_string();
    // That the first round is decided comes to submission by itself.
    eventually(|| async {
        let accepted = judged
            .submission("AcceptIdea", &coordinator(), json!({ "idea": judged.idea }))
            .await;
        Ok((accepted.code == "OK").then_some(()))
    })
    .await;
    eventually(|| async {
        let about = json!({ "evaluation": judged.evaluation });
        let seen = judged.evaluation("GetEvaluation", &coordinator(), about).await;
        Ok((seen.code == "OK").then_some(()))
    })
    .await;
    judged
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_declared_in_one_round_holds_in_the_next() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    judged.conflicted(&decider()).await;
    let judged = second_round(judged).await;
    let before = Before::of(&judged.instance).await;
    let about = json!({ "evaluation": judged.evaluation });
    for answer in judged.reads(&decider()).await {
        assert_eq!(answer.code, "PERMISSION_DENIED", "{answer:?}");
    }
    for answer in judged.lists(&decider()).await {
        assert!(
            !json!(answer.responses).to_string().contains(&judged.evaluation),
            "{answer:?}"
        );
    }
    let declared = judged.evaluation("DeclareNoConflict", &decider(), about).await;
    declared.is_refused("FAILED_PRECONDITION", "that stands");
    assert_eq!(declared.reason(), "DECLARED_CONFLICT");
    let decide = json!({
        "evaluation": judged.evaluation, "outcome": "OUTCOME_ADVANCE", "reasons": "Ja.", "seen": 1,
    });
    let decided = judged.evaluation("MakeDecision", &decider(), decide).await;
    assert_eq!(decided.reason(), "CONFLICT_OF_INTEREST", "{decided:?}");
    before.nothing_changed(&judged.instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_taken_off_for_a_conflict_is_in_conflict_in_every_role() {
    let judged = Judged::start().await;
    let [assessor, _] = assessors();
    let mut recuse = json!({ "evaluation": judged.evaluation, "assessor": assessor.person(), "reason": "Är släkt." });
    let silent = judged
        .evaluation("RecuseAssessor", &coordinator(), recuse.clone())
        .await;
    silent.is_refused("INVALID_ARGUMENT", "");
    recuse["cause"] = json!("RECUSAL_CAUSE_CONFLICT");
    let taken_off = judged.evaluation("RecuseAssessor", &coordinator(), recuse).await;
    assert_eq!(taken_off.code, "OK", "{taken_off:?}");
    let before = Before::of(&judged.instance).await;
    let about = json!({ "evaluation": judged.evaluation });
    let declared = judged.evaluation("DeclareNoConflict", &assessor, about).await;
    assert_eq!(declared.reason(), "DECLARED_CONFLICT", "{declared:?}");
    let own = judged.seen_by(&assessor).await.own_declaration;
    assert_eq!(own.map(|own| (own.recused, own.conflict)), Some((true, true)));
    let idea = json!({ "idea": judged.idea });
    let elsewhere = assessor.claiming(Role::Submitter);
    eventually(|| async {
        let page = judged.submission("GetIdea", &elsewhere, idea.clone()).await;
        Ok((page.reason() == "TAKES_NO_PART").then_some(()))
    })
    .await;
    before.nothing_changed(&judged.instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_became_an_author_sets_nothing_aside_for_their_own_idea() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    judged.decide(ev::Outcome::Advance).await.expect("decided");
    judged.agree(&decider()).await;
    let before = Before::of(&judged.instance).await;
    let resources = json!({ "evaluation": judged.evaluation, "amount_kronor": 10_000_000 });
    let correction = json!({ "evaluation": judged.evaluation, "correction": "Så var det inte." });
    for (rpc, request) in [("CommitResources", resources), ("CorrectDecision", correction)] {
        let refused = judged.evaluation(rpc, &decider(), request).await;
        refused.is_refused("PERMISSION_DENIED", "an idea of their own");
        assert_eq!(refused.reason(), "OWN_IDEA");
    }
    before.nothing_changed(&judged.instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_conflict_leads_nothing_of_the_idea_as_its_coordinator_either() {
    let folder = tempfile::TempDir::new().expect("a folder");
    write_region(folder.path());
    // A small organisation: whoever decides screens as well.
    let file = folder.path().join("instance.toml");
    let region = std::fs::read_to_string(&file).expect("the region");
    let decides = "{ organisation = \"uddevalla\", role = \"decision-maker\" }";
    let both = format!("{decides}, {{ organisation = \"uddevalla\", role = \"coordinator\" }}");
    assert_eq!(region.matches(decides).count(), 1);
    std::fs::write(&file, region.replace(decides, &both)).expect("written");
    let instance = Instance::restart(folder);
    let (client, both) = (ForeignClient::start(), decider().claiming(Role::Coordinator));
    let idea = instance.submitted_idea().await;
    instance.accept(coordinator().brief(&idea)).await;
    let evaluation = instance.opened_evaluation(&idea).await;
    // Another day each time.
    let moved = std::sync::atomic::AtomicU32::new(0);
    let moves = async || {
        let days = moved.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 28 + 1;
        let request = json!({
            "command": both.command_as_json(), "idea": idea, "reason": "Vi är sena.",
            "answer_due": format!("2027-03-{days:02}"),
        });
        client
            .call_by(&instance, &both, "submission", MOVE_ANSWER_DUE, request)
            .await
    };
    assert_eq!(moves().await.code, "OK");
    let declare = json!({
        "command": decider().command_as_json(), "evaluation": evaluation, "reason": "Min syster har skrivit den.",
    });
    let declared = client
        .call_by(&instance, &decider(), "evaluation", DECLARE_CONFLICT, declare)
        .await;
    assert_eq!(declared.code, "OK", "{declared:?}");
    // What evaluation has noted arrives in submission a moment later.
    let refused = eventually(async || {
        let answer = moves().await;
        Ok((answer.code != "OK").then_some(answer))
    })
    .await;
    refused.is_refused("PERMISSION_DENIED", "");
    assert_eq!(refused.reason(), "CONFLICT_OF_INTEREST");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_handed_out_to_an_auditor_in_conflict_nor_said_to_be() {
    let judged = Judged::start().await;
    let auditor = Someone::who("uddevalla", Role::Auditor);
    let (client, instance) = (&judged.client, &judged.instance);
    let by = administrator("uddevalla");
    let granted = role(client, instance, "GrantRole", &by, &auditor, Role::DecisionMaker).await;
    assert_eq!(granted.code, "OK", "{granted:?}");
    eventually(|| async {
        let declared = json!({ "evaluation": judged.evaluation, "reason": "Min syster har skrivit den." });
        let who = auditor.claiming(Role::DecisionMaker);
        let declared = judged.evaluation("DeclareConflict", &who, declared).await;
        Ok((declared.code == "OK").then_some(()))
    })
    .await;
    eventually(|| async {
        let page = json!({ "idea": judged.idea });
        let page = judged.submission("GetIdea", &auditor, page).await;
        Ok((page.reason() == "TAKES_NO_PART").then_some(()))
    })
    .await;
    let other = instance
        .submit(submitter().says(submitter().idea()))
        .await
        .expect("submitted");
    let before = Before::of(instance).await;
    let asked = json!({ "idea": judged.idea, "purpose": "Årsrevision" });
    let refused = judged.submission("DiscloseTexts", &auditor, asked).await;
    assert_eq!(refused.reason(), "TAKES_NO_PART", "{refused:?}");
    before.only_refusals(instance, "TAKES_NO_PART", 1, &[BRIEF]).await;
    // Nor to whoever wrote it.
    let (auditor, author) = (&auditor, submitter());
    let granted = role(client, instance, "GrantRole", &by, &author, Role::Auditor).await;
    assert_eq!(granted.code, "OK", "{granted:?}");
    eventually(|| async {
        let asked = json!({ "idea": other, "purpose": "Årsrevision" });
        let refused = judged
            .submission("DiscloseTexts", &author.claiming(Role::Auditor), asked)
            .await;
        Ok((refused.reason() == "TAKES_NO_PART").then_some(()))
    })
    .await;
    // The organisation's bundle has the others' texts.
    let home = TempDir::new().expect("a folder");
    let (out, data) = (home.path().join("bundle"), instance.folder.path().to_string_lossy());
    let (out, person) = (out.to_string_lossy(), auditor.person());
    let arguments = [
        "audit",
        "export",
        "--data",
        &data,
        "--organisation",
        "uddevalla",
        "--out",
        &out,
        "--quiet",
    ];
    let exported = run(&[&arguments[..], &["--texts", "Årsrevision", "--as", &person]].concat());
    assert!(exported.status.success(), "{exported:?}");
    let told = String::from_utf8_lossy(&exported.stdout).into_owned();
    assert!(told.contains("The texts of 1 ideas are not in it"), "{told}");
    // Another auditor reads both lives.
    let second = Someone::who("uddevalla", Role::Registrar);
    let granted = role(client, instance, "GrantRole", &by, &second, Role::Auditor).await;
    assert_eq!(granted.code, "OK", "{granted:?}");
    for (idea, is_disclosed) in [(&judged.idea, false), (&other, true)] {
        let life = run(&["audit", "replay", "--data", &data, "--idea", idea]);
        let life = String::from_utf8_lossy(&life.stdout).into_owned();
        assert!(life.contains("submitted"), "{life}");
        assert_eq!(life.contains("texts disclosed"), is_disclosed, "{life}");
    }
}
