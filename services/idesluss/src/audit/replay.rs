//! `idesluss audit replay`.

use super::events_of::events;
use super::print::print;
use super::{AuditError, Folder, Look, Which, dossier, history, instance_text, read_cut, read_which, which};
use crate::progress::progress;
use clap::Args;
use idesluss_auditor::{Cut, Service, instance, replay};
use idesluss_evidence::Journals;
use uuid::Uuid;

/// Tells where the whole instance stood; with --idea an idea's life, with --decision the way to a decision.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// An idea: its reference, such as UDD-2026-0042, or its id, with which the address of its page ends.
    #[arg(long, value_name = "IDEA", value_parser = read_which)]
    idea: Option<Which>,
    /// A decision: the id of its event, or of its evaluation. The idea's life is told up to it.
    #[arg(long, value_name = "ID", value_parser = dossier::read_decision, conflicts_with_all = ["idea", "at"])]
    decision: Option<Uuid>,
    /// Only what was known up to here: a position such as evaluation:42 (a bare number: submission's), or a time in UTC such as
    /// 2026-11-23T20:00:00Z.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut)]
    at: Option<Cut>,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    look: Look,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), AuditError> {
    match (&arguments.idea, arguments.decision) {
        (Some(which), _) => idea(&arguments.look.folder, which, arguments.at, arguments.json).await,
        (None, Some(decision)) => to_decision(&arguments, decision).await,
        (None, None) => whole(&arguments).await,
    }
}

/// An idea's life, up to a cut.
pub(crate) async fn idea(folder: &Folder, which: &Which, at: Option<Cut>, json: bool) -> Result<(), AuditError> {
    let session = folder.open().await?;
    let gathered = async {
        let idea = which::find(&session, which).await?;
        Ok::<_, AuditError>((idea, history::gather(&session, idea, session.auditors()).await?.1))
    };
    let gathered = gathered.await;
    let directory = session.directory.clone();
    session.close().await?;
    let (idea, entries) = gathered?;
    let history = replay(idea, &entries, at)?;
    print(&history, json, || history::render(&history, &directory))
}

async fn to_decision(arguments: &Arguments, decision: Uuid) -> Result<(), AuditError> {
    let session = arguments.look.folder.open().await?;
    let found = async {
        let (place, _) = dossier::find(&session, decision, arguments.look.quiet).await?;
        let (_, entries) = history::gather(&session, place.idea, session.auditors()).await?;
        Ok::<_, AuditError>((place, entries))
    };
    let found = found.await;
    let directory = session.directory.clone();
    session.close().await?;
    let (place, entries) = found?;
    let history = replay(
        place.idea,
        &entries,
        Some(Cut::Position(Service::Evaluation, place.position)),
    )?;
    print(&history, arguments.json, || history::render(&history, &directory))
}

async fn whole(arguments: &Arguments) -> Result<(), AuditError> {
    let session = arguments.look.folder.open().await?;
    let stood = async {
        let journals = Journals::open(&session.services).await?;
        let until = match arguments.at {
            Some(at) => Some(journals.moment(at).await?),
            None => None,
        };
        let bar = progress(journals.entries(), "entries", arguments.look.quiet);
        let events = events(&journals, &bar);
        let stood = tokio::task::spawn_blocking(move || instance(events, until)).await??;
        bar.finish_and_clear();
        Ok::<_, AuditError>((until, stood))
    };
    let stood = stood.await;
    let directory = session.directory.clone();
    session.close().await?;
    let (until, stood) = stood?;
    print(&stood, arguments.json, || {
        instance_text::render(until, &stood, &directory)
    })
}
