//! Keys, checkpoints and a small log that the tests share.

use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::{Algorithm, SignedNote, SignerKey, VerifierKey};
use idesluss_proof::tree::{CompactRange, Hash, TileReader, TreeError, consistency, leaf_hash};

/// A key that Go's `note` package has made.
pub(crate) const GO_PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
pub(crate) const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

pub(crate) const ORIGIN: &str = "fyrbodal/submission/1";

pub(crate) fn signer(name: &str, algorithm: Algorithm, seed: u8) -> SignerKey {
    SignerKey::new(name, algorithm, &[seed; 32]).expect("a key")
}

pub(crate) fn log() -> SignerKey {
    signer(ORIGIN, Algorithm::Ed25519, 1)
}

pub(crate) fn witness(seed: u8) -> SignerKey {
    signer(&format!("witness.example/{seed}"), Algorithm::CosignatureV1, seed)
}

pub(crate) fn public(key: &SignerKey) -> VerifierKey {
    key.verifier().expect("a key")
}

pub(crate) fn note(checkpoint: &Checkpoint, keys: &[&SignerKey]) -> SignedNote {
    let mut note = SignedNote::new(checkpoint.to_string()).expect("a text");
    for key in keys {
        note.add(key.sign(&checkpoint.to_string(), 1_790_000_000));
    }
    note
}

/// A log of numbered entries that fits one tile.
pub(crate) struct Small(pub(crate) Vec<Hash>);

impl Small {
    pub(crate) fn new(size: u64) -> Self {
        Self((0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect())
    }

    pub(crate) fn checkpoint(&self, size: u64) -> Checkpoint {
        let mut compact_range = CompactRange::default();
        for leaf in &self.0[..size as usize] {
            compact_range
                .push(*leaf, |_| Ok::<_, std::convert::Infallible>(()))
                .expect("no tile is full");
        }
        Checkpoint::new(ORIGIN, size, compact_range.root())
    }

    pub(crate) fn consistency(&self, from: u64, to: u64) -> Vec<Hash> {
        consistency(self, from, to).expect("a proof")
    }
}

impl TileReader for Small {
    type Error = TreeError;

    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, TreeError> {
        assert_eq!((level, number), (0, 0));
        Ok(self.0[..width].to_vec())
    }
}
