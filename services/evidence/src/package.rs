//! A bundle, packed from running services piece by piece.

use crate::bounds::{Bound, begins, ends};
use crate::picks::{self, Picked};
use crate::{Disclosure, EvidenceError, Journal, Journals, Services, Signed, disclose};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use idesluss_auditor::bundle::{BundleWriter, Consistency, Covers, FORM, LogHead, LogManifest, Manifest, WriteOptions};
use idesluss_auditor::{Cut, Service, policy_text};
use idesluss_domain::words::{IdeaId, OrganisationId, Timestamp};
use idesluss_proof::tree::{consistency, inclusion, peaks};
use idesluss_proto::status::{Reason, Refusal};
use std::collections::{BTreeSet, HashSet};
use std::io;

/// How many bytes wait before they are sent on.
const PIECE: usize = 64 << 10;
/// How many ideas' texts are asked for at once.
const IDEAS_AT_ONCE: usize = 8;

/// How much of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Instance,
    /// What belongs to an organisation; of everything else only the hash.
    Organisation(OrganisationId),
    /// What is about an idea, each entry with its proof.
    Idea(IdeaId),
}

/// What is to be packed.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How much.
    pub scope: Scope,
    /// Of the whole instance only from this moment on.
    pub from: Option<Cut>,
    /// Of the whole instance only up to and with this moment.
    pub to: Option<Cut>,
    /// Compress the lines.
    pub compress: bool,
    /// Texts too, of an organisation or an idea; None: no texts, and nothing is disclosed.
    pub texts: Option<Disclosure>,
}

/// A journal, what was signed of it, and which of its entries go out one by one.
struct Log {
    journal: Journal,
    signed: Signed,
    manifest: LogManifest,
    picked: Vec<Picked>,
}

/// A bundle that is ready to be written.
pub struct Package {
    services: Services,
    manifest: Manifest,
    logs: Vec<Log>,
    compress: bool,
    texts: Option<Disclosure>,
}

/// The level at which lines are compressed: what costs little and halves twice.
const ZSTD: i32 = 3;

impl Package {
    /// Finds what goes in: of each journal the newest checkpoint, the positions, the entries that come by themselves.
    ///
    /// `made` is when, as the manifest says. Errors: see [`EvidenceError`].
    pub async fn prepare(
        services: &Services,
        instance: &str,
        wanted: &Wanted,
        made: Timestamp,
    ) -> Result<Self, EvidenceError> {
        let journals = Journals::open(services).await?;
        let covers = covers(wanted, journals.of(Service::Submission)).await?;
        let from = bound(&journals, wanted.from).await?;
        let to = bound(&journals, wanted.to).await?;
        let mut logs = Vec::new();
        for journal in journals.all() {
            logs.push(log(journal, &covers, from, to).await?);
        }
        if matches!(covers, Covers::Period) && logs.iter().all(|log| log.manifest.from == log.manifest.to) {
            return Err(EvidenceError::Nothing);
        }
        Ok(Self {
            services: services.clone(),
            manifest: Manifest {
                form: FORM,
                instance: instance.to_owned(),
                covers,
                made,
                logs: logs.iter().map(|log| log.manifest.clone()).collect(),
            },
            logs,
            compress: wanted.compress,
            texts: wanted.texts.clone(),
        })
    }

    /// How many entries, or hashes of them, go in.
    pub fn entries(&self) -> u64 {
        let logs = self.manifest.logs.iter();
        logs.map(|log| log.to - log.from + log.picked).sum()
    }

    /// Writes it. `send` takes the file's bytes as they come; `progress` is told how many entries have gone in since.
    ///
    /// Returns of how many ideas texts were left out, since the auditor takes no part in them.
    /// Memory: some mebibytes, 32 bytes for each text and 16 for each idea that texts are taken of. Errors: what was sent is then no
    /// bundle.
    pub async fn write(
        mut self,
        mut send: impl AsyncFnMut(Vec<u8>) -> io::Result<()>,
        progress: impl Fn(u64),
    ) -> Result<u64, EvidenceError> {
        let mut left_out = 0;
        let zstd = self.compress.then_some(ZSTD);
        let mut bundle = BundleWriter::new(Vec::new(), self.manifest.clone(), WriteOptions { zstd })?;
        let mut ideas = Ideas::of(&self.manifest.covers, self.texts.is_some());
        for log in &mut self.logs {
            let LogManifest { size, from, to, .. } = log.manifest;
            // Where nothing of a log falls into the period, there is no run of entries to go on to.
            let begins = if from < to { from } else { 0 };
            let compact_range = log.journal.tree(|tiles| peaks(tiles, begins)).await?;
            bundle.begin_log(&LogHead {
                checkpoint: log.signed.note.to_string().as_bytes(),
                keys: &log.signed.keys,
                compact_range: &compact_range,
            })?;
            for (position, line) in &log.picked {
                let proof = log.journal.tree(|tiles| inclusion(tiles, *position, size)).await?;
                bundle.pick(line, &proof)?;
                progress(1);
            }
            let mut messages = log.journal.entries(from, to);
            while let Some(entries) = messages.recv().await {
                let entries = entries?;
                for entry in &entries {
                    bundle.entry(&entry.line)?;
                    ideas.look(&entry.line);
                }
                progress(entries.len() as u64);
                pass_on(&mut bundle, &mut send).await?;
            }
            let mut linked = picks::bases(&log.picked, size);
            // Where the run of entries ends before the checkpoint does.
            linked.extend((from < to && to < size).then_some(to));
            let mut proofs = Vec::new();
            for older in linked {
                let hashes = log.journal.tree(|tiles| consistency(tiles, older, size)).await?;
                proofs.push(Consistency { size: older, hashes });
            }
            bundle.consistency(&proofs)?;
        }
        for digest in bundle.policies() {
            // One that this version does not know is not taken along: whoever verifies the bundle is told so.
            if let Some(text) = policy_text(digest) {
                bundle.policy(text)?;
            }
        }
        if let Some(disclosure) = &self.texts {
            let mut told = HashSet::new();
            let is_one = matches!(self.manifest.covers, Covers::Idea { .. });
            let asked = ideas.found.into_iter().map(|idea| {
                let (services, disclosure) = (self.services.clone(), disclosure.clone());
                async move {
                    match disclose::texts(&services, &disclosure, idea).await {
                        // Of the one idea that was asked for, they are told so.
                        Err(error) if !is_one && takes_no_part(&error) => Ok(None),
                        told => told.map(Some),
                    }
                }
            });
            let mut answers = stream::iter(asked).buffered(IDEAS_AT_ONCE);
            while let Some(lines) = answers.try_next().await? {
                let Some(lines) = lines else {
                    left_out += 1;
                    continue;
                };
                for line in lines.iter().filter(|line| told.insert(line.digest)) {
                    bundle.text(line)?;
                }
                pass_on(&mut bundle, &mut send).await?;
            }
        }
        let rest = bundle.finish()?;
        send(rest).await.map_err(EvidenceError::Out)?;
        Ok(left_out)
    }
}

