//! Bundles of journals, and what an auditor says of them.

use crate::journal::{INSTANCE, Journal, POLICY, World};
use idesluss_auditor::bundle::{
    BundleWriter, Consistency, Covers, FORM, LogHead, LogManifest, Manifest, TextLine, WriteOptions,
};
use idesluss_auditor::verify::{Code, Finding, Kept, Options, Report, Severity, verify};
use idesluss_domain::policy;
use idesluss_domain::words::{GrantId, IdeaId, Timestamp};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::line::{Body, EventLine, parse};
use idesluss_proof::note::{Algorithm, SignedNote, SignerKey};
use idesluss_proof::policy::Policy;
use idesluss_proof::tree::{Hash, consistency, inclusion};
use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::LazyLock;

/// What a bundle is to hold.
pub(crate) struct Wanted {
    pub(crate) covers: Covers,
    /// For a period: the first position in each journal.
    pub(crate) from: [u64; 3],
    /// How many entries each journal had when it was exported; None: all.
    pub(crate) to: Option<[u64; 3]>,
    pub(crate) options: WriteOptions,
    /// Sizes of checkpoints that whoever asks has kept of each journal.
    pub(crate) kept: [Option<u64>; 3],
    pub(crate) texts: Vec<TextLine>,
    /// The tables of rights that the journals name.
    pub(crate) policies: Vec<String>,
}

impl Wanted {
    pub(crate) fn of(covers: Covers) -> Self {
        Self {
            covers,
            from: [0; 3],
            to: None,
            options: WriteOptions::default(),
            kept: [None; 3],
            texts: Vec::new(),
            policies: vec![POLICY.clone()],
        }
    }

    pub(crate) fn instance() -> Self {
        Self::of(Covers::Instance)
    }
}

pub(crate) fn made() -> Timestamp {
    "2026-11-24T10:00:00.000000Z".parse().expect("a time")
}

/// Writes what is wanted of some journals into a bundle.
pub(crate) fn bundle(world: &World, wanted: &Wanted) -> Vec<u8> {
    signed(world, wanted, &|journal, size| {
        checkpoint(journal.service, size, &journal.root(size))
    })
}

/// The same, with checkpoints that somebody else makes of a journal and its size.
pub(crate) fn signed(world: &World, wanted: &Wanted, checkpoint: &dyn Fn(&Journal, u64) -> Vec<u8>) -> Vec<u8> {
    let logs: Vec<Part<'_>> = world
        .journals
        .iter()
        .enumerate()
        .map(|(index, journal)| Part::of(index, journal, wanted))
        .collect();
    let manifest = Manifest {
        form: FORM,
        instance: INSTANCE.into(),
        covers: wanted.covers.clone(),
        made: made(),
        logs: logs.iter().map(|part| part.manifest.clone()).collect(),
    };
    let mut writer = BundleWriter::new(Vec::new(), manifest, wanted.options).expect("a manifest");
    for part in &logs {
        part.write(&mut writer, checkpoint);
    }
    for digest in writer.policies() {
        let known = wanted
            .policies
            .iter()
            .find(|text| policy::digest(text.as_bytes()) == digest);
        writer.policy(known.expect("a table")).expect("an entry names it");
    }
    for text in &wanted.texts {
        writer.text(text).expect("a text");
    }
    writer.finish().expect("a bundle")
}

/// What goes into a bundle of one journal.
struct Part<'a> {
    journal: &'a Journal,
    manifest: LogManifest,
    picked: Vec<u64>,
    consistency: Vec<u64>,
}

impl<'a> Part<'a> {
    fn of(index: usize, journal: &'a Journal, wanted: &Wanted) -> Self {
        let size = journal.lines.len() as u64;
        let to = wanted.to.map_or(size, |to| to[index]);
        let mut grants = BTreeSet::new();
        let (from, to, picked) = match &wanted.covers {
            Covers::Idea { idea, organisation } => {
                let (picked, named) = about(journal, size, *idea, organisation.as_str());
                grants = named;
                (0, 0, picked)
            }
            Covers::Period => (wanted.from[index], to, standing(journal, wanted.from[index])),
            _ => (0, to, Vec::new()),
        };
        let mut consistency: Vec<u64> = picked
            .iter()
            .filter_map(|position| basis(&journal.lines[*position as usize]))
            .collect();
        consistency.extend(wanted.kept[index]);
        consistency.extend((from < to && to < size).then_some(to));
        consistency.sort_unstable();
        consistency.dedup();
        let manifest = LogManifest {
            service: journal.service.into(),
            origin: format!("{INSTANCE}/{}/1", journal.service),
            size,
            picked: picked.len() as u64,
            from,
            to,
            grants,
        };
        Self {
            journal,
            manifest,
            picked,
            consistency,
        }
    }

