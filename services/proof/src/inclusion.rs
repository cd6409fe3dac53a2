//! Proofs that stand by themselves: an entry's place and its way to a signed checkpoint, in the form of C2SP tlog-proof v1.

use crate::checkpoint::{Checkpoint, CheckpointError, hash};
use crate::head;
use crate::note::{NoteError, SignedNote};
use crate::number::decimal;
use crate::policy::{Distrust, Policy, Trust};
use crate::tree::{Hash, ProofError, verify_inclusion};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// The most hashes beside an entry's way.
const MAX_PATH_LINES: usize = 64;

/// The most bytes before the checkpoint, nearly all of them for extra data.
const MAX_HEAD_BYTES: usize = 64 * 1024;

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
    /// Its checkpoint is not trusted.
    #[error(transparent)]
    Distrust(#[from] Distrust),
}

/// An entry's place in a log with the way to a checkpoint's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// Data that came along. Nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The entry's position.
    pub index: u64,
    /// The hashes beside its way, lowest first.
    pub path: Vec<Hash>,
    /// The checkpoint with its signatures.
    pub note: SignedNote,
}

impl Inclusion {
    /// Reads a proof.
    ///
    /// Shape: at most 64 hashes, and 64 KiB before the checkpoint.
    pub fn read(bytes: &[u8]) -> Result<Self, InclusionError> {
        let (head, note) = head::split(bytes, MAX_HEAD_BYTES).ok_or(InclusionError::Form)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADING) {
            return Err(InclusionError::Form);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(|line| STANDARD.decode(&line["extra ".len()..]));
        let extra = extra.transpose().map_err(|_| InclusionError::Form)?;
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal);
        let index = index.ok_or(InclusionError::Form)?;
        let path: Option<Vec<Hash>> = lines.take(MAX_PATH_LINES + 1).map(hash).collect();
        let path = path
            .filter(|path| path.len() <= MAX_PATH_LINES)
            .ok_or(InclusionError::Form)?;
        let note = SignedNote::read(note)?;
        Ok(Self {
            extra,
            index,
            path,
            note,
        })
    }

    /// Checks the way of an entry with this leaf hash. Returns the checkpoint, whose signatures are for a policy to judge.
    pub fn verify(&self, leaf: &Hash) -> Result<Checkpoint, InclusionError> {
        let checkpoint: Checkpoint = self.note.text().parse()?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.path, &checkpoint.root)?;
        Ok(checkpoint)
    }

    /// Checks that an entry with this leaf hash is in a log that the policy trusts, as its witnesses have seen it.
    pub fn judge(&self, leaf: &Hash, policy: &Policy) -> Result<Trust, InclusionError> {
        let trust = policy.judge(&self.note)?;
        self.verify(leaf)?;
        Ok(trust)
    }
}

impl fmt::Display for Inclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADING}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.note)
    }
}
