//! What it costs to prove a journal: its tree, its signatures, and how long an entry waits for one while 256 writers append.

use crate::appends::{TURN, TURNS, open};
use crate::folder;
use crate::kit::ideas::{self, Ids};
use crate::kit::load::{prepare, write};
use idesluss_journal::Store;
use idesluss_notary::{FolderGuard, Notary, SigningKeys};
use idesluss_proof::tree::{CompactRange, leaf_hash};
use idesluss_tests::{Aim, aim, median};
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const WRITERS: usize = 256;
/// How many appends are made beforehand for a turn, at most.
const PREPARED: usize = 204_800;
/// How many signatures are made one after the other, to learn what one costs.
const SIGNATURES: u32 = 200;

/// The processor time of this process so far.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (seconds, nanos) = (time.tv_sec, time.tv_nsec);
    Duration::new(
        u64::try_from(seconds).expect("not negative"),
        u32::try_from(nanos).expect("below a second"),
    )
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Measures and tells.
pub(crate) async fn measure() {
    let folder = folder();
    let store: Arc<dyn Store> = Arc::new(open(&folder.path().join("journal.db")));
    let keys = SigningKeys::load(&folder.path().join("signing.key"), true).expect("a key");
    let guard = FolderGuard::open(&folder.path().join("guard")).expect("a guard");
    let notary = Notary::new(store.clone(), keys, Arc::new(guard));
    write(&store, prepare(16, (1_600, Ids::Ordered)), TURN).await;

    let one = signature(&store, &notary).await;
    let (tree, peaks) = tree(&store).await;
    let (mut rates, mut appends, mut signed, mut shares, mut waits) = (vec![], vec![], vec![], vec![], vec![]);
    for _ in 0..TURNS {
        let prepared = prepare(WRITERS, (PREPARED, Ids::Ordered));
        let ended = Arc::new(AtomicBool::new(false));
        let waiting = tokio::spawn(longest_wait(store.clone(), notary.clone(), ended.clone()));
        let signing = tokio::spawn({
            let notary = notary.clone();
            async move { notary.run().await }
        });
        let (began, before) = (Instant::now(), spent());
        let (rate, times) = write(&store, prepared, TURN).await;
        let used = spent().saturating_sub(before);
        let took = began.elapsed();
        ended.store(true, Ordering::Relaxed);
        let (wait, signatures, commits) = waiting.await.expect("nobody panics");
        signing.abort();
        let each = micros(used) / times.len() as f64;
        let a_second = f64::from(signatures) / took.as_secs_f64();
        rates.push(rate);
        appends.push(each);
        signed.push(a_second);
        waits.push(wait.as_secs_f64() * 1e3);
        let of_commits = peaks * f64::from(commits) / times.len() as f64;
        shares.push(100.0 * (tree + of_commits + one * a_second / rate) / each);
    }
    println!("\nTree and signatures, {WRITERS} writers at {:.0}/s", median(rates));
    println!(
        "  {:.1} µs of processor an append, {tree:.2} of it for the tree; its peaks {peaks:.2} µs a commit; a signature {one:.0} µs, {:.1} a second",
        median(appends),
        median(signed)
    );
    aim(
        "tree and signatures of an append's processor time",
        median(shares),
        "%",
        Aim::AtMost(5.0),
    );
    aim(
        "the longest that an entry waited for a checkpoint",
        median(waits),
        "ms",
        Aim::AtMost(1_000.0),
    );
    store.close().await;
}

/// The processor time of one signature over a journal that has grown by an entry, in microseconds.
async fn signature(store: &Arc<dyn Store>, notary: &Notary) -> f64 {
    let mut used = Duration::ZERO;
    for _ in 0..SIGNATURES {
        store.append(ideas::append(1, Ids::Ordered)).await.expect("appended");
        let before = spent();
        notary.sign().await.expect("signed");
        used += spent().saturating_sub(before);
    }
    micros(used) / f64::from(SIGNATURES)
}

/// The processor time of an entry's way into the tree, in microseconds: its hash, and the share of those above it. And that of the peaks, which each
/// commit writes.
async fn tree(store: &Arc<dyn Store>) -> (f64, f64) {
    const ROUNDS: u32 = 100;
    let lines: Vec<_> = store.read(0, 1_000).await.expect("read");
    let before = spent();
    for _ in 0..ROUNDS {
        let mut compact_range = CompactRange::default();
        for entry in &lines {
            let pushed = compact_range.push(leaf_hash(&entry.line), |_| Ok::<_, ()>(()));
            pushed.expect("pushed");
        }
        std::hint::black_box(&compact_range);
    }
    let of_entry = micros(spent().saturating_sub(before)) / (f64::from(ROUNDS) * lines.len() as f64);
    let mut compact_range = CompactRange::default();
    // As many as have a peak at nearly every level.
    for entry in lines.iter().cycle().take((1 << 20) - 1) {
        compact_range
            .push(leaf_hash(&entry.line), |_| Ok::<_, ()>(()))
            .expect("pushed");
    }
    let before = spent();
    for _ in 0..ROUNDS * 100 {
        std::hint::black_box(compact_range.peaks().concat());
    }
    (
        of_entry,
        micros(spent().saturating_sub(before)) / f64::from(ROUNDS * 100),
    )
}

/// The longest time between an entry's commit and the checkpoint that covers it, and how many checkpoints and commits there were.
async fn longest_wait(store: Arc<dyn Store>, notary: Notary, ended: Arc<AtomicBool>) -> (Duration, u32, u32) {
    let (mut head, mut latest) = (store.head(), notary.latest());
    let mut covered = latest.borrow().as_ref().map_or(0, |signed| signed.checkpoint.size);
    // The sizes that no checkpoint covers yet, each with when it was seen.
    let mut seen: Vec<(u64, Instant)> = Vec::new();
    let (mut longest, mut signatures, mut commits) = (Duration::ZERO, 0, 0);
    loop {
        tokio::select! {
            changed = head.changed() => {
                changed.expect("the journal is open");
                commits += 1;
                let size = head.borrow_and_update().size;
                if size > covered {
                    seen.push((size, Instant::now()));
                }
            }
            changed = latest.changed() => {
                changed.expect("the notary is there");
                let Some(signed) = latest.borrow_and_update().clone() else { continue };
                signatures += 1;
                covered = signed.checkpoint.size;
                let still = seen.iter().position(|(size, _)| *size > covered).unwrap_or(seen.len());
                let since = seen.drain(..still).map(|(_, since)| since).next();
                longest = longest.max(since.map_or(Duration::ZERO, |since| since.elapsed()));
            }
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
        if ended.load(Ordering::Relaxed) && seen.is_empty() {
            return (longest, signatures, commits);
        }
    }
}
