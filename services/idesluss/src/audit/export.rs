use super::AuditError;
use super::journal::Journal;
use crate::session::Session;
use clap::Args;
use idesluss_auditor::bundle::{
    Belongs, BundleWriter, Consistency, Covers, FORM, LogHead, LogManifest, Manifest, WriteOptions,
};
use idesluss_domain::words::{IdeaId, OrganisationId, Timestamp};
use idesluss_notary::SigningKeys;
use idesluss_proof::line::{Body, parse};
use idesluss_proof::note::SignedNote;
use idesluss_proof::tree::{consistency, inclusion, peaks};
use idesluss_runtime::{Clock as _, SystemClock};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// The level at which lines are compressed: what costs little and halves twice.
const ZSTD: i32 = 3;

/// Writes a bundle.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The bundle's file; there must be none of this name.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only what was recorded from this time on, in UTC such as 2026-11-23T20:00:00Z.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["organisation", "idea"])]
    from: Option<Timestamp>,
    /// Only what was recorded up to this time, in UTC.
    #[arg(long, value_name = "TIME", conflicts_with_all = ["organisation", "idea"])]
    to: Option<Timestamp>,
    /// Only what belongs to this organisation; of everything else only the hash.
    #[arg(long, value_name = "ORG", conflicts_with = "idea")]
    organisation: Option<OrganisationId>,
    /// Only what is about this idea, each entry with its proof, and nothing of others.
    #[arg(long, value_name = "ID")]
    idea: Option<IdeaId>,
    /// Compress the lines (zstd).
    #[arg(long)]
    compress: bool,
    /// No progress bar.
    #[arg(long)]
    quiet: bool,
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// A journal, what was signed of it, and which of its entries go out.
struct Log {
    journal: Journal,
    note: SignedNote,
    keys: Vec<String>,
    manifest: LogManifest,
    /// Lines that go out one by one: what is about an idea, or orders and criteria from before a period.
    picked: Vec<(u64, Vec<u8>)>,
}

/// Writes the file beside its place, and moves it there when it is whole.
pub(super) async fn run(arguments: Arguments) -> Result<(), AuditError> {
    if arguments.out.exists() {
        return Err(AuditError::Exists(arguments.out));
    }
    let session = Session::open(&arguments.data, false).await?;
    let written = export(&arguments, &session).await;
    session.close().await?;
    written
}

async fn export(arguments: &Arguments, session: &Session) -> Result<(), AuditError> {
    let keys = SigningKeys::load(&arguments.data.join("keys").join("signing.key"), false)?;
    let mut logs = Vec::new();
    for (service, channel) in session.journals() {
        let mut journal = Journal::new(service, channel);
        let (note, checkpoint) = journal.checkpoint().await?;
        let keys = keys
            .public_of_log(&checkpoint.origin)?
            .iter()
            .map(ToString::to_string)
            .collect();
        let size = checkpoint.size;
        let from = match arguments.from {
            Some(time) => journal.first_at(time, size).await?,
            None => 0,
        };
        let to = match arguments.to {
            Some(time) => {
                let after = Timestamp::from_micros(time.as_micros().saturating_add(1)).unwrap_or(time);
                journal.first_at(after, size).await?.max(from)
            }
            None => size,
        };
        let manifest = LogManifest {
            service: service.to_owned(),
            origin: checkpoint.origin,
            size,
            picked: 0,
            from,
            to,
        };
        logs.push(Log {
            journal,
            note,
            keys,
            manifest,
            picked: Vec::new(),
        });
    }
    let covers = covers(arguments, &mut logs).await?;
    if logs
        .iter()
        .all(|log| log.manifest.from == log.manifest.to && !matches!(covers, Covers::Idea { .. }))
    {
        return Err(AuditError::Nothing);
    }
    let manifest = Manifest {
        form: FORM,
        instance: session.directory.instance.to_string(),
        covers,
        made: SystemClock.now(),
        logs: logs.iter().map(|log| log.manifest.clone()).collect(),
    };
    let entries = logs
        .iter()
        .map(|log| log.manifest.to - log.manifest.from + log.manifest.picked);
    let bar = progress(entries.sum(), arguments.quiet);
    let beside = arguments.out.with_extension("part");
    let written = write(arguments, manifest, &mut logs, &beside, &bar).await;
    bar.finish_and_clear();
    if written.is_err() {
        // Half a bundle is none.
        let _ = std::fs::remove_file(&beside);
    }
    let entries = written?;
    println!("{entries} entries are in {}.", arguments.out.display());
    println!(
        "Verify it with `idesluss audit verify {} --policy FILE`, where FILE holds what `idesluss audit keys` prints.",
        arguments.out.display()
    );
    Ok(())
}

