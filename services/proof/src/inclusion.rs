//! Proofs that stand by themselves: an entry's place and its way to a signed checkpoint, in the form of C2SP tlog-proof v1.

use crate::checkpoint::{Checkpoint, CheckpointError, hash};
use crate::note::{NoteError, SignedNote};
use crate::number::decimal;
use crate::tree::{Hash, ProofError, verify_inclusion};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

const HEADING: &str = "c2sp.org/tlog-proof@v1";

/// Why something is no such proof, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InclusionError {
    /// The form.
    #[error("this is no proof of the form c2sp.org/tlog-proof@v1")]
    Form,
    /// Its checkpoint is none.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its checkpoint is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The way leads elsewhere.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// An entry's place in a log with the way to a checkpoint's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The entry's position.
    pub index: u64,
    /// The hashes beside its way, lowest first.
    pub path: Vec<Hash>,
    /// The checkpoint with its signatures.
    pub note: SignedNote,
}

impl Inclusion {
    /// Reads a proof; extra data is passed over, since nothing vouches for it.
    pub fn read(bytes: &[u8]) -> Result<Self, InclusionError> {
        let at = bytes
            .windows(2)
            .position(|two| two == b"\n\n")
            .ok_or(InclusionError::Form)?;
        let head = std::str::from_utf8(&bytes[..at]).map_err(|_| InclusionError::Form)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADING) {
            return Err(InclusionError::Form);
        }
        if let Some(extra) = lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            STANDARD.decode(extra).map_err(|_| InclusionError::Form)?;
            lines.next();
        }
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal);
        let index = index.ok_or(InclusionError::Form)?;
        let path: Option<Vec<Hash>> = lines.take(65).map(hash).collect();
        let path = path.filter(|path| path.len() < 65).ok_or(InclusionError::Form)?;
        let note = SignedNote::read(&bytes[at + 2..])?;
        Ok(Self { index, path, note })
    }

    /// Checks the way of an entry with this leaf hash. Returns the checkpoint, whose signatures are for a policy to judge.
    pub fn verify(&self, leaf: &Hash) -> Result<Checkpoint, InclusionError> {
        let checkpoint: Checkpoint = self.note.text().parse()?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.path, &checkpoint.root)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for Inclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADING}\nindex {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.note)
    }
}
