//! `idesluss audit keys`.

use super::{AuditError, Folder};
use clap::Args;
use idesluss_evidence::{EvidenceError, Journals, Services};
use idesluss_terminal::print_line;

/// Prints what others write into their policies.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Folder,
}

pub(super) async fn run(arguments: &Arguments) -> Result<(), AuditError> {
    let session = arguments.folder.open().await?;
    let keys = keys(&session.services).await;
    session.close().await?;
    print_line!("# Who holds these lines from the instance itself can verify what it hands out.");
    for key in keys? {
        print_line!("log {key}");
    }
    print_line!(
        "# Partners whose witnesses must have cosigned: witness <name> <key>, group, and their name instead of none."
    );
    print_line!("quorum none");
    Ok(())
}

async fn keys(services: &Services) -> Result<Vec<String>, EvidenceError> {
    let mut keys = Vec::new();
    for mut journal in Journals::open(services).await?.all() {
        keys.extend(journal.checkpoint().await?.keys);
    }
    Ok(keys)
}
