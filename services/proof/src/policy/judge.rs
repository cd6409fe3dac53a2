use super::{Kind, Policy};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{NoteError, SignedNote, Verified, VerifierKey};
use std::fmt;

/// Why a checkpoint is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// It is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A trusted key's signature does not hold.
    #[error(transparent)]
    Note(NoteError),
    /// No log of the policy has signed it.
    #[error("no log of the policy with the origin {0} has signed it")]
    Log(String),
    /// Too few have cosigned.
    #[error(
        "the quorum {quorum} is not reached; cosigned: {}; missing: {}",
        if cosigned.is_empty() { "nobody".to_owned() } else { cosigned.join(", ") },
        missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    )]
    Quorum {
        /// The quorum's name.
        quorum: String,
        /// The witnesses that have cosigned.
        cosigned: Vec<String>,
        /// What it would take, from the quorum downwards.
        missing: Vec<Shortfall>,
    },
}

/// A witness or a group that does not count as having cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// Its name.
    pub name: String,
    /// How many of its members count; 0 for a witness.
    pub has: usize,
    /// How many must; 1 for a witness.
    pub needs: usize,
    /// Its members that do not count; none for a witness.
    pub without: Vec<String>,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            has,
            needs,
            without,
        } = self;
        if without.is_empty() {
            write!(f, "{name} has not cosigned")
        } else {
            write!(
                f,
                "{name} has {has} of the {needs} that it needs, without {}",
                without.join(", ")
            )
        }
    }
}

/// What a policy says of a checkpoint that it trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The witnesses that have cosigned it, with the times that they say, in seconds since 1970.
    pub cosigned: Vec<(String, u64)>,
}

impl Policy {
    /// Judges a signed checkpoint: a log of its origin must have signed it, and as many witnesses cosigned it as the quorum asks for.
    ///
    /// Errors: what is missing; also one signature of a trusted key that does not hold, whatever the others say.
    pub fn judge(&self, note: &SignedNote) -> Result<Trust, Distrust> {
        let checkpoint: Checkpoint = note.text().parse()?;
        let logs = self.logs.iter().filter(|log| log.key.name() == checkpoint.origin);
        if signed(note, logs.map(|log| log.key.clone()))?.is_empty() {
            return Err(Distrust::Log(checkpoint.origin));
        }
        let verified = signed(note, self.witnesses.iter().map(|witness| witness.key.clone()))?;
        let cosigned = verified.iter().map(|verified| {
            let name = self.witnesses[verified.key].name.clone();
            (name, verified.time.unwrap_or_default())
        });
        let cosigned: Vec<(String, u64)> = cosigned.collect();
        let mut has_cosigned = vec![false; self.witnesses.len()];
        for verified in &verified {
            has_cosigned[verified.key] = true;
        }
        let held = self.held(&has_cosigned);
        match self.quorum {
            Some(quorum) if !held[quorum] => Err(Distrust::Quorum {
                quorum: self.members[quorum].name.clone(),
                cosigned: cosigned.into_iter().map(|(name, _)| name).collect(),
                missing: self.missing(quorum, &held),
            }),
            _ => Ok(Trust { checkpoint, cosigned }),
        }
    }

    /// Which members count as having cosigned. One pass: a group stands behind all that it names.
    fn held(&self, has_cosigned: &[bool]) -> Vec<bool> {
        let mut held: Vec<bool> = Vec::with_capacity(self.members.len());
        for member in &self.members {
            held.push(match &member.kind {
                Kind::Witness(witness) => has_cosigned[*witness],
                Kind::Group { least, members } => members.iter().filter(|member| held[**member]).count() >= *least,
            });
        }
        held
    }

    /// What the quorum falls short of. It ends: nothing is a member of two groups.
    fn missing(&self, quorum: usize, held: &[bool]) -> Vec<Shortfall> {
        let mut missing = Vec::new();
        let mut open = vec![quorum];
        while let Some(place) = open.pop() {
            let name = self.members[place].name.clone();
            match &self.members[place].kind {
                Kind::Group { least, members } => {
                    let without: Vec<usize> = members.iter().copied().filter(|member| !held[*member]).collect();
                    missing.push(Shortfall {
                        name,
                        has: members.len() - without.len(),
                        needs: *least,
                        without: without
                            .iter()
                            .map(|member| self.members[*member].name.clone())
                            .collect(),
                    });
                    let is_group = |member: &usize| matches!(self.members[*member].kind, Kind::Group { .. });
                    open.extend(without.into_iter().rev().filter(is_group));
                }
                Kind::Witness(_) => missing.push(Shortfall {
                    name,
                    has: 0,
                    needs: 1,
                    without: Vec::new(),
                }),
            }
        }
        missing
    }
}

/// Which of the keys have signed; none is no error here.
fn signed(note: &SignedNote, keys: impl Iterator<Item = VerifierKey>) -> Result<Vec<Verified>, Distrust> {
    let keys: Vec<VerifierKey> = keys.collect();
    match note.verify(&keys) {
        Err(NoteError::Nobody) => Ok(Vec::new()),
        verified => verified.map_err(Distrust::Note),
    }
}
