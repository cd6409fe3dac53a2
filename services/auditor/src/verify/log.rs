use super::copies::Copies;
use super::domain::{Asserted, Erasures, Roles, Rules};
use super::findings::{At, Findings};
use super::links::{Links, Of, Wanted};
use super::once::Once;
use super::peaks::{Peaks, Tree};
use super::policies::Judged;
use super::sources::{Come, Sources, Step, is_written_here, stands_here};
use super::{Code, form};
use crate::bundle::{Belongs, Covers, LogManifest, Manifest, parse_leaf};
use crate::tag::Tags;
use idesluss_proof::line::{Body, Line, parse};
use idesluss_proof::tree::Hash;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// How an entry came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// After the one before it.
    Next,
    /// By itself, with a proof.
    Picked,
}

/// What all logs of a bundle share while they are read.
pub(super) struct Shared {
    pub(super) instance: String,
    /// The logs' services, in order.
    pub(super) services: Vec<String>,
    pub(super) copies: Copies,
    pub(super) tags: Tags,
    /// Types that this version does not know, told once each.
    pub(super) unknown_types: BTreeSet<String>,
    /// Services of the instance whose log the policy names.
    pub(super) expected: BTreeSet<String>,
    /// Services of the instance whose log is not in the bundle, told once each.
    pub(super) absent: BTreeSet<String>,
}

/// A log while it is read: everything that is looked at entry by entry.
pub(super) struct Log {
    pub(super) index: usize,
    pub(super) manifest: LogManifest,
    pub(super) service: Rc<str>,
    /// `/<instance>/<service>`
    pub(super) journal: String,
    pub(super) tree: Tree,
    pub(super) links: Links,
    /// Sizes and roots of checkpoints that were kept, and that its entries will come to.
    pub(super) kept: Vec<(u64, Hash)>,
    pub(super) belongs: Belongs,
    next: u64,
    /// One more than the position of the last picked entry.
    next_picked: u64,
    recorded: i64,
    pub(super) sources: Sources,
    /// The version of each stream by its tag.
    pub(super) streams: HashMap<u64, u32>,
    /// Whether every stream is there from its first event on.
    pub(super) whole_streams: bool,
    /// Whether every entry from position 0 on is there.
    pub(super) whole: bool,
    pub(super) ids: Once,
    pub(super) commands: Once,
    /// Organisation and command of the last own entry.
    pub(super) last_command: Option<(u64, u64)>,
    /// Whether it is one idea's part of a log, with the grants that its entries name.
    pub(super) is_idea: bool,
    pub(super) rules: Option<Rules>,
    /// Who held which role.
    pub(super) roles: Roles,
    pub(super) asserted: Asserted,
    /// How many own entries were not judged by either, since others are hidden or not there, and the first.
    pub(super) unjudged_acts: (u64, Option<u64>),
    /// Under which tables of rights it was written.
    pub(super) policies: Judged,
    /// Submission's alone: erasures that wait for a second person.
    pub(super) erasures: Erasures,
    /// Entries that are hidden or could not be read.
    pub(super) unread: u64,
    /// Whether positions are not what they should be, so that the trees of earlier sizes can't be told.
    pub(super) displaced: bool,
    /// The epoch that is being opened, and in how many sources it is yet to be.
    pub(super) opening: Option<(u32, usize)>,
    pub(super) lines: u64,
    pub(super) picked: u64,
    pub(super) hidden: u64,
    pub(super) compared: u64,
}

impl Log {
    /// `edge`: the tree before its first entry.
    pub(super) fn new(index: usize, manifest: &Manifest, compact_range: Peaks) -> Self {
        let of_log = manifest.logs[index].clone();
        let is_idea = matches!(manifest.covers, Covers::Idea { .. });
        let whole = of_log.from == 0 && !is_idea;
        let whole_streams = whole || is_idea;
        Self {
            is_idea,
            index,
            service: Rc::from(&*of_log.service),
            journal: format!("/{}/{}", manifest.instance, of_log.service),
            tree: Tree::from(compact_range),
            links: Links::default(),
            kept: Vec::new(),
            belongs: Belongs::new(&manifest.covers, &of_log.grants),
            next: of_log.from,
            next_picked: 0,
            recorded: i64::MIN,
            sources: Sources::new(whole),
            streams: HashMap::new(),
            whole_streams,
            whole,
            ids: Once::default(),
            commands: Once::default(),
            last_command: None,
            rules: (of_log.service == "evaluation").then(|| Rules::new(whole_streams)),
            roles: Roles::default(),
            asserted: Asserted::default(),
            unjudged_acts: (0, None),
            policies: Judged::default(),
            erasures: Erasures::default(),
            unread: 0,
            displaced: false,
            opening: None,
            lines: 0,
            picked: 0,
            hidden: 0,
            compared: 0,
            manifest: of_log,
        }
    }

    /// Holds it against the size and root of a checkpoint that the auditor kept of it.
    pub(super) fn keep(&mut self, size: u64, root: Hash) {
        let LogManifest { from, to, .. } = self.manifest;
        if from < to && (from..=to).contains(&size) {
            self.kept.push((size, root));
        } else {
            self.links.wanted.push(Wanted {
                size,
                root,
                of: Of::Kept,
            });
        }
    }

