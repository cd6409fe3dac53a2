//! How a log ends: whether it is whole, what stood twice, and whether it is the one that was signed.

use super::Code;
use super::findings::{At, Findings};
use super::links::{Of, Wanted};
use super::log::Log;
use crate::bundle::LogManifest;
use idesluss_proof::tree::Hash;

/// How a log ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub(super) lines: u64,
    pub(super) hidden: u64,
    pub(super) decisions: u64,
    pub(super) compared: u64,
}

impl Log {
    /// Ends its entries: whether they are whole and what stood twice. `checkpoint`: size and root, where they could be read.
    ///
    /// To be called before the consistency proofs, once.
    pub(super) fn end_entries(&mut self, checkpoint: Option<(u64, Hash)>, findings: &mut Findings) {
        self.look_at_kept(findings);
        let LogManifest { picked, from, to, .. } = &self.manifest;
        let whole = At {
            log: &self.service,
            position: None,
        };
        if self.lines != to - from || self.picked != *picked {
            let (lines, alone, wanted) = (self.lines, self.picked, to - from);
            let text = format!(
                "{lines} entries and {alone} by themselves are there, and the manifest names {wanted} and {picked}"
            );
            findings.broken(Code::B03, whole, text);
        }
        for (code, things, what) in [
            (Code::L08, std::mem::take(&mut self.ids), "event id"),
            (
                Code::L09,
                std::mem::take(&mut self.commands),
                "command id in its organisation",
            ),
        ] {
            for (earlier, later) in things.doubles() {
                let at = At {
                    log: &self.service,
                    position: Some(later),
                };
                findings.broken(code, at, format!("entry {earlier} has the same {what}"));
            }
        }
        if let Some((count @ 1.., first)) = self.rules.as_ref().map(|rules| rules.unjudged) {
            let at = At {
                log: &self.service,
                position: first,
            };
            findings.note(
                Code::R01,
                at,
                format!("{count} decisions are on evaluations that began before the bundle; this is the first"),
            );
        }
        if self.is_idea && !self.manifest.grants.is_empty() {
            let at = At {
                log: &self.service,
                position: None,
            };
            let said = "that none of the roles was taken back before its entry is not shown in a part of a log";
            findings.note(Code::R29, at, said);
        }
        if let (count @ 1.., first) = self.unjudged_acts {
            let at = At {
                log: &self.service,
                position: first,
            };
            let said = format!(
                "of {count} acts it is not judged who might do them, nor what identity asserted, since entries are hidden or not there; this is the first"
            );
            findings.note(Code::R29, at, said);
        }
        if let (count @ 1.., first) = self.roles.unjudged {
            let at = At {
                log: &self.service,
                position: first,
            };
            findings.note(
                Code::R29,
                at,
                format!("of {count} acts the log does not know who might do them; this is the first"),
            );
        }
        if let (count @ 1.., first) = self.asserted.unjudged {
            let at = At {
                log: &self.service,
                position: first,
            };
            findings.note(
                Code::R30,
                at,
                format!("of {count} acts the log does not know with which keys identity asserts; this is the first"),
            );
        }
        let (Some((size, root)), true) = (checkpoint, from < to || self.whole) else {
            return;
        };
        if self.tree.size() != size {
            let wanted = Wanted {
                size: self.tree.size(),
                root: self.tree.root(),
                of: Of::Entries,
            };
            self.links.wanted.push(wanted);
        } else if self.tree.root() != root {
            findings.broken(
                Code::T04,
                whole,
                format!("the {size} entries give another root than the checkpoint's"),
            );
        }
    }

    /// Ends the log, after its last proof.
    pub(super) fn finish(self, checkpoint: Option<(u64, Hash)>, findings: &mut Findings) -> Ended {
        if let Some(checkpoint) = checkpoint {
            self.links.finish(checkpoint, findings, &self.service);
        }
        Ended {
            lines: self.lines + self.picked,
            hidden: self.hidden,
            decisions: self.rules.as_ref().map_or(0, |rules| rules.decisions),
            compared: self.compared,
        }
    }
}