    fn write(&self, writer: &mut BundleWriter<Vec<u8>>, checkpoint: &dyn Fn(&Journal, u64) -> Vec<u8>) {
        let LogManifest { from, to, size, .. } = self.manifest;
        let leaves = self.journal.leaves();
        let compact_range = if from < to {
            self.journal.peaks(from)
        } else {
            Vec::new()
        };
        let head = LogHead {
            checkpoint: &checkpoint(self.journal, size),
            keys: &[log_key(self.journal.service, 0).verifier().expect("a key").to_string()],
            compact_range: &compact_range,
        };
        writer.begin_log(&head).expect("a log");
        for &position in &self.picked {
            let proof = inclusion(&leaves, position, size).expect("a proof");
            writer
                .pick(&self.journal.lines[position as usize], &proof)
                .expect("an entry");
        }
        for line in &self.journal.lines[from as usize..to as usize] {
            writer.entry(line).expect("an entry");
        }
        let proof = |&older: &u64| Consistency {
            size: older,
            hashes: consistency(&leaves, older, size).expect("a proof"),
        };
        let proofs: Vec<_> = self.consistency.iter().map(proof).collect();
        writer.consistency(&proofs).expect("proofs");
    }
}

/// The positions of what is about an idea, and of its organisation's orders and criteria.
fn about(journal: &Journal, size: u64, idea: IdeaId, organisation: &str) -> (Vec<u64>, BTreeSet<GrantId>) {
    let orders = [
        format!("delegation-order/{organisation}"),
        format!("criteria/{organisation}"),
    ];
    let is_about = |position: &u64| {
        let line = parse(&journal.lines[*position as usize]).expect("an entry");
        line.body.event().is_some_and(|event| {
            event.correlationid == idea.to_string() || orders.iter().any(|order| **order == *event.subject)
        })
    };
    let about: Vec<u64> = (0..size).filter(is_about).collect();
    let event = |position: u64, read: &dyn Fn(&EventLine<'_>) -> bool| {
        let line = parse(&journal.lines[position as usize]).expect("an entry");
        line.body.event().is_some_and(read)
    };
    let mut named = BTreeSet::new();
    for position in &about {
        let line = parse(&journal.lines[*position as usize]).expect("an entry");
        let grant = line.body.event().and_then(|event| event.grant.clone());
        named.extend(grant.and_then(|grant| grant.strip_prefix("grant:")?.parse::<GrantId>().ok()));
    }
    let is_right = |position: &u64| {
        event(*position, &|event| match event.subject.split_once('/') {
            Some(("grant", grant)) => grant.parse().is_ok_and(|grant| named.contains(&grant)),
            Some(("organisations", _)) => !event.kind.ends_with(".AdministratorsChanged"),
            Some(("signing-keys" | "journal", _)) => true,
            _ => false,
        })
    };
    let mut all: Vec<u64> = (0..size).filter(is_right).chain(about).collect();
    all.sort_unstable();
    all.dedup();
    (all, named)
}

/// The positions of the orders and criteria that were adopted before a period.
fn standing(journal: &Journal, before: u64) -> Vec<u64> {
    let stands = |position: &u64| {
        let line = parse(&journal.lines[*position as usize]).expect("an entry");
        line.body.event().is_some_and(|event| {
            let own = *event.subject == format!("journal/{}", journal.service);
            own || event.subject.starts_with("delegation-order/") || event.subject.starts_with("criteria/")
        })
    };
    (0..before).filter(stands).collect()
}

