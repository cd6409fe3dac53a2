//! `idesluss audit export`.

use super::journal::Journal;
use super::journals::Journals;
use super::picks::{self, Picked};
use super::{AuditError, Look, cut, keys, read_cut};
use crate::progress::progress;
use crate::session::Session;
use clap::Args;
use idesluss_auditor::bundle::{BundleWriter, Consistency, Covers, FORM, LogHead, LogManifest, Manifest, WriteOptions};
use idesluss_auditor::{Beside, Cut};
use idesluss_domain::words::{IdeaId, OrganisationId, Timestamp};
use idesluss_proof::note::SignedNote;
use idesluss_proof::tree::{consistency, inclusion, peaks};
use idesluss_runtime::{Clock as _, SystemClock};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// The level at which lines are compressed: what costs little and halves twice.
const ZSTD: i32 = 3;

/// Writes a bundle.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The bundle's file; there must be none of this name.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only what was recorded from this moment on: a position such as evaluation:42 (a bare number: submission's), or a time in UTC such as
    /// 2026-11-23T20:00:00Z.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut, conflicts_with_all = ["organisation", "idea"])]
    from: Option<Cut>,
    /// Only up to and with this moment.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut, conflicts_with_all = ["organisation", "idea"])]
    to: Option<Cut>,
    /// Only what belongs to this organisation; of everything else only the hash.
    #[arg(long, value_name = "ORG", conflicts_with = "idea")]
    organisation: Option<OrganisationId>,
    /// Only what is about this idea, each entry with its proof, and nothing of others.
    #[arg(long, value_name = "ID")]
    idea: Option<IdeaId>,
    /// Compress the lines (zstd).
    #[arg(long)]
    compress: bool,
    #[command(flatten)]
    look: Look,
}

/// A journal, what was signed of it, and which of its entries go out.
struct Log {
    journal: Journal,
    note: SignedNote,
    keys: Vec<String>,
    manifest: LogManifest,
    picked: Vec<Picked>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), AuditError> {
    if arguments.out.exists() {
        return Err(AuditError::Exists(arguments.out));
    }
    let session = Session::open(&arguments.look.data, false).await?;
    let written = export(&arguments, &session).await;
    session.close().await?;
    let (entries, out) = (written?, arguments.out.display());
    println!("{entries} entries are in {out}.");
    println!(
        "Verify it with `idesluss audit verify {out} --policy FILE`, where FILE holds what `idesluss audit keys` prints."
    );
    Ok(())
}

async fn export(arguments: &Arguments, session: &Session) -> Result<u64, AuditError> {
    let journals = Journals::open(session).await?;
    let covers = covers(arguments, &journals.submission).await?;
    let (mut from, mut to) = (None, None);
    if let Some(at) = arguments.from {
        from = Some((at, cut::moment(&journals, at).await?.time()));
    }
    if let Some(at) = arguments.to {
        to = Some((at, cut::moment(&journals, at).await?.time()));
    }
    let keys = keys::load(&arguments.look.data)?;
    let mut logs = Vec::new();
    for mut journal in journals.all() {
        let (note, checkpoint) = journal.checkpoint().await?;
        let size = checkpoint.size;
        let public = keys.public_of_log(&checkpoint.origin)?;
        let mut manifest = LogManifest {
            service: journal.service.as_str().to_owned(),
            origin: checkpoint.origin,
            size,
            picked: 0,
            from: 0,
            to: size,
        };
        if let Some(from) = from {
            manifest.from = begins(&journal, from, size).await?;
        }
        if let Some(to) = to {
            manifest.to = ends(&journal, to, size).await?.max(manifest.from);
        }
        let picked = match covers {
            Covers::Idea { .. } => {
                manifest.to = 0;
                picks::about(&journal, size, &covers).await?
            }
            Covers::Period => picks::in_force(&journal, manifest.from).await?,
            Covers::Instance | Covers::Organisation { .. } => Vec::new(),
        };
        manifest.picked = picked.len() as u64;
        logs.push(Log {
            journal,
            note,
            keys: public.iter().map(ToString::to_string).collect(),
            manifest,
            picked,
        });
    }
    if matches!(covers, Covers::Period) && logs.iter().all(|log| log.manifest.from == log.manifest.to) {
        return Err(AuditError::Nothing);
    }
    let manifest = Manifest {
        form: FORM,
        instance: session.directory.instance.to_string(),
        covers,
        made: SystemClock.now(),
        logs: logs.iter().map(|log| log.manifest.clone()).collect(),
    };
    let entries = manifest.logs.iter().map(|log| log.to - log.from + log.picked).sum();
    let bar = progress(entries, "entries", arguments.look.quiet);
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => AuditError::Exists(arguments.out.clone()),
        _ => AuditError::Out(arguments.out.clone(), error),
    };
    // Half a bundle is none.
    let beside = Beside::new(&arguments.out).map_err(failed)?;
    let zstd = arguments.compress.then_some(ZSTD);
    write(beside.path(), manifest, &mut logs, WriteOptions { zstd }, &bar, failed).await?;
    beside.finish_new().map_err(failed)?;
    bar.finish_and_clear();
    Ok(entries)
}

async fn covers(arguments: &Arguments, submission: &Journal) -> Result<Covers, AuditError> {
    Ok(match (&arguments.organisation, arguments.idea) {
        (Some(organisation), _) => Covers::Organisation {
            organisation: organisation.clone(),
        },
        (None, Some(idea)) => Covers::Idea {
            idea,
            organisation: picks::owner(idea, submission).await?,
        },
        (None, None) if arguments.from.is_none() && arguments.to.is_none() => Covers::Instance,
        (None, None) => Covers::Period,
    })
}

/// The first position of a journal from a moment on. In the journal whose position was named that is exact.
async fn begins(journal: &Journal, (at, time): (Cut, Timestamp), size: u64) -> Result<u64, AuditError> {
    match at {
        Cut::Position(service, position) if service == journal.service => Ok(position),
        _ => journal.first_at(time, size).await,
    }
}

/// The position behind a moment.
async fn ends(journal: &Journal, (at, time): (Cut, Timestamp), size: u64) -> Result<u64, AuditError> {
    match at {
        Cut::Position(service, position) if service == journal.service => Ok(position + 1),
        _ => {
            let after = Timestamp::from_micros(time.as_micros().saturating_add(1)).unwrap_or(time);
            journal.first_at(after, size).await
        }
    }
}

async fn write(
    path: &Path,
    manifest: Manifest,
    logs: &mut [Log],
    options: WriteOptions,
    bar: &ProgressBar,
    failed: impl Fn(io::Error) -> AuditError,
) -> Result<(), AuditError> {
    let file = File::create(path).map_err(&failed)?;
    let mut bundle = BundleWriter::new(BufWriter::new(file), manifest, options)?;
    for log in logs {
        let LogManifest { size, from, to, .. } = log.manifest;
        let edge = log.journal.tree(|tiles| peaks(tiles, from)).await?;
        let note = log.note.to_string();
        bundle.begin_log(&LogHead {
            checkpoint: note.as_bytes(),
            keys: &log.keys,
            edge: &edge,
        })?;
        for (position, line) in &log.picked {
            let proof = log.journal.tree(|tiles| inclusion(tiles, *position, size)).await?;
            bundle.pick(line, &proof)?;
            bar.inc(1);
        }
        let mut messages = log.journal.entries(from, to);
        while let Some(entries) = messages.recv().await {
            for entry in entries? {
                bundle.entry(&entry.line)?;
                bar.inc(1);
            }
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
    bundle
        .finish()?
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    Ok(())
}
