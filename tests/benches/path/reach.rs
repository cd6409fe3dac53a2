//! How soon evaluation shows what submission was sent, over NATS, while 500 ideas a second come in.
//!
//! Two times are latencies. An idea reaches evaluation's inbox when a coordinator accepts it: from the begin of `AcceptIdea` to
//! the evaluation being in the answer of `ListEvaluations`. Between them lie the commit, the relay, NATS, evaluation's
//! journal, its reaction with the brief fetched by gRPC, its own commit and its view. And every submitted idea is news to evaluation: from when
//! `SubmitIdea` was due to the answer of the same query asked `after` the token that it returned. Both are held to the target.

use crate::people::People;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_tests::{Aim, Apart, Times, Way, aim, rate, voices};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::time::MissedTickBehavior;
use tonic::Code;

/// How many ideas come in, a second.
const IDEAS: u32 = 500;
const FOR: Duration = Duration::from_secs(12);
/// Every so many ideas evaluation is asked whether it knows.
const ASKED: u64 = 20;
/// How often an idea is accepted.
const ACCEPTED: Duration = Duration::from_millis(100);
/// How often evaluation is asked for an accepted one.
const LOOK: Duration = Duration::from_millis(2);
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Connections that the ideas come by.
const CONNECTIONS: usize = 8;

#[derive(Default)]
struct Latencies {
    submitted: Mutex<Vec<Duration>>,
    known: Mutex<Vec<Duration>>,
    opened: Mutex<Vec<Duration>>,
    /// Queries that gave up after two seconds and were asked again.
    stale: AtomicU64,
}

fn note(times: &Mutex<Vec<Duration>>, since: Instant) {
    times.lock().expect("nobody panics").push(since.elapsed());
}

/// Submits an idea that was due at `due`, and asks evaluation for it if `asked`.
async fn submit(people: People, to: Way, evaluation: Way, due: Instant, asked: bool, latencies: Arc<Latencies>) {
    let token = people.submit(&to).await;
    note(&latencies.submitted, due);
    if !asked {
        return;
    }
    let mut inbox = EvaluationQueryServiceClient::new(evaluation);
    while due.elapsed() < PATIENCE {
        let request = pb::ListEvaluationsRequest {
            query: people.coordinator.asks_after(Some(token.clone())),
            page_size: 1,
            ..pb::ListEvaluationsRequest::default()
        };
        match inbox.list_evaluations(people.coordinator.says(request)).await {
            Ok(_) => break,
            Err(status) if status.code() == Code::Unavailable => drop(latencies.stale.fetch_add(1, Ordering::Relaxed)),
            Err(status) => panic!("{status:?}"),
        }
    }
    note(&latencies.known, due);
}

/// Accepts an idea, and looks until its evaluation is listed.
async fn accept(people: People, to: Way, evaluation: Way, idea: String, latencies: Arc<Latencies>) {
    let began = Instant::now();
    people.accept(&to, idea.clone()).await;
    let mut inbox = EvaluationQueryServiceClient::new(evaluation);
    while began.elapsed() < PATIENCE {
        let request = pb::ListEvaluationsRequest {
            query: people.coordinator.asks(),
            page_size: 20,
            ..pb::ListEvaluationsRequest::default()
        };
        let listed = inbox
            .list_evaluations(people.coordinator.says(request))
            .await
            .expect("a list")
            .into_inner();
        if listed.items.iter().any(|item| item.idea == idea) {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    note(&latencies.opened, began);
}

/// Measures and tells.
pub(crate) async fn measure(apart: &Apart) {
    let people = People::new();
    let voices = voices(apart.channel("identity"));
    let way = |service| Way::new(service, apart.channel(service), &voices);
    let connections: Vec<Way> = (0..CONNECTIONS).map(|_| way("submission")).collect();
    let evaluation = way("evaluation");
    let accepted = FOR.as_millis() / ACCEPTED.as_millis();
    let mut prepared = Vec::new();
    for _ in 0..accepted {
        prepared.push(people.prepared(&connections[0]).await);
    }
    let latencies = Arc::new(Latencies::default());
    let (mut ideas, mut number) = (tokio::time::interval(Duration::from_secs(1) / IDEAS), 0);
    let mut accepts = tokio::time::interval(ACCEPTED);
    // Whoever comes late is counted from when it was due.
    ideas.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let began = Instant::now();
    let mut tasks = Vec::new();
    while began.elapsed() < FOR {
        let (people, latencies, evaluation) = (people.clone(), latencies.clone(), evaluation.clone());
        tokio::select! {
            due = ideas.tick() => {
                number += 1;
                let to = connections[number as usize % CONNECTIONS].clone();
                let asked = number % ASKED == 0;
                tasks.push(tokio::spawn(submit(people, to, evaluation, due.into_std(), asked, latencies)));
            }
            _ = accepts.tick() => if let Some(idea) = prepared.pop() {
                let to = connections[0].clone();
                tasks.push(tokio::spawn(accept(people, to, evaluation, idea, latencies)));
            }
        }
    }
    let during = latencies.submitted.lock().expect("nobody panics").len();
    let reached = rate(during, began.elapsed());
    for task in tasks {
        task.await.expect("nobody panics");
    }
    let times = |times: &Mutex<Vec<Duration>>| Times::new(std::mem::take(&mut *times.lock().expect("nobody panics")));
    let (submitted, known, opened) = (
        times(&latencies.submitted),
        times(&latencies.known),
        times(&latencies.opened),
    );
    println!(
        "\n{} ideas were due at {IDEAS} a second, acknowledged at {reached:.0} a second; an idea was accepted every {} ms",
        submitted.count(),
        ACCEPTED.as_millis()
    );
    println!("                                                p50 ms  p99 ms  measured");
    for (what, times) in [
        ("submit to its acknowledgement", &submitted),
        ("submit to evaluation's inbox drawn after it", &known),
        ("accept to its evaluation in the inbox", &opened),
    ] {
        println!(
            "  {what:<44}  {:>6.2}  {:>6.2}  {:>8}",
            times.p50_ms(),
            times.p99_ms(),
            times.count()
        );
    }
    println!(
        "  queries that gave up after two seconds: {}",
        latencies.stale.load(Ordering::Relaxed)
    );
    aim(
        "ideas acknowledged a second",
        reached,
        "/s",
        Aim::AtLeast(0.99 * f64::from(IDEAS)),
    );
    for (what, times) in [("an idea submitted", &known), ("an idea accepted", &opened)] {
        aim(
            &format!("{what} to evaluation's inbox, p50"),
            times.p50_ms(),
            "ms",
            Aim::AtMost(20.0),
        );
        aim(
            &format!("{what} to evaluation's inbox, p99"),
            times.p99_ms(),
            "ms",
            Aim::AtMost(100.0),
        );
    }
}
