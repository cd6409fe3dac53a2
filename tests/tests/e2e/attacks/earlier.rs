//! Hole 11: any organisation's coordinator could claim what had been decided on any idea before the sluice.

use super::Before;
use super::judging::{Judged, coordinator};
use idesluss_proto::pb::command::Role;
use idesluss_tests::Someone;
use serde_json::{Value, json};
use uuid::Uuid;

fn decision(idea: &str) -> Value {
    json!({ "idea": idea, "import": "Granntipset", "outcome": "OUTCOME_REJECT", "stated_status": "avslagen", "reasons": "Hittepåskäl." })
}

fn assessment(idea: &str) -> Value {
    json!({
        "idea": idea, "import": "Granntipset", "assessor": Uuid::new_v4().to_string(),
        "scores": [{ "criterion": "Nytta", "score": 1, "rationale": "Hittepåskäl." }],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_organisation_records_what_was_judged_before_the_sluice() {
    let judged = Judged::start().await;
    let neighbour = Someone::who("trollhattan", Role::Coordinator);
    // An organisation's own key is made when it first seals something here, whatever comes of that.
    let nowhere = decision(&Uuid::new_v4().to_string());
    judged.evaluation("RecordEarlierDecision", &neighbour, nowhere).await;
    let before = Before::of(&judged.instance).await;
    for (rpc, what) in [
        ("RecordEarlierDecision", decision(&judged.idea)),
        ("RecordEarlierAssessment", assessment(&judged.idea)),
    ] {
        let refused = judged.evaluation(rpc, &neighbour, what).await;
        refused.is_refused("PERMISSION_DENIED", "belongs to another organisation");
    }
    before
        .only_refusals(
            &judged.instance,
            "WRONG_ORGANISATION",
            2,
            &["Hittepåskäl", "Granntipset"],
        )
        .await;
    // Of an idea that nobody has heard of nothing is recorded either, whoever asks.
    for who in [&neighbour, &coordinator()] {
        let nowhere = Uuid::new_v4().to_string();
        for (rpc, what) in [
            ("RecordEarlierDecision", decision(&nowhere)),
            ("RecordEarlierAssessment", assessment(&nowhere)),
        ] {
            let refused = judged.evaluation(rpc, who, what).await;
            refused.is_refused("NOT_FOUND", "take it over first");
        }
    }
    // Nor of one that began here, also at home: it has its own evaluation.
    for (rpc, what) in [
        ("RecordEarlierDecision", decision(&judged.idea)),
        ("RecordEarlierAssessment", assessment(&judged.idea)),
    ] {
        let refused = judged.evaluation(rpc, &coordinator(), what).await;
        refused.is_refused("FAILED_PRECONDITION", "taken over");
        assert_eq!(refused.reason(), "NOT_TAKEN_OVER");
    }
    before.nothing_changed(&judged.instance).await;
    let taken = Uuid::new_v4().to_string();
    let take_over = |submitted: &str| {
        json!({
            "idea": taken, "import": "Granntipset", "reference": "P-1", "submitted": submitted,
            "submitter": Uuid::new_v4().to_string(), "title": "En gammal idé",
        })
    };
    let ahead = judged
        .submission("TakeOverIdea", &coordinator(), take_over("2099-01-01T00:00:00Z"))
        .await;
    ahead.is_refused("INVALID_ARGUMENT", "in the future");
    let own = judged
        .submission("TakeOverIdea", &coordinator(), take_over("2004"))
        .await;
    assert_eq!(own.code, "OK", "{own:?}");
    let mut recorded = decision(&taken);
    recorded["after"] = own.responses[0]["token"].clone();
    let recorded = judged
        .evaluation("RecordEarlierDecision", &coordinator(), recorded)
        .await;
    assert_eq!(recorded.code, "OK", "{recorded:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boards_meeting_was_not_before_the_evaluation_was_opened() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    let before = Before::of(&judged.instance).await;
    let recorded = json!({
        "evaluation": judged.evaluation, "outcome": "OUTCOME_REJECT", "reasons": "Hittepåskäl.", "seen": 1,
        "board": "Kommunstyrelsen", "meeting": "0001-01-01", "paragraph": "§ 1",
    });
    for _ in 0..10 {
        let page = json!({ "evaluation": judged.evaluation });
        let page = judged.evaluation("GetDecisionPage", &coordinator(), page).await;
        let mut recorded = recorded.clone();
        recorded["seen"] = page.responses[0]["seen"].clone();
        let refused = judged.evaluation("RecordBoardDecision", &coordinator(), recorded).await;
        if refused.reason() == "SOMETHING_NEW" {
            continue;
        }
        refused.is_refused("INVALID_ARGUMENT", "before this evaluation was opened");
        assert_eq!(refused.reason(), "MEETING_TOO_EARLY");
        return before.nothing_changed(&judged.instance).await;
    }
    panic!("something new arrives without end");
}
