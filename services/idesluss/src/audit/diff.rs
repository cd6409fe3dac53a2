//! `idesluss audit diff`.

use super::events_of::events;
use super::print::print;
use super::{AuditError, Look, read_cut, words};
use crate::progress::progress;
use clap::Args;
use idesluss_auditor::{Changed, Cut, Diff, diff};
use idesluss_evidence::Journals;
use idesluss_runtime::Directory;
use std::fmt::Write as _;

/// Tells what changed after one moment, up to and with another.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// After this moment: a position such as evaluation:42 (a bare number: submission's), or a time in UTC such as 2026-11-23T20:00:00Z.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut)]
    from: Cut,
    /// Up to and with this one, written in the same way.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut)]
    to: Cut,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    look: Look,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), AuditError> {
    let session = arguments.look.folder.open().await?;
    let found = async {
        let journals = Journals::open(&session.services).await?;
        let from = journals.moment(arguments.from).await?;
        let to = journals.moment(arguments.to).await?;
        if to.time() < from.time() {
            return Err(AuditError::Backwards(from.to_string(), to.to_string()));
        }
        let bar = progress(journals.entries(), "entries", arguments.look.quiet);
        let events = events(&journals, &bar);
        let found = tokio::task::spawn_blocking(move || diff(events, from, to)).await??;
        bar.finish_and_clear();
        Ok(found)
    };
    let found = found.await;
    let directory = session.directory.clone();
    session.close().await?;
    let found = found?;
    print(&found, arguments.json, || render(&found, &directory))
}

fn render(diff: &Diff, directory: &Directory) -> String {
    let mut out = format!(
        "From {} to {}: {} events, {} things changed\n",
        diff.from,
        diff.to,
        diff.events,
        diff.changed.len()
    );
    for changed in &diff.changed {
        render_changed(&mut out, changed, directory);
    }
    out
}

fn render_changed(out: &mut String, changed: &Changed, directory: &Directory) {
    let way = match (changed.before.as_str(), changed.after.as_str()) {
        ("", "") => String::new(),
        ("", after) => format!(": began, {after}"),
        (before, after) if before == after => format!(": {after}, as before"),
        (before, after) => format!(": {before} → {after}"),
    };
    let _ = write!(out, "\n{}{way}", changed.subject);
    if !changed.organisation.is_empty() {
        let _ = write!(out, "  ({})", changed.organisation);
    }
    out.push('\n');
    if let Some(idea) = &changed.idea {
        let _ = writeln!(out, "  about idea/{idea}");
    }
    for happened in &changed.events {
        let _ = writeln!(out, "  {}", words::happened(happened, directory));
        if let Some(mandate) = &happened.mandate {
            let _ = writeln!(out, "      under {mandate}");
        }
    }
}