    /// Adds a leaf to the tree, and looks whether the tree was kept as it was before.
    fn grow(&mut self, leaf: &Hash, findings: &mut Findings) {
        self.look_at_kept(findings);
        self.tree.push(leaf);
    }

    /// T08: a tree of the size that was kept has the root that was kept.
    pub(super) fn look_at_kept(&mut self, findings: &mut Findings) {
        let size = self.tree.size();
        for (_, root) in self.kept.extract_if(.., |kept| kept.0 == size) {
            if root != self.tree.root() {
                let whole = At {
                    log: &self.service,
                    position: None,
                };
                findings.broken(
                    Code::T08,
                    whole,
                    format!("its first {size} entries are not those of the checkpoint that was kept"),
                );
            }
        }
    }

    /// Takes the next line: an entry, or what stands for one. Returns the hash and position to hold a proof against.
    pub(super) fn take(
        &mut self,
        came: Came,
        line: &[u8],
        leaf: &Hash,
        shared: &mut Shared,
        findings: &mut Findings,
    ) -> Option<(u64, Hash)> {
        let service = Rc::clone(&self.service);
        if let Some(stands) = parse_leaf(line) {
            let at = At {
                log: &service,
                position: Some(stands.position),
            };
            if !self.belongs.hides() {
                findings.broken(Code::B03, at, "only its hash is there, in a bundle that hides nothing");
            }
            self.place(came, stands.position, at, findings);
            self.hidden += 1;
            self.unread += 1;
            if came == Came::Next {
                self.grow(&stands.leaf, findings);
                shared.copies.own(self.index, None);
            }
            return Some((stands.position, stands.leaf));
        }
        let read = parse(line).ok().filter(|_| form::is_exact(line));
        let Some(read) = read else {
            let position = (came == Came::Next).then_some(self.next);
            let why = parse(line).err().map_or(
                "its members are not in order, or something stands between them".to_owned(),
                |error| error.to_string(),
            );
            findings.broken(
                Code::L01,
                At {
                    log: &service,
                    position,
                },
                why,
            );
            self.unread += 1;
            if came == Came::Next {
                self.grow(leaf, findings);
                shared.copies.own(self.index, None);
                self.next += 1;
                self.lines += 1;
            }
            return None;
        };
        let at = At {
            log: &service,
            position: Some(read.position),
        };
        self.place(came, read.position, at, findings);
        if read.recorded_micros <= self.recorded {
            findings.broken(Code::L03, at, "it bears no later time than an entry before it");
        }
        self.recorded = self.recorded.max(read.recorded_micros);
        let own = matches!(read.body, Body::Own(_));
        match came {
            Came::Next => shared.copies.own(self.index, own.then_some(leaf)),
            Came::Picked if own => shared.copies.picked(self.index, read.position, leaf),
            Came::Picked => {}
        }
        self.source(came, &read, at, findings);
        self.content(came, &read, at, shared, findings);
        if came == Came::Next {
            self.grow(leaf, findings);
        }
        Some((read.position, *leaf))
    }

    /// L02: positions without a gap; those of picked entries ascend, and lie before the others.
    fn place(&mut self, came: Came, position: u64, at: At<'_>, findings: &mut Findings) {
        match came {
            Came::Next => {
                if position != self.next {
                    self.displaced = true;
                    findings.broken(Code::L02, at, format!("entry {} comes next", self.next));
                }
                self.next = position.saturating_add(1);
                self.lines += 1;
            }
            Came::Picked => {
                let (from, to, size) = (self.manifest.from, self.manifest.to, self.manifest.size);
                let end = if from < to { from } else { size };
                if position < self.next_picked || position >= end {
                    findings.broken(
                        Code::L02,
                        at,
                        "it is not among those that may come by themselves, or not in their order",
                    );
                }
                self.next_picked = position.saturating_add(1);
                self.picked += 1;
            }
        }
    }

    /// L04, L05, L06.
    fn source(&mut self, came: Came, line: &Line<'_>, at: At<'_>, findings: &mut Findings) {
        let own = matches!(line.body, Body::Own(_));
        let (source, epoch, sequence) = match &line.body {
            Body::Own(event) | Body::Received { event, .. } => (&*event.source, event.epoch, event.sequence),
            Body::Refused(refused) => (&*refused.source, refused.epoch, refused.sequence),
        };
        findings.rule(Code::L04, at, stands_here(source, &self.journal, own));
        if let Body::Own(event) = &line.body {
            findings.rule(Code::L04, at, is_written_here(event));
        }
        if came == Came::Picked {
            return;
        }
        let from_position = match line.body {
            Body::Received { from_position, .. } => Some(from_position),
            _ => None,
        };
        let opens_epoch = line.body.event().map(|event| event.kind.ends_with(".EpochOpened"));
        let come = Come {
            position: line.position,
            epoch,
            sequence,
            from_position,
        };
        let step = Step {
            source,
            own,
            opens_epoch,
            come,
        };
        if let Some((code, text)) = self.sources.take(step, self.unread) {
            findings.broken(code, at, text);
        }
    }
}
