//! Hole 16: what operators ask of a process named ideas.

use idesluss_tests::{Apart, Plan};

#[tokio::test(flavor = "multi_thread")]
async fn the_state_that_operators_see_names_no_idea() {
    let apart = Apart::start(Plan::default()).await;
    super::super::doctor::submit(&apart, 1).await;
    let idea = "2f6c9a1e-8c0e-4b3f-9a53-6f1d0f6c7b11";
    let database = &apart.databases["submission"].name;
    let park = format!("INSERT INTO journal.parked VALUES ('receipts', '{idea}', 0, 'NO_MANDATE', 0)");
    apart.postgres.sql_in(database, &park).expect("parked");
    let state = apart.state("submission-1").await;
    let parked = &state["journal"]["parked"][0];
    assert_eq!(
        (parked["reaction"].as_str(), parked["position"].as_u64()),
        (Some("receipts"), Some(0)),
        "{state}"
    );
    assert!(!state.to_string().contains(idea), "{state}");
}
