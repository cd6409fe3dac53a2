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
    before.nothing_changed(&judged.instance).await;
    let own = judged
        .evaluation("RecordEarlierDecision", &coordinator(), decision(&judged.idea))
        .await;
    assert_eq!(own.code, "OK", "{own:?}");
}
