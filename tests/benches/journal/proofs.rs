//! The proof that one entry is in a large journal's tree, made from its stored tiles and checked.

use idesluss_journal::Store;
use idesluss_proof::tree::{AtHand, Missing, inclusion, leaf_hash, verify_inclusion};
use idesluss_tests::{Aim, Times, aim};
use std::time::Instant;

const PROOFS: u64 = 2_000;

/// Proves entries all over the journal, each from tiles that nobody has read before, and tells how long that takes; returns the middle, in milliseconds.
pub(crate) async fn measure(store: &dyn Store) -> f64 {
    let size = store.head().borrow().size;
    let root = store.root(size).await.expect("a root");
    let mut times = Vec::new();
    for turn in 0..PROOFS {
        // A step that visits every part of the journal before it comes back near an earlier entry.
        let position = turn * 618_034 % size;
        let began = Instant::now();
        let mut tiles = AtHand::default();
        let path = loop {
            match inclusion(&tiles, position, size) {
                Ok(path) => break path,
                Err(Missing::Tile { level, number }) => {
                    tiles.put(level, number, store.tile(level, number).await.expect("a tile"));
                }
                Err(Missing::Tree(error)) => panic!("{error}"),
            }
        };
        times.push(began.elapsed());
        let line = store.read(position, 1).await.expect("read").remove(0).line;
        verify_inclusion(&leaf_hash(&line), position, size, &path, &root).expect("it is in the tree");
    }
    let times = Times::new(times);
    println!(
        "  the proof of an entry in p50 {:.3} ms, p99 {:.3} ms",
        times.p50_ms(),
        times.p99_ms()
    );
    aim("the proof of one entry, p99", times.p99_ms(), "ms", Aim::AtMost(1.0));
    times.p50_ms()
}
