//! `idesluss audit export`.

use super::{AuditError, Look, Which, history, read_cut, read_person, read_which, which, words};
use crate::progress::progress;
use crate::session::Session;
use clap::Args;
use idesluss_auditor::{Beside, Cut};
use idesluss_domain::words::{Actor, OrganisationId, PersonId};
use idesluss_evidence::{Disclosure, Package, Scope, Services, Wanted};
use idesluss_runtime::{Clock as _, Directory, SystemClock};
use idesluss_terminal::print_line;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use uuid::Uuid;

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
    #[arg(long, value_name = "IDEA", value_parser = read_which)]
    idea: Option<Which>,
    /// Take along the texts that the auditor named with --as may read, and record what they are for. Each idea whose texts are handed out
    /// says so from then on.
    #[arg(long, value_name = "PURPOSE", requires = "auditor")]
    texts: Option<String>,
    /// To which auditor the texts are handed: a pseudonym, as `audit replay` shows it beside the name. The record of it bears this name.
    #[arg(long = "as", value_name = "PERSON", value_parser = read_person, requires = "texts")]
    auditor: Option<PersonId>,
    /// Compress the lines (zstd).
    #[arg(long)]
    compress: bool,
    #[command(flatten)]
    look: Look,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), AuditError> {
    if arguments.out.exists() {
        return Err(AuditError::Exists(arguments.out));
    }
    if arguments.texts.is_some() && arguments.organisation.is_none() && arguments.idea.is_none() {
        return Err(AuditError::WhoseTexts);
    }
    let session = arguments.look.folder.open().await?;
    let written = export(&arguments, &session).await;
    session.close().await?;
    let ((entries, left_out), out) = (written?, arguments.out.display());
    print_line!("{entries} entries are in {out}.");
    if left_out > 0 {
        print_line!(
            "The texts of {left_out} ideas are not in it: the auditor wrote them or is in conflict with them. Another auditor may take them along."
        );
    }
    print_line!(
        "Verify it with `idesluss audit verify {out} --policy FILE`, where FILE holds what `idesluss audit keys` prints."
    );
    Ok(())
}

/// How many entries went in, and of how many ideas the texts did not.
async fn export(arguments: &Arguments, session: &Session) -> Result<(u64, u64), AuditError> {
    let scope = match (&arguments.organisation, &arguments.idea) {
        (Some(organisation), _) => Scope::Organisation(known(organisation, &session.directory)?),
        (None, Some(which)) => Scope::Idea(which::find(session, which).await?),
        (None, None) => Scope::Instance,
    };
    let services = reader(arguments, &scope, session).await?;
    let disclosure = |purpose: &String| Disclosure {
        purpose: purpose.clone(),
        command: Uuid::now_v7(),
    };
    let wanted = Wanted {
        texts: arguments.texts.as_ref().map(disclosure),
        scope,
        from: arguments.from,
        to: arguments.to,
        compress: arguments.compress,
    };
    let instance = session.directory.instance.to_string();
    let package = Package::prepare(&services, &instance, &wanted, SystemClock.now()).await?;
    let entries = package.entries();
    let bar = progress(entries, "entries", arguments.look.quiet);
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => AuditError::Exists(arguments.out.clone()),
        _ => AuditError::Out(arguments.out.clone(), error),
    };
    // Half a bundle is none.
    let beside = Beside::new(&arguments.out).map_err(failed)?;
    let mut file = File::create(beside.path()).map_err(failed)?;
    let write = async |bytes: Vec<u8>| file.write_all(&bytes);
    let left_out = package.write(write, |count| bar.inc(count)).await?;
    beside.finish_new().map_err(failed)?;
    bar.finish_and_clear();
    Ok((entries, left_out))
}

/// The organisation, if there is one of that name: a bundle of hashes alone would look like an answer.
fn known(organisation: &OrganisationId, directory: &Directory) -> Result<OrganisationId, AuditError> {
    if directory.organisation(organisation).is_some() {
        return Ok(organisation.clone());
    }
    let names = directory.organisations.iter().map(|known| known.id.to_string());
    let names: Vec<String> = names.collect();
    Err(AuditError::Organisation(organisation.clone(), names.join(", ")))
}

/// In whose name it is all read: with texts, the auditor's to whom they are handed.
async fn reader(arguments: &Arguments, scope: &Scope, session: &Session) -> Result<Services, AuditError> {
    let Some(person) = arguments.auditor else {
        return Ok(session.services.clone());
    };
    let of_scope = |auditor: &Actor| match scope {
        Scope::Organisation(organisation) => auditor.organisation == *organisation,
        Scope::Idea(_) | Scope::Instance => true,
    };
    let (named, others): (Vec<Actor>, Vec<Actor>) = session
        .auditors()
        .filter(of_scope)
        .partition(|auditor| auditor.person == person);
    for auditor in named {
        let Scope::Idea(idea) = scope else {
            return Ok(session.speaking(&auditor));
        };
        match history::gather(session, *idea, [auditor.clone()]).await {
            Ok(_) => return Ok(session.speaking(&auditor)),
            Err(AuditError::NoAuditor) => {}
            Err(error) => return Err(error),
        }
    }
    // Nothing is read in the name of somebody who has not asked for it: who else may is only named.
    let names: BTreeSet<String> = others
        .iter()
        .map(|auditor| {
            let name = words::person(&auditor.person.to_string(), &session.directory);
            format!("{name} of {}", auditor.organisation)
        })
        .collect();
    if names.is_empty() {
        return Err(AuditError::NoAuditor);
    }
    let names: Vec<String> = names.into_iter().collect();
    Err(AuditError::NotAnAuditor(person, names.join(", ")))
}
