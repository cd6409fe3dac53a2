//! Durable appends by 1 to 256 writers, beside pgbench's one-row inserts and a batched insert of the same bytes.

use crate::bare::Bare;
use crate::kit::ideas::Ids;
use crate::kit::load::append;
use crate::kit::sync;
use crate::open;
use idesluss_servers::Postgres;
use idesluss_tests::{Aim, Times, aim, median};
use std::time::Duration;

const WRITERS: [usize; 4] = [1, 16, 64, 256];
/// Each number is the middle of this many turns, which alternate between the journal and what it is held against.
const TURNS: usize = 3;
const TURN: Duration = Duration::from_millis(1_500);
const PGBENCH_SECONDS: u32 = 2;
/// The batches of rows: what 64 and 256 writers have waiting at once.
const BATCHES: [usize; 2] = [64, 256];

/// How many appends are made beforehand for a turn, at most.
const PREPARED: usize = 61_440;

/// Measures and tells.
pub(crate) async fn measure(postgres: &Postgres) {
    for ids in [Ids::Ordered, Ids::Random] {
        with(postgres, ids).await;
    }
}

async fn with(postgres: &Postgres, ids: Ids) {
    let told = format!("{ids:?}").to_lowercase();
    let store = open(&postgres.database(&format!("appends_{told}"))).await;
    append(&store, 16, (1_600, ids), TURN).await;
    let line = store.read(0, 1).await.expect("read").remove(0).line;
    let mut bare = Bare::new(postgres, &format!("bare_{told}"), line.to_vec()).await;
    println!(
        "\nDurable appends of one event ({} bytes), each by its own command and to its own stream; ids of ideas and commands {told}, pgbench's random",
        line.len()
    );
    sync::tell(&postgres.data());
    println!(
        "  writers  journal/s  p50 ms  p99 ms  pgbench/s  p50 ms  p99 ms  unnest of 64/s  of 256/s  x pgbench  of 64  of 256"
    );
    for writers in WRITERS {
        let (mut ours, mut single) = (Vec::new(), Vec::new());
        let mut batched = BATCHES.map(|_| Vec::new());
        let (mut waits, mut bare_waits) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            let (rate, times) = append(&store, writers, (PREPARED, ids), TURN).await;
            ours.push(rate);
            waits.extend(times);
            let (rate, times) = bare.one_by_one(writers, PGBENCH_SECONDS);
            single.push(rate);
            bare_waits.extend(times);
            for (batch, rates) in BATCHES.iter().zip(&mut batched) {
                rates.push(bare.batches((*batch, ids), TURN / 2).await);
            }
        }
        let (waits, bare_waits) = (Times::new(waits), Times::new(bare_waits));
        let (ours, single, [of_64, of_256]) = (median(ours), median(single), batched.map(median));
        println!(
            "  {writers:>7}  {ours:>9.0}  {:>6.2}  {:>6.2}  {single:>9.0}  {:>6.2}  {:>6.2}  {of_64:>14.0}  {of_256:>8.0}  {:>9.2}  {:>4.0}%  {:>5.0}%",
            waits.p50_ms(),
            waits.p99_ms(),
            bare_waits.p50_ms(),
            bare_waits.p99_ms(),
            ours / single,
            100.0 * ours / of_64,
            100.0 * ours / of_256,
        );
        match writers {
            1 => {
                let ratio = waits.p50_ms() / bare_waits.p50_ms();
                aim("one writer's p50 over pgbench's", ratio, "x", Aim::AtMost(1.5));
            }
            64 => {
                let what = "64 writers over pgbench's one-row inserts";
                // Its ids are random.
                if matches!(ids, Ids::Random) {
                    aim(what, ours / single, "x", Aim::AtLeast(2.5));
                }
                let what = "64 writers over a batched insert of 64 rows";
                aim(what, 100.0 * ours / of_64, "%", Aim::AtLeast(45.0));
            }
            256 => {
                let what = "256 writers over a batched insert of 256 rows";
                aim(what, 100.0 * ours / of_256, "%", Aim::AtLeast(50.0));
            }
            _ => {}
        }
    }
    store.close().await;
}
