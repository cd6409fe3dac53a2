//! What operators see of an installation: traces at a collector, metrics, and whether a process is alive and ready.

mod collector;

use crate::apart::{relays_are_even, until};
use crate::{doctor, skeleton};
use collector::{Collected, Collector};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::journal::ReadRangeRequest;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_tests::{Apart, Plan, Someone};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use serde_json::Value;

/// The metrics of a service that writes, publishes and receives. Dashboards and alarms rely on the names.
const FIGURES: [&str; 25] = [
    "idesluss_append_seconds",
    "idesluss_broker_connected",
    "idesluss_broker_incarnation_seconds",
    "idesluss_certificate_left_seconds",
    "idesluss_consumer_pending",
    "idesluss_duplicates_total",
    "idesluss_grpc_requests_total",
    "idesluss_grpc_seconds",
    "idesluss_halted",
    "idesluss_journal_epoch",
    "idesluss_journal_head_position",
    "idesluss_lease_held",
    "idesluss_orphaned",
    "idesluss_parked",
    "idesluss_publish_lag_events",
    "idesluss_publish_refused",
    "idesluss_published_total",
    "idesluss_quarantined",
    "idesluss_reaction_lag_events",
    "idesluss_received_total",
    "idesluss_source_contradicted",
    "idesluss_source_gaps_total",
    "idesluss_source_unchecked_seconds",
    "idesluss_view_lag_events",
    "idesluss_view_oldest_unapplied_seconds",
];

