//! What somebody sees who follows a service's log over HTTP: checkpoints that are signed and cosigned, and tiles that lead to them.

use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::SignedNote;
use idesluss_proof::policy::{Policy, Trust};
use idesluss_proof::tile_path::TilePath;
use idesluss_proof::tree::{AtHand, Hash, Missing, consistency, root, tile_width, verify_consistency};
use idesluss_tests::Apart;
use std::time::{Duration, Instant};

/// How long a checkpoint that covers everything, cosigned, may be in coming.
const PATIENCE: Duration = Duration::from_secs(5);

/// The newest checkpoint that a replica shows.
pub(crate) async fn checkpoint(apart: &Apart, replica: &str) -> Option<(SignedNote, Checkpoint)> {
    let note = SignedNote::read(&apart.signed(replica, "checkpoint").await?).expect("a note");
    let checkpoint = note.text().parse().expect("a checkpoint");
    Some((note, checkpoint))
}

/// What the service's followers make of a note: its key, and the witness's cosignature where one is asked for.
pub(crate) fn judge(apart: &Apart, service: &str, note: &SignedNote) -> Result<Trust, String> {
    let policy: Policy = apart.trust[service].parse().expect("a policy");
    policy.judge(note).map_err(|distrust| distrust.to_string())
}

/// Waits until a replica shows a checkpoint of `size` entries or more that its followers trust, and checks the tiles under it.
pub(crate) async fn covers(apart: &Apart, replica: &str, size: u64) -> Checkpoint {
    let service = replica.split('-').next().expect("a service");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let newest = checkpoint(apart, replica).await;
        let said = match &newest {
            Some((note, newest)) if newest.size >= size => match judge(apart, service, note) {
                Ok(trust) => {
                    let tree = tree(apart, replica, newest.size, |tiles| root(tiles, newest.size)).await;
                    assert_eq!(tree, newest.root, "{replica}: the tiles lead to another root");
                    return trust.checkpoint;
                }
                Err(distrust) => distrust,
            },
            other => format!("{other:?}"),
        };
        let log = || apart.log(replica);
        assert!(
            Instant::now() < deadline,
            "{replica}, {size} entries: {said}\n{}",
            log()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Checks by the tiles that a replica serves that one tree extends another.
pub(crate) async fn extends(apart: &Apart, replica: &str, older: (u64, Hash), newer: (u64, Hash)) {
    let path = tree(apart, replica, newer.0, |tiles| consistency(tiles, older.0, newer.0)).await;
    let proven = verify_consistency(older.0, &older.1, newer.0, &newer.1, &path);
    proven.unwrap_or_else(|error| panic!("{replica}: {} entries, then {}: {error}", older.0, newer.0));
}

/// Asks a tree of `size` entries, whose tiles are read as they are needed.
async fn tree<T>(apart: &Apart, replica: &str, size: u64, ask: impl Fn(&AtHand) -> Result<T, Missing>) -> T {
    let mut tiles = AtHand::default();
    loop {
        let (level, number) = match ask(&tiles) {
            Ok(answer) => return answer,
            Err(Missing::Tree(error)) => panic!("{replica}: {error}"),
            Err(Missing::Tile { level, number }) => (level, number),
        };
        let width = tile_width(size, level, number);
        let path = TilePath { level, number, width }.to_string();
        let bytes = apart.signed(replica, &path).await;
        let bytes = bytes.unwrap_or_else(|| panic!("{replica} has no {path}"));
        let hashes = bytes.chunks_exact(32).map(|hash| hash.try_into().expect("32 bytes"));
        tiles.put(level, number, hashes.collect());
    }
}
