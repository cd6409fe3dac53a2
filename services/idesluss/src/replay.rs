//! `idesluss replay`: an idea's life, told from the journals. The same as `idesluss audit replay --idea`.

use crate::audit::{self, AuditError, Folder, Which};
use clap::Args;
use idesluss_auditor::Cut;

/// Prints an idea's life across the services.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The idea: its reference, such as UDD-2026-0042, or its id, with which the address of its page ends.
    #[arg(long, value_name = "IDEA", value_parser = audit::read_which)]
    idea: Which,
    /// Only what was known up to here: a position such as evaluation:42 (a bare number: submission's), or a time in UTC such as
    /// 2026-11-23T20:00:00Z.
    #[arg(long, value_name = "POSITION|TIME", value_parser = audit::read_cut)]
    at: Option<Cut>,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    folder: Folder,
}

/// Reads the journals as an auditor may, folds them, prints.
pub(crate) async fn run(arguments: Arguments) -> Result<(), AuditError> {
    audit::replay_idea(&arguments.folder, &arguments.idea, arguments.at, arguments.json).await
}
