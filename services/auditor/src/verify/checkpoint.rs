//! A log's checkpoint, by the policy and by nothing that the bundle says of itself.

use super::{
    Code, Kept,
    findings::{At, Findings},
};
use crate::bundle::LogManifest;
use idesluss_proof::checkpoint::{Checkpoint, CheckpointError};
use idesluss_proof::note::{NoteError, SignedNote, VerifierKey};
use idesluss_proof::policy::{Distrust, Policy};
use idesluss_proof::tree::Hash;
use std::str::FromStr;

/// What a checkpoint says, whoever signed it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed {
    pub(super) size: u64,
    pub(super) root: Hash,
    /// How many witnesses of the policy have cosigned it.
    pub(super) cosigned: u64,
}

/// T01, T02 and T03. None: there is nothing to hold entries against.
pub(super) fn look(
    bytes: &[u8],
    log: &LogManifest,
    policy: &Policy,
    findings: &mut Findings,
    at: At<'_>,
) -> Option<Signed> {
    let read = SignedNote::read(bytes)
        .map_err(|error| error.to_string())
        .and_then(|note| {
            let checkpoint = note.text().parse::<Checkpoint>();
            checkpoint
                .map(|checkpoint| (note, checkpoint))
                .map_err(|error| error.to_string())
        });
    let (note, Checkpoint { origin, size, root, .. }) = match read {
        Ok(read) => read,
        Err(why) => {
            findings.broken(Code::T01, at, why);
            return None;
        }
    };
    if (&origin, size) != (&log.origin, log.size) {
        let text = format!(
            "it is of {size} entries of {origin}, and the manifest names {} of {}",
            log.size, log.origin
        );
        findings.broken(Code::T01, at, text);
    }
    // Who has signed is told apart from what was signed: the entries are held against it in either case.
    let cosigned = match policy.judge(&note) {
        Ok(trust) => trust.cosigned.len(),
        Err(distrust) => {
            let code = match distrust {
                Distrust::Checkpoint(_) => Code::T01,
                Distrust::Note(_) | Distrust::Log(_) => Code::T02,
                Distrust::Quorum { .. } => Code::T03,
            };
            findings.broken(code, at, distrust.to_string());
            match distrust {
                Distrust::Quorum { cosigned, .. } => cosigned.len(),
                _ => 0,
            }
        }
    };
    let cosigned = cosigned as u64;
    Some(Signed { size, root, cosigned })
}

/// B02: the keys that come along are keys. They are for information; only the policy's are trusted.
pub(super) fn keys(bytes: &[u8], findings: &mut Findings, at: At<'_>) {
    let lines = std::str::from_utf8(bytes).map(str::lines);
    let all = lines.is_ok_and(|mut lines| lines.all(|line| line.parse::<VerifierKey>().is_ok()));
    if !all {
        findings.broken(Code::B02, at, "its keys are not one verifier key a line");
    }
}

/// Why a file is no checkpoint that was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeptError {
    /// It is no signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its text is no checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl FromStr for Kept {
    type Err = KeptError;

    /// Reads a signed checkpoint. Its signatures are not looked at: it is the auditor's own file.
    fn from_str(text: &str) -> Result<Self, KeptError> {
        let note = SignedNote::read(text.as_bytes())?;
        let Checkpoint { origin, size, root, .. } = note.text().parse()?;
        Ok(Self { origin, size, root })
    }
}
