//! `idesluss audit events`.

use super::events_of::events;
use super::{AuditError, Look, read_cut};
use crate::progress::progress;
use crate::session::Session;
use clap::Args;
use idesluss_auditor::{Cut, MergeError, Moment, Reading};
use idesluss_evidence::Journals;
use idesluss_mining::{Format, Written};
use idesluss_terminal::print_line;
use std::path::PathBuf;

/// Writes the history for process-mining tools: XES, OCEL 2.0 (JSON or SQLite), or a table.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which form: xes, ocel-json, ocel-sqlite or csv.
    #[arg(long, value_name = "FORMAT")]
    format: Format,
    /// The file; what stands there is replaced when the new one is whole.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only from this moment on, that itself counted: a position such as evaluation:42 (a bare number: submission's), or a time in UTC such as
    /// 2026-11-23T20:00:00Z.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut)]
    from: Option<Cut>,
    /// Only up to and with this moment.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut)]
    to: Option<Cut>,
    #[command(flatten)]
    look: Look,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), AuditError> {
    // Said before anything is read: it may take long.
    let folder = arguments.out.parent().filter(|folder| !folder.as_os_str().is_empty());
    if arguments.out.is_dir() || folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(AuditError::NoFolder(arguments.out));
    }
    let session = arguments.look.folder.open().await?;
    let written = write(&session, &arguments).await;
    session.close().await?;
    let written = written?;
    let mut said = format!("{} events", written.events);
    for (count, what) in [(written.cases, "cases"), (written.objects, "objects")] {
        if let Some(count) = count {
            said.push_str(&format!(", {count} {what}"));
        }
    }
    print_line!("{} holds {said}.", arguments.out.display());
    Ok(())
}

async fn write(session: &Session, arguments: &Arguments) -> Result<Written, AuditError> {
    let journals = Journals::open(&session.services).await?;
    let (mut from, mut to) = (None, None);
    if let Some(at) = arguments.from {
        from = Some(journals.moment(at).await?);
    }
    if let Some(at) = arguments.to {
        to = Some(journals.moment(at).await?);
    }
    if let (Some(from), Some(to)) = (from, to)
        && to.time() < from.time()
    {
        return Err(AuditError::Backwards(from.to_string(), to.to_string()));
    }
    let bar = progress(journals.entries(), "entries", arguments.look.quiet);
    let events = events(&journals, &bar).filter(move |event| wanted(event, from, to));
    let (format, out) = (arguments.format, arguments.out.clone());
    let written = tokio::task::spawn_blocking(move || format.write_file(events, &out)).await??;
    bar.finish_and_clear();
    Ok(written)
}

/// Errors are always wanted: they end the export.
fn wanted(event: &Result<Reading, MergeError>, from: Option<Moment>, to: Option<Moment>) -> bool {
    let Ok(event) = event else { return true };
    from.is_none_or(|from| from.begins(event)) && to.is_none_or(|to| to.covers(event))
}
