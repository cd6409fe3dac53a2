//! Bytes that somebody else chose: no reader stumbles over them, and what it takes it writes again byte for byte.

use crate::made::{Small, log, note, public, witness};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::entry_bundle;
use idesluss_proof::inclusion::Inclusion;
use idesluss_proof::note::{Signature, SignedNote, SignerKey, VerifierKey};
use idesluss_proof::policy::Policy;
use idesluss_proof::tile_path::{EntriesPath, TilePath};
use idesluss_proof::witness::AddCheckpoint;
use proptest::prelude::*;

fn read_everything(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // What is not UTF-8 reaches these readers as another text.
    let bytes_again = |written: String| assert_eq!(written.as_bytes(), bytes);
    let same = |written: String| assert_eq!(written, text);
    let _ = SignedNote::read(bytes).map(|note| bytes_again(note.to_string()));
    let _ = AddCheckpoint::read(bytes).map(|request| bytes_again(request.to_string()));
    let _ = Inclusion::read(bytes).map(|proof| bytes_again(proof.to_string()));
    let _ = text
        .parse::<Checkpoint>()
        .map(|checkpoint| same(checkpoint.to_string()));
    let _ = text.parse::<VerifierKey>().map(|key| same(key.to_string()));
    let _ = text.parse::<Signature>().map(|line| same(line.to_string()));
    let _ = text.parse::<TilePath>().map(|path| same(path.to_string()));
    let _ = text.parse::<EntriesPath>().map(|path| same(path.to_string()));
    let _ = SignerKey::read(&text).map(|key| same(key.written().to_string()));
    let _ = Policy::read(bytes);
    let _ = entry_bundle::read(bytes, 3);
}

/// One of each, whole and valid.
fn whole() -> Vec<String> {
    let small = Small::new(20);
    let signed = note(&small.checkpoint(20), &[&log(), &witness(11)]);
    let request = AddCheckpoint {
        old: 7,
        proof: small.consistency(7, 20),
        note: signed.clone(),
    };
    let proof = Inclusion {
        extra: Some(b"extra".to_vec()),
        index: 3,
        path: small.consistency(7, 20),
        note: signed.clone(),
    };
    let policy = format!(
        "log {}\nwitness w {}\ngroup g any w\nquorum g\n",
        public(&log()),
        public(&witness(11))
    );
    vec![
        signed.to_string(),
        signed.text().to_owned(),
        signed.signatures()[0].to_string(),
        request.to_string(),
        proof.to_string(),
        policy,
        public(&log()).to_string(),
        log().written().to_string(),
        "tile/3/x001/x234/067.p/5".to_owned(),
        "tile/entries/x001/x234/067.p/5".to_owned(),
    ]
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_stumble(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        read_everything(&bytes);
        read_everything(text.as_bytes());
    }

    #[test]
    fn nothing_that_is_nearly_right_makes_a_reader_stumble(
        which: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..4),
    ) {
        let whole = whole();
        let mut bytes = which.get(&whole).clone().into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len() + 1);
            match how {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => bytes[at] = byte,
                _ => bytes.truncate(at),
            }
        }
        read_everything(&bytes);
    }
}
