//! `idesluss doctor`: is everything well, and if not, what is to be done?
//!
//! `folder` checks a folder on which nothing runs. A running installation is listed in a file (`installation`), asked (`ask`) what its
//! processes tell of themselves (`document`), and judged (`judge`); `deep` reads the journals themselves; `show` prints what was found.

mod ask;
mod deep;
mod document;
mod finding;
mod folder;
mod installation;
mod judge;
mod show;

use clap::Args;
use folder::FolderError;
use idesluss_terminal::print_error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// The time between two looks. What is only on its way has arrived by the second one, and what has not is behind.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// Checks a folder on which nothing else runs, or a running installation.
///
/// The exit code is 0 when nothing is bad (there may be warnings), 1 when something is, and 2 when something of an installation could not be
/// checked and nothing else is bad.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data", conflicts_with = "installation")]
    data: PathBuf,
    /// A file that lists the processes of a running installation (see README.md).
    #[arg(long, value_name = "FILE")]
    installation: Option<PathBuf>,
    /// With --installation: also reads every journal from its first entry to its last, and compares them with their trees and with one another.
    #[arg(long)]
    deep: bool,
    /// Prints one JSON object instead of lines.
    #[arg(long)]
    json: bool,
    /// No progress bar.
    #[arg(long)]
    quiet: bool,
}

/// Checks what was asked for.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, FolderError> {
    match &arguments.installation {
        // Said here: a default value of --data keeps clap from it.
        None if arguments.deep => Err(FolderError::Deep),
        None => folder::run(&arguments.data, arguments.json).await,
        Some(file) => Ok(match running(&arguments, file).await {
            Ok(code) => code,
            Err(error) => {
                print_error!("idesluss: {error}");
                ExitCode::from(finding::UNCHECKED)
            }
        }),
    }
}

async fn running(arguments: &Arguments, file: &std::path::Path) -> Result<ExitCode, installation::InstallationError> {
    let installation = installation::Installation::load(file)?;
    let tls = installation.tls()?;
    let earlier = ask::look(&installation).await;
    tokio::time::sleep(BETWEEN_LOOKS).await;
    let later = ask::look(&installation).await;
    let mut findings = judge::judge(&earlier, &later);
    if arguments.deep {
        findings.extend(deep::check(&installation, &later, tls.as_ref(), arguments.quiet).await);
    }
    findings.sort_by(|one, other| one.order().cmp(&other.order()));
    Ok(show::print(&findings, &later, arguments.json))
}
