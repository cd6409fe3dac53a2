use super::findings::{At, Findings};
use super::{Code, Severity};
use crate::bundle::Consistency;
use idesluss_proof::tree::{Hash, verify_consistency};

/// Whose root it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// The tree over the entries in the bundle.
    Entries,
    /// The tree that the decision at this position names.
    Basis(u64),
    /// The tree of a checkpoint that the auditor kept.
    Kept,
}

/// The root of an earlier tree that the checkpoint's tree must extend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) size: u64,
    pub(super) root: Hash,
    pub(super) of: Of,
}

/// Links earlier trees to the checkpoint, by the proofs that come along.
///
/// Memory: 56 bytes for each decision that is not judged by the entries themselves.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub(super) wanted: Vec<Wanted>,
}

impl Links {
    /// Uses a proof for every tree of its size. `checkpoint`: size and root.
    pub(super) fn use_proof(
        &mut self,
        proof: &Consistency,
        (size, root): (u64, Hash),
        findings: &mut Findings,
        log: &str,
    ) {
        let of_size = |wanted: &Wanted| wanted.size == proof.size;
        for wanted in self.wanted.extract_if(.., |wanted| of_size(wanted)) {
            if verify_consistency(wanted.size, &wanted.root, size, &root, &proof.hashes).is_err() {
                broken(&wanted, size, findings, log);
            }
        }
    }

    /// Judges what needs no proof, and tells what none came along for.
    pub(super) fn finish(self, checkpoint: (u64, Hash), findings: &mut Findings, log: &str) {
        let (size, root) = checkpoint;
        for wanted in self.wanted {
            if wanted.size == 0 || wanted.size >= size {
                // The empty tree and the checkpoint's own need no proof; a larger one has none.
                if verify_consistency(wanted.size, &wanted.root, size, &root, &[]).is_err() {
                    broken(&wanted, size, findings, log);
                }
                continue;
            }
            let (code, severity, position, text) = match wanted.of {
                Of::Entries => (
                    Code::T06,
                    Severity::Broken,
                    None,
                    "no proof leads from its last entry to the checkpoint".to_owned(),
                ),
                Of::Kept => {
                    let text = format!(
                        "no proof leads from the checkpoint that was kept, of {} entries, to this one: ask for a bundle with one",
                        wanted.size
                    );
                    (Code::T06, Severity::Broken, None, text)
                }
                Of::Basis(position) => {
                    let text = format!(
                        "no proof leads from the tree of {} entries that the decision names to the checkpoint",
                        wanted.size
                    );
                    (Code::R19, Severity::Note, Some(position), text)
                }
            };
            findings.report.add(code, severity, Some(log), position, text);
        }
    }
}

fn broken(wanted: &Wanted, size: u64, findings: &mut Findings, log: &str) {
    let whole = At { log, position: None };
    match wanted.of {
        Of::Entries => findings.broken(
            Code::T06,
            whole,
            format!(
                "the checkpoint's {size} entries do not begin with those {} in the bundle",
                wanted.size
            ),
        ),
        Of::Basis(position) => {
            let at = At {
                log,
                position: Some(position),
            };
            findings.broken(
                Code::R19,
                at,
                format!("the log of {} entries had another root", wanted.size),
            );
        }
        Of::Kept if wanted.size > size => {
            let text = format!(
                "it has {size} entries, and the checkpoint that was kept has {}",
                wanted.size
            );
            findings.broken(Code::T07, whole, text);
        }
        Of::Kept => {
            let text = format!(
                "its {size} entries do not begin with the {} of the checkpoint that was kept",
                wanted.size
            );
            findings.broken(Code::T08, whole, text);
        }
    }
}
