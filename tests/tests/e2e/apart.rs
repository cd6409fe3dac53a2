//! The services apart: six processes, PostgreSQL, NATS and certificates between them.

use crate::{sharing, skeleton};
use idesluss_tests::{Apart, Plan, Reader};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Asks again until something is so; panics after 20 s with what was said last.
pub(crate) async fn until<F: Future<Output = Option<()>>>(what: &str, mut ask: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while ask().await.is_none() {
        assert!(Instant::now() < deadline, "{what}: not in 20 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub(crate) fn relays_are_even(state: &Value) -> bool {
    let relays = state["messaging"]["relays"].as_array();
    relays.is_some_and(|relays| !relays.is_empty() && relays.iter().all(|relay| relay["lag_events"] == 0))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_from_idea_to_adoption_goes_over_six_processes() {
    let apart = Apart::start(Plan::default()).await;
    let ways = apart.ways();
    let walked = skeleton::walk(&ways).await;
    sharing::walk(&ways).await;

    for service in ["submission", "evaluation", "sharing"] {
        let name = format!("{service}-1");
        until("every own event is with the broker", async || {
            relays_are_even(&apart.state(&name).await).then_some(())
        })
        .await;
        let state = apart.state(&name).await;
        let messaging = &state["messaging"];
        assert_eq!(messaging["broker"]["connected"], true, "{state:#}");
        assert_eq!(state["journal"]["lease_held"], true);
        assert_eq!(state["journal"]["quarantined"], 0);
        assert_eq!(state["journal"]["parked"], Value::Array(Vec::new()));
        let receivers = messaging["receivers"].as_array().expect("receivers");
        assert_eq!(receivers.len(), 1);
        assert!(receivers[0]["problem"].is_null(), "{state:#}");
        let log = apart.log(&name);
        // One JSON object a line, and nobody's words in any.
        assert!(
            log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()),
            "{log}"
        );
        for words in ["Cykelpool", "hemtjänsten", "Larm på", "liten kostnad", &walked.idea] {
            assert!(!log.contains(words), "{name} wrote {words} into its log: {log}");
        }
    }
    let mut guest = Reader::new(([127, 0, 0, 1], apart.web).into());
    assert_eq!(guest.get("/").status, 200);
    let link = apart.log("gateway");
    let link = link
        .split("/in/")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next());
    guest.get(&format!("/in/{}", link.expect("the gateway tells its link")));
    let start = guest.become_person("coordinator 1 i uddevalla", "coordinator");
    assert!(start.html.contains("Inkorg"), "{}", start.html);
    assert!(guest.get(&format!("/ideer/{}", walked.idea)).html.contains("UDD-"));
}
