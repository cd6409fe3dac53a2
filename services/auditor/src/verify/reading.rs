use super::checkpoint::{self, Signed};
use super::copies::Copies;
use super::feed::Handed;
use super::findings::{At, Findings};
use super::log::{Came, Log, Shared};
use super::peaks::Peaks;
use super::policies::Policies;
use super::{Code, Kept, LogReport, Report};
use crate::bundle::{Batch, LogManifest, Manifest, Member, ReadError, TextLine};
use crate::tag::Tags;
use idesluss_proof::policy::{Policy, Trusted};
use idesluss_proof::tree::Hash;
use std::collections::{BTreeSet, VecDeque};

/// A bundle while it is judged, piece by piece.
pub(super) struct Reading<'p> {
    policy: &'p Policy,
    kept: &'p [Kept],
    pub(super) findings: Findings,
    manifest: Option<Manifest>,
    shared: Option<Shared>,
    policies: Policies,
    pub(super) at: Option<Current>,
}

/// The log that is being read.
pub(super) struct Current {
    index: usize,
    pub(super) service: String,
    pub(super) signed: Option<Signed>,
    compact_range: Vec<Hash>,
    pub(super) log: Option<Log>,
    /// Whether its entries have ended.
    ended: bool,
    /// Picked entries whose proofs are still to come: at most one member's.
    pub(super) unproved: VecDeque<(u64, Hash)>,
}

impl Current {
    pub(super) fn checkpoint(&self) -> Option<(u64, Hash)> {
        self.signed.as_ref().map(|signed| (signed.size, signed.root))
    }
}

impl<'p> Reading<'p> {
    pub(super) fn new(policy: &'p Policy, kept: &'p [Kept], findings: Findings) -> Self {
        Self {
            policy,
            kept,
            findings,
            manifest: None,
            shared: None,
            policies: Policies::default(),
            at: None,
        }
    }

    /// Takes a piece, and gives a batch back that can be used again.
    pub(super) fn take(&mut self, piece: Handed) -> Option<Batch> {
        match piece {
            Handed::Manifest(manifest) => {
                self.findings.report.manifest = Some(manifest.clone());
                self.all_kept(&manifest);
                self.shared = Some(Shared {
                    copies: Copies::new(manifest.logs.iter().map(|log| log.from)),
                    instance: manifest.instance.clone(),
                    services: manifest.logs.iter().map(|log| log.service.clone()).collect(),
                    tags: Tags::default(),
                    unknown_types: BTreeSet::new(),
                    expected: named(self.policy, &manifest.instance),
                    absent: BTreeSet::new(),
                });
                self.manifest = Some(manifest);
            }
            Handed::Begin(member) => self.begin(member),
            Handed::Head(member, bytes) => self.head(member, &bytes),
            Handed::Lines(member, batch) => {
                self.lines(member, &batch);
                return Some(batch);
            }
        }
        None
    }

    /// T06: every checkpoint that was kept is one of a log in the bundle.
    fn all_kept(&mut self, manifest: &Manifest) {
        for kept in self.kept {
            let of = |log: &LogManifest| is_of(kept, &manifest.instance, &log.service);
            if !manifest.logs.iter().any(of) {
                let text = format!(
                    "the bundle has no log of {}, of which a checkpoint was kept",
                    kept.origin
                );
                self.findings.file(Code::T06, text);
            }
        }
    }

    fn begin(&mut self, member: Member) {
        if !matches!(member, Member::Proofs { .. }) {
            self.all_proved();
        }
        match member {
            Member::Checkpoint { log } => {
                self.end_log();
                let service = self.manifest.as_ref().and_then(|manifest| manifest.logs.get(log));
                self.at = Some(Current {
                    index: log,
                    service: service.map(|log| log.service.clone()).unwrap_or_default(),
                    signed: None,
                    compact_range: Vec::new(),
                    log: None,
                    ended: false,
                    unproved: VecDeque::new(),
                });
            }
            Member::Picked { .. } | Member::Entries { .. } => self.open_log(),
            Member::Consistency { .. } => self.end_entries(),
            Member::Policy { .. } | Member::Texts { .. } => self.end_log(),
            Member::Manifest | Member::Keys { .. } | Member::CompactRange { .. } | Member::Proofs { .. } => {}
        }
    }

    /// Takes a whole member.
    fn head(&mut self, member: Member, bytes: &[u8]) {
        if let Member::Policy { digest } = member {
            return self.policies.add(digest, bytes, &mut self.findings);
        }
        let (Some(manifest), Some(current)) = (&self.manifest, &mut self.at) else {
            return;
        };
        let whole = At {
            log: &current.service,
            position: None,
        };
        match member {
            Member::Checkpoint { log } => {
                current.signed = checkpoint::look(bytes, &manifest.logs[log], self.policy, &mut self.findings, whole);
            }
            Member::Keys { .. } => checkpoint::keys(bytes, &mut self.findings, whole),
            Member::CompactRange { .. } => match compact_range(bytes) {
                Some(compact_range) => current.compact_range = compact_range,
                None => self.findings.broken(
                    Code::B02,
                    whole,
                    "its edge is not one hash of 64 hexadecimal digits a line",
                ),
            },
            _ => {}
        }
    }

