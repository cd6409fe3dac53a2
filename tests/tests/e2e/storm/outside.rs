//! What comes from outside the processes: a database out of a backup, a broker with an older store, wires that are cut or stall, a long absence.

use super::load::Load;
use super::{check, setting};
use crate::signed;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_servers::{Nats, Postgres, Proxy, free_port};
use idesluss_tests::{Apart, Plan, Someone};
use serde_json::Value;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tonic::{Code, Status};
use uuid::Uuid;

/// Waits until a process's state is as it should be.
async fn until(apart: &Apart, name: &str, what: &str, is_so: impl Fn(&Value) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let state = apart.state(name).await;
        if is_so(&state) {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{name}, {what}: not in 30 s: {state:#}\n{}",
            apart.log(name)
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What evaluation receives from submission.
const SUBMISSION: &str = "/fyrbodal-test/submission/house";

/// Sends one command, once.
pub(super) async fn submit(apart: &Apart) -> Result<(), Status> {
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let request = sub::SubmitIdeaRequest {
        command: submitter.command(),
        idea: Uuid::new_v4().to_string(),
        title: "En idé till".into(),
        problem: "Något.".into(),
        terms: "2026-1".into(),
        owner: sub::IdeaOwner::Organisation.into(),
        ..sub::SubmitIdeaRequest::default()
    };
    let mut client = SubmissionCommandServiceClient::new(apart.way("submission"));
    client.submit_idea(submitter.says(request)).await.map(drop)
}

/// Some work, and a moment for the broker to have it all.
async fn work(apart: &Apart, commands: usize) -> Vec<super::load::Acknowledged> {
    let load = Load::start(&apart.ways(), 4);
    load.reach(commands).await;
    let (acknowledged, _) = load.end().await;
    until(apart, "submission-1", "everything is with the broker", |state| {
        let relays = state["messaging"]["relays"].as_array();
        relays.is_some_and(|relays| !relays.is_empty() && relays.iter().all(|relay| relay["lag_events"] == 0))
    })
    .await;
    acknowledged
}

/// What evaluation has received once nothing more comes of what the broker has.
async fn received(apart: &Apart) -> Value {
    let told = async || {
        let mut told = apart.state("evaluation-1").await["journal"]["received"].clone();
        // How far it was looked up at its source is another matter, and goes on.
        for source in told.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
            if let Some(source) = source.as_object_mut() {
                source.retain(|member, _| !matches!(member.as_str(), "checked" | "contradicted" | "uncovered"));
            }
        }
        told
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut last = told().await;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = told().await;
        if now == last && now[SUBMISSION].is_object() {
            return now;
        }
        assert!(Instant::now() < deadline, "evaluation still receives: {now}");
        last = now;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_restored_from_an_older_backup_publishes_nothing_until_an_operator_opens_an_epoch() {
    let mut apart = Apart::start(Plan::default()).await;
    let name = apart.databases["submission"].name.clone();
    let kept = work(&apart, 40).await;
    assert!(apart.stop("submission-1").success());
    apart
        .postgres
        .sql(&format!("CREATE DATABASE backup TEMPLATE \"{name}\""));
    apart.begin("submission-1");
    apart.ready("submission-1").await;
    let lost = work(&apart, 40).await;
    assert!(apart.stop("submission-1").success());
    apart.postgres.sql(&format!("DROP DATABASE \"{name}\""));
    apart
        .postgres
        .sql(&format!("ALTER DATABASE backup RENAME TO \"{name}\""));
    let before = received(&apart).await;

    apart.begin("submission-1");
    apart.ready("submission-1").await;
    until(&apart, "submission-1", "it is halted", |state| {
        state["journal"]["halted"].is_string()
    })
    .await;
    until(&apart, "submission-1", "it refuses to publish", |state| {
        state["messaging"]["relays"][0]["refused"].is_string()
    })
    .await;
    let refused = submit(&apart).await.expect_err("no command is taken");
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    assert!(refused.message().contains("Nothing was saved"), "{refused:?}");
    assert_eq!(received(&apart).await, before);
    let (_, said) = apart.readiness("submission-1").await.expect("an answer");
    assert!(said.contains("commands: degraded"), "{said}");

    // A running replica keeps the operator's command away; then it is carried out, once.
    let restored = |apart: &Apart| {
        let output = apart
            .command("submission-1")
            .args(["restored", "--reason", "hardware-lost"])
            .output();
        output.expect("the binary starts")
    };
    let early = restored(&apart);
    assert!(!early.status.success());
    assert!(
        String::from_utf8_lossy(&early.stderr).contains("another process still writes"),
        "{early:?}"
    );
    assert!(apart.stop("submission-1").success());
    let opened = restored(&apart);
    assert!(
        String::from_utf8_lossy(&opened.stdout).contains("epoch 2 begins"),
        "{opened:?}"
    );
    apart.begin("submission-1");
    apart.ready("submission-1").await;
    until(&apart, "submission-1", "it takes commands", |state| {
        state["journal"]["halted"].is_null()
    })
    .await;
    submit(&apart).await.expect("commands are taken again");
    until(
        &apart,
        "evaluation-1",
        "it has heard of the epoch and lists what was cut off",
        |state| {
            let journal = &state["journal"];
            journal["received"][SUBMISSION]["epoch"] == 2 && journal["orphaned"].as_u64().is_some_and(|count| count > 0)
        },
    )
    .await;
    check::kept(&apart, &kept, &lost).await;
    // Under the new epoch's name and key, cosigned too: the witness was told of both before.
    let size = apart.state("submission-1").await["journal"]["size"].as_u64();
    let newest = signed::covers(&apart, "submission-1", size.expect("a size")).await;
    assert!(newest.origin.ends_with("/submission/2"), "{newest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wires_that_are_cut_and_stall_and_a_broker_with_an_older_store_even_out() {
    let nats = Nats::start();
    let port = free_port();
    let (wire, broker) = (Proxy::start(port).await, Proxy::start(nats.port()).await);
    let plan = Plan {
        broker_port: Some(broker.port()),
        submission_behind: Some((port, wire.port())),
        ..Plan::default()
    };
    let mut apart = Apart::start_on(plan, Postgres::start(), nats).await;
    let load = Load::start(&apart.ways(), 4);
    let pause = async |seconds: f64| tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    pause(1.0).await;
    wire.cut();
    pause(2.0).await;
    broker.cut();
    pause(2.0).await;
    wire.heal();
    pause(1.0).await;
    broker.heal();
    pause(2.0).await;
    wire.stall();
    broker.stall();
    pause(4.0).await;
    wire.heal();
    broker.heal();
    pause(1.0).await;
    // The broker comes back as it was some seconds ago: what it has forgotten since is asked for at the source.
    let older = TempDir::new().expect("a folder");
    apart.nats.stop();
    apart.nats.save(older.path());
    apart.nats.resume();
    pause(2.0).await;
    apart.nats.kill();
    apart.nats.restore(older.path());
    apart.nats.resume();
    pause(1.0).await;
    let (acknowledged, slowest) = load.end().await;
    eprintln!("{} acknowledged, the slowest after {slowest:?}", acknowledged.len());
    assert!(
        acknowledged.len() > 50,
        "too little load to tell: {}",
        acknowledged.len()
    );
    assert!(
        slowest < Duration::from_secs(5),
        "commands went on all the while: {slowest:?}"
    );
    check::everything(&mut apart, &acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_was_away_for_long_catches_up_in_little_memory() {
    let backlog = setting("STORM_BACKLOG", 1_000);
    let mut apart = Apart::start(Plan::default()).await;
    apart.kill("evaluation-1");
    let load = Load::start(&apart.ways(), 64);
    load.reach(usize::try_from(backlog).expect("small")).await;
    let (acknowledged, _) = load.end().await;
    apart.begin("evaluation-1");
    apart.ready("evaluation-1").await;
    let written = apart.state("submission-1").await["journal"]["own"][SUBMISSION].clone();
    until(&apart, "evaluation-1", "it has caught up", |state| {
        state["journal"]["received"][SUBMISSION]["sequence"].as_u64() >= written.as_u64()
    })
    .await;
    // Sharing has followed all the while.
    let (late, early) = (
        apart.peak_memory_mib("evaluation-1"),
        apart.peak_memory_mib("sharing-1"),
    );
    eprintln!(
        "{} acknowledged; evaluation {late} MiB, sharing {early} MiB",
        acknowledged.len()
    );
    assert!(late < early + 96, "{late} MiB for a backlog, {early} MiB without one");
    check::everything(&mut apart, &acknowledged).await;
}
