//! `idesluss audit dossier`.

use super::events_of::lines;
use super::print::print;
use super::{AuditError, DOUBTFUL, Look, history};
use crate::progress::progress;
use crate::session::Session;
use clap::Args;
use idesluss_auditor::dossier::{DecisionPosition, decision_position, is_terms};
use idesluss_auditor::{Entry, Service, dossier};
use idesluss_evidence::Journals;
use std::process::ExitCode;
use uuid::Uuid;

/// Reads a decision's id. Errors: what to write.
pub(super) fn read_decision(text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| {
        "write the id of the decision's event or of its evaluation, as `audit replay --idea` tells it with --json, and `audit diff`"
            .to_owned()
    })
}

/// Tells what a decider had received and seen.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The decision: the id of its event, or of its evaluation, whose last decision is then meant.
    #[arg(value_name = "DECISION", value_parser = read_decision)]
    decision: Uuid,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    look: Look,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, AuditError> {
    let session = arguments.look.folder.open().await?;
    let gathered = async {
        let (place, mut entries) = find(&session, arguments.decision, arguments.look.quiet).await?;
        entries.extend(history::gather(&session, place.idea, session.auditors()).await?.1);
        Ok::<_, AuditError>(entries)
    };
    let gathered = gathered.await;
    let directory = session.directory.clone();
    session.close().await?;
    let out = dossier(arguments.decision, &gathered?)?;
    print(&out, arguments.json, || {
        idesluss_gateway::dossier_text(&out, directory.clone())
    })?;
    if out.findings.is_empty() {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::from(DOUBTFUL))
    }
}

/// Finds a decision in evaluation's journal, with every entry there about criteria and delegation orders.
pub(super) async fn find(
    session: &Session,
    decision: Uuid,
    quiet: bool,
) -> Result<(DecisionPosition, Vec<Entry>), AuditError> {
    let journals = Journals::open(&session.services).await?;
    let bar = progress(journals.entries(), "entries", quiet);
    let lines = lines(journals.of(Service::Evaluation), &bar);
    let found = tokio::task::spawn_blocking(move || {
        let (mut found, mut terms) = (None, Vec::new());
        for entry in lines {
            let entry = entry?;
            found = decision_position(&entry)?.filter(|place| place.is(decision)).or(found);
            if is_terms(&entry.line) {
                terms.push(entry);
            }
        }
        Ok::<_, AuditError>((found, terms))
    });
    let (found, terms) = found.await??;
    bar.finish_and_clear();
    Ok((found.ok_or(AuditError::NoSuchDecision(decision))?, terms))
}
