//! Whatever breaks, nothing acknowledged is lost, nothing is doubled, and everything evens out.
//!
//! Short by default; `make test-faults` sets STORM_KILLS and STORM_OUTAGE_SECONDS to go on for longer.

mod check;
mod follower;
mod identity;
mod load;
mod outside;

use follower::Follower;
use idesluss_domain::SERVICES;
use idesluss_tests::{Apart, Dice, Plan};
use load::Load;
use std::time::{Duration, Instant};

/// A number that `make test-faults` raises.
fn setting(name: &str, short: u64) -> u64 {
    std::env::var(name).map_or(short, |value| {
        value.parse().unwrap_or_else(|_| panic!("{name} is no number: {value}"))
    })
}

/// Who may be killed, by number.
async fn kill_somebody(apart: &mut Apart, dice: &mut Dice) -> String {
    let rest = Duration::from_millis(20 + dice.roll(400));
    match dice.roll(10) {
        0 => {
            apart.postgres.kill_all();
            tokio::time::sleep(rest).await;
            apart.postgres.restart();
            "PostgreSQL".into()
        }
        1 => {
            apart.nats.kill();
            tokio::time::sleep(rest).await;
            apart.nats.resume();
            "NATS".into()
        }
        2 => {
            apart.nats.kill();
            apart.nats.wipe();
            tokio::time::sleep(rest).await;
            apart.nats.resume();
            "NATS with its store".into()
        }
        number => {
            let names: Vec<String> = apart.processes.keys().cloned().collect();
            let name = names[usize::try_from(dice.roll(names.len() as u64)).expect("small")].clone();
            apart.kill(&name);
            tokio::time::sleep(rest).await;
            apart.begin(&name);
            format!("{name} ({number})")
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_of_every_process_under_load_lose_and_double_nothing() {
    let kills = setting("STORM_KILLS", 14);
    let plan = Plan {
        replicas: 2,
        ..Plan::default()
    };
    let mut apart = Apart::start(plan).await;
    let (load, follower) = (Load::start(&apart.ways(), 8), Follower::start(&apart));
    let mut dice = Dice(2026);
    for number in 0..kills {
        let before = load.count();
        // Something is acknowledged between two kills, but not everything has to be up.
        for _ in 0..600 {
            if load.count() > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_millis(dice.roll(700))).await;
        let killed = kill_somebody(&mut apart, &mut dice).await;
        eprintln!("{} of {kills}: {killed}; {} acknowledged", number + 1, load.count());
    }
    let (acknowledged, slowest) = load.end().await;
    eprintln!("{} acknowledged, the slowest after {slowest:?}", acknowledged.len());
    assert!(
        acknowledged.len() > 100,
        "too little load to tell: {}",
        acknowledged.len()
    );
    let names: Vec<String> = apart.processes.keys().cloned().collect();
    for name in names {
        apart.supervise(&name);
        apart.ready(&name).await;
    }
    check::everything(&mut apart, &acknowledged).await;
    follower.end(&apart).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_with_two_replicas_fails_no_command() {
    let plan = Plan {
        replicas: 2,
        ..Plan::default()
    };
    let mut apart = Apart::start(plan).await;
    let (load, follower) = (Load::start(&apart.ways(), 8), Follower::start(&apart));
    for service in SERVICES {
        for replica in 1..=2 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let name = format!("{service}-{replica}");
            assert!(
                apart.stop(&name).success(),
                "{name} ends in order: {}",
                apart.log(&name)
            );
            apart.begin(&name);
            apart.ready(&name).await;
        }
    }
    let (acknowledged, slowest) = load.end().await;
    eprintln!("{} acknowledged, the slowest after {slowest:?}", acknowledged.len());
    assert!(
        acknowledged.len() > 50,
        "too little load to tell: {}",
        acknowledged.len()
    );
    assert!(slowest < Duration::from_secs(15), "somebody waited {slowest:?}");
    check::everything(&mut apart, &acknowledged).await;
    follower.end(&apart).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_for_long_ends_no_process_and_loses_nothing() {
    let outage = setting("STORM_OUTAGE_SECONDS", 8);
    let mut apart = Apart::start(Plan::default()).await;
    let load = Load::start(&apart.ways(), 4);
    tokio::time::sleep(Duration::from_secs(2)).await;
    apart.postgres.stop();
    tokio::time::sleep(Duration::from_secs(outage)).await;
    let (status, said) = apart
        .readiness("submission-1")
        .await
        .expect("it goes on answering operators");
    assert_eq!(status, 503, "{said}");
    assert!(said.contains("journal: not ready"), "{said}");
    apart.postgres.restart();
    let (back, before) = (Instant::now(), load.count());
    apart.ready("submission-1").await;
    let ready = back.elapsed();
    // Ready means that a command that is sent now is taken: at the first attempt, once identity says in whose name.
    apart.ready("identity-1").await;
    let taken = outside::submit(&apart).await;
    taken.unwrap_or_else(|refused| panic!("ready after {ready:?}, and refused: {refused:?}"));
    for service in SERVICES {
        apart.ready(&format!("{service}-1")).await;
    }
    // Whoever was refused just before waits a second at most.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = load.count() - before;
    eprintln!("ready {ready:?} after the database; {after} commands of the load in two seconds more");
    assert!(after > 0, "commands are taken again");
    let (acknowledged, _) = load.end().await;
    check::everything(&mut apart, &acknowledged).await;
}
