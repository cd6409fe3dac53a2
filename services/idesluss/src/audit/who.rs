//! `idesluss audit who`.

use super::print::print;
use super::{AuditError, Look, read_cut, read_person, words};
use crate::progress::progress;
use clap::Args;
use idesluss_auditor::{Cut, Moment, RoleHeld, Service, roles_held};
use idesluss_domain::identity::grant::HELD_BEFORE;
use idesluss_domain::words::PersonId;
use idesluss_evidence::Journals;
use idesluss_runtime::{Clock as _, Directory, SystemClock, date_in_sweden};
use serde::Serialize;
use std::fmt::Write as _;

/// Tells which roles somebody held, since when, and who gave them.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Whose: a pseudonym, as `audit replay` shows it beside the name.
    #[arg(long, value_name = "PERSON", value_parser = read_person)]
    person: PersonId,
    /// When: a time in UTC such as 2026-11-23T20:00:00Z, or a position such as evaluation:42, which tells what that journal knew just then.
    #[arg(long, value_name = "POSITION|TIME", value_parser = read_cut)]
    at: Option<Cut>,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    look: Look,
}

/// What is told.
#[derive(Debug, Serialize)]
struct Who {
    person: PersonId,
    /// Whose journal was read.
    journal: Service,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Moment>,
    roles: Vec<RoleHeld>,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), AuditError> {
    let session = arguments.look.folder.open().await?;
    let person = arguments.person;
    let found = async {
        let journals = Journals::open(&session.services).await?;
        let journal = match arguments.at {
            Some(Cut::Position(service, _)) => service,
            _ => Service::Identity,
        };
        let at = match arguments.at {
            Some(at) => Some(journals.moment(at).await?),
            None => None,
        };
        let day = at.map_or_else(|| SystemClock.today(), |at| date_in_sweden(at.time()));
        let bar = progress(journals.of(journal).size, "entries", arguments.look.quiet);
        let lines = super::events_of::lines(journals.of(journal), &bar);
        let roles = tokio::task::spawn_blocking(move || roles_held(lines, person, at, day)).await??;
        bar.finish_and_clear();
        let roles = roles.ok_or(AuditError::NoSuchPerson(person, journal.as_str()))?;
        Ok::<_, AuditError>(Who {
            person,
            journal,
            at,
            roles,
        })
    };
    let found = found.await;
    let directory = session.directory.clone();
    session.close().await?;
    let found = found?;
    print(&found, arguments.json, || render(&found, &directory))
}

fn render(found: &Who, directory: &Directory) -> String {
    let at = found.at.map_or_else(|| "now".to_owned(), |at| at.to_string());
    let mut out = format!(
        "{} at {at}, as the journal of {} knew\n",
        words::person(&found.person.to_string(), directory),
        found.journal.as_str()
    );
    if found.roles.is_empty() {
        out.push_str("  no role\n");
    }
    for held in &found.roles {
        let until = held.until.map(|until| format!(" until {until}")).unwrap_or_default();
        let from = match held.from {
            HELD_BEFORE => "the beginning".to_owned(),
            from => from.to_string(),
        };
        let _ = writeln!(out, "  {} in {}, from {from}{until}", held.role, held.organisation);
        if let Some(away) = held.substitute_for {
            let _ = writeln!(out, "    for {}", words::person(&away.to_string(), directory));
        }
        let _ = writeln!(out, "    {}", words::happened(&held.granted, directory));
    }
    out
}
