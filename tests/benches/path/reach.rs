//! How soon an idea has its reference, and evaluation shows what submission was sent, over NATS, while ideas come in a steady stream.
//!
//! An idea reaches evaluation's inbox when a coordinator accepts it: from the begin of `AcceptIdea` to
//! the evaluation being in the answer of `ListEvaluations`. Between them lie the commit, the relay, NATS, evaluation's
//! journal, its reaction with the brief fetched by gRPC, its own commit and its view. And every submitted idea is news to evaluation: from when
//! `SubmitIdea` was due to the answer of the same query asked `after` the token that it returned. Each is
//! held to the target, and that nobody ever falls behind by a second.

use crate::people::People;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_tests::{Aim, Apart, Times, Way, aim, rate, voices};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tonic::Code;

/// How many ideas a second are asked after: whether evaluation knows, when the reference is there.
const ASKED: u32 = 10;
/// How often an idea is accepted.
const ACCEPTED: Duration = Duration::from_millis(100);
/// How often evaluation is asked for an accepted one, and submission for a reference.
const LOOK: Duration = Duration::from_millis(2);
/// The most that are accepted: they are made ready before.
const MOST_ACCEPTED: u128 = 1_200;
/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Connections that the ideas come by.
const CONNECTIONS: usize = 8;

#[derive(Default)]
struct Latencies {
    submitted: Mutex<Vec<Duration>>,
    receipt: Mutex<Vec<Duration>>,
    known: Mutex<Vec<Duration>>,
    opened: Mutex<Vec<Duration>>,
    /// Queries that gave up after two seconds and were asked again.
    stale: AtomicU64,
}

fn note(times: &Mutex<Vec<Duration>>, since: Instant) {
    times.lock().expect("nobody panics").push(since.elapsed());
}

/// What of a submitted idea is asked after.
#[derive(Clone, Copy)]
enum Asked {
    Nothing,
    Evaluation,
    Reference,
}

/// The services, as a client reaches them.
#[derive(Clone)]
struct Reached {
    submission: Way,
    evaluation: Way,
}

/// Submits an idea that was due at `due`, and asks after it.
async fn submit(people: People, to: Reached, due: Instant, asked: Asked, latencies: Arc<Latencies>) {
    let (idea, token) = people.submit(&to.submission).await;
    note(&latencies.submitted, due);
    while due.elapsed() < PATIENCE {
        let answer = match asked {
            Asked::Nothing => return,
            Asked::Evaluation => people.asks_evaluation(&to.evaluation, &token).await,
            Asked::Reference => people.has_reference(&to.submission, &idea).await,
        };
        match answer {
            Ok(true) => break,
            Ok(false) => tokio::time::sleep(LOOK).await,
            Err(status) if status.code() == Code::Unavailable => drop(latencies.stale.fetch_add(1, Ordering::Relaxed)),
            Err(status) => panic!("{status:?}"),
        }
    }
    let times = match asked {
        Asked::Nothing => return,
        Asked::Evaluation => &latencies.known,
        Asked::Reference => &latencies.receipt,
    };
    note(times, due);
}

/// Accepts an idea, and looks until its evaluation is listed.
async fn accept(people: People, to: Reached, idea: String, latencies: Arc<Latencies>) {
    let began = Instant::now();
    people.accept(&to.submission, idea.clone()).await;
    let mut inbox = EvaluationQueryServiceClient::new(to.evaluation);
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

/// Measures and tells: so many ideas a second for so long, and what the slowest but one in a hundred may take, in milliseconds.
pub(crate) async fn measure(apart: &Apart, a_second: u32, lasts: Duration, most: f64) {
    let people = People::new();
    let voices = voices(apart.channel("identity"));
    let way = |service| Way::new(service, apart.channel(service), &voices);
    let connection = |_| Reached {
        submission: way("submission"),
        evaluation: way("evaluation"),
    };
    let connections: Vec<Reached> = (0..CONNECTIONS).map(connection).collect();
    let accepted = lasts.as_millis() / ACCEPTED.as_millis();
    let mut prepared = Vec::new();
    for _ in 0..accepted.min(MOST_ACCEPTED) {
        prepared.push(people.prepared(&connections[0].submission).await);
    }
    // Everything has been asked for once: what is measured is no first connection.
    for to in &connections {
        let nobodys = Arc::new(Latencies::default());
        for asked in [Asked::Evaluation, Asked::Reference] {
            submit(people.clone(), to.clone(), Instant::now(), asked, nobodys.clone()).await;
        }
        let idea = people.prepared(&to.submission).await;
        accept(people.clone(), to.clone(), idea, nobodys).await;
    }
    let latencies = Arc::new(Latencies::default());
    let (mut ideas, mut number) = (tokio::time::interval(Duration::from_secs(1) / a_second), 0u32);
    let mut accepts = tokio::time::interval(ACCEPTED);
    // Whoever comes late is counted from when it was due.
    ideas.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    while began.elapsed() < lasts {
        let (people, latencies) = (people.clone(), latencies.clone());
        tokio::select! {
            due = ideas.tick() => {
                number += 1;
                let to = connections[number as usize % CONNECTIONS].clone();
                let asked = match number % (a_second / ASKED) {
                    0 => [Asked::Evaluation, Asked::Reference][number as usize / (a_second / ASKED) as usize % 2],
                    _ => Asked::Nothing,
                };
                tasks.spawn(submit(people, to, due.into_std(), asked, latencies));
            }
            _ = accepts.tick() => {
                if let Some(idea) = prepared.pop() {
                    tasks.spawn(accept(people, connections[0].clone(), idea, latencies));
                }
            }
            Some(task) = tasks.join_next() => task.expect("nobody panics"),
        }
    }
    let during = latencies.submitted.lock().expect("nobody panics").len();
    let reached = rate(during, began.elapsed());
    while let Some(task) = tasks.join_next().await {
        task.expect("nobody panics");
    }
    let times = |times: &Mutex<Vec<Duration>>| Times::new(std::mem::take(&mut *times.lock().expect("nobody panics")));
    let submitted = times(&latencies.submitted);
    println!(
        "\n{} ideas were due at {a_second} a second, acknowledged at {reached:.0} a second; an idea was accepted every {} ms",
        submitted.count(),
        ACCEPTED.as_millis()
    );
    println!("                                                p50 ms  p99 ms  longest  measured");
    let told = [
        ("submit to its acknowledgement", submitted),
        ("submit to its reference", times(&latencies.receipt)),
        ("submit to evaluation's inbox drawn after it", times(&latencies.known)),
        ("accept to its evaluation in the inbox", times(&latencies.opened)),
    ];
    for (what, times) in &told {
        println!(
            "  {what:<44}  {:>6.2}  {:>6.2}  {:>7.0}  {:>8}",
            times.p50_ms(),
            times.p99_ms(),
            times.percentile_ms(100),
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
        Aim::AtLeast(0.99 * f64::from(a_second)),
    );
    for (what, times) in &told[1..] {
        let what = format!("{a_second} a second, {what}");
        aim(&format!("{what}, p99"), times.p99_ms(), "ms", Aim::AtMost(most));
        aim(
            &format!("{what}, the longest"),
            times.percentile_ms(100),
            "ms",
            Aim::AtMost(1_000.0),
        );
    }
}