/// What the bundle covers; of an idea, finds its entries.
async fn covers(arguments: &Arguments, logs: &mut [Log]) -> Result<Covers, AuditError> {
    if let Some(organisation) = &arguments.organisation {
        let organisation = organisation.clone();
        return Ok(Covers::Organisation { organisation });
    }
    let Some(idea) = arguments.idea else {
        if arguments.from.is_none() && arguments.to.is_none() {
            return Ok(Covers::Instance);
        }
        for log in logs {
            pick_orders(log).await?;
        }
        return Ok(Covers::Period);
    };
    let organisation = owner(idea, logs).await?;
    let covers = Covers::Idea { idea, organisation };
    for log in logs {
        let mut belongs = Belongs::new(&covers);
        let (service, size) = (log.journal.service, log.manifest.size);
        let picked = &mut log.picked;
        log.journal
            .entries(0, size, |position, line| {
                let read = parse(line).map_err(|error| AuditError::Line(service, error.to_string()))?;
                if read.body.event().is_some_and(|event| belongs.shows(event)) {
                    picked.push((position, line.to_vec()));
                }
                Ok(())
            })
            .await?;
        log.manifest.picked = log.picked.len() as u64;
        (log.manifest.from, log.manifest.to) = (0, 0);
    }
    Ok(covers)
}

/// A decision in the period may rest on an order or on criteria that were adopted before it began.
async fn pick_orders(log: &mut Log) -> Result<(), AuditError> {
    let (service, from) = (log.journal.service, log.manifest.from);
    let picked = &mut log.picked;
    log.journal
        .entries(0, from, |position, line| {
            let read = parse(line).map_err(|error| AuditError::Line(service, error.to_string()))?;
            let in_force = |subject: &str| subject.starts_with("delegation-order/") || subject.starts_with("criteria/");
            if read.body.event().is_some_and(|event| in_force(&event.subject)) {
                picked.push((position, line.to_vec()));
            }
            Ok(())
        })
        .await?;
    log.manifest.picked = log.picked.len() as u64;
    Ok(())
}

/// Whose idea it is: the organisation of its stream's first event.
async fn owner(idea: IdeaId, logs: &mut [Log]) -> Result<OrganisationId, AuditError> {
    let subject = format!("idea/{idea}");
    for log in logs.iter_mut().filter(|log| log.journal.service == "submission") {
        let (service, size) = (log.journal.service, log.manifest.size);
        let mut owner = None;
        log.journal
            .entries(0, size, |_, line| {
                let read = parse(line).map_err(|error| AuditError::Line(service, error.to_string()))?;
                if let Body::Own(event) = &read.body
                    && owner.is_none()
                    && *event.subject == *subject
                {
                    owner = event.organisation.parse().ok();
                }
                Ok(())
            })
            .await?;
        if let Some(owner) = owner {
            return Ok(owner);
        }
    }
    Err(AuditError::NoSuchIdea(idea))
}

async fn write(
    arguments: &Arguments,
    manifest: Manifest,
    logs: &mut [Log],
    beside: &Path,
    bar: &ProgressBar,
) -> Result<u64, AuditError> {
    let failed = |error| AuditError::Out(arguments.out.clone(), error);
    let file = File::create(beside).map_err(failed)?;
    let options = WriteOptions {
        zstd: arguments.compress.then_some(ZSTD),
    };
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
        log.journal
            .entries(from, to, |_, line| {
                bundle.entry(line)?;
                bar.inc(1);
                Ok(())
            })
            .await?;
        let mut proofs = Vec::new();
        for older in linked(log) {
            let hashes = log.journal.tree(|tiles| consistency(tiles, older, size)).await?;
            proofs.push(Consistency { size: older, hashes });
        }
        bundle.consistency(&proofs)?;
    }
    let entries = bar.position();
    let file = bundle
        .finish()?
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    std::fs::rename(beside, &arguments.out).map_err(failed)?;
    std::io::stdout().flush().map_err(failed)?;
    Ok(entries)
}

/// The earlier sizes that must be linked to the checkpoint: where the run of entries ends before it, and what picked decisions rest on.
fn linked(log: &Log) -> BTreeSet<u64> {
    let LogManifest { size, from, to, .. } = log.manifest;
    let mut sizes = BTreeSet::new();
    if to < size && to > from {
        sizes.insert(to);
    }
    for (_, line) in &log.picked {
        let read = parse(line).ok();
        let Some(event) = read.as_ref().and_then(|read| match &read.body {
            Body::Own(event) => Some(event),
            _ => None,
        }) else {
            continue;
        };
        let data: serde_json::Value = serde_json::from_str(event.data).unwrap_or_default();
        for basis in [&data["basis"], &data["decision"]["basis"]] {
            sizes.extend(basis["size"].as_u64().filter(|older| (1..size).contains(older)));
        }
    }
    sizes
}

fn progress(entries: u64, quiet: bool) -> ProgressBar {
    let target = if quiet || !std::io::stderr().is_terminal() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    let bar = ProgressBar::with_draw_target(Some(entries), target);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} entries  {per_sec}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
