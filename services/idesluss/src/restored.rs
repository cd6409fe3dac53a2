//! `idesluss restored`: what to do after a folder came back from a backup.

use crate::resting::{Resting, RestingError};
use clap::Args;
use idesluss_domain::instance::RestoreReason;
use idesluss_domain::words::Actor;
use idesluss_engine::ExecuteError;
use idesluss_terminal::print_line;
use std::path::PathBuf;

/// Opens a new epoch in every journal of a folder that was restored from a backup.
///
/// Run it once, before the folder is used again: whoever holds entries that the backup did not have is told that they are orphans.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Why the backup was needed: hardware-lost, database-damaged, mistake, moved or exercise.
    #[arg(long, value_name = "REASON")]
    reason: RestoreReason,
    /// The highest epoch that anybody else has heard of, where the backup is from before an earlier restore.
    #[arg(long, value_name = "EPOCH", default_value_t = 0)]
    above: u32,
    /// The folder that holds everything.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
}

/// Why no epoch could be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoredError {
    #[error(transparent)]
    Folder(#[from] RestingError),
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

/// Opens the epochs.
pub(crate) async fn run(arguments: Arguments) -> Result<(), RestoredError> {
    let folder = Resting::take(&arguments.data)?;
    let operator = Actor::operator(&folder.directory.instance);
    let awake = folder.wake().await?;
    for engine in &awake.node.engines {
        let token = engine.open_epoch(&operator, arguments.reason, arguments.above).await?;
        print_line!(
            "{}: epoch {} begins at position {}",
            engine.service(),
            token.epoch,
            token.position
        );
    }
    print_line!(
        "No role counts until an administrator has gone through the people of the organisation in the web, and confirmed the roles on the organisation's page. Name one of each:"
    );
    for engine in &awake.node.engines {
        if !idesluss_engine::suspends_roles(engine.service()) {
            continue;
        }
        for (organisation, before) in idesluss_identity::without_administrator(engine).await? {
            let person = before.first().map_or_else(|| "ID".to_owned(), ToString::to_string);
            print_line!("idesluss role administrator --organisation {organisation} --person {person}");
        }
    }
    Ok(awake.stop().await?)
}