/// The `traceparent` of the own event of a type, about an idea, as it stands in submission's journal: trace and span.
async fn written_in(apart: &Apart, kind: &str, idea: &str) -> (String, String) {
    let mut journal = JournalServiceClient::new(apart.channel("submission"));
    let range = journal.read_range(ReadRangeRequest::default()).await;
    let mut range = range.expect("entries").into_inner();
    while let Some(some) = range.message().await.expect("entries") {
        for entry in some.entries {
            let line: Value = serde_json::from_slice(&entry.line).expect("a line");
            let event = &line["event"];
            let is_it = event["type"].as_str().is_some_and(|found| found.ends_with(kind));
            if is_it && event["subject"] == format!("idea/{idea}") {
                let parent = event["traceparent"].as_str().expect("the event tells its trace");
                let parts: Vec<_> = parent.split('-').collect();
                let ["00", trace, span, "01"] = parts[..] else {
                    panic!("{parent} is not sampled, or no traceparent");
                };
                return (trace.to_owned(), span.to_owned());
            }
        }
    }
    panic!("no {kind} of {idea}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Waits for a span that fits.
async fn span(collector: &Collector, what: &str, fits: impl Fn(&Collected) -> bool) -> Collected {
    let found = || collector.spans().into_iter().find(|collected| fits(collected));
    until(what, async || found().map(drop)).await;
    found().expect("it was there a moment ago")
}

/// The values of a metric, one for each of its sets of labels.
fn values(metrics: &str, name: &str) -> Vec<f64> {
    let lines = metrics.lines().filter(|line| {
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with([' ', '{']))
    });
    lines.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect()
}

async fn traces(apart: &Apart, collector: &Collector, idea: &str) {
    let is = |collected: &Collected, service: &str, kind: SpanKind| {
        collected.service == format!("idesluss-{service}") && collected.span.kind() == kind
    };
    for (rpc, event) in [("SubmitIdea", "IdeaSubmitted"), ("AcceptIdea", "IdeaAccepted")] {
        let (trace, id) = written_in(apart, event, idea).await;
        let name = format!("idesluss.submission.v1.SubmissionCommandService/{rpc}");
        let served = span(collector, "the command's span", |collected| {
            is(collected, "submission", SpanKind::Server)
                && collected.span.name == name
                && hex(&collected.span.span_id) == id
        })
        .await;
        assert_eq!(hex(&served.span.trace_id), trace);
    }
    // Evaluation answers the acceptance in a trace of its own, which points to where the event was written.
    let (trace, id) = written_in(apart, "IdeaAccepted", idea).await;
    let reaction = span(collector, "the reaction's span with its link", |collected| {
        is(collected, "evaluation", SpanKind::Consumer)
            && (collected.span.links.iter()).any(|link| hex(&link.trace_id) == trace && hex(&link.span_id) == id)
    })
    .await;
    assert_ne!(hex(&reaction.span.trace_id), trace);
    // What it asks submission for is part of it.
    span(collector, "the question for the brief", |collected| {
        is(collected, "submission", SpanKind::Server)
            && collected.span.trace_id == reaction.span.trace_id
            && collected.span.parent_span_id == reaction.span.span_id
    })
    .await;
    let people = [Role::Submitter, Role::Coordinator, Role::Assessor, Role::DecisionMaker];
    let mut private: Vec<String> = people.map(|role| Someone::who("uddevalla", role).person()).into();
    let words = [
        "Cykelpool",
        "hemtjänsten",
        "Bilar",
        "cyklar",
        "Hjälper",
        "Stor nytta",
        "i uddevalla",
        "UDD-",
    ];
    private.extend(words.map(str::to_owned));
    for collected in collector.spans() {
        for text in collected.texts() {
            let told = private.iter().find(|private| text.contains(*private));
            assert_eq!(told, None, "{text} in {}", collected.span.name);
        }
    }
}

async fn metrics(apart: &Apart) {
    for service in ["submission", "evaluation"] {
        let name = format!("{service}-1");
        until("every metric is told, and nothing is behind", async || {
            let metrics = apart.metrics(&name).await;
            let is_there = |metric: &&str| metrics.contains(&format!("# TYPE {metric} "));
            let missing: Vec<_> = FIGURES.iter().filter(|metric| !is_there(metric)).collect();
            let head = values(&metrics, "idesluss_journal_head_position");
            let even = [
                "idesluss_publish_lag_events",
                "idesluss_view_lag_events",
                "idesluss_reaction_lag_events",
            ];
            let even = even
                .iter()
                .all(|lag| values(&metrics, lag).iter().all(|lag| *lag == 0.0));
            (missing.is_empty() && even && head.iter().all(|head| *head > 10.0)).then_some(())
        })
        .await;
        let metrics = apart.metrics(&name).await;
        for (metric, value) in [
            ("idesluss_lease_held", 1.0),
            ("idesluss_journal_epoch", 1.0),
            ("idesluss_broker_connected", 1.0),
            ("idesluss_halted", 0.0),
            ("idesluss_parked", 0.0),
            ("idesluss_quarantined", 0.0),
            ("idesluss_orphaned", 0.0),
            ("idesluss_publish_refused", 0.0),
        ] {
            let values = values(&metrics, metric);
            let is_so = !values.is_empty() && values.iter().all(|each| *each == value);
            assert!(
                is_so,
                "{name}: {metric} is {values:?}, not {value} in each of its series"
            );
        }
        for counted in [
            "idesluss_append_seconds_count",
            "idesluss_published_total",
            "idesluss_received_total",
        ] {
            assert!(values(&metrics, counted).iter().sum::<f64>() > 0.0, "{name}: {counted}");
        }
    }
}

/// Alive is whoever answers; ready is whoever has its database. Without the broker something is missing, and nothing stops.
async fn health(apart: &mut Apart) {
    const NAME: &str = "submission-1";
    apart.nats.stop();
    until("a missing broker is degraded, not unready", async || {
        let (status, said) = apart.readiness(NAME).await?;
        assert_eq!(status, 200, "{said}");
        said.contains("broker: degraded, ").then_some(())
    })
    .await;
    apart.nats.resume();
    until("the broker is back", async || {
        let (_, said) = apart.readiness(NAME).await?;
        said.contains("broker: well").then_some(())
    })
    .await;

    apart.postgres.stop();
    until("without its database it is not ready", async || {
        let (status, said) = apart.readiness(NAME).await?;
        let sentence = said
            .lines()
            .find_map(|line| line.strip_prefix("submission journal: not ready, "));
        (status == 503 && sentence.is_some_and(|sentence| !sentence.is_empty())).then_some(())
    })
    .await;
    assert!(apart.is_alive(NAME).await, "it is alive all the same");
    let state = apart.state(NAME).await;
    assert_eq!(state["parts"]["journal"]["condition"], "unready", "{state:#}");
    apart.postgres.restart();
    for name in ["submission-1", "evaluation-1", "sharing-1"] {
        apart.ready(name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_go_through_events_metrics_have_their_names_and_readiness_is_the_database() {
    let collector = Collector::start().await;
    let plan = Plan {
        otlp_port: Some(collector.port),
        ..Plan::default()
    };
    let mut apart = Apart::start(plan).await;
    let walked = skeleton::walk(&apart.ways()).await;
    traces(&apart, &collector, &walked.idea).await;
    until("every own event is with the broker", async || {
        relays_are_even(&apart.state("submission-1").await).then_some(())
    })
    .await;
    metrics(&apart).await;
    health(&mut apart).await;
    // It goes on where it was.
    doctor::submit(&apart, 1).await;
}
