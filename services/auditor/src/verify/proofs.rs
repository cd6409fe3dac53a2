//! Proofs that come along: of single entries, and of earlier trees.

use super::Code;
use super::findings::At;
use super::reading::Reading;
use crate::bundle::{Consistency, Proof};
use idesluss_proof::tree::verify_inclusion;

impl Reading<'_> {
    /// T05: the proof of the next picked entry.
    pub(super) fn proof(&mut self, line: &[u8]) {
        let Some(current) = &mut self.at else { return };
        let next = current.unproved.pop_front();
        let position = next
            .map(|(position, _)| position)
            .filter(|position| *position != u64::MAX);
        let at = At {
            log: &current.service,
            position,
        };
        let (Some((position, leaf)), Ok(proof)) = (next, serde_json::from_slice::<Proof>(line)) else {
            return self
                .findings
                .broken(Code::T05, at, "there is no entry for it, or it does not have the form");
        };
        if proof.position != position {
            return self
                .findings
                .broken(Code::T05, at, format!("it is about entry {}", proof.position));
        }
        if let Some((size, root)) = current.signed.as_ref().map(|signed| (signed.size, signed.root))
            && let Err(error) = verify_inclusion(&leaf, position, size, &proof.hashes, &root)
        {
            self.findings.broken(Code::T05, at, error.to_string());
        }
    }

    /// T05: every picked entry has had its proof.
    pub(super) fn all_proved(&mut self) {
        let Some(current) = &mut self.at else { return };
        let missing = std::mem::take(&mut current.unproved);
        if let Some((position, _)) = missing.front() {
            let at = At {
                log: &current.service,
                position: Some(*position).filter(|position| *position != u64::MAX),
            };
            self.findings.broken(
                Code::T05,
                at,
                format!("{} entries have no proof; this is the first", missing.len()),
            );
        }
    }

    /// T06 and others: a proof that an earlier tree goes over into the checkpoint's.
    pub(super) fn consistency(&mut self, line: &[u8]) {
        let Some(current) = &mut self.at else { return };
        let (Some(checkpoint), Some(log)) = (current.checkpoint(), &mut current.log) else {
            return;
        };
        match serde_json::from_slice::<Consistency>(line) {
            Ok(proof) => log
                .links
                .use_proof(&proof, checkpoint, &mut self.findings, &current.service),
            Err(_) => {
                let whole = At {
                    log: &current.service,
                    position: None,
                };
                self.findings
                    .broken(Code::B02, whole, "a consistency proof does not have the form");
            }
        }
    }
}
