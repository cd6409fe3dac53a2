//! A witness's part: whether a log's new checkpoint extends the one that was cosigned last (C2SP tlog-witness 1.0).

use crate::checkpoint::{Checkpoint, hash};
use crate::head;
use crate::note::{NoteError, SignedNote, VerifierKey};
use crate::number::decimal;
use crate::tree::{Hash, empty_root, verify_consistency};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// The most lines that a proof has.
pub const MAX_PROOF_LINES: usize = 63;

/// The most bytes before the checkpoint: a size and the proof.
const MAX_HEAD_BYTES: usize = 32 + MAX_PROOF_LINES * 45;

/// What is posted to `add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness has cosigned last, as the log believes.
    pub old: u64,
    /// The proof that the new tree extends it.
    pub proof: Vec<Hash>,
    /// The checkpoint with the log's signature.
    pub note: SignedNote,
}

/// What a witness has cosigned last of one log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosigned {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why a witness does not cosign, by the status that it answers with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 400.
    #[error("this is no request to a witness: {0}")]
    Malformed(String),
    /// 403.
    #[error("the checkpoint is not signed by a key that is trusted for its origin: {0}")]
    Untrusted(NoteError),
    /// 404.
    #[error("the origin {0} is not known to this witness")]
    Unknown(String),
    /// 409, with the size as the answer's body.
    #[error("{0} entries were cosigned last: prove from there")]
    Conflict(u64),
    /// 422.
    #[error("the checkpoint does not extend the one that was cosigned last: the log was changed")]
    Inconsistent,
}

impl Refusal {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Untrusted(_) => 403,
            Self::Unknown(_) => 404,
            Self::Conflict(_) => 409,
            Self::Inconsistent => 422,
        }
    }
}

impl AddCheckpoint {
    /// Reads a request's body.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let malformed = |why: &str| Refusal::Malformed(why.to_owned());
        let (head, note) = head::split(body, MAX_HEAD_BYTES).ok_or_else(|| {
            malformed("a size, at most 63 lines of a proof and an empty line stand before the checkpoint")
        })?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .and_then(decimal);
        let old = old.ok_or_else(|| malformed("it begins with `old` and a size"))?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == MAX_PROOF_LINES {
                return Err(malformed("a proof has at most 63 lines"));
            }
            proof.push(hash(line).ok_or_else(|| malformed("a line of the proof is not the base64 of 32 bytes"))?);
        }
        let note = SignedNote::read(note).map_err(|error| malformed(&error.to_string()))?;
        Ok(Self { old, proof, note })
    }

    /// Decides whether the checkpoint may be cosigned. What is returned must be kept before the cosignature leaves, and both under one lock
    /// with reading `last`.
    ///
    /// `keys` are those that are trusted for an origin; none: the origin is not known. What contradicts itself or what was cosigned is
    /// refused as [`Refusal::Inconsistent`] only once it is known to be the log's: nobody else can make a log look like a forger.
    pub fn decide<'a>(
        &self,
        keys: impl FnOnce(&str) -> &'a [VerifierKey],
        last: impl FnOnce(&str) -> Option<Cosigned>,
    ) -> Result<Checkpoint, Refusal> {
        let checkpoint =
            Checkpoint::read_form(self.note.text()).map_err(|error| Refusal::Malformed(error.to_string()))?;
        let keys = keys(&checkpoint.origin);
        if keys.is_empty() {
            return Err(Refusal::Unknown(checkpoint.origin));
        }
        self.note.verify(keys).map_err(Refusal::Untrusted)?;
        if self.old > checkpoint.size {
            return Err(Refusal::Malformed("the old size is larger than the new one".into()));
        }
        let last = last(&checkpoint.origin).unwrap_or(Cosigned {
            size: 0,
            root: empty_root(),
        });
        if last.size != self.old {
            return Err(Refusal::Conflict(last.size));
        }
        if checkpoint.is_empty_with_a_root() {
            return Err(Refusal::Inconsistent);
        }
        verify_consistency(last.size, &last.root, checkpoint.size, &checkpoint.root, &self.proof)
            .map_err(|_| Refusal::Inconsistent)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.note)
    }
}