/// Whether the auditor wrote the idea, or is in conflict with it: nothing of it is handed out to them.
fn takes_no_part(error: &EvidenceError) -> bool {
    matches!(error, EvidenceError::Refused(status) if Refusal::from(status).reason == Reason::TakesNoPart.name())
}

/// Sends on what was written, unless it is little.
async fn pass_on(
    bundle: &mut BundleWriter<Vec<u8>>,
    send: &mut impl AsyncFnMut(Vec<u8>) -> io::Result<()>,
) -> Result<(), EvidenceError> {
    let written = bundle.written();
    if written.len() < PIECE {
        return Ok(());
    }
    send(std::mem::take(written)).await.map_err(EvidenceError::Out)
}

/// The ideas whose texts go in.
struct Ideas {
    /// Those of this organisation are looked for among the entries.
    of: Option<OrganisationId>,
    found: Vec<IdeaId>,
}

impl Ideas {
    fn of(covers: &Covers, wanted: bool) -> Self {
        match covers {
            Covers::Idea { idea, .. } => Self {
                of: None,
                found: vec![*idea],
            },
            Covers::Organisation { organisation } => Self {
                of: wanted.then(|| organisation.clone()),
                found: Vec::new(),
            },
            Covers::Instance | Covers::Period => Self {
                of: None,
                found: Vec::new(),
            },
        }
    }

    fn look(&mut self, line: &[u8]) {
        if let Some(organisation) = &self.of {
            self.found.extend(picks::begins_idea(line, organisation));
        }
    }
}

async fn covers(wanted: &Wanted, submission: &Journal) -> Result<Covers, EvidenceError> {
    Ok(match &wanted.scope {
        Scope::Organisation(organisation) => Covers::Organisation {
            organisation: organisation.clone(),
        },
        Scope::Idea(idea) => Covers::Idea {
            idea: *idea,
            organisation: picks::owner(*idea, submission).await?,
        },
        Scope::Instance if wanted.from.is_none() && wanted.to.is_none() => Covers::Instance,
        Scope::Instance => Covers::Period,
    })
}

async fn bound(journals: &Journals, at: Option<Cut>) -> Result<Option<Bound>, EvidenceError> {
    match at {
        Some(at) => Ok(Some((at, journals.moment(at).await?.time()))),
        None => Ok(None),
    }
}

async fn log(
    mut journal: Journal,
    covers: &Covers,
    from: Option<Bound>,
    to: Option<Bound>,
) -> Result<Log, EvidenceError> {
    let signed = journal.checkpoint().await?;
    let size = signed.checkpoint.size;
    // More may have been signed than was there when the journal was opened; all of it is read.
    journal.size = size;
    let mut manifest = LogManifest {
        service: journal.service.as_str().to_owned(),
        origin: signed.checkpoint.origin.clone(),
        size,
        picked: 0,
        from: 0,
        to: size,
        grants: BTreeSet::new(),
    };
    if let Some(from) = from {
        manifest.from = begins(&journal, from, size).await?;
    }
    if let Some(to) = to {
        manifest.to = ends(&journal, to, size).await?.max(manifest.from);
    }
    let picked = match covers {
        Covers::Idea { idea, .. } => {
            manifest.to = 0;
            let (picked, grants) = picks::about(&journal, size, *idea, covers).await?;
            manifest.grants = grants;
            picked
        }
        Covers::Period => picks::in_force(&journal, manifest.from).await?,
        Covers::Instance | Covers::Organisation { .. } => Vec::new(),
    };
    manifest.picked = picked.len() as u64;
    Ok(Log {
        journal,
        signed,
        manifest,
        picked,
    })
}