/// The size of the log that a decision of its own says to be based on.
fn basis(line: &[u8]) -> Option<u64> {
    use idesluss_domain::Event;
    use idesluss_domain::evaluation::EvaluationEvent as E;
    let line = parse(line).expect("an entry");
    let Body::Own(event) = line.body else { return None };
    match Event::from_stored(&event.kind, event.data) {
        Ok(Event::Evaluation(E::DecisionMade(decision))) => Some(decision.basis.size),
        Ok(Event::Evaluation(E::DecisionReconsidered(anew))) => Some(anew.decision.basis.size),
        _ => None,
    }
}

/// The key with which a log of the instance signs; `which`: 0 for the true one.
pub(crate) fn log_key(service: &str, which: u8) -> SignerKey {
    let seed = [service.as_bytes()[1] ^ which; 32];
    SignerKey::new(&format!("{INSTANCE}/{service}/1"), Algorithm::Ed25519, &seed).expect("a key")
}

/// The witnesses of an auditor's policy are 1, 2 and 3; two of them must have cosigned.
pub(crate) fn witness_key(number: u8) -> SignerKey {
    SignerKey::new(
        &format!("witness{number}.example"),
        Algorithm::CosignatureV1,
        &[number; 32],
    )
    .expect("a key")
}

/// A checkpoint, signed and cosigned by these keys.
pub(crate) fn signed_by(service: &str, size: u64, root: &Hash, keys: &[SignerKey]) -> Vec<u8> {
    let checkpoint = Checkpoint::new(format!("{INSTANCE}/{service}/1"), size, *root);
    let mut note = SignedNote::new(checkpoint.to_string()).expect("a text");
    for key in keys {
        note.add(key.sign(note.text(), 1_795_500_000));
    }
    note.to_string().into_bytes()
}

/// A checkpoint as it should be.
pub(crate) fn checkpoint(service: &str, size: u64, root: &Hash) -> Vec<u8> {
    signed_by(
        service,
        size,
        root,
        &[log_key(service, 0), witness_key(1), witness_key(3)],
    )
}

/// The policy file of an auditor.
pub(crate) fn policy_text() -> String {
    let mut text = "# whom the revision trusts\n".to_owned();
    for service in ["submission", "evaluation", "sharing"] {
        text.push_str(&format!("log {}\n", log_key(service, 0).verifier().expect("a key")));
    }
    for number in 1..=3 {
        text.push_str(&format!(
            "witness w{number} {}\n",
            witness_key(number).verifier().expect("a key")
        ));
    }
    text.push_str("group two 2 w1 w2 w3\nquorum two\n");
    text
}

pub(crate) fn policy() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| policy_text().parse().expect("a policy"));
    &POLICY
}

/// What an auditor says who has kept nothing.
pub(crate) fn report(bundle: &[u8]) -> Report {
    report_with(bundle, &[])
}

pub(crate) fn report_with(bundle: &[u8], kept: &[Kept]) -> Report {
    verify(&mut Cursor::new(bundle), policy(), kept, &Options::default()).expect("it can be checked")
}

/// Everything that is broken: code, log and position.
pub(crate) fn broken(report: &Report) -> Vec<(&'static str, String, Option<u64>)> {
    let broken = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Broken);
    broken
        .map(|finding| {
            (
                finding.code.as_str(),
                finding.log.clone().unwrap_or_default(),
                finding.position,
            )
        })
        .collect()
}

/// Asserts that nothing is broken, and nothing left unjudged but what such a bundle can't show: the journals have what identity said, and not its
/// log; and where entries are hidden, somebody's role or another table of rights may have come into force in one of them.
pub(crate) fn assert_silent(bundle: &[u8]) -> Report {
    let report = report(bundle);
    let is_known = |finding: &&Finding| {
        let (code, text) = (finding.code, &finding.text);
        let is_identitys = code == Code::B03 && text.contains("it came from identity");
        let is_hidden = [Code::R29, Code::R31].contains(&code) && report.logs.iter().any(|log| log.hidden > 0);
        finding.severity == Severity::Note && (is_identitys || is_hidden)
    };
    let unexpected: Vec<_> = report.findings.iter().filter(|finding| !is_known(finding)).collect();
    assert!(unexpected.is_empty(), "{report}");
    report
}

/// The checkpoint that somebody kept when a journal had `size` entries.
pub(crate) fn kept(world: &World, service: &str, size: u64) -> Kept {
    Kept {
        origin: format!("{INSTANCE}/{service}/1"),
        size,
        root: world.journal(service).root(size),
    }
}
