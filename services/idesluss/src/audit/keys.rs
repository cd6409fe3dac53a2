//! `idesluss audit keys`.

use super::AuditError;
use super::journals::Journals;
use crate::session::Session;
use clap::Args;
use idesluss_notary::SigningKeys;
use std::path::{Path, PathBuf};

/// Prints what others write into their policies.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// The keys that sign what is in a folder.
pub(super) fn load(data: &Path) -> Result<SigningKeys, AuditError> {
    Ok(SigningKeys::load(&data.join("keys").join("signing.key"), false)?)
}

pub(super) async fn run(arguments: &Arguments) -> Result<(), AuditError> {
    let session = Session::open(&arguments.data, false).await?;
    let origins = origins(&session).await;
    session.close().await?;
    let keys = load(&arguments.data)?;
    println!("# Who holds these lines from the instance itself can verify what it hands out.");
    for origin in origins? {
        for key in keys.public_of_log(&origin)? {
            println!("log {key}");
        }
    }
    println!(
        "# Partners whose witnesses must have cosigned: witness <name> <key>, group, and their name instead of none."
    );
    println!("quorum none");
    Ok(())
}

async fn origins(session: &Session) -> Result<Vec<String>, AuditError> {
    let mut origins = Vec::new();
    for mut journal in Journals::open(session).await?.all() {
        origins.push(journal.checkpoint().await?.1.origin);
    }
    Ok(origins)
}