    /// Makes ready for entries, once all that comes before them is there.
    fn open_log(&mut self) {
        let (Some(manifest), Some(current)) = (&self.manifest, &mut self.at) else {
            return;
        };
        if current.log.is_some() {
            return;
        }
        let of_log = &manifest.logs[current.index];
        let from = if of_log.from < of_log.to { of_log.from } else { 0 };
        let compact_range = Peaks::resume(from, std::mem::take(&mut current.compact_range)).unwrap_or_else(|| {
            let whole = At {
                log: &current.service,
                position: None,
            };
            self.findings.broken(
                Code::B03,
                whole,
                format!("its edge is not that of a tree of {from} entries"),
            );
            Peaks::unknown(from)
        });
        let mut log = Log::new(current.index, manifest, compact_range);
        for kept in self
            .kept
            .iter()
            .filter(|kept| is_of(kept, &manifest.instance, &of_log.service))
        {
            log.keep(kept.size, kept.root);
        }
        current.log = Some(log);
    }

    fn lines(&mut self, member: Member, batch: &Batch) {
        match member {
            Member::Entries { .. } => self.entries(Came::Next, batch),
            Member::Picked { .. } => self.entries(Came::Picked, batch),
            Member::Proofs { .. } => batch.lines().for_each(|(line, _)| self.proof(line)),
            Member::Consistency { .. } => batch.lines().for_each(|(line, _)| self.consistency(line)),
            Member::Texts { .. } => {
                for (line, _) in batch.lines() {
                    match serde_json::from_slice::<TextLine>(line) {
                        Ok(_) => self.findings.report.texts += 1,
                        Err(_) => self
                            .findings
                            .file(Code::B02, "a line of its texts does not have the form"),
                    }
                }
            }
            _ => {}
        }
    }

    fn entries(&mut self, came: Came, batch: &Batch) {
        let (Some(current), Some(shared)) = (&mut self.at, &mut self.shared) else {
            return;
        };
        let Some(log) = &mut current.log else { return };
        for (line, leaf) in batch.lines() {
            let Some(leaf) = leaf else { continue };
            let taken = log.take(came, line, leaf, shared, &mut self.findings);
            if came == Came::Picked {
                // What could not be read stays without a proof, at a position that no proof is about.
                current.unproved.push_back(taken.unwrap_or((u64::MAX, *leaf)));
            }
        }
    }

    fn end_entries(&mut self) {
        self.open_log();
        let Some(current) = &mut self.at else { return };
        let checkpoint = current.checkpoint();
        if let Some(log) = current.log.as_mut().filter(|_| !current.ended) {
            log.end_entries(checkpoint, &mut self.findings);
            current.ended = true;
        }
    }

    fn end_log(&mut self) {
        self.all_proved();
        self.end_entries();
        let Some(current) = self.at.take() else { return };
        let checkpoint = current.checkpoint();
        let mut report = LogReport {
            service: current.service,
            ..LogReport::default()
        };
        if let Some(signed) = current.signed {
            (report.size, report.root, report.cosigned) = (signed.size, hex::encode(signed.root), signed.cosigned);
        }
        if let Some(mut log) = current.log {
            let policies = std::mem::take(&mut log.policies);
            self.policies.judge(
                &report.service,
                policies,
                log.whole,
                !log.whole || log.is_idea || log.hidden > 0,
                &mut self.findings,
            );
            let ended = log.finish(checkpoint, &mut self.findings);
            (report.lines, report.hidden) = (ended.lines, ended.hidden);
            (report.decisions, report.compared) = (ended.decisions, ended.compared);
        }
        self.findings.report.logs.push(report);
    }

    /// The bundle could not be read to its end.
    pub(super) fn broken_off(&mut self, why: &ReadError) {
        self.findings.file(Code::B02, why.to_string());
        // What is missing behind that place is no finding of its own.
        (self.at, self.policies) = (None, Policies::default());
    }

    pub(super) fn finish(mut self) -> Report {
        self.end_log();
        std::mem::take(&mut self.policies).finish(&mut self.findings);
        let Some(Shared { copies, services, .. }) = &self.shared else {
            return self.findings.report;
        };
        let findings = &mut self.findings;
        copies.finish(|copied, same| {
            if let Some(report) = findings.report.logs.get_mut(copied.log) {
                report.compared += 1;
            }
            if !same {
                let at = At {
                    log: &services[copied.log],
                    position: Some(copied.position),
                };
                let text = format!("entry {} of {} is another", copied.from_position, services[copied.of]);
                findings.broken(Code::L10, at, text);
            }
        });
        self.findings.report
    }
}

/// The services of an instance whose logs a policy names: `<instance>/<service>/<epoch>`.
fn named(policy: &Policy, instance: &str) -> BTreeSet<String> {
    let service = |log: &Trusted| {
        let (service, _) = log.name.strip_prefix(instance)?.strip_prefix('/')?.split_once('/')?;
        Some(service.to_owned())
    };
    policy.logs().iter().filter_map(service).collect()
}

/// Whether a checkpoint is one of a log: whatever its epoch.
fn is_of(kept: &Kept, instance: &str, service: &str) -> bool {
    let rest = kept
        .origin
        .strip_prefix(instance)
        .and_then(|rest| rest.strip_prefix('/'));
    rest.and_then(|rest| rest.strip_prefix(service))
        .is_some_and(|rest| rest.starts_with('/'))
}

/// One hash a line.
fn compact_range(bytes: &[u8]) -> Option<Vec<Hash>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let hash = |line: &str| {
        let mut hash = [0; 32];
        hex::decode_to_slice(line, &mut hash).ok().map(|()| hash)
    };
    text.ends_with('\n').then(|| text.lines().map(hash).collect())?
}
