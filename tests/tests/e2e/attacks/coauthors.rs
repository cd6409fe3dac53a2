//! Hole 9, first half: naming a decider as co-author disqualified them, and whoever became one late could judge an idea of their own.

use super::Before;
use super::judging::{Judged, assessors, coordinator, decider, scores, submitter};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::evaluation as ev;
use idesluss_tests::Someone;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_submitter_who_names_the_decider_as_co_author_disqualifies_nobody() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    let named = json!({ "idea": judged.idea, "coauthor": decider().person() });
    let asked = judged.submission("ProposeCoauthor", &submitter(), named).await;
    assert_eq!(asked.code, "OK", "{asked:?}");
    // Nobody but the decider answers for them.
    let before = Before::of(&judged.instance).await;
    let colleague = Someone::second("uddevalla", Role::Submitter);
    let about = json!({ "idea": judged.idea });
    for rpc in ["AgreeToCoauthorship", "DeclineCoauthorship"] {
        let answer = judged.submission(rpc, &colleague, about.clone()).await;
        answer.is_refused("PERMISSION_DENIED", "Nobody has asked you");
    }
    before.only_refusals(&judged.instance, "NOT_PROPOSED", 2, &[]).await;
    // Who may not submit ideas here can't be named at all.
    let other = Someone::who("trollhattan", Role::DecisionMaker);
    for person in [other.person(), coordinator().person()] {
        let named = json!({ "idea": judged.idea, "coauthor": person });
        let refused = judged.submission("ProposeCoauthor", &submitter(), named).await;
        refused.is_refused("INVALID_ARGUMENT", "choose a colleague");
    }
    before.nothing_changed(&judged.instance).await;
    judged.decide(ev::Outcome::Advance).await.expect("the decider decides");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_sees_which_idea_it_is_and_who_asks_and_nothing_else() {
    let judged = Judged::start().await;
    let asked = decider().claiming(Role::Submitter);
    judged.propose(&asked).await;
    let mine = judged.submission("ListMyIdeas", &asked, json!({})).await;
    let proposal = &mine.responses[0]["proposals"][0];
    assert_eq!(proposal["idea"], judged.idea.as_str(), "{mine:?}");
    assert_eq!(proposal["proposed_by"], submitter().person().as_str());
    assert!(
        mine.responses[0].get("ideas").is_none_or(|ideas| ideas == &json!([])),
        "{mine:?}"
    );
    let page = judged
        .submission("GetIdea", &asked, json!({ "idea": judged.idea }))
        .await;
    let page = &page.responses[0];
    assert_eq!(page["asked_to_coauthor"], true, "{page}");
    assert_eq!((&page["texts"], &page["authors"]), (&json!({}), &json!([])), "{page}");
    let history = judged
        .submission("GetHistory", &asked, json!({ "idea": judged.idea }))
        .await;
    history.is_refused("PERMISSION_DENIED", "");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_becomes_a_co_author_late_neither_assesses_nor_recommends_nor_decides() {
    let judged = Judged::start().await;
    let [first, second] = assessors();
    judged.agree(&first).await;
    let before = Before::of(&judged.instance).await;
    let given: Vec<_> = scores(5, "Bäst av alla.")
        .into_iter()
        .map(|score| json!({ "criterion": score.criterion, "score": score.score, "rationale": score.rationale }))
        .collect();
    let given = json!({ "evaluation": judged.evaluation, "scores": given });
    let refused = judged.evaluation("SubmitAssessment", &first, given.clone()).await;
    refused.is_refused("PERMISSION_DENIED", "an idea of their own");
    before
        .only_refusals(&judged.instance, "OWN_IDEA", 1, &["Bäst av alla"])
        .await;

    // With one assessment left the other is not shown: there must be two, and somebody else can be asked.
    let other = judged.evaluation("SubmitAssessment", &second, given).await;
    assert_eq!(other.code, "OK", "{other:?}");
    let about = json!({ "evaluation": judged.evaluation });
    let early = judged
        .evaluation("RevealAssessments", &coordinator(), about.clone())
        .await;
    early.is_refused("FAILED_PRECONDITION", "too few independent assessments");
    let again = json!({ "evaluation": judged.evaluation, "assessors": [first.person()] });
    let refused = judged.evaluation("AssignAssessors", &coordinator(), again).await;
    refused.is_refused("PERMISSION_DENIED", "an idea of their own");
    let seen = judged.seen_by(&coordinator()).await;
    let states: Vec<_> = seen
        .assessors
        .iter()
        .filter(|one| one.author)
        .map(|one| one.assessor.clone())
        .collect();
    assert_eq!(states, [first.person()]);
    assert_eq!(
        seen.summary.map(|summary| (summary.assigned, summary.assessed)),
        Some((1, 1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_does_not_rest_on_what_a_co_author_assessed() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    judged.agree(&assessors()[0]).await;
    let before = judged.seen_by(&coordinator()).await;
    assert!(before.falls_short);
    assert_eq!(before.summaries[0].count, 1, "{before:?}");
    for outcome in [ev::Outcome::Advance, ev::Outcome::Reject, ev::Outcome::Park] {
        let refused = judged.decide(outcome).await.expect_err("too little is left");
        assert!(refused.message().contains("assess it anew"), "{refused:?}");
    }
    judged.decide(ev::Outcome::Return).await.expect("it is sent back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decider_who_agrees_to_be_a_co_author_does_not_decide() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    judged.agree(&decider()).await;
    let before = Before::of(&judged.instance).await;
    let decide = json!({
        "evaluation": judged.evaluation, "outcome": "OUTCOME_ADVANCE", "reasons": "Min egen idé är god.",
        "seen": 1,
    });
    let refused = judged.evaluation("MakeDecision", &decider(), decide).await;
    refused.is_refused("PERMISSION_DENIED", "an idea of their own");
    before
        .only_refusals(&judged.instance, "OWN_IDEA", 1, &["Min egen idé"])
        .await;
}
